//! Tasks as their owner sees them: list, one, cancel, retry.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{
    errors::ApiError,
    extract::{Caller, Params, Segment, cursor_of},
    state::ApiState,
};
use crate::{
    domain::{Address, Invalid, State as TaskState, Tag, TaskId, TaskType, message_id},
    store::{Cancelled, Retried, TaskFilter, TaskView},
    wire::answer::{TaskBody, TaskChanged},
};

const NO_TASK: ApiError = ApiError::NotFound("There is no such task");

/// `GET /task`
pub(super) async fn list(
    State(state): State<ApiState>,
    Caller(account): Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let params = params.only(&["state", "type", "recipient", "tag", "limit", "cursor"])?;
    let filter = TaskFilter {
        state: params.parsed("state", |text| {
            TaskState::from_name(text).ok_or_else(|| Invalid::value("state", "must be a state of a task"))
        })?,
        task_type: params.parsed("type", |text| {
            TaskType::from_name(text).ok_or_else(|| Invalid::value("type", "must be a type of a task"))
        })?,
        recipient: params.parsed("recipient", Address::parse)?.map(|address| address.key()),
        tag: params.parsed("tag", Tag::parse)?,
    };
    let page = state.call("tasks", state.store().tasks(&account, &filter, &params.page("tasks")?)).await?;
    let tasks: Vec<TaskBody> = page.items.into_iter().map(|view| body(&state, view)).collect();
    Ok(Json(json!({ "tasks": tasks, "next_cursor": cursor_of("tasks", page.next_cursor) })))
}

/// `GET /task/{id}`
pub(super) async fn one(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Segment(id): Segment,
) -> Result<Json<TaskBody>, ApiError> {
    let view = state.call("task", state.store().task(&account, parse(&id)?)).await?.ok_or(NO_TASK)?;
    Ok(Json(body(&state, view)))
}

/// `DELETE /task/{id}`
pub(super) async fn cancel(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Segment(id): Segment,
) -> Result<Json<TaskChanged>, ApiError> {
    let id = parse(&id)?;
    match state.call("cancel", state.store().cancel(&account, id)).await? {
        Cancelled::Done => {
            tracing::info!(event.action = "cancel", gomail.task.id = %id, "task cancelled");
            Ok(Json(TaskChanged { status: true, id, state: TaskState::Cancelled }))
        }
        Cancelled::Not(now) => Err(ApiError::NotCancellable(now)),
        Cancelled::Unknown => Err(NO_TASK),
    }
}

/// `POST /task/{id}/retry`
pub(super) async fn retry(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Segment(id): Segment,
) -> Result<Json<TaskChanged>, ApiError> {
    let id = parse(&id)?;
    match state.call("retry", state.store().retry(&account, id)).await? {
        Retried::Done => {
            tracing::info!(event.action = "retry", gomail.task.id = %id, "task put back by its owner");
            Ok(Json(TaskChanged { status: true, id, state: TaskState::Queued }))
        }
        Retried::Not(now) => Err(ApiError::NotRetryable(now)),
        Retried::Unknown => Err(NO_TASK),
    }
}

fn parse(id: &str) -> Result<TaskId, ApiError> {
    TaskId::from_text(id).ok_or(NO_TASK)
}

fn body(state: &ApiState, view: TaskView) -> TaskBody {
    let sends = !matches!(view.task_type, TaskType::Subscribe | TaskType::Unsubscribe);
    TaskBody {
        message_id: sends.then(|| format!("<{}>", message_id(view.id, state.parts.from.domain()))),
        id: view.id,
        task: view.name,
        task_type: view.task_type,
        lane: view.lane,
        state: view.state,
        recipient: view.recipient,
        retries: view.retries,
        attempts: view.attempts,
        next_attempt_at: view.next_attempt_at,
        created_at: view.created_at,
        finished_at: view.finished_at,
        reason: view.reason,
        duplicate_possible: view.duplicate_possible,
        tags: view.tags,
    }
}
