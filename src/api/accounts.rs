//! Signing up, deregistering, and the admin's list. `GOMAIL_REGISTRATION` says who may sign up.

use std::{net::IpAddr, time::Instant};

use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::{
    errors::ApiError,
    extract::{Params, Peer, Posted, cursor_of, presented_key},
    rates::{Buckets, client_of},
    state::ApiState,
};
use crate::{
    config::Registration,
    domain::{AccountId, mask_addresses},
    wire::{
        answer::{AccountBody, Done, SignedUp},
        request::AccountRequest,
    },
};

/// Leave to sign up, checked before the body is read.
pub(super) struct MaySignUp;

impl FromRequestParts<ApiState> for MaySignUp {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        within(state.sign_up_rate.as_ref(), parts, state).await?;
        match state.parts.accounts.registration {
            Registration::Open => Ok(Self),
            Registration::OpenLocal if !is_forwarded(&parts.headers) => Ok(Self),
            Registration::Admin if presented_key(&parts.headers).is_some_and(|key| state.is_admin(key)) => Ok(Self),
            Registration::OpenLocal | Registration::Admin | Registration::Closed => Err(ApiError::RegistrationClosed),
        }
    }
}

/// Whose access the caller may end.
pub(super) enum MayDeregister {
    /// Anybody's: the admin, or a machine where nobody needs a key.
    Anyone,
    /// Their own.
    Own(AccountId),
}

impl FromRequestParts<ApiState> for MayDeregister {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        within(state.auth_rate.as_ref(), parts, state).await?;
        if let Some(key) = presented_key(&parts.headers) {
            if state.is_admin(key) {
                return Ok(Self::Anyone);
            }
            // A key that has ended still says whose it is; else nobody could sign up again where there is no admin.
            if let Some(account) = state.owner_of(key).await? {
                return Ok(Self::Own(account));
            }
        }
        // The original service asked for no key here; its clients may send a dead one.
        if state.parts.accounts.registration == Registration::OpenLocal && !is_forwarded(&parts.headers) {
            return Ok(Self::Anyone);
        }
        Err(ApiError::Unauthorized)
    }
}

/// Whether a proxy says that it passes the request on for somebody else, who then is not on this machine.
fn is_forwarded(headers: &HeaderMap) -> bool {
    ["forwarded", "x-forwarded-for", "x-real-ip", "via"].into_iter().any(|name| headers.contains_key(name))
}

/// The admin's key came with the request.
pub(super) struct Admin;

impl FromRequestParts<ApiState> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        within(state.auth_rate.as_ref(), parts, state).await?;
        let key = presented_key(&parts.headers).ok_or(ApiError::Unauthorized)?;
        if state.is_admin(key) {
            return Ok(Self);
        }
        match state.account_of(key).await? {
            Some(_) => Err(ApiError::Forbidden("Only the admin key may do this")),
            None => Err(ApiError::Unauthorized),
        }
    }
}

/// Holds off a client address that tries too often.
async fn within(buckets: Option<&Buckets<IpAddr>>, parts: &mut Parts, state: &ApiState) -> Result<(), ApiError> {
    let Some(buckets) = buckets else { return Ok(()) };
    let Peer(address) = Peer::from_request_parts(parts, state).await?;
    buckets.take(client_of(address), Instant::now()).map_err(ApiError::RateLimited)
}

/// `POST /auth/signup`. The key is shown once: the store keeps only its id.
pub(super) async fn sign_up(
    State(state): State<ApiState>,
    _: MaySignUp,
    Posted(request): Posted<AccountRequest>,
) -> Result<Response, ApiError> {
    let account = request.id;
    let minted = state.parts.keyring.mint(&account, state.now().await?, state.parts.accounts.key_ttl);
    if !state.call("sign_up", state.store().sign_up(&account, &minted.jti)).await? {
        return Err(ApiError::AlreadyRegistered);
    }
    state.sessions.forget(&account);
    tracing::info!(event.action = "sign-up", user.email = mask_addresses(account.as_str()), "account signed up");
    let mut response = Json(SignedUp { api_key: minted.token }).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `POST /auth/deregister`. What the account owns stays with its id.
pub(super) async fn deregister(
    State(state): State<ApiState>,
    may: MayDeregister,
    Posted(request): Posted<AccountRequest>,
) -> Result<Json<Done>, ApiError> {
    let account = request.id;
    if matches!(&may, MayDeregister::Own(own) if *own != account) {
        return Err(ApiError::Forbidden("This key is another account's"));
    }
    let outcome = state.call("deregister", state.store().deregister(&account)).await;
    // Also when the store did not answer: it may have happened.
    state.sessions.forget(&account);
    if outcome? {
        tracing::info!(
            event.action = "deregister",
            user.email = mask_addresses(account.as_str()),
            "account deregistered"
        );
        Ok(Json(Done { status: true, msg: "Deregistered successfully!".to_owned() }))
    } else {
        Err(ApiError::NotRegistered)
    }
}

/// `GET /auth/accounts`, for the admin.
pub(super) async fn list(State(state): State<ApiState>, _: Admin, params: Params) -> Result<Json<Value>, ApiError> {
    let page = params.only(&["limit", "cursor"])?.page("accounts")?;
    let page = state.call("accounts", state.store().accounts(&page)).await?;
    let accounts: Vec<AccountBody> = page
        .items
        .into_iter()
        .map(|account| AccountBody { id: account.id.to_string(), created_at: account.created_at })
        .collect();
    Ok(Json(json!({"accounts": accounts, "next_cursor": cursor_of("accounts", page.next_cursor)})))
}
