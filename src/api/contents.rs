//! Content types: create, update, list, get, delete, preview.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{
    errors::ApiError,
    extract::{Caller, Params, Posted, Raw, Segment, cursor_of, json as read_json},
    state::ApiState,
};
use crate::{
    domain::{
        AccountId, Content, ContentTypeName, Frequency, Invalid, Period, SharedText, check_newsletter,
        render_newsletter, template::written_max,
    },
    store::ContentDeleted,
    wire::{
        answer::{ContentBody, Done, Preview},
        request::{ContentRequest, FromJson as _, PreviewRequest},
    },
};

/// Longest value that a preview puts in by itself.
const VALUE_MAX: usize = 512;

/// `POST /task/subscriptionContent`
pub(super) async fn create(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Posted(request): Posted<ContentRequest>,
) -> Result<Json<Done>, ApiError> {
    check(&state, &request).await?;
    let ContentRequest { content_type, subject, content } = &request;
    if !state.call("create_content", state.store().create_content(&account, content_type, subject, content)).await? {
        return Err(ApiError::ContentTypeExists);
    }
    Ok(Json(Done { status: true, msg: "Content Type created successfully".to_owned() }))
}

/// `PUT /task/subscriptionContent`
pub(super) async fn update(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Posted(request): Posted<ContentRequest>,
) -> Result<Json<Done>, ApiError> {
    check(&state, &request).await?;
    let ContentRequest { content_type, subject, content } = &request;
    if !state.call("update_content", state.store().update_content(&account, content_type, subject, content)).await? {
        return Err(ApiError::NoContentType);
    }
    Ok(Json(Done { status: true, msg: "Content Type updated successfully".to_owned() }))
}

/// `GET /task/subscriptionContent`
pub(super) async fn list(
    State(state): State<ApiState>,
    Caller(account): Caller,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let page = params.only(&["limit", "cursor"])?.page("contents")?;
    let page = state.call("contents", state.store().contents(&account, &page)).await?;
    let contents: Vec<ContentBody> = page.items.into_iter().map(body).collect();
    Ok(Json(json!({ "contents": contents, "next_cursor": cursor_of("contents", page.next_cursor) })))
}

/// `GET /task/subscriptionContent/{content_type}`
pub(super) async fn one(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Segment(name): Segment,
) -> Result<Json<ContentBody>, ApiError> {
    Ok(Json(body(find(&state, &account, &name).await?)))
}

/// `DELETE /task/subscriptionContent/{content_type}`
pub(super) async fn delete(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Segment(name): Segment,
    params: Params,
) -> Result<Json<Done>, ApiError> {
    let params = params.only(&["force"])?;
    let force = params.parsed("force", |text| match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Invalid::value("force", "must be true or false")),
    })?;
    let name = ContentTypeName::parse(&name).map_err(|_| ApiError::NoContentType)?;
    let deleted = state.store().delete_content(&account, &name, force.unwrap_or(false));
    match state.call("delete_content", deleted).await? {
        ContentDeleted::Done => Ok(Json(Done { status: true, msg: "Content Type deleted successfully".to_owned() })),
        ContentDeleted::InUse => Err(ApiError::ContentTypeInUse),
        ContentDeleted::Unknown => Err(ApiError::NoContentType),
    }
}

/// `POST /task/subscriptionContent/{content_type}/preview`
pub(super) async fn preview(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Segment(name): Segment,
    Raw(bytes): Raw,
) -> Result<Json<Preview>, ApiError> {
    let request =
        if bytes.is_empty() { PreviewRequest::default() } else { PreviewRequest::from_json(read_json(&bytes)?)? };
    let content = find(&state, &account, &name).await?;
    let today = Period::containing(Frequency::Daily, state.now().await?, state.parts.zone);
    let given = |name: &str| request.variables.get(name).and_then(Value::as_str).map(str::to_owned);
    // What is laid out takes longer than what is only read.
    let weight = written_max(&content.content, bytes.len().max(VALUE_MAX)).saturating_mul(4);
    let rendering = state.beside(weight, || {
        render_newsletter(
            content.subject.as_str(),
            &content.content,
            &SharedText::default(),
            &given("email").unwrap_or_else(|| "reader@example.com".to_owned()),
            &given("period").unwrap_or_else(|| today.label(state.parts.zone)),
            &given("unsubscribe_url").unwrap_or_else(|| format!("{}/unsubscribe/preview", state.parts.public_url)),
        )
    });
    let rendered = rendering.await??;
    Ok(Json(Preview { subject: rendered.subject.as_str().to_owned(), html: rendered.html, text: rendered.text }))
}

async fn check(state: &ApiState, request: &ContentRequest) -> Result<(), ApiError> {
    let checking = state.beside(request.content.len(), || check_newsletter(request.subject.as_str(), &request.content));
    Ok(checking.await??)
}

async fn find(state: &ApiState, account: &AccountId, name: &str) -> Result<Content, ApiError> {
    let name = ContentTypeName::parse(name).map_err(|_| ApiError::NoContentType)?;
    state.call("content", state.store().content(account, &name)).await?.ok_or(ApiError::NoContentType)
}

fn body(content: Content) -> ContentBody {
    ContentBody {
        content_type: content.content_type,
        subject: content.subject.as_str().to_owned(),
        content: content.content,
        created_at: content.created_at,
        updated_at: content.updated_at,
    }
}
