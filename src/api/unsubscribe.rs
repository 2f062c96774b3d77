//! The unsubscribe link: a page that changes nothing, and the one click that does (RFC 8058).

use axum::{
    extract::State,
    http::{HeaderName, header},
    response::{Html, IntoResponse},
};

use super::{errors::ApiError, extract::Segment, state::ApiState};
use crate::domain::UnsubscribeLink;

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";

/// `GET /unsubscribe/{token}`: mail scanners follow links, so this only shows a button.
pub(super) async fn page(
    State(state): State<ApiState>,
    Segment(token): Segment,
) -> Result<impl IntoResponse, ApiError> {
    let link = open(&state, &token)?;
    let body = format!(
        "<p>Stop sending <strong>{}</strong> to {}?</p>\n<form method=\"post\"><button>Unsubscribe</button></form>",
        escape(link.content_type.as_str()),
        escape(&link.recipient)
    );
    Ok(html(&body))
}

/// `POST /unsubscribe/{token}`: no login, and twice is fine.
pub(super) async fn unsubscribe(
    State(state): State<ApiState>,
    Segment(token): Segment,
) -> Result<impl IntoResponse, ApiError> {
    let link = open(&state, &token)?;
    let done = state.store().unsubscribe(&link.account, &link.recipient, &link.content_type);
    state.call("unsubscribe", done).await?;
    Ok(html(&format!(
        "<p>{} gets no more <strong>{}</strong>.</p>",
        escape(&link.recipient),
        escape(link.content_type.as_str())
    )))
}

fn open(state: &ApiState, token: &str) -> Result<UnsubscribeLink, ApiError> {
    state
        .parts
        .keyring
        .accepted()
        .find_map(|keys| keys.open_unsubscribe_token(token))
        .ok_or(ApiError::NotFound("This link is not valid"))
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
