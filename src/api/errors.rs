//! Every refusal: the only place that picks a status.
//!
//! The shape is always `{"status":false,"error","msg","field"?,"request_id"}`. A refusal travels as an empty response
//! with an [`ErrorParts`] extension; the edge, which knows the request's id, writes the body.

use std::{borrow::Cow, time::Duration};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    domain::{Invalid, Problem, State},
    store::Refusal,
    wire::answer::ErrorBody,
};

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ApiError {
    /// A field is missing, unknown or invalid.
    Invalid(Invalid),
    /// The body is no JSON object; says why.
    InvalidJson(&'static str),
    /// The bytes are no HTTP request.
    BadRequest,
    /// No key, or none that is valid.
    Unauthorized,
    /// A valid key, but not for this.
    Forbidden(&'static str),
    /// Signing up needs the admin key.
    RegistrationClosed,
    /// No such path, or nothing of that name belongs to the account; says which.
    NotFound(&'static str),
    /// No such account.
    NotRegistered,
    /// The account has no such content type.
    NoContentType,
    /// The path is there, the method is not.
    MethodNotAllowed,
    /// The account exists.
    AlreadyRegistered,
    /// The content type exists.
    ContentTypeExists,
    /// Someone is subscribed to the content type.
    ContentTypeInUse,
    /// The task has begun or ended.
    NotCancellable(State),
    /// The task is neither failed nor uncertain.
    NotRetryable(State),
    /// The idempotency key came with another request before.
    IdempotencyMismatch,
    /// The body is over `GOMAIL_MAX_BODY`.
    TooLarge,
    /// The body holds more values than a request may.
    TooManyValues,
    /// The store refuses a well-formed task.
    Refused(Refusal),
    /// Too many requests.
    RateLimited(Duration),
    /// The request did not arrive in time.
    Timeout,
    /// The headers are over the limit.
    HeadersTooLarge,
    /// The store cannot take it now.
    Unavailable,
    /// Not ready, and why: the one message that may name what is wrong inside.
    NotReady(String),
    /// A fault of ours.
    Internal,
}

/// What a refusal says; the request's id is still missing.
#[derive(Debug, Clone)]
pub(super) struct ErrorParts {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) msg: Cow<'static, str>,
    pub(super) field: Option<String>,
    retry_after: Option<Duration>,
}

impl ErrorParts {
    /// The refusal as told to the client.
    pub(super) fn body(self, request_id: &str) -> ErrorBody {
        ErrorBody {
            status: false,
            error: self.code.to_owned(),
            msg: self.msg.into_owned(),
            field: self.field,
            request_id: request_id.to_owned(),
        }
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl ApiError {
    /// Status, code and words of this refusal.
    pub(super) fn parts(self) -> ErrorParts {
        let (status, code, msg): (StatusCode, &'static str, Cow<'static, str>) = match self {
            Self::Invalid(invalid) => return of_field(invalid),
            Self::Refused(refusal) => return of_refusal(refusal),
            Self::RateLimited(wait) => return limited("rate_limited", "Too many requests, try again later", wait),
            Self::InvalidJson(why) => (StatusCode::BAD_REQUEST, "invalid_json", why.into()),
            Self::BadRequest => (StatusCode::BAD_REQUEST, "invalid_field", "The request is not valid HTTP".into()),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "A valid API key is required".into()),
            Self::Forbidden(why) => (StatusCode::FORBIDDEN, "forbidden", why.into()),
            Self::RegistrationClosed => {
                (StatusCode::FORBIDDEN, "registration_closed", "Signing up needs the admin key".into())
            }
            Self::NotFound(what) => (StatusCode::NOT_FOUND, "not_found", what.into()),
            Self::NotRegistered => (StatusCode::NOT_FOUND, "not_registered", "There is no such account".into()),
            Self::NoContentType => {
                (StatusCode::NOT_FOUND, "unknown_content_type", "There is no such content type".into())
            }
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This path does not support this method".into())
            }
            Self::AlreadyRegistered => {
                (StatusCode::CONFLICT, "already_registered", "This account is already registered".into())
            }
            Self::ContentTypeExists => {
                (StatusCode::CONFLICT, "content_type_exists", "This content type already exists".into())
            }
            Self::ContentTypeInUse => (
                StatusCode::CONFLICT,
                "content_type_in_use",
                "Someone is subscribed to this content type; force=true deletes it all the same".into(),
            ),
            Self::NotCancellable(state) => {
                (StatusCode::CONFLICT, "not_cancellable", format!("A task that is {state} cannot be cancelled").into())
            }
            Self::NotRetryable(state) => {
                (StatusCode::CONFLICT, "not_retryable", format!("A task that is {state} cannot be retried").into())
            }
            Self::IdempotencyMismatch => (
                StatusCode::CONFLICT,
                "idempotency_mismatch",
                "This Idempotency-Key was used with another request".into(),
            ),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request body is too large".into()),
            Self::TooManyValues => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request body holds too many objects or values".into())
            }
            Self::Timeout => (StatusCode::REQUEST_TIMEOUT, "timeout", "The request did not arrive in time".into()),
            Self::HeadersTooLarge => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "headers_too_large",
                "The request's headers are too large".into(),
            ),
            Self::Unavailable => return unavailable("The service cannot take this now, try again later".into()),
            Self::NotReady(why) => return unavailable(why.into()),
            Self::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on the server".into())
            }
        };
        ErrorParts { status, code, msg, field: None, retry_after: None }
    }
}

