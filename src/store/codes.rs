//! What is known of one-time codes: which task holds the newest, and how often someone guessed. Never the code.

use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{AccountId, CodeLength, CodeRules, Purpose, TaskId};

/// Whose code it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodeKey {
    /// The account.
    pub account: AccountId,
    /// The recipient, [`crate::domain::Address::key`].
    pub recipient: String,
    /// What it is for.
    pub purpose: Purpose,
}

/// The newest code of a key: enough to derive it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveCode {
    /// The task that sends it.
    pub task: TaskId,
    /// Its length.
    pub length: CodeLength,
}

/// How long what is known of a code outlives all it is needed for: its wrong tries count until one lifetime after the
/// first of them.
pub(super) const CODE_KEPT: Duration = Duration::from_hours(24);

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeCheck {
    /// Right, and used up by this check.
    Verified,
    /// Wrong, expired, used, replaced, locked or unknown: one answer for all.
    Refused,
}

/// One-time codes.
///
/// Every method's error is [`StoreError::Unavailable`] when the backend cannot be reached.
#[async_trait]
pub trait Codes {
    /// The newest code of `key` while it is neither used nor expired.
    ///
    /// # Errors
    /// See [`Codes`].
    async fn live_code(&self, key: &CodeKey) -> Result<Option<LiveCode>, StoreError>;

    /// Settles one guess at the code of `task`, which the caller compared: `matched`.
    ///
    /// `Verified` only if it matched, `task` is still the newest, unused and unexpired, and the key is not locked; then
    /// it is used, durably, and the wrong tries are forgotten. Of any number of parallel right guesses one is verified.
    /// A guess that did not match at a live code is a wrong try; at `rules.attempts` of them the key is locked until one
    /// `rules.ttl` after the first. A resend does not reset them. A right guess that comes too late is no wrong try.
    ///
    /// # Errors
    /// See [`Codes`].
    async fn check_code(
        &self,
        key: &CodeKey,
        task: TaskId,
        matched: bool,
        rules: &CodeRules,
    ) -> Result<CodeCheck, StoreError>;
}
