//! Outcomes on their way into the store.

use tokio::sync::oneshot;

use super::{Shop, desk::Recorded, holds::Held, report};
use crate::{
    domain::{Attempt, Verdict, Work},
    store::{Job, Settled, Settlement},
};

/// An outcome on its way into the store; its lease is held until it is there.
#[derive(Debug)]
#[must_use = "an outcome is logged once it is recorded"]
pub(super) struct Recording {
    held: Held,
    answer: oneshot::Receiver<Recorded>,
}

impl Recording {
    /// As [`Recording::wait`], and ends the hold.
    pub(super) async fn recorded(mut self) {
        self.wait().await;
    }

    /// Waits until it is recorded, then logs it. Call it until it has returned once, not again. Cancel safe.
    pub(super) async fn wait(&mut self) {
        match (&mut self.answer).await {
            Ok((Settled::Done, Settlement { verdict, attempt, .. })) => {
                report::tell(&self.held, verdict, attempt.as_ref());
            }
            Ok((Settled::Stale, Settlement { id, .. })) => {
                tracing::debug!(gomail.task.id = %id, "the lease was someone else's by then; its outcome stands");
            }
            // A hard stop.
            Err(_) => {}
        }
    }
}

impl Shop {
    /// Ends a task without an attempt to record, and waits until that is recorded.
    pub(super) async fn conclude(&self, held: Held, verdict: Verdict) {
        self.hand_in(held, verdict, None).await.recorded().await;
    }

    /// Hands in a task's end; wait for it to be recorded.
    pub(super) async fn hand_in(&self, held: Held, verdict: Verdict, mut attempt: Option<Attempt>) -> Recording {
        // A relay may quote the mail, and a code is stored nowhere.
        if let Job::Posted { work: Work::Otp(otp), .. } = &held.task.job
            && let Some(message) = attempt.as_mut().and_then(|attempt| attempt.message.as_mut())
        {
            *message = self.workbench.composer.without_code(held.task.id, otp, message);
        }
        let (id, token) = (held.task.id, held.task.token);
        let answer = self.desk.settle(Settlement { id, token, verdict, attempt }).await;
        Recording { held, answer }
    }
}
