//! The test clock: moves time from one due moment to the next (`GOMAIL_TEST_CLOCK`, only with `up` on loopback).

use std::time::Duration;

use axum::{Json, Router, extract::State, routing::post};
use serde_json::{Value, json};

use super::{errors::ApiError, extract::Posted, state::ApiState};
use crate::{
    config::parse_duration,
    domain::{CatchUp, Invalid, Period, State as TaskState, Timestamp, plan_catch_up},
    store::Series,
    wire::request::AdvanceRequest,
};

/// How often is looked whether everything due is done.
const LOOK: Duration = Duration::from_millis(2);
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
    let target = state.now().await?.plus(by);
    loop {
        let next = until_quiet(&state, target).await?;
        while state.call("prune", state.store().prune(PRUNE)).await? >= u64::from(PRUNE) {}
        let now = state.now().await?;
        if now >= target {
            return Ok(Json(json!({ "status": true, "now": now })));
        }
        state.call("advance_clock", state.store().advance_clock(next.since(now))).await?;
    }
}

async fn next_due(state: &ApiState) -> Result<Option<Timestamp>, ApiError> {
    state.call("next_due", state.store().next_due()).await
}

/// Waits until nothing that is due is left to do; the next moment at which something falls due, a task or a period of a
/// series, or `target` when that comes before.
async fn until_quiet(state: &ApiState, target: Timestamp) -> Result<Timestamp, ApiError> {
    loop {
        if let Some(next) = look(state, target).await? {
            return Ok(next);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// `None` while something is left to do, else the next moment.
///
/// Asks in the order in which work goes on, so that nothing slips past from a place not yet looked at to one looked at
/// before: a period begins, its run is fanned out, what is due is queued, then sent. What is due next is known only when
/// nothing is in a worker's hands.
async fn look(state: &ApiState, target: Timestamp) -> Result<Option<Timestamp>, ApiError> {
    let zone = state.parts.zone;
    let now = state.now().await?;
    let series = state.call("series", state.store().series()).await?;
    let has_begun = |series: &Series| {
        let last = series.last_period.map_or(series.since, |last| last.max(series.since));
        plan_catch_up(CatchUp::Coalesce, series.frequency, last, now, zone).newest.is_some()
    };
    if series.iter().any(has_begun) || !state.call("open_runs", state.store().open_runs()).await?.is_empty() {
        return Ok(None);
    }
    if next_due(state).await?.is_some_and(|due| due <= now) {
        return Ok(None);
    }
    let counted = state.call("stats", state.store().stats()).await?;
    if counted.gauge(TaskState::Queued) + counted.gauge(TaskState::Running) > 0 {
        return Ok(None);
    }
    let due = next_due(state).await?;
    let periods = series.iter().map(|series| Period::containing(series.frequency, now, zone).next(zone).start);
    Ok(periods.chain(due).chain([target]).min())
}
