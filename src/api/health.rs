//! Probes and numbers; no key is needed for them.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{errors::ApiError, state::ApiState};
use crate::{
    domain::{LANES, Outcome, State as TaskState, TaskType},
    store::{LaneStats, Stats, StoreError},
    telemetry::metrics::StoreSample,
    wire::answer::{LaneBody, MetricsBody},
};

/// `GET /health/ping`, as the original service answered it.
pub(super) async fn ping() -> Json<Value> {
    Json(json!({"message": "pong"}))
}

/// `GET /health/live`: the process answers.
pub(super) async fn live() -> Json<Value> {
    Json(json!({"status": true}))
}

/// `GET /health/ready`: work can be taken now; 503 names what is wrong.
pub(super) async fn ready(State(state): State<ApiState>) -> Result<Json<Value>, ApiError> {
    let store = state.store();
    match tokio::time::timeout(state.parts.limits.store, store.check()).await {
        Ok(Ok(warnings)) => Ok(Json(json!({"status": true, "warnings": warnings}))),
        Ok(Err(StoreError::Unfit(why))) => Err(ApiError::NotReady(format!("The store must not be used: {why}"))),
        Ok(Err(StoreError::Unavailable(why))) => Err(ApiError::NotReady(format!("The store is unavailable: {why}"))),
        Ok(Err(fault)) => {
            tracing::error!(error.message = %fault, "the store is faulty");
            Err(ApiError::NotReady("The store is faulty".to_owned()))
        }
        // Not where it is: anybody may ask.
        Err(_) => Err(ApiError::NotReady("The store does not answer in time".to_owned())),
    }
}

/// `GET /health/metrics`: executed = successful + failed, always.
pub(super) async fn metrics(State(state): State<ApiState>) -> Result<Json<MetricsBody>, ApiError> {
    let reading = state.call("stats", state.store().stats()).await?;
    Ok(Json(numbers(&reading)))
}

/// `GET /metrics`, for Prometheus. Without a store, what this process measured itself.
pub(super) async fn prometheus(State(state): State<ApiState>) -> Response {
    let sample = state.call("stats", state.store().stats()).await.ok().as_ref().map(sample);
    let text = state.parts.exposition.render(sample.as_ref());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

fn numbers(stats: &Stats) -> MetricsBody {
    let successful = stats.ended_as(TaskState::Succeeded);
    let failed = stats.ended_as(TaskState::Failed) + stats.ended_as(TaskState::Uncertain);
    let mut ended: BTreeMap<TaskType, BTreeMap<TaskState, u64>> = BTreeMap::new();
    for ((task_type, state), count) in &stats.ended {
        ended.entry(*task_type).or_default().insert(*state, *count);
    }
    let lane = |lane: LaneStats| LaneBody { queued: lane.queued, oldest_age_seconds: oldest_age(stats, lane) };
    MetricsBody {
        status: true,
        executed: successful + failed,
        successful,
        failed,
        states: TaskState::ALL.into_iter().map(|state| (state, stats.gauge(state))).collect(),
        lanes: LANES.into_iter().map(|each| (each, lane(stats.lanes[each.index()]))).collect(),
        ended,
        attempts: stats.attempts.clone(),
        missed_periods: stats.missed_periods,
    }
}

fn sample(stats: &Stats) -> StoreSample {
    let lane = |lane: LaneStats| (lane.queued, oldest_age(stats, lane));
    StoreSample {
        states: TaskState::ALL.into_iter().map(|state| (state.as_str(), stats.gauge(state))).collect(),
        lanes: LANES
            .into_iter()
            .map(|each| {
                let (queued, oldest) = lane(stats.lanes[each.index()]);
                (each.as_str(), queued, oldest)
            })
            .collect(),
        ended: TaskType::ALL
            .into_iter()
            .flat_map(|kind| TaskState::ALL.into_iter().filter(|state| state.is_end()).map(move |end| (kind, end)))
            .map(|ending| (ending.0.as_str(), ending.1.as_str(), stats.ended.get(&ending).copied().unwrap_or_default()))
            .collect(),
        missed_periods: stats.missed_periods,
        attempts: Outcome::ALL
            .into_iter()
            .map(|outcome| (outcome.as_str(), stats.attempts.get(outcome.as_str()).copied().unwrap_or_default()))
            .collect(),
    }
}

fn oldest_age(stats: &Stats, lane: LaneStats) -> f64 {
    lane.oldest_due.map_or(0.0, |due| stats.now.since(due).as_secs_f64())
}
