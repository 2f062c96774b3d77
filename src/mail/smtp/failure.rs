//! Why a mail, or a session, came to nothing.

use super::{Reply, link::LinkError};
use crate::domain::{Stage, mask_addresses};

/// Why a session could not be made ready, or a mail was not delivered. The outcome table judges it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No session: DNS, TCP, TLS, banner, EHLO or AUTH. No mail was touched.
    #[error("{stage}: {message}")]
    NotReady {
        /// The step that failed.
        stage: Stage,
        /// What happened, for a person; holds no secret.
        message: String,
        /// The relay's words, when it spoke.
        reply: Option<Reply>,
    },
    /// The relay answered this mail with 4xx or 5xx.
    #[error("{stage}: {reply}")]
    Refused {
        /// The step that was refused.
        stage: Stage,
        /// The relay's words.
        reply: Reply,
    },
    /// The link died, a step took too long, or the relay talked nonsense.
    #[error("{stage}: {message}")]
    Lost {
        /// The step that was under way.
        stage: Stage,
        /// Whether it was a timeout.
        timeout: bool,
        /// What happened, for a person.
        message: String,
        /// The relay's words, when it talked nonsense.
        reply: Option<Reply>,
        /// Whether any of the final dot had been handed to the kernel: from then on the mail may be out.
        after_final_dot: bool,
    },
    /// The link had died before the relay said anything about this mail: nothing happened to it, and it can go over
    /// another connection at once. Never returned by a session's first mail, so trying anew comes to an end.
    #[error("{message}")]
    Untouched {
        /// What happened, for a person.
        message: String,
    },
}

impl Failure {
    /// What happened, for a log: a relay's words may quote the recipient, or the login.
    #[must_use]
    pub fn masked(&self) -> String {
        mask_addresses(&self.to_string())
    }

    /// The step at which it happened; `None` when nothing happened to the mail.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        match self {
            Self::NotReady { stage, .. } | Self::Refused { stage, .. } | Self::Lost { stage, .. } => Some(*stage),
            Self::Untouched { .. } => None,
        }
    }

    /// The relay's reply, when there is one.
    #[must_use]
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::NotReady { reply, .. } | Self::Lost { reply, .. } => reply.as_ref(),
            Self::Refused { reply, .. } => Some(reply),
            Self::Untouched { .. } => None,
        }
    }

    /// The relay's words or the error of the link, as an attempt records them.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::Refused { reply, .. } => &reply.text,
            Self::NotReady { message, .. } | Self::Lost { message, .. } | Self::Untouched { message } => message,
        }
    }

    pub(super) fn not_ready(stage: Stage, error: &LinkError) -> Self {
        Self::NotReady { stage, message: error.to_string(), reply: None }
    }

    /// A step before ready that the relay answered with anything but what was due.
    pub(super) fn turned_away(stage: Stage, what: &str, reply: Reply) -> Self {
        Self::NotReady { stage, message: format!("{what}: {reply}"), reply: Some(reply) }
    }

    pub(super) fn lost(stage: Stage, error: &LinkError, after_final_dot: bool) -> Self {
        let timeout = matches!(error, LinkError::Timeout);
        Self::Lost { stage, timeout, message: error.to_string(), reply: None, after_final_dot }
    }

    /// A reply of a class that was not due: what the session says from here on cannot be trusted.
    pub(super) fn nonsense(stage: Stage, reply: Reply, after_final_dot: bool) -> Self {
        let message = format!("unexpected reply: {reply}");
        Self::Lost { stage, timeout: false, message, reply: Some(reply), after_final_dot }
    }

    pub(super) fn untouched(error: &LinkError) -> Self {
        Self::Untouched { message: format!("the kept connection was gone: {error}") }
    }
}
