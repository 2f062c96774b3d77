//! Runs: their totals, who did not get the issue, and trying those again.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    errors::ApiError,
    extract::{Caller, Params, Segment, cursor_of},
    state::ApiState,
};
use crate::{
    domain::{AccountId, Address, ContentTypeName, Reason, RunId, State as TaskState, TaskId},
    store::{PageRequest, Retried, Run},
    wire::answer::RunBody,
};

const NO_RUN: ApiError = ApiError::NotFound("There is no such run");

/// Retries asked of the store at a time, so that they share its commits.
const AT_ONCE: usize = 32;

/// A mail of a run that ended without success.
#[derive(Debug, Serialize)]
struct NotDelivered {
    id: TaskId,
    recipient: Address,
    state: TaskState,
    reason: Option<Reason>,
}

/// A run, and a page of who did not get it.
#[derive(Debug, Serialize)]
pub(super) struct RunPage {
    #[serde(flatten)]
    run: RunBody,
    not_delivered: Vec<NotDelivered>,
    next_cursor: Option<String>,
}

/// `GET /task/runs?content_type=`, newest first.
pub(super) async fn list(
    State(state): State<ApiState>,
    Caller(account): Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let params = params.only(&["content_type", "limit", "cursor"])?;
    let content_type = params.parsed("content_type", ContentTypeName::parse)?;
    let page = params.page("runs")?;
    let page = state.call("runs", state.store().runs(&account, content_type.as_ref(), &page)).await?;
    let runs: Vec<RunBody> = page.items.into_iter().map(body_of).collect();
    Ok(Json(json!({"runs": runs, "next_cursor": cursor_of("runs", page.next_cursor)})))
}

/// `GET /task/runs/{id}?limit=&cursor=`; the page is of `not_delivered`.
pub(super) async fn get(
    State(state): State<ApiState>,
    Caller(account): Caller,
    id: Segment,
    params: Params,
) -> Result<Json<RunPage>, ApiError> {
    let page = params.only(&["limit", "cursor"])?.page("not_delivered")?;
    let run = run_of(&state, &account, &id).await?;
    let page = state.call("undelivered", state.store().undelivered(&account, run.id, &page)).await?;
    let not_delivered = page
        .items
        .into_iter()
        .map(|task| NotDelivered { id: task.id, recipient: task.recipient, state: task.state, reason: task.reason })
        .collect();
    Ok(Json(RunPage { run: body_of(run), not_delivered, next_cursor: cursor_of("not_delivered", page.next_cursor) }))
}

/// `POST /task/runs/{id}/retry`: puts back the run's failed and uncertain mails. Broken off, it has done a part; asking
/// again does the rest.
pub(super) async fn retry(
    State(state): State<ApiState>,
    Caller(account): Caller,
    id: Segment,
) -> Result<Json<Value>, ApiError> {
    let run = run_of(&state, &account, &id).await?;
    let account = Arc::new(account);
    let mut request = PageRequest { limit: 1000, cursor: None };
    let mut retried = 0_u64;
    loop {
        let page = state.call("undelivered", state.store().undelivered(&account, run.id, &request)).await?;
        let mut ids = page.items.iter().filter(|task| task.state.is_retryable()).map(|task| task.id);
        // Dropped with the request, the set ends its calls.
        let mut calls = JoinSet::new();
        loop {
            while calls.len() < AT_ONCE
                && let Some(id) = ids.next()
            {
                let (state, account) = (state.clone(), Arc::clone(&account));
                calls.spawn(async move { state.call("retry", state.store().retry(&account, id)).await });
            }
            match calls.join_next().await {
                None => break,
                Some(Ok(outcome)) => retried += u64::from(outcome? == Retried::Done),
                Some(Err(_)) => return Err(ApiError::Internal),
            }
        }
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => return Ok(Json(json!({"status": true, "retried": retried}))),
        }
    }
}

async fn run_of(state: &ApiState, account: &AccountId, Segment(text): &Segment) -> Result<Run, ApiError> {
    let id = RunId::from_text(text).ok_or(NO_RUN)?;
    state.call("run", state.store().run(account, id)).await?.ok_or(NO_RUN)
}

fn body_of(run: Run) -> RunBody {
    let totals = run.totals;
    let is_sending = run.is_fanning_out || totals.waiting > 0;
    RunBody {
        id: run.id,
        content_type: run.content_type,
        frequency: run.frequency,
        period: run.period,
        state: if is_sending { "sending" } else { "done" }.to_owned(),
        total: totals.total,
        succeeded: totals.succeeded,
        failed: totals.failed,
        skipped: totals.skipped,
        cancelled: totals.cancelled,
        uncertain: totals.uncertain,
        waiting: totals.waiting,
        created_at: run.created_at,
    }
}
