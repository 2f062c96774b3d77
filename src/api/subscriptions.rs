//! Subscriptions, and the runs made from them.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{
    errors::ApiError,
    extract::{Caller, Params, Segment},
    state::ApiState,
};
use crate::{
    domain::{Address, ContentTypeName, RunId},
    store::{PageRequest, Retried, Run, SubscriptionFilter},
    wire::answer::{RunBody, SubscriptionBody},
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
    let page = params.page()?;
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
    Ok(Json(json!({ "subscriptions": subscriptions, "next_cursor": page.next_cursor })))
}

/// `GET /task/runs`
pub(super) async fn runs(
    State(state): State<ApiState>,
    Caller(account): Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let params = params.only(&["content_type", "limit", "cursor"])?;
    let content_type = params.parsed("content_type", ContentTypeName::parse)?;
    let page = state.call("runs", state.store().runs(&account, content_type.as_ref(), &params.page()?)).await?;
    let runs: Vec<RunBody> = page.items.into_iter().map(body).collect();
    Ok(Json(json!({ "runs": runs, "next_cursor": page.next_cursor })))
}

/// `GET /task/runs/{id}`: the run, and who did not get it and why.
pub(super) async fn run(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Segment(id): Segment,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let id = RunId::from_text(&id).ok_or(ApiError::NotFound)?;
    let page = params.only(&["limit", "cursor"])?.page()?;
    let run = state.call("run", state.store().run(&account, id)).await?.ok_or(ApiError::NotFound)?;
    let left = state.call("undelivered", state.store().undelivered(&account, id, &page)).await?;
    let not_delivered: Vec<Value> = left
        .items
        .iter()
        .map(|task| json!({"id": task.id, "recipient": task.recipient, "state": task.state, "reason": task.reason}))
        .collect();
    let mut whole = serde_json::to_value(body(run)).map_err(|_| ApiError::Internal)?;
    whole["not_delivered"] = not_delivered.into();
    whole["next_cursor"] = left.next_cursor.into();
    Ok(Json(whole))
}

/// `POST /task/runs/{id}/retry`: sends to those who did not get it and may.
pub(super) async fn retry(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Segment(id): Segment,
) -> Result<Json<Value>, ApiError> {
    let id = RunId::from_text(&id).ok_or(ApiError::NotFound)?;
    state.call("run", state.store().run(&account, id)).await?.ok_or(ApiError::NotFound)?;
    let mut page = PageRequest { limit: 1000, cursor: None };
    let mut retried = 0_u64;
    loop {
        let left = state.call("undelivered", state.store().undelivered(&account, id, &page)).await?;
        for task in left.items.iter().filter(|task| task.state.is_retryable()) {
            if state.call("retry", state.store().retry(&account, task.id)).await? == Retried::Done {
                retried += 1;
            }
        }
        if left.next_cursor.is_none() {
            return Ok(Json(json!({ "status": true, "retried": retried })));
        }
        page.cursor = left.next_cursor;
    }
}

fn body(run: Run) -> RunBody {
    let sending = run.fanning_out || run.totals.waiting > 0;
    RunBody {
        id: run.id,
        content_type: run.content_type,
        frequency: run.frequency,
        period: run.period,
        state: if sending { "sending" } else { "done" }.to_owned(),
        total: run.totals.total,
        succeeded: run.totals.succeeded,
        failed: run.totals.failed,
        skipped: run.totals.skipped,
        cancelled: run.totals.cancelled,
        uncertain: run.totals.uncertain,
        waiting: run.totals.waiting,
        created_at: run.created_at,
    }
}
