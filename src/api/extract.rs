//! What handlers take out of a request: the caller, the client's address, the body, path and query.

use std::{
    future::poll_fn,
    net::IpAddr,
    pin::Pin,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{HeaderMap, header, request::Parts},
};
use serde_json::Value;

use super::{errors::ApiError, state::ApiState};
use crate::{
    auth,
    domain::{AccountId, Invalid},
    store::PageRequest,
    wire::request::FromJson,
};

/// How long a body that is too large is still read, so that its sender gets to the answer.
const DRAIN_TIME: Duration = Duration::from_secs(5);
/// How much of it, in multiples of the limit.
const DRAIN_FACTOR: usize = 4;

/// The address at the other end of the connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

impl FromRequestParts<ApiState> for Peer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().copied().ok_or(ApiError::Internal)
    }
}

/// The key presented in `Authorization`, unchecked.
pub(super) fn presented_key(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(auth::key_of)
}

/// The account whose valid key came with the request; within its rate.
#[derive(Debug)]
pub(super) struct Caller(pub(super) AccountId);

impl FromRequestParts<ApiState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let key = presented_key(&parts.headers).ok_or(ApiError::Unauthorized)?;
        let account = state.account_of(key).await?.ok_or(ApiError::Unauthorized)?;
        if let Some(buckets) = &state.key_rate {
            buckets.take(account.clone(), Instant::now()).map_err(ApiError::RateLimited)?;
        }
        Ok(Self(account))
    }
}

/// The body's bytes, within the limits of size and time.
#[derive(Debug)]
pub(super) struct Raw(pub(super) Bytes);

impl FromRequest<ApiState> for Raw {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, ApiError> {
        let limit = state.parts.http.max_body;
        let (parts, mut body) = request.into_parts();
        let announced = body.size_hint().lower();
        if usize::try_from(announced).unwrap_or(usize::MAX) > limit {
            // Who asks before sending (`Expect: 100-continue`) needs no draining: nothing was sent yet.
            if !parts.headers.contains_key(header::EXPECT) {
                drain(&mut body, limit).await;
            }
            return Err(ApiError::TooLarge);
        }
        match tokio::time::timeout(state.parts.limits.body, collect(&mut body, limit)).await {
            Ok(Ok(bytes)) if holds_too_much(&bytes) => Err(ApiError::TooManyValues),
            Ok(Ok(bytes)) => Ok(Self(bytes)),
            Ok(Err(ApiError::TooLarge)) => {
                drain(&mut body, limit).await;
                Err(ApiError::TooLarge)
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(ApiError::Timeout),
        }
    }
}

/// The next piece of a body; `None` at its end.
pub(super) async fn next_data(body: &mut Body) -> Option<Result<Bytes, axum::Error>> {
    loop {
        match poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await? {
            // Trailers hold nothing for us.
            Ok(frame) => {
                if let Ok(data) = frame.into_data() {
                    return Some(Ok(data));
                }
            }
            Err(error) => return Some(Err(error)),
        }
    }
}

async fn collect(body: &mut Body, limit: usize) -> Result<Bytes, ApiError> {
    const BROKEN: ApiError = ApiError::InvalidJson("The body could not be read to its end");
    let Some(first) = next_data(body).await else { return Ok(Bytes::new()) };
    let first = first.map_err(|_| BROKEN)?;
    if first.len() > limit {
        return Err(ApiError::TooLarge);
    }
    // A body usually arrives in one piece: then nothing is copied.
    let Some(mut next) = next_data(body).await else { return Ok(first) };
    let mut whole = Vec::from(first);
    loop {
        let data = next.map_err(|_| BROKEN)?;
        if whole.len() + data.len() > limit {
            return Err(ApiError::TooLarge);
        }
        whole.extend_from_slice(&data);
        match next_data(body).await {
            Some(data) => next = data,
            None => return Ok(whole.into()),
        }
    }
}

/// Reads on for a while and throws away. A connection that is closed on a client in the middle of its body is reset,
/// and the client loses the answer that says why.
async fn drain(body: &mut Body, limit: usize) {
    let reading = async {
        let mut left = limit.saturating_mul(DRAIN_FACTOR);
        while let Some(Ok(data)) = next_data(body).await {
            left = left.saturating_sub(data.len());
            if left == 0 {
                break;
            }
        }
    };
    // Given up or done: the answer is the same.
    let _ = tokio::time::timeout(DRAIN_TIME, reading).await;
}

/// Objects in a body, and values of any kind. A value that has two bytes there may have hundreds in memory; the largest
/// sensible batch holds far fewer.
const OBJECTS_MAX: usize = 100_000;
const VALUES_MAX: usize = 1_000_000;

/// Whether the JSON would take much more memory than it has bytes. Looked for before it is read.
fn holds_too_much(bytes: &[u8]) -> bool {
    // An object that takes memory has seven bytes, with the comma.
    if bytes.len() < 7 * OBJECTS_MAX {
        return false;
    }
    let (mut objects, mut values) = (0, 0);
    let (mut is_text, mut is_escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            _ if is_text => {}
            b'{' => objects += 1,
            b'[' | b',' => values += 1,
            _ => {}
        }
    }
    objects > OBJECTS_MAX || values > VALUES_MAX
}

