//! The outbox of a development machine.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{
    errors::ApiError,
    extract::{Caller, Params, Segment, cursor_of},
    state::ApiState,
};
use crate::{
    domain::TaskId,
    store::OutboxEntry,
    wire::answer::{OutboxBody, OutboxMail},
};

const NO_MAIL: ApiError = ApiError::NotFound("There is no such mail in the outbox");

/// `GET /outbox`
pub(super) async fn list(
    State(state): State<ApiState>,
    Caller(account): Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    if !state.parts.has_outbox {
        return Err(ApiError::NotFound("This service has no outbox"));
    }
    let page = params.only(&["limit", "cursor"])?.page("outbox")?;
    let page = state.call("outbox", state.store().outbox(&account, &page)).await?;
    let outbox: Vec<OutboxBody> = page.items.iter().map(body).collect();
    Ok(Json(json!({ "outbox": outbox, "next_cursor": cursor_of("outbox", page.next_cursor) })))
}

/// `GET /outbox/{id}`
pub(super) async fn one(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Segment(id): Segment,
) -> Result<Json<OutboxMail>, ApiError> {
    let id = TaskId::from_text(&id).filter(|_| state.parts.has_outbox).ok_or(NO_MAIL)?;
    let entry = state.call("outbox_entry", state.store().outbox_entry(&account, id)).await?;
    let entry = entry.ok_or(NO_MAIL)?;
    let part = |found: Option<std::borrow::Cow<'_, str>>| found.map(std::borrow::Cow::into_owned);
    let mail = mail_parser::MessageParser::default().parse(&entry.raw);
    let has_html = mail.as_ref().is_some_and(|mail| mail.html_bodies().any(mail_parser::MessagePart::is_text_html));
    Ok(Json(OutboxMail {
        entry: body(&entry),
        raw: String::from_utf8_lossy(&entry.raw).into_owned(),
        text: mail.as_ref().and_then(|mail| part(mail.body_text(0))),
        html: mail.as_ref().filter(|_| has_html).and_then(|mail| part(mail.body_html(0))),
    }))
}

fn body(entry: &OutboxEntry) -> OutboxBody {
    OutboxBody { id: entry.id, to: entry.to.clone(), subject: entry.subject.clone(), created_at: entry.created_at }
}
