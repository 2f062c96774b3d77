//! The edge of every request: id, trailing slash, origin, log, metrics, and the body of refusals.

use std::{borrow::Cow, net::IpAddr, sync::Arc, time::Instant};

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request},
    http::{
        HeaderMap, HeaderValue, Method, Uri, header,
        uri::{Authority, PathAndQuery},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower::Service as _;

use super::{
    errors::{ApiError, ErrorParts},
    state::ApiState,
};
use crate::{auth::random_id, telemetry::metrics};

const REQUEST_ID: &str = "x-request-id";

/// The route that answered, carried out to the edge.
#[derive(Clone)]
struct Route(Arc<str>);

/// Answers one request; never fails.
pub(super) async fn answer(state: &ApiState, mut router: Router, mut request: Request) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers());
    let method = name_of(request.method());
    trim_slashes(request.uri_mut());
    let mut response = if is_foreign(&request, &state.parts.public_url, state.parts.http.listen.ip()) {
        ApiError::Forbidden("Requests from other origins are not taken").into_response()
    } else {
        // A router is always ready.
        router.call(request).await.into_response()
    };
    if let Some(parts) = response.extensions_mut().remove::<ErrorParts>() {
        write_refusal(&mut response, parts, &id);
    }
    let took = started.elapsed();
    let status = response.status().as_u16();
    let route = response.extensions_mut().remove::<Route>();
    let route = route.as_ref().map_or("unmatched", |route| &route.0);
    metrics::http_request(method, route, status, took);
    // The route, not the path: paths hold addresses and tokens.
    if status >= 500 {
        tracing::info!(http.request.id = %id, http.request.method = method, url.route = route,
            http.response.status_code = status, event.duration = nanos(took), "request failed");
    } else {
        tracing::debug!(http.request.id = %id, http.request.method = method, url.route = route,
            http.response.status_code = status, event.duration = nanos(took), "request answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Remembers which route a request went to, for the log and the metrics.
pub(super) async fn mark_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| Route(Arc::from(path.as_str())));
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// The answer to a request whose handler panicked.
pub(super) fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    // The panic hook has written what happened; the client learns nothing of it.
    tracing::error!("a request handler panicked");
    ApiError::Internal.into_response()
}

fn write_refusal(response: &mut Response, parts: ErrorParts, id: &str) {
    let body = serde_json::to_vec(&parts.body(id)).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    *response.body_mut() = Body::from(body);
}

fn nanos(took: std::time::Duration) -> u64 {
    u64::try_from(took.as_nanos()).unwrap_or(u64::MAX)
}

/// The client's request id if it is short and harmless, else a new one.
fn request_id(headers: &HeaderMap) -> Cow<'static, str> {
    let is_safe = |text: &&str| {
        (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:/+=~".contains(&b))
    };
    match headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(is_safe) {
        Some(text) => text.to_owned().into(),
        None => random_id().into(),
    }
}

/// A trailing slash is accepted everywhere: the router never sees one.
fn trim_slashes(uri: &mut Uri) {
    let path = uri.path();
    if path.len() < 2 || !path.ends_with('/') {
        return;
    }
    let trimmed = path.trim_end_matches('/');
    let trimmed = if trimmed.is_empty() { "/" } else { trimmed };
    let text = match uri.query() {
        Some(query) => format!("{trimmed}?{query}"),
        None => trimmed.to_owned(),
    };
    if let Ok(path_and_query) = PathAndQuery::try_from(text) {
        *uri = Uri::from(path_and_query);
    }
}

