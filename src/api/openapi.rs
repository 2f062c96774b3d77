//! `GET /openapi.json`: the API as OpenAPI 3.1. Written by hand; a test holds it to the routes.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

const DOCUMENT: &str = include_str!("openapi.json");

/// The document as it is.
pub(super) async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}
