//! From a leased task to a mail that may be sent: build it, and ask the store whether DATA may begin.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio_util::sync::CancellationToken;

use super::{Shop, desk::Answer, holds::Held, pause_after_failure, recording::Recording, report};
use crate::{
    domain::{Attempt, Lane, Outcome, Reason, RunId, SharedText, Stage, Timestamp, Verdict, Work},
    mail::{Composed, smtp::Envelope},
    store::{Applied, Begin, Begun, Issue, Job, StoreError, SubscriptionChange},
};

/// How many issues are kept at hand; a worker rarely meets more at a time.
const ISSUES: usize = 16;

/// A mail that is marked: it may be in DATA from now on.
#[derive(Debug)]
pub(super) struct Parcel {
    /// Its task.
    pub(super) held: Held,
    /// The mail.
    pub(super) mail: Composed,
    /// Its envelope.
    pub(super) envelope: Envelope,
}

/// A mail whose mark is asked for: it may be marked already.
#[derive(Debug)]
pub(super) struct Marking {
    held: Held,
    mail: Composed,
    answer: Answer,
}

impl Marking {
    /// Its mail's lane.
    pub(super) fn lane(&self) -> Lane {
        self.held.task.lane
    }
}

/// What became of a task that was to be sent.
#[derive(Debug)]
pub(super) enum Prepared {
    /// Its mail is marked.
    Parcel(Box<Parcel>),
    /// There is nothing to send: it is settled, given back or not ours. Who hurries waits for it to be recorded later.
    Ended(Option<Box<Recording>>),
    /// The store is unavailable, or the mail large, and the caller does not wait: the task is back in `ready`.
    Later,
}

/// Whether a courier waits while the store is away, or while a large mail is built.
#[derive(Debug, Clone, Copy)]
pub(super) enum Patience<'a> {
    /// It has nothing else in hand, and waits until a stop.
    Until(&'a CancellationToken),
    /// The relay waits for its body.
    Hurries,
}

impl Patience<'_> {
    /// Whether the stop has come.
    fn is_over(self) -> bool {
        matches!(self, Self::Until(stop) if stop.is_cancelled())
    }

    /// Waits until the store may be asked again; false if the caller does not wait.
    async fn pause(self, failures: &mut u32) -> bool {
        let Self::Until(stop) = self else { return false };
        let _ = stop.run_until_cancelled(tokio::time::sleep(pause_after_failure(*failures))).await;
        *failures += 1;
        true
    }
}

/// What stands in the way of a mail.
#[derive(Debug)]
pub(super) enum Obstacle {
    /// It can never be built: what the attempt says.
    Unbuildable(String),
    /// Its issue was pruned or its content type deleted.
    Gone,
    /// The store is away.
    Store(StoreError),
    /// It is large, and the caller does not wait for it to be built; or the stop came before its turn.
    Busy,
}

impl From<StoreError> for Obstacle {
    fn from(error: StoreError) -> Self {
        match error {
            // Asked again, the store says the same.
            StoreError::Fault(fault) => {
                tracing::error!(error.message = fault, "what a mail is made of cannot be read");
                Self::Unbuildable("what it is made of cannot be read".to_owned())
            }
            error => Self::Store(error),
        }
    }
}

impl Shop {
    /// Builds and marks a task's mail.
    ///
    /// While the store is away nothing can be marked: waits as `patience` allows.
    pub(super) async fn prepare(&self, held: Held, patience: Patience<'_>) -> Prepared {
        match self.compose(held, patience).await {
            Ok((held, mail)) => self.mark(held, mail, patience).await,
            Err(prepared) => prepared,
        }
    }