/// Whether a browser sends this for a page of somebody else. The body is read as JSON whatever its type, so a foreign
/// page could post one without asking first.
fn is_foreign(request: &Request, public_url: &str, listen: IpAddr) -> bool {
    let Some(origin) = request.headers().get(header::ORIGIN) else { return false };
    // Mail clients post here from anywhere; the token is the permission.
    if request.uri().path().starts_with("/unsubscribe/") {
        return false;
    }
    let Ok(origin) = origin.to_str() else { return true };
    if is_origin_of(origin, public_url) {
        return false;
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let own = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    match (own, host) {
        (Some(own), Some(host)) if own.eq_ignore_ascii_case(host) => {
            listen.is_loopback() && !is_at_home(host, public_url)
        }
        _ => true,
    }
}

/// Whether `host` is a name of this machine's loopback, or that of the public URL.
///
/// Any other may be a stranger's, whose name server now leads it to loopback (DNS rebinding): the browser then takes the
/// stranger's page and this API for one origin.
fn is_at_home(host: &str, public_url: &str) -> bool {
    let Ok(host) = host.parse::<Authority>() else { return false };
    let name = host.host().to_ascii_lowercase();
    let ip = name.trim_matches(['[', ']']).parse::<IpAddr>();
    name == "localhost"
        || name.ends_with(".localhost")
        || ip.is_ok_and(|ip| ip.is_loopback())
        || public_url.parse::<Uri>().is_ok_and(|url| url.host().is_some_and(|host| host.eq_ignore_ascii_case(&name)))
}

/// Whether `origin` is the scheme, host and port of `url`.
fn is_origin_of(origin: &str, url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    origin.split_once("://").is_some_and(|(s, h)| s.eq_ignore_ascii_case(scheme) && h.eq_ignore_ascii_case(host))
}

/// The method as a metric's label; methods are the client's words, labels are ours.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str, headers: &[(&str, &str)]) -> Request {
        let mut builder = Request::builder().uri(uri);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(Body::empty()).unwrap()
    }

    #[test]
    fn only_a_foreign_origin_is_foreign() {
        let public = "https://mail.example.com/base";
        let [wide, loopback] = ["0.0.0.0", "127.0.0.1"].map(|ip| ip.parse().unwrap());
        let foreign = |uri, origin: &str| {
            is_foreign(&request(uri, &[("host", "127.0.0.1:8080"), ("origin", origin)]), public, loopback)
        };

        assert!(!is_foreign(&request("/task", &[("host", "x")]), public, loopback));
        for own in ["http://127.0.0.1:8080", "https://mail.example.com", "https://MAIL.example.com"] {
            assert!(!foreign("/task", own), "{own}");
        }
        for other in [
            "null",
            "",
            "http://evil.example",
            "http://127.0.0.1:9090",
            "http://mail.example.com",
            "https://mail.example.com.evil.example",
        ] {
            assert!(foreign("/task", other), "{other:?}");
        }
        assert!(!foreign("/unsubscribe/abc", "https://webmail.example"));

        // A name that leads to loopback proves nothing. Where strangers come in anyway, keys keep them out.
        let same = |host: &str, listen| {
            let origin = format!("http://{host}");
            is_foreign(&request("/task", &[("host", host), ("origin", &origin)]), public, listen)
        };
        for own in ["localhost:8080", "LocalHost", "[::1]:8080", "127.0.0.2:8080", "a.localhost", "mail.example.com:81"]
        {
            assert!(!same(own, loopback), "{own}");
        }
        for other in ["evil.example:8080", "127.0.0.1.evil.example", "evillocalhost", "10.0.0.1:8080", "a b", ""] {
            assert!(same(other, loopback), "{other:?}");
        }
        assert!(!same("mail.internal:8080", wide));
    }

    #[test]
    fn trailing_slashes_go_and_the_query_stays() {
        for (given, seen) in
            [("/task/", "/task"), ("/task//?a=/", "/task?a=/"), ("/", "/"), ("//", "/"), ("/a/b", "/a/b")]
        {
            let mut uri: Uri = given.parse().unwrap();
            trim_slashes(&mut uri);
            assert_eq!(uri.to_string(), seen);
        }
    }

    #[test]
    fn a_clients_id_is_kept_only_if_it_is_harmless() {
        let id = |value: &str| request_id(request("/", &[("x-request-id", value)]).headers()).into_owned();

        assert_eq!(id("abc-1:2/3"), "abc-1:2/3");
        for bad in ["", "a b", "a\"b", &"x".repeat(129)] {
            assert_eq!(id(bad).len(), 36, "{bad:?}");
        }
    }
}
