//! Checking one-time codes.

use axum::{Json, extract::State};

use super::{
    errors::ApiError,
    extract::{Caller, Posted},
    state::ApiState,
};
use crate::{
    domain::equal_in_constant_time,
    store::{CodeCheck, CodeKey},
    wire::{answer::Verification, request::VerifyRequest},
};

/// `POST /task/verify`: one answer for wrong, expired and unknown.
pub(super) async fn verify(
    State(state): State<ApiState>,
    Caller(account): Caller,
    Posted(request): Posted<VerifyRequest>,
) -> Result<Json<Verification>, ApiError> {
    let key = CodeKey { account, recipient: request.recipient.key(), purpose: request.purpose };
    let verified = match state.call("live_code", state.store().live_code(&key)).await? {
        None => false,
        Some(code) => {
            let matched = state.parts.keyring.accepted().fold(false, |matched, keys| {
                equal_in_constant_time(keys.code(code.task, code.length).as_bytes(), request.otp.as_bytes()) | matched
            });
            let rules = state.parts.otp.rules;
            let check = state.store().check_code(&key, code.task, matched, &rules);
            state.call("check_code", check).await? == CodeCheck::Verified
        }
    };
    Ok(Json(Verification { kind: "otp verification".to_owned(), verified }))
}
