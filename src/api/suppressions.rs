//! Addresses that must not be written to.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{
    errors::ApiError,
    extract::{Caller, Params, Posted, Segment, cursor_of},
    state::ApiState,
};
use crate::{
    domain::Address,
    store::Suppression,
    wire::{
        answer::{Done, SuppressionBody},
        request::SuppressRequest,
    },
};

const NOT_SUPPRESSED: ApiError = ApiError::NotFound("This address is not suppressed");

/// `GET /suppressions`
pub(super) async fn list(
    State(state): State<ApiState>,
    Caller(account): Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let page = params.only(&["limit", "cursor"])?.page("suppressions")?;
    let page = state.call("suppressions", state.store().suppressions(&account, &page)).await?;
    let suppressions: Vec<SuppressionBody> = page.items.into_iter().map(body).collect();
    Ok(Json(json!({ "suppressions": suppressions, "next_cursor": cursor_of("suppressions", page.next_cursor) })))
}

/// `POST /suppressions`
pub(super) async fn add(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Posted(request): Posted<SuppressRequest>,
) -> Result<Json<SuppressionBody>, ApiError> {
    let suppressed = state.store().suppress(&account, &request.email, &request.reason);
    Ok(Json(body(state.call("suppress", suppressed).await?)))
}

/// `DELETE /suppressions/{email}`
pub(super) async fn remove(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Segment(email): Segment,
) -> Result<Json<Done>, ApiError> {
    let email = Address::parse(&email).map_err(|_| NOT_SUPPRESSED)?;
    if !state.call("unsuppress", state.store().unsuppress(&account, &email)).await? {
        return Err(NOT_SUPPRESSED);
    }
    Ok(Json(Done { status: true, msg: "Suppression removed successfully".to_owned() }))
}

fn body(suppression: Suppression) -> SuppressionBody {
    let Suppression { email, reason, created_at } = suppression;
    SuppressionBody { email, reason, created_at }
}
