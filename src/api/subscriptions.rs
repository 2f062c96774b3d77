//! The subscriptions in force.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{
    errors::ApiError,
    extract::{Caller, Params, cursor_of},
    state::ApiState,
};
use crate::{
    domain::{Address, ContentTypeName},
    store::SubscriptionFilter,
    wire::answer::SubscriptionBody,
};

/// `GET /task/subscriptions`
pub(super) async fn list(
    State(state): State<ApiState>,
    Caller(account): Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let params = params.only(&["content_type", "recipient", "limit", "cursor"])?;
    let filter = SubscriptionFilter {
        content_type: params.parsed("content_type", ContentTypeName::parse)?,
        recipient: params.parsed("recipient", Address::parse)?.map(|address| address.key()),
    };
    let page = params.page("subscriptions")?;
    let page = state.call("subscriptions", state.store().subscriptions(&account, &filter, &page)).await?;
    let subscriptions: Vec<SubscriptionBody> = page
        .items
        .into_iter()
        .map(|subscription| SubscriptionBody {
            recipient: subscription.recipient,
            content_type: subscription.content_type,
            frequency: subscription.frequency,
            created_at: subscription.created_at,
        })
        .collect();
    Ok(Json(json!({ "subscriptions": subscriptions, "next_cursor": cursor_of("subscriptions", page.next_cursor) })))
}
