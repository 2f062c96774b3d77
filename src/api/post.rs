//! Posting tasks, one or many.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{
    errors::ApiError,
    extract::{Caller, Raw, json},
    state::ApiState,
};
use crate::{
    domain::{AccountId, IdempotencyKey, Invalid, NewTask, TaskId, Work, check_message, check_newsletter, sha256_hex},
    store::{Enqueue, Enqueued, Posted},
    wire::{
        answer::{BatchAccepted, BatchItem, TaskAccepted},
        request::{BatchRequest, FromJson as _},
        task,
    },
};

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// `POST /task`
pub(super) async fn one(
    State(state): State<ApiState>,
    Caller(account): Caller,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, ApiError> {
    let idempotency = idempotency(&headers, "/task", &bytes)?;
    let task = read(&state, json(&bytes)?)?;
    let (posted, replayed) = enqueue(&state, account, vec![task], idempotency).await?;
    match posted.into_iter().next() {
        Some(Posted::Accepted { id, state }) => {
            let msg = "Task enqueued successfully".to_owned();
            Ok(answer(Json(TaskAccepted { status: true, msg, id, state }), replayed))
        }
        Some(Posted::Refused(refusal)) => Err(ApiError::Refused(refusal)),
        None => Err(ApiError::Internal),
    }
}

/// `POST /task/batch`: each item is judged alone.
pub(super) async fn batch(
    State(state): State<ApiState>,
    Caller(account): Caller,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, ApiError> {
    let idempotency = idempotency(&headers, "/task/batch", &bytes)?;
    let items = BatchRequest::from_json(json(&bytes)?)?.tasks;
    let read: Vec<Result<NewTask, ApiError>> = items.into_iter().map(|item| read(&state, item)).collect();
    let mut faults = Vec::with_capacity(read.len());
    let mut tasks = Vec::with_capacity(read.len());
    for item in read {
        faults.push(item.map(|task| tasks.push(task)).err());
    }
    let (posted, replayed) =
        if tasks.is_empty() { (Vec::new(), false) } else { enqueue(&state, account, tasks, idempotency).await? };
    let mut posted = posted.into_iter();
    let mut results = Vec::with_capacity(faults.len());
    for fault in faults {
        let fault = match fault {
            Some(fault) => fault,
            None => match posted.next().ok_or(ApiError::Internal)? {
                Posted::Accepted { id, .. } => {
                    results.push(BatchItem { status: true, id: Some(id), error: None, msg: None, field: None });
                    continue;
                }
                Posted::Refused(refusal) => ApiError::Refused(refusal),
            },
        };
        let body = fault.parts().body("");
        results.push(BatchItem {
            status: false,
            id: None,
            error: Some(body.error),
            msg: Some(body.msg),
            field: body.field,
        });
    }
    let status = results.iter().all(|item| item.status);
    Ok(answer(Json(BatchAccepted { status, results }), replayed))
}

/// Reads a task and checks the templates it brings.
fn read(state: &ApiState, value: Value) -> Result<NewTask, ApiError> {
    let task = task::parse(value, TaskId::posted_at(state.parts.clock.now()))?;
    match &task.work {
        Work::Message(message) => check_message(message)?,
        Work::Subscribe { create: Some((subject, content)), .. } => {
            check_newsletter(subject.as_str(), content).map_err(|fault: Invalid| {
                let field = format!("payload.{}", fault.field);
                fault.at(&field)
            })?;
        }
        _ => {}
    }
    Ok(task)
}

async fn enqueue(
    state: &ApiState,
    account: AccountId,
    tasks: Vec<NewTask>,
    idempotency: Option<IdempotencyKey>,
) -> Result<(Vec<Posted>, bool), ApiError> {
    let post = Enqueue { account, tasks, idempotency, rules: state.parts.otp.rules };
    match state.call("enqueue", state.store().enqueue(post)).await? {
        Enqueued::Accepted(posted) => Ok((posted, false)),
        Enqueued::Replayed(posted) => Ok((posted, true)),
        Enqueued::Mismatch => Err(ApiError::IdempotencyMismatch),
    }
}

fn idempotency(headers: &HeaderMap, path: &str, body: &[u8]) -> Result<Option<IdempotencyKey>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = std::str::from_utf8(value.as_bytes())
        .map_err(|_| Invalid::value("Idempotency-Key", "must be 1 to 256 printable characters"))?;
    Ok(Some(IdempotencyKey::parse(key, sha256_hex(&[path.as_bytes(), body]))?))
}

fn answer(body: impl IntoResponse, replayed: bool) -> Response {
    let mut response = body.into_response();
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