    /// Builds a task's mail.
    ///
    /// # Errors
    /// What became of a task that makes none.
    pub(super) async fn compose(&self, held: Held, patience: Patience<'_>) -> Result<(Held, Composed), Prepared> {
        let mut failures = 0;
        loop {
            if patience.is_over() {
                return Err(self.end_unsent(held, Verdict::Release, None, patience).await);
            }
            let obstacle = match self.build(&held, patience).await {
                Ok(Some(mail)) => return Ok((held, mail)),
                Ok(None) => return Err(self.end_unsent(held, Verdict::Succeeded, None, patience).await),
                Err(obstacle) => obstacle,
            };
            let goes_on = match obstacle {
                Obstacle::Unbuildable(message) => {
                    let verdict = Verdict::Failed { reason: Reason::Unbuildable, suppress: false };
                    let attempt = report::attempt(&held, Outcome::Refused, Some(Stage::Build), Some(message));
                    return Err(self.end_unsent(held, verdict, Some(attempt), patience).await);
                }
                Obstacle::Gone => {
                    let reason = Reason::UnknownContentType;
                    let verdict = Verdict::Failed { reason, suppress: false };
                    return Err(self.end_unsent(held, verdict, None, patience).await);
                }
                Obstacle::Store(error) => {
                    tracing::debug!(error.message = %error, "waiting for the store");
                    patience.pause(&mut failures).await
                }
                // Who has time waited already: the stop has come.
                Obstacle::Busy => !matches!(patience, Patience::Hurries),
            };
            if !goes_on {
                self.ready.put(held);
                return Err(Prepared::Later);
            }
        }
    }

    /// The task's mail; `None` for a subscription change, which is applied instead.
    async fn build(&self, held: &Held, patience: Patience<'_>) -> Result<Option<Composed>, Obstacle> {
        let edition = match &held.task.job {
            Job::Posted { order, work: work @ (Work::Subscribe { .. } | Work::Unsubscribe { .. }) } => {
                return self.apply(held, *order, work).await.map(|()| None);
            }
            Job::Posted { .. } => None,
            Job::Issue(run) => Some(self.issues.get(self, *run).await?),
        };
        self.workbench.build(&held.task, edition, patience).await.map(Some)
    }

    async fn apply(&self, held: &Held, order: u64, work: &Work) -> Result<(), Obstacle> {
        let (content_type, frequency) = match work {
            Work::Subscribe { content_type, frequency, .. } => (content_type, Some(*frequency)),
            Work::Unsubscribe { content_type } => (content_type, None),
            Work::Message(_) | Work::Otp(_) => return Ok(()),
        };
        let change = SubscriptionChange {
            account: held.task.account.clone(),
            recipient: held.task.recipient.clone(),
            content_type: content_type.clone(),
            frequency,
            order,
            accepted_at: held.task.created_at,
        };
        match self.store.apply_subscription(&change).await {
            Ok(Applied::Done | Applied::Superseded) => Ok(()),
            // The content type is gone, and so is the subscription.
            Ok(Applied::UnknownContentType) if frequency.is_none() => Ok(()),
            Ok(Applied::UnknownContentType) => Err(Obstacle::Gone),
            Err(error) => Err(error.into()),
        }
    }

    /// When a task is too late to be sent, and what it ends as then.
    fn end_of(&self, held: &Held) -> (Timestamp, Verdict) {
        let too_old = held.task.due_at.plus(self.settings.max_age);
        match held.task.expires_at {
            Some(end) if end < too_old => (end, Verdict::Skipped { reason: Reason::Expired }),
            _ => (too_old, Verdict::Failed { reason: Reason::TooOld, suppress: false }),
        }
    }

    /// The parcel, unless its body may not begin any more since its mark: it has become too late, its lease is over and the
    /// task may be somebody else's, or the store is away. Then its task is ended or given back.
    pub(super) async fn in_time(&self, parcel: Parcel) -> Option<Parcel> {
        let (not_after, verdict) = self.end_of(&parcel.held);
        let verdict = if parcel.held.now() >= not_after {
            verdict
        } else if parcel.held.is_over() || self.desk.is_behind() {
            Verdict::Release
        } else {
            return Some(parcel);
        };
        self.conclude(parcel.held, verdict).await;
        None
    }

