//! Signing up, deregistering, and the admin's list of accounts.

use std::time::Instant;

use axum::{Json, extract::State, http::HeaderMap};
use serde_json::{Value, json};

use super::{
    errors::ApiError,
    extract::{Params, Peer, Posted, presented_key},
    rates::client_of,
    state::ApiState,
};
use crate::{
    config::Registration,
    wire::{
        answer::{AccountBody, Done, SignedUp},
        request::AccountRequest,
    },
};

/// `POST /auth/signup`
pub(super) async fn sign_up(
    State(state): State<ApiState>,
    Peer(peer): Peer,
    headers: HeaderMap,
    Posted(request): Posted<AccountRequest>,
) -> Result<Json<SignedUp>, ApiError> {
    if let Some(buckets) = &state.sign_up_rate {
        buckets.take(client_of(peer), Instant::now()).map_err(ApiError::RateLimited)?;
    }
    let is_admin = presented_key(&headers).is_some_and(|key| state.is_admin(key));
    let may = match state.parts.accounts.registration {
        Registration::OpenLocal | Registration::Open => true,
        Registration::Admin => is_admin,
        Registration::Closed => false,
    };
    if !may {
        return Err(ApiError::RegistrationClosed);
    }
    let minted = state.parts.keyring.mint(&request.id, state.parts.clock.now(), state.parts.accounts.key_ttl);
    if !state.call("sign_up", state.store().sign_up(&request.id, &minted.jti)).await? {
        return Err(ApiError::AlreadyRegistered);
    }
    state.sessions.forget(&request.id);
    Ok(Json(SignedUp { api_key: minted.token }))
}

/// `POST /auth/deregister`
pub(super) async fn deregister(
    State(state): State<ApiState>,
    Peer(peer): Peer,
    headers: HeaderMap,
    Posted(request): Posted<AccountRequest>,
) -> Result<Json<Done>, ApiError> {
    if let Some(buckets) = &state.auth_rate {
        buckets.take(client_of(peer), Instant::now()).map_err(ApiError::RateLimited)?;
    }
    if state.parts.accounts.registration != Registration::OpenLocal {
        let key = presented_key(&headers).ok_or(ApiError::Unauthorized)?;
        if !state.is_admin(key) {
            let account = state.account_of(key).await?.ok_or(ApiError::Unauthorized)?;
            if account != request.id {
                return Err(ApiError::Forbidden("This key belongs to another account"));
            }
        }
    }
    let was_there = state.call("deregister", state.store().deregister(&request.id)).await?;
    state.sessions.forget(&request.id);
    if !was_there {
        return Err(ApiError::NotRegistered);
    }
    Ok(Json(Done { status: true, msg: "Deregistered successfully!".to_owned() }))
}

/// `GET /auth/accounts`
pub(super) async fn list(
    State(state): State<ApiState>,
    headers: HeaderMap,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let key = presented_key(&headers).ok_or(ApiError::Unauthorized)?;
    if !state.is_admin(key) {
        state.account_of(key).await?.ok_or(ApiError::Unauthorized)?;
        return Err(ApiError::Forbidden("This needs the admin key"));
    }
    let page = params.only(&["limit", "cursor"])?.page()?;
    let page = state.call("accounts", state.store().accounts(&page)).await?;
    let accounts: Vec<AccountBody> = page
        .items
        .into_iter()
        .map(|account| AccountBody { id: account.id.as_str().to_owned(), created_at: account.created_at })
        .collect();
    Ok(Json(json!({ "accounts": accounts, "next_cursor": page.next_cursor })))
}
