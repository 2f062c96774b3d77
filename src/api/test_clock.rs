//! The test clock: moves time from one due moment to the next (`GOMAIL_TEST_CLOCK`, only with `up` on loopback).

use std::time::Duration;

use axum::{Json, Router, extract::State, routing::post};
use serde_json::{Value, json};

use super::{errors::ApiError, extract::Posted, state::ApiState};
use crate::{
    config::parse_duration,
    domain::{CatchUp, Invalid, Period, State as TaskState, Timestamp, plan_catch_up},
    wire::request::AdvanceRequest,
};

/// How often is looked whether everything due is done.
const LOOK: Duration = Duration::from_millis(1);
/// Tasks forgotten in one step.
const PRUNE: u32 = 1000;

/// The routes; none unless the setting says so.
pub(super) fn routes(state: &ApiState) -> Router<ApiState> {
    if state.parts.test_clock { Router::new().route("/test/clock/advance", post(advance)) } else { Router::new() }
}

/// `POST /test/clock/advance {"by":"7d"}`
///
/// Goes from one due moment to the next, in order, and lets the workers finish what fell due before it goes on. Broken
/// off, time stays where it came to. Waits without a limit: the client knows how long it wants to wait.
async fn advance(
    State(state): State<ApiState>,
    Posted(request): Posted<AdvanceRequest>,
) -> Result<Json<Value>, ApiError> {
    let by = parse_duration(&request.by).map_err(|why| Invalid::value("by", why))?;
    let target = now(&state).await?.plus(by);
    loop {
        until_quiet(&state).await?;
        while state.call("prune", state.store().prune(PRUNE)).await? >= u64::from(PRUNE) {}
        let now = now(&state).await?;
        if now >= target {
            return Ok(Json(json!({ "status": true, "now": now })));
        }
        let next = next_moment(&state, now).await?.map_or(target, |moment| moment.min(target));
        state.call("advance_clock", state.store().advance_clock(next.since(now))).await?;
    }
}

async fn now(state: &ApiState) -> Result<Timestamp, ApiError> {
    state.call("now", state.store().now()).await
}

/// The first moment after `now` at which something falls due: a task, or a period of a series.
async fn next_moment(state: &ApiState, now: Timestamp) -> Result<Option<Timestamp>, ApiError> {
    let zone = state.parts.zone;
    let series = state.call("series", state.store().series()).await?;
    let periods = series.iter().map(|series| Period::containing(series.frequency, now, zone).next(zone).start);
    let due = state.call("next_due", state.store().next_due()).await?;
    Ok(periods.chain(due).min())
}

/// Waits until nothing that is due is left to do.
async fn until_quiet(state: &ApiState) -> Result<(), ApiError> {
    while !is_quiet(state).await? {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// Looks in the order in which work flows: periods, runs, due tasks, tasks in hand. The looks are not one moment, and
/// what a look has found done can only have moved on to a place that is looked at after it.
async fn is_quiet(state: &ApiState) -> Result<bool, ApiError> {
    let now = now(state).await?;
    let zone = state.parts.zone;
    let series = state.call("series", state.store().series()).await?;
    let all_begun = series.iter().all(|series| {
        let last = series.last_period.map_or(series.since, |last| last.max(series.since));
        plan_catch_up(CatchUp::Coalesce, series.frequency, last, now, zone).newest.is_none()
    });
    if !all_begun || !state.call("open_runs", state.store().open_runs()).await?.is_empty() {
        return Ok(false);
    }
    let due = state.call("next_due", state.store().next_due()).await?;
    if due.is_some_and(|due| due <= now) {
        return Ok(false);
    }
    let counted = state.call("stats", state.store().stats()).await?;
    Ok(counted.gauge(TaskState::Queued) + counted.gauge(TaskState::Running) == 0)
}