/// Reads JSON, whatever the `Content-Type` says.
pub(super) fn json(bytes: &[u8]) -> Result<Value, ApiError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ApiError::InvalidJson("The body is empty, a JSON object is expected"));
    }
    serde_json::from_slice(bytes).map_err(|_| ApiError::InvalidJson("The body is not valid JSON"))
}

/// A body read as JSON into a request of ours.
#[derive(Debug)]
pub(super) struct Posted<T>(pub(super) T);

impl<T: FromJson> FromRequest<ApiState> for Posted<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, ApiError> {
        let Raw(bytes) = Raw::from_request(request, state).await?;
        state.beside(bytes.len(), || Ok(Self(T::from_json(json(&bytes)?)?))).await?
    }
}

/// The one variable part of a path, decoded.
#[derive(Debug)]
pub(super) struct Segment(pub(super) String);

impl FromRequestParts<ApiState> for Segment {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(text)) => Ok(Self(text)),
            Err(_) => Err(ApiError::NotFound("There is nothing here")),
        }
    }
}

/// The query, not yet read. An empty value (`?state=`) counts as absent.
#[derive(Debug)]
pub(super) struct Params(Vec<(String, String)>);

impl FromRequestParts<ApiState> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        match Query::<Vec<(String, String)>>::try_from_uri(&parts.uri) {
            Ok(Query(pairs)) => Ok(Self(pairs)),
            Err(_) => Err(Invalid::value("query", "must be name=value pairs").into()),
        }
    }
}

impl Params {
    /// Refuses a parameter outside `known`, or given twice, by name.
    pub(super) fn only(self, known: &[&str]) -> Result<Self, ApiError> {
        if let Some(name) = known.iter().find(|known| self.0.iter().filter(|(name, _)| name == **known).count() > 1) {
            return Err(Invalid::value(name, "must be given once").into());
        }
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(self),
            Some((name, _)) => {
                let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
                Err(Invalid::unknown(if name.is_empty() { "query" } else { &name }).into())
            }
        }
    }

    /// The parameter's value.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|text| !text.is_empty())
    }

    /// The parameter's value, parsed; the refusal is said of the parameter.
    pub(super) fn parsed<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Result<Option<T>, ApiError> {
        self.text(name).map(parse).transpose().map_err(|invalid| invalid.at(name).into())
    }

    /// `limit` (1–1000, default 50) and `cursor`, which must be one that [`cursor_of`] gave out for this list.
    pub(super) fn page(&self, list: &str) -> Result<PageRequest, ApiError> {
        let limit = self.parsed("limit", |text| {
            text.parse()
                .ok()
                .filter(|limit| (1..=1000).contains(limit))
                .ok_or_else(|| Invalid::value("limit", "must be a whole number from 1 to 1000"))
        })?;
        let cursor = self.parsed("cursor", |text| {
            let cursor = text.strip_prefix(list).and_then(|rest| rest.strip_prefix('-'));
            cursor.map(str::to_owned).ok_or_else(foreign_cursor)
        })?;
        Ok(PageRequest { limit: limit.unwrap_or(50), cursor })
    }
}

/// The store's cursor as the client gets it, with the name of its list: stores know one list's cursor from another's only
/// where they look different.
pub(super) fn cursor_of(list: &str, cursor: Option<String>) -> Option<String> {
    cursor.map(|cursor| format!("{list}-{cursor}"))
}

/// The refusal of a cursor that the list has not given out.
pub(super) fn foreign_cursor() -> Invalid {
    Invalid::value("cursor", "must be a next_cursor of this list, as it was given")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_of_many_small_values_is_not_read() {
        let list = |item: &str, n: usize| format!("[{}0]", format!("{item},").repeat(n));

        assert!(holds_too_much(list(r#"{"":0}"#, OBJECTS_MAX + 1).as_bytes()));
        assert!(holds_too_much(list("0", VALUES_MAX + 1).as_bytes()));
        assert!(!holds_too_much(list(r#"{"":0}"#, OBJECTS_MAX - 1).as_bytes()));
        assert!(!holds_too_much(format!(r#"{{"a":"{}"}}"#, r#"{\"[,"#.repeat(2_000_000)).as_bytes()));
    }
}