    /// Asks the store whether DATA may begin; [`Shop::marked`] has the answer.
    pub(super) async fn ask_mark(&self, held: Held, mail: Composed) -> Marking {
        let answer = self.desk.begin(self.begin_of(&held)).await;
        Marking { held, mail, answer }
    }

    fn begin_of(&self, held: &Held) -> Begin {
        let (not_after, _) = self.end_of(held);
        Begin { id: held.task.id, token: held.task.token, not_after }
    }

    /// Asks the store whether DATA may begin, until it answers.
    pub(super) async fn mark(&self, held: Held, mail: Composed, patience: Patience<'_>) -> Prepared {
        let marking = self.ask_mark(held, mail).await;
        self.marked(marking, patience).await
    }

    /// What the store answered, or answers when it is asked again.
    pub(super) async fn marked(&self, marking: Marking, patience: Patience<'_>) -> Prepared {
        let Marking { held, mail, mut answer } = marking;
        let mut failures = 0;
        let begun = loop {
            if let Some(begun) = answer.come().await {
                break begun;
            }
            if patience.is_over() {
                return self.end_unsent(held, Verdict::Release, None, patience).await;
            }
            if !patience.pause(&mut failures).await {
                self.ready.put(held);
                return Prepared::Later;
            }
            answer = self.desk.begin(self.begin_of(&held)).await;
        };
        match begun {
            Begun::Go => {
                let envelope = envelope_of(&mail);
                Prepared::Parcel(Box::new(Parcel { held, mail, envelope }))
            }
            Begun::Stale => {
                let id = held.task.id;
                tracing::debug!(gomail.task.id = %id, "the lease is someone else's by now, or the task was cancelled");
                Prepared::Ended(None)
            }
            Begun::Late => {
                let (_, verdict) = self.end_of(&held);
                self.end_unsent(held, verdict, None, patience).await
            }
            Begun::Skip(reason) => self.end_unsent(held, Verdict::Skipped { reason }, None, patience).await,
        }
    }

    /// Ends a task whose mail is not sent. Who hurries takes the outcome along instead of waiting until it is recorded.
    async fn end_unsent(
        &self,
        held: Held,
        verdict: Verdict,
        attempt: Option<Attempt>,
        patience: Patience<'_>,
    ) -> Prepared {
        let recording = self.hand_in(held, verdict, attempt).await;
        if matches!(patience, Patience::Hurries) {
            return Prepared::Ended(Some(Box::new(recording)));
        }
        recording.recorded().await;
        Prepared::Ended(None)
    }
}

/// The envelope of a mail.
pub(super) fn envelope_of(mail: &Composed) -> Envelope {
    Envelope { from: mail.from.clone(), to: mail.to.clone(), size: mail.raw.len() }
}

/// An issue at hand, with what its mails share.
#[derive(Debug)]
pub(super) struct Edition {
    pub(super) issue: Issue,
    pub(super) text: SharedText,
}

/// Issues at hand, the most recently used last.
#[derive(Debug, Default)]
pub(super) struct Issues(Mutex<VecDeque<Arc<Edition>>>);

impl Issues {
    async fn get(&self, shop: &Shop, run: RunId) -> Result<Arc<Edition>, Obstacle> {
        if let Some(edition) = self.find(run) {
            return Ok(edition);
        }
        let issue = shop.store.issue(run).await?.ok_or(Obstacle::Gone)?;
        let mut editions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Another courier may have been quicker: all share one.
        if let Some(edition) = editions.iter().find(|edition| edition.issue.run == run) {
            return Ok(edition.clone());
        }
        if editions.len() == ISSUES {
            editions.pop_front();
        }
        let edition = Arc::new(Edition { issue, text: SharedText::default() });
        editions.push_back(edition.clone());
        Ok(edition)
    }

    fn find(&self, run: RunId) -> Option<Arc<Edition>> {
        let mut editions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = editions.iter().position(|edition| edition.issue.run == run)?;
        let edition = editions.remove(place)?;
        editions.push_back(edition.clone());
        Some(edition)
    }
}
