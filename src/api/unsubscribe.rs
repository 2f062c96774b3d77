//! The unsubscribe link: a page that changes nothing, and the one click that does (RFC 8058).

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, header},
    response::{Html, IntoResponse, Response},
};

use super::{errors::ApiError, extract::Segment, state::ApiState};
use crate::domain::UnsubscribeLink;

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";

/// `GET /unsubscribe/{token}`: mail scanners follow links, so this only shows a button.
pub(super) async fn page(
    State(state): State<ApiState>,
    headers: HeaderMap,
    Segment(token): Segment,
) -> Result<Response, ApiError> {
    let Some(link) = open(&state, &token) else { return invalid(&headers) };
    let body = format!(
        "<p>Stop sending <strong>{}</strong> to {}?</p>\n<form method=\"post\"><button>Unsubscribe</button></form>",
        escape(link.content_type.as_str()),
        escape(&link.recipient)
    );
    Ok(html(&body).into_response())
}

/// `POST /unsubscribe/{token}`: no login, and twice is fine.
pub(super) async fn unsubscribe(
    State(state): State<ApiState>,
    headers: HeaderMap,
    Segment(token): Segment,
) -> Result<Response, ApiError> {
    let Some(link) = open(&state, &token) else { return invalid(&headers) };
    let done = state.store().unsubscribe(&link.account, &link.recipient, &link.content_type);
    state.call("unsubscribe", done).await?;
    let body = format!(
        "<p>{} gets no more <strong>{}</strong>.</p>",
        escape(&link.recipient),
        escape(link.content_type.as_str())
    );
    Ok(html(&body).into_response())
}

fn open(state: &ApiState, token: &str) -> Option<UnsubscribeLink> {
    state.parts.keyring.accepted().find_map(|keys| keys.open_unsubscribe_token(token))
}

/// The answer to a link that we did not make, or whose secret is gone: a page for a person, JSON for a program.
fn invalid(headers: &HeaderMap) -> Result<Response, ApiError> {
    let refusal = ApiError::NotFound("This link is not valid");
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    if accept.is_none_or(|accept| !accept.contains("text/html")) {
        return Err(refusal);
    }
    let page = html("<p>This link is not valid. Use the one in the newest mail.</p>");
    Ok((refusal.parts().status, page).into_response())
}

fn html(body: &str) -> impl IntoResponse + use<> {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Unsubscribe</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}}\
         button{{font:inherit;padding:.6rem 1.2rem}}</style></head>\n\
         <body><main><h1>Unsubscribe</h1>\n{body}\n</main></body>\n</html>\n"
    );
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(page))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
