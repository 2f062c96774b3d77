//! Logs the attempts that no worker can log: it died or lost the store, so the store decided the outcome when the lease
//! expired. The line has the same fields as a worker's.

use super::StoreError;
use crate::domain::{Address, Lane, Outcome, Reason, State, TaskId, TaskType, Timestamp};

/// What became of a task whose lease ran out.
#[derive(Debug)]
pub(super) struct Lost {
    /// The task.
    pub(super) id: TaskId,
    pub(super) task_type: TaskType,
    pub(super) lane: Lane,
    pub(super) recipient: Address,
    /// Number of the attempt since the task was accepted or put back.
    pub(super) attempt: u32,
    /// When DATA was about to begin; `None` when it never was, and the task is poison.
    pub(super) began: Option<Timestamp>,
    /// The store's clock.
    pub(super) now: Timestamp,
    /// Where the task is by now.
    pub(super) state: State,
}

/// Logs each. One that cannot be decoded is logged as an error and does not stop the others.
pub(super) fn tell(all: impl IntoIterator<Item = Result<Lost, StoreError>>) {
    for lost in all {
        match lost {
            Ok(lost) => lost.tell(),
            Err(error) => tracing::error!(error.message = %error, "a task in the store cannot be read"),
        }
    }
}

impl Lost {
    /// Writes the line; none for a task that is queued again as if it had never been leased.
    fn tell(&self) {
        let (outcome, reason, text) = match self.state {
            State::Retrying => ("failure", None, "task will be tried again: its worker was lost"),
            State::Uncertain => {
                ("unknown", Some(Reason::OutcomeUnknown.as_str()), "task ended uncertain: its worker was lost")
            }
            State::Failed => ("failure", Some(Reason::Poison.as_str()), "task failed: it took its workers down"),
            _ => return,
        };
        let took = self.began.map(|began| self.now.since(began));
        tracing::warn!(
            event.action = "attempt",
            event.outcome = outcome,
            event.reason = reason,
            event.duration = took.map(|took| u64::try_from(took.as_nanos()).unwrap_or(u64::MAX)),
            gomail.task.id = %self.id,
            gomail.task.type = self.task_type.as_str(),
            gomail.lane = self.lane.as_str(),
            gomail.attempt = self.attempt,
            gomail.attempt_outcome = if took.is_some() { Outcome::Lost.as_str() } else { "none" },
            email.to.address = self.recipient.masked(),
            "{text}"
        );
    }
}