fn of_field(invalid: Invalid) -> ErrorParts {
    let Invalid { field, problem, message } = invalid;
    if field.is_empty() && problem != Problem::Unknown {
        // Only a body that is no object has no field to name.
        return ApiError::InvalidJson("The body must be a JSON object").parts();
    }
    let code = match problem {
        Problem::Missing => "missing_field",
        Problem::Invalid => "invalid_field",
        Problem::Unknown => "unknown_field",
    };
    let msg = if problem == Problem::Invalid { format!("{field} {message}") } else { message };
    ErrorParts { status: StatusCode::BAD_REQUEST, code, msg: msg.into(), field: Some(field), retry_after: None }
}

fn of_refusal(refusal: Refusal) -> ErrorParts {
    match refusal {
        Refusal::UnknownContentType => ErrorParts {
            status: StatusCode::BAD_REQUEST,
            code: "unknown_content_type",
            msg: "payload.content_type names a content type that does not exist".into(),
            field: Some("payload.content_type".to_owned()),
            retry_after: None,
        },
        Refusal::Suppressed => ErrorParts {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code: "recipient_suppressed",
            msg: "This recipient must not be written to".into(),
            field: Some("payload.userId".to_owned()),
            retry_after: None,
        },
        Refusal::Cooldown { wait_ms } => {
            let msg = "A code was sent to this recipient a moment ago, try again later";
            limited("cooldown", msg, Duration::from_millis(wait_ms))
        }
        Refusal::RateLimited { wait_ms } => {
            let msg = "Too many codes or wrong tries for this recipient, try again later";
            limited("rate_limited", msg, Duration::from_millis(wait_ms))
        }
    }
}

fn limited(code: &'static str, msg: &'static str, wait: Duration) -> ErrorParts {
    let status = StatusCode::TOO_MANY_REQUESTS;
    ErrorParts { status, code, msg: msg.into(), field: None, retry_after: Some(wait) }
}

fn unavailable(msg: Cow<'static, str>) -> ErrorParts {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    ErrorParts { status, code: "unavailable", msg, field: None, retry_after: Some(Duration::from_secs(1)) }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let parts = self.parts();
        let mut response = parts.status.into_response();
        if let Some(wait) = parts.retry_after {
            // Rounded up: a client that waits exactly this long must not be too early.
            let seconds = u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if parts.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(parts);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_rounded_up_and_never_zero() {
        for (wait_ms, header) in [(0, "1"), (1, "1"), (1000, "1"), (1001, "2"), (29_500, "30")] {
            let response = ApiError::Refused(Refusal::Cooldown { wait_ms }).into_response();
            assert_eq!(response.headers()["retry-after"], header, "{wait_ms}");
        }
        assert_eq!(ApiError::Unavailable.into_response().headers()["retry-after"], "1");
    }

    #[test]
    fn a_fault_without_a_field_is_the_body_itself() {
        let parts = ApiError::from(Invalid::value("", "must be a JSON object")).parts();

        assert_eq!((parts.status.as_u16(), parts.code, parts.field), (400, "invalid_json", None));
    }
}
