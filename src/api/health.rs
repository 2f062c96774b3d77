//! Probes and metrics; no key is needed.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::header, response::IntoResponse};
use serde_json::{Value, json};

use super::{errors::ApiError, state::ApiState};
use crate::{
    domain::{LANES, State as TaskState},
    store::{Stats, StoreError},
    telemetry::metrics::StoreSample,
    wire::answer::{LaneBody, MetricsBody},
};

/// `GET /health/ping`
pub(super) async fn ping() -> Json<Value> {
    Json(json!({ "message": "pong" }))
}

/// `GET /health/live`
pub(super) async fn live() -> Json<Value> {
    Json(json!({ "status": true }))
}

/// `GET /health/ready`: names what is wrong.
pub(super) async fn ready(State(state): State<ApiState>) -> Result<Json<Value>, ApiError> {
    match tokio::time::timeout(state.parts.limits.store, state.store().check()).await {
        Ok(Ok(warnings)) => Ok(Json(json!({ "status": true, "warnings": warnings }))),
        Ok(Err(StoreError::Unfit(why))) => Err(ApiError::NotReady(format!("The store cannot be used: {why}"))),
        Ok(Err(_)) => Err(ApiError::NotReady("The store cannot be reached".to_owned())),
        Err(_) => Err(ApiError::NotReady("The store does not answer".to_owned())),
    }
}

/// `GET /health/metrics`
pub(super) async fn metrics(State(state): State<ApiState>) -> Result<Json<MetricsBody>, ApiError> {
    let counted = state.call("stats", state.store().stats()).await?;
    let successful = counted.ended_as(TaskState::Succeeded);
    let failed = counted.ended_as(TaskState::Failed) + counted.ended_as(TaskState::Uncertain);
    let mut ended: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for ((task_type, end), count) in &counted.ended {
        ended.entry(*task_type).or_default().insert(*end, *count);
    }
    let lanes = LANES
        .into_iter()
        .zip(lanes(&counted))
        .map(|(lane, (queued, oldest_age_seconds))| (lane, LaneBody { queued, oldest_age_seconds }));
    Ok(Json(MetricsBody {
        status: true,
        executed: successful + failed,
        successful,
        failed,
        states: TaskState::ALL.into_iter().zip(counted.gauges).collect(),
        lanes: lanes.collect(),
        ended,
        attempts: counted.attempts.clone(),
        missed_periods: counted.missed_periods,
    }))
}

/// `GET /metrics`, Prometheus text.
pub(super) async fn prometheus(State(state): State<ApiState>) -> Result<impl IntoResponse, ApiError> {
    let counted = state.call("stats", state.store().stats()).await?;
    let sample = StoreSample {
        states: TaskState::ALL.into_iter().zip(counted.gauges).map(|(state, count)| (state.as_str(), count)).collect(),
        lanes: LANES
            .into_iter()
            .zip(lanes(&counted))
            .map(|(lane, (queued, oldest))| (lane.as_str(), queued, oldest))
            .collect(),
        ended: counted.ended.iter().map(|((kind, end), count)| (kind.as_str(), end.as_str(), *count)).collect(),
        attempts: counted.attempts.iter().map(|(outcome, count)| (outcome.clone(), *count)).collect(),
        missed_periods: counted.missed_periods,
    };
    let text = state.parts.exposition.render(&sample);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}

/// Per lane: how many are queued, and the age of the oldest in seconds.
fn lanes(stats: &Stats) -> impl Iterator<Item = (u64, f64)> {
    stats.lanes.iter().map(|lane| (lane.queued, lane.oldest_due.map_or(0.0, |due| stats.now.since(due).as_secs_f64())))
}
