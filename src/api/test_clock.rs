//! The test clock: moves time from one due moment to the next (`GOMAIL_TEST_CLOCK`, only with `up` on loopback).

use std::time::Duration;

use axum::{Json, Router, extract::State, routing::post};
use serde_json::{Value, json};
use tokio::{sync::Mutex, time::Instant};

use super::{errors::ApiError, extract::Posted, state::ApiState};
use crate::{
    config::parse_duration,
    domain::{CatchUp, Invalid, Period, RunId, State as TaskState, Timestamp, plan_catch_up},
    store::{Series, Stats},
    wire::request::AdvanceRequest,
};

/// One advance at a time: two would each step over the other's moments.
static ADVANCING: Mutex<()> = Mutex::const_new(());

/// How often it is checked whether everything due is done.
const LOOK: Duration = Duration::from_millis(2);
/// Real time without progress and without leases after which due tasks count as waiting for the relay.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same after the first such wait: an unreachable relay stays unreachable for a while.
const PATIENCE_THEN: Duration = Duration::from_millis(500);
/// Tasks forgotten in one step.
const PRUNE: u32 = 1000;

/// The routes; none unless the setting says so.
pub(super) fn routes(state: &ApiState) -> Router<ApiState> {
    if state.parts.test_clock { Router::new().route("/test/clock/advance", post(advance)) } else { Router::new() }
}

/// `POST /test/clock/advance {"by":"7d"}`
///
/// Goes from one due moment to the next, in order, and lets the workers finish what fell due before it goes on. Broken
/// off, time stays where it came to. What only waits for a relay that is away is left behind after [`PATIENCE`]; for what a
/// worker has in hand it waits without a limit: the client knows how long it wants to wait.
async fn advance(
    State(state): State<ApiState>,
    Posted(request): Posted<AdvanceRequest>,
) -> Result<Json<Value>, ApiError> {
    let by = parse_duration(&request.by).map_err(|why| Invalid::value("by", why))?;
    let _alone = ADVANCING.lock().await;
    let target = state.now().await?.plus(by);
    let mut patience = PATIENCE;
    loop {
        let next = until_quiet(&state, target, &mut patience).await?;
        while state.call("prune", state.store().prune(PRUNE)).await?.has_more {}
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

/// Waits until nothing that is due is left to do, or nothing has moved for as long as `patience`; the next moment at which
/// something falls due, a task or a period of a series, or `target` when that comes before.
async fn until_quiet(state: &ApiState, target: Timestamp, patience: &mut Duration) -> Result<Timestamp, ApiError> {
    let mut still: Option<(Seen, Instant)> = None;
    loop {
        match look(state, target).await? {
            Look::Quiet(next) => return Ok(next),
            Look::Begins => still = None,
            Look::Due => {
                let seen = Seen::now(state).await?;
                let since = still.filter(|(before, _)| *before == seen).map_or_else(Instant::now, |(_, since)| since);
                if seen.counted.gauge(TaskState::Running) == 0 && since.elapsed() >= *patience {
                    *patience = PATIENCE_THEN;
                    let series = state.call("series", state.store().series()).await?;
                    let now = state.now().await?;
                    // What is due already and does not move is nothing to go to.
                    let due = next_due(state).await?.filter(|due| *due > now);
                    return Ok(next_moment(state, &series, now, due, target));
                }
                still = Some((seen, since));
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What is left to do at this moment.
enum Look {
    /// Nothing. The next moment.
    Quiet(Timestamp),
    /// A period begins, which nothing but the scheduler's next step keeps waiting.
    Begins,
    /// Tasks are due, or to be made; they may have to wait for the relay.
    Due,
}

/// What changes when work goes on.
#[derive(PartialEq)]
struct Seen {
    counted: Stats,
    open_runs: Vec<RunId>,
}

impl Seen {
    async fn now(state: &ApiState) -> Result<Self, ApiError> {
        let open_runs = state.call("open_runs", state.store().open_runs()).await?;
        let counted = state.call("stats", state.store().stats()).await?;
        Ok(Self { counted: Stats { now: Timestamp::from_millis(0), ..counted }, open_runs })
    }
}

/// Asks in the order in which work goes on, so that nothing slips past from a place not yet looked at to one looked at
/// before: a period begins, its run is fanned out, what is due is queued, then sent. What is due next is known only when
/// nothing is in a worker's hands.
async fn look(state: &ApiState, target: Timestamp) -> Result<Look, ApiError> {
    let zone = state.parts.zone;
    let now = state.now().await?;
    let series = state.call("series", state.store().series()).await?;
    let has_begun = |series: &Series| {
        let last = series.dealt_with_until(zone);
        plan_catch_up(CatchUp::Coalesce, series.frequency, last, now, zone).newest.is_some()
    };
    if series.iter().any(has_begun) {
        return Ok(Look::Begins);
    }
    let is_made = state.call("open_runs", state.store().open_runs()).await?.is_empty();
    if !is_made || next_due(state).await?.is_some_and(|due| due <= now) {
        return Ok(Look::Due);
    }
    let counted = state.call("stats", state.store().stats()).await?;
    if counted.gauge(TaskState::Queued) + counted.gauge(TaskState::Running) > 0 {
        return Ok(Look::Due);
    }
    // As of the moment looked at: what has fallen due since is the next moment, not one that is over.
    Ok(Look::Quiet(next_moment(state, &series, now, next_due(state).await?, target)))
}

/// The first moment after `now` at which a period of a series begins, or `due`, or `target`.
fn next_moment(
    state: &ApiState,
    series: &[Series],
    now: Timestamp,
    due: Option<Timestamp>,
    target: Timestamp,
) -> Timestamp {
    let zone = state.parts.zone;
    let periods = series.iter().map(|series| Period::containing(series.frequency, now, zone).next(zone).start);
    periods.chain(due).fold(target, Timestamp::min)
}
