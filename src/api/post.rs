//! Accepting tasks: `POST /task` and `POST /task/batch`. The hot path.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

use super::{
    errors::ApiError,
    extract::{Caller, Raw, json},
    state::ApiState,
};
use crate::{
    domain::{
        AccountId, IdempotencyKey, Invalid, NewTask, Problem, State as TaskState, Subject, TaskId, Work, check_message,
        check_newsletter, render_code, sha256_hex,
    },
    store::{Enqueue, Enqueued, Posted, Refusal},
    wire::{
        answer::{BatchAccepted, BatchItem, TaskAccepted},
        request::{BatchRequest, FromJson as _},
        task,
    },
};

/// A good item of a batch, with the fault of its templates that may not matter; or what is wrong with it.
type ItemRead = Result<Option<Invalid>, Invalid>;

/// `POST /task`, also `/task/task`.
pub(super) async fn one(
    State(state): State<ApiState>,
    Caller(account): Caller,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Response, ApiError> {
    // Both spellings of the path are one request.
    let idempotency = idempotency_key(&state, &headers, "/task", &body).await?;
    let (task, fault) = match state.beside(body.len(), || json(&body).and_then(|item| Ok(read(&state, item)?))).await? {
        Ok(read) => read,
        Err(error) => return Err(unless_used(&state, account, idempotency, error).await),
    };
    let (mut posted, is_replay) = enqueue(&state, account, vec![task], idempotency, body.len()).await?;
    let (id, state) = accepted(posted.pop(), fault)?;
    let msg = "Task enqueued successfully".to_owned();
    Ok(answer(Json(TaskAccepted { status: true, msg, id, state }).into_response(), is_replay))
}

/// `POST /task/batch`. One bad item never harms the rest.
pub(super) async fn batch(
    State(state): State<ApiState>,
    Caller(account): Caller,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Response, ApiError> {
    let idempotency = idempotency_key(&state, &headers, "/task/batch", &body).await?;
    let bytes = body.len();
    let (good, items) = match state.beside(bytes, || read_batch(&state, body)).await? {
        Ok(read) => read,
        Err(error) => return Err(unless_used(&state, account, idempotency, error).await),
    };
    // With nothing to store, the store is asked about the key only.
    let (posted, is_replay) = if good.is_empty() && idempotency.is_none() {
        (Vec::new(), false)
    } else {
        enqueue(&state, account, good, idempotency, bytes).await?
    };
    let mut posted = posted.into_iter();
    let mut results = Vec::with_capacity(items.len());
    for item in items {
        results.push(match item.map_err(ApiError::from).and_then(|fault| accepted(posted.next(), fault)) {
            Ok((id, _)) => BatchItem { status: true, id: Some(id), error: None, msg: None, field: None },
            Err(ApiError::Internal) => return Err(ApiError::Internal),
            Err(error) => refused(error),
        });
    }
    let status = results.iter().all(|item| item.status);
    Ok(answer(Json(BatchAccepted { status, results }).into_response(), is_replay))
}

/// Reads a batch: its good tasks, and for each item what [`read`] found.
fn read_batch(state: &ApiState, body: Bytes) -> Result<(Vec<NewTask>, Vec<ItemRead>), ApiError> {
    let request = BatchRequest::from_json(json(&body)?)?;
    drop(body);
    let mut good = Vec::with_capacity(request.tasks.len());
    let mut items = Vec::with_capacity(request.tasks.len());
    for (place, item) in request.tasks.into_iter().enumerate() {
        let read = read(state, item).map_err(|fault| in_batch(fault, place));
        items.push(read.map(|(task, fault)| {
            good.push(task);
            fault
        }));
    }
    Ok((good, items))
}

/// Reads a task and checks the templates it brings.
///
/// A replay must read what the first post read, so nothing but the item decides: not the store, not the time. Clients
/// send full payloads, so the faulty templates of a subscribe are no fault where they would create nothing. That only
/// the store knows; so the task goes on without them, and their fault goes along for [`accepted`].
fn read(state: &ApiState, item: Value) -> Result<(NewTask, Option<Invalid>), Invalid> {
    let mut task = task::parse(item, TaskId::posted_at(state.parts.clock.now()))?;
    let mut fault = None;
    match &mut task.work {
        Work::Message(message) => check_message(message)?,
        Work::Subscribe { create, .. } => {
            fault = create.as_ref().and_then(|(subject, content)| check_newsletter(subject.as_str(), content).err());
            if fault.is_some() {
                *create = None;
            }
        }
        Work::Otp(mail) => {
            if let Some(content) = &mail.content {
                let subject = mail.subject.as_ref().map_or("Your code", Subject::as_str);
                let lifetime = state.parts.otp.rules.ttl;
                render_code(subject, content, "00000000", &mail.purpose, lifetime).map_err(in_payload)?;
            }
        }
        Work::Unsubscribe { .. } => {}
    }
    Ok((task, fault.map(in_payload)))
}

/// What the store said of a task; `fault` is that of the templates it would have brought.
fn accepted(posted: Option<Posted>, fault: Option<Invalid>) -> Result<(TaskId, TaskState), ApiError> {
    match (posted, fault) {
        (Some(Posted::Accepted { id, state }), _) => Ok((id, state)),
        // There was nothing to create it from, because what should have was faulty.
        (Some(Posted::Refused(Refusal::UnknownContentType)), Some(fault)) => Err(fault.into()),
        (Some(Posted::Refused(refusal)), _) => Err(ApiError::Refused(refusal)),
        (None, _) => Err(ApiError::Internal),
    }
}

/// The template room names a field of the mail; here it stands in the payload.
fn in_payload(fault: Invalid) -> Invalid {
    let field = format!("payload.{}", fault.field);
    fault.at(&field)
}

/// An item's fault names a field of the item; one that is no object has none, so its place is named.
fn in_batch(fault: Invalid, place: usize) -> Invalid {
    if fault.field.is_empty() && fault.problem != Problem::Unknown {
        fault.at(&format!("tasks[{place}]"))
    } else {
        fault
    }
}

async fn enqueue(
    state: &ApiState,
    account: AccountId,
    tasks: Vec<NewTask>,
    idempotency: Option<IdempotencyKey>,
    bytes: usize,
) -> Result<(Vec<Posted>, bool), ApiError> {
    let post = Enqueue { account, tasks, idempotency, rules: state.parts.otp.rules };
    match state.call_with("enqueue", bytes, state.store().enqueue(post)).await? {
        Enqueued::Accepted(posted) => Ok((posted, false)),
        Enqueued::Replayed(posted) => Ok((posted, true)),
        Enqueued::Mismatch => Err(ApiError::IdempotencyMismatch),
    }
}

/// `error`, unless the key was used for another request: that tells its client more.
async fn unless_used(
    state: &ApiState,
    account: AccountId,
    idempotency: Option<IdempotencyKey>,
    error: ApiError,
) -> ApiError {
    if idempotency.is_none() {
        return error;
    }
    match enqueue(state, account, Vec::new(), idempotency, 0).await {
        Err(mismatch @ ApiError::IdempotencyMismatch) => mismatch,
        _ => error,
    }
}

async fn idempotency_key(
    state: &ApiState,
    headers: &HeaderMap,
    path: &str,
    body: &[u8],
) -> Result<Option<IdempotencyKey>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = std::str::from_utf8(value.as_bytes())
        .map_err(|_| Invalid::value("Idempotency-Key", "must be 1 to 256 printable characters"))?;
    // The same JSON is the same request, however a client wrote it this time: `Value` sorts its keys.
    let digesting = state.beside(body.len(), || {
        let said = serde_json::from_slice::<Value>(body).and_then(|value| serde_json::to_vec(&value));
        sha256_hex(&[path.as_bytes(), said.as_deref().unwrap_or(body)])
    });
    Ok(Some(IdempotencyKey::parse(key, digesting.await?)?))
}

fn refused(error: ApiError) -> BatchItem {
    let parts = error.parts();
    BatchItem {
        status: false,
        id: None,
        error: Some(parts.code.to_owned()),
        msg: Some(parts.msg.into_owned()),
        field: parts.field,
    }
}

fn answer(mut response: Response, is_replay: bool) -> Response {
    if is_replay {
        response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}
