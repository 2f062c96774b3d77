//! The states of a task, and why one ended.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a task stands. A task is in exactly one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// First due later.
    Scheduled,
    /// Due; waits for a worker.
    Queued,
    /// A worker holds its lease.
    Running,
    /// Waits after a failed attempt.
    Retrying,
    /// End: the relay took the mail, or the change was applied.
    Succeeded,
    /// End: permanent refusal, retries used up, too old, or poison.
    Failed,
    /// End: suppressed, unsubscribed or expired.
    Skipped,
    /// End: cancelled by its owner before it began.
    Cancelled,
    /// End: outcome unknown after the final dot.
    Uncertain,
}

impl State {
    /// All states, waiting ones first.
    pub const ALL: [Self; 9] = [
        Self::Scheduled,
        Self::Queued,
        Self::Running,
        Self::Retrying,
        Self::Succeeded,
        Self::Failed,
        Self::Skipped,
        Self::Cancelled,
        Self::Uncertain,
    ];

    /// The state's name, as everywhere in API, logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Retrying => "retrying",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
            Self::Uncertain => "uncertain",
        }
    }

    /// Parses a state's name; `None` for anything else.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether the task has ended (an operator may still put `failed` and `uncertain` back).
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Skipped | Self::Cancelled | Self::Uncertain)
    }

    /// Whether the owner may cancel: the task waits. A running mail may be cancelled too until it is marked, which the
    /// store knows.
    #[must_use]
    pub const fn is_cancellable(self) -> bool {
        matches!(self, Self::Scheduled | Self::Queued | Self::Retrying)
    }

    /// Whether an operator may put the task back.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Failed | Self::Uncertain)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a task ended as it did; the `reason` of the task in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Failed: the relay refused for good.
    Refused,
    /// Failed: every retry was used.
    RetriesExhausted,
    /// Failed: older than `GOMAIL_MAX_AGE`.
    TooOld,
    /// Failed: taken from a dying worker too often.
    Poison,
    /// Failed: the mail cannot be built (a template that does not render, a body too large).
    Unbuildable,
    /// Failed: the content type was deleted while the task waited.
    UnknownContentType,
    /// Skipped: the address is suppressed.
    Suppressed,
    /// Skipped: the subscription ended or changed.
    Unsubscribed,
    /// Skipped: the code's time was over.
    Expired,
    /// Uncertain: the outcome after the final dot is not known.
    OutcomeUnknown,
    /// Cancelled by its owner.
    Cancelled,
}

impl Reason {
    /// The reason's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::RetriesExhausted => "retries_exhausted",
            Self::TooOld => "too_old",
            Self::Poison => "poison",
            Self::Unbuildable => "unbuildable",
            Self::UnknownContentType => "unknown_content_type",
            Self::Suppressed => "suppressed",
            Self::Unsubscribed => "unsubscribed",
            Self::Expired => "expired",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
