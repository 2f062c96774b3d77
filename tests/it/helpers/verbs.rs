//! The store's verbs, as short as the laws want them.

use std::{sync::Arc, time::Duration};

use gomail::{
    domain::{AccountId, NewTask, Outcome, State, TaskId, Timestamp, Verdict},
    store::{
        Begin, Begun, Cancelled, Enqueue, Enqueued, LeaseRequest, Leased, Posted, Retried, Settled, Settlement, Stats,
        Store, TaskFilter, TaskView,
    },
};

use super::{
    build::{LEASE, account, attempt, page, rules},
    store::TestStore,
};

/// A post of [`account`] without an idempotency key.
pub(crate) fn posting(tasks: Vec<NewTask>) -> Enqueue {
    Enqueue { account: account(), tasks, idempotency: None, rules: rules() }
}

/// A request for at most `limit` tasks of any lane.
pub(crate) fn any(limit: u32) -> LeaseRequest {
    LeaseRequest { any: limit, codes: 0, lease: LEASE }
}

/// The id of a task that was taken.
///
/// # Panics
/// When it was refused.
pub(crate) fn accepted(posted: &Posted) -> TaskId {
    match posted {
        Posted::Accepted { id, .. } => *id,
        Posted::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

/// The ids of leased tasks.
pub(crate) fn ids(leased: &[Leased]) -> Vec<TaskId> {
    leased.iter().map(|leased| leased.id).collect()
}

/// The retry verdict after a try that failed.
pub(crate) fn retry_after(after: Duration) -> Verdict {
    Verdict::Retry { after, burns_try: true, duplicate_possible: false }
}

/// A settlement with the attempt that fits the verdict.
pub(crate) fn settlement(leased: &Leased, verdict: Verdict) -> Settlement {
    let outcome = match verdict {
        Verdict::Succeeded => Some(Outcome::Delivered),
        Verdict::Retry { .. } => Some(Outcome::Deferred),
        Verdict::Failed { .. } => Some(Outcome::Refused),
        Verdict::Uncertain => Some(Outcome::Unknown),
        Verdict::Skipped { .. } | Verdict::Release => None,
    };
    let attempt = outcome.map(|outcome| attempt(outcome, leased.leased_at));
    Settlement { id: leased.id, token: leased.token, verdict, attempt }
}

/// Leases until nothing is due; every batch in order.
pub(crate) async fn drain(store: &Arc<dyn Store>, batch: u32) -> Vec<Leased> {
    let mut all = Vec::new();
    loop {
        let leased = store.lease(any(batch)).await.unwrap();
        if leased.is_empty() {
            return all;
        }
        all.extend(leased);
    }
}

impl TestStore {
    /// The store's clock.
    pub(crate) async fn now(&self) -> Timestamp {
        self.store.now().await.unwrap()
    }

    /// Moves the clock on.
    pub(crate) async fn advance(&self, by: Duration) -> Timestamp {
        self.store.advance_clock(by).await.unwrap()
    }

    /// Moves the clock on to `moment`.
    pub(crate) async fn advance_to(&self, moment: Timestamp) {
        let by = moment.since(self.now().await);
        self.advance(by).await;
    }

    /// Posts tasks; one answer each.
    pub(crate) async fn post_all(&self, tasks: Vec<NewTask>) -> Vec<Posted> {
        match self.store.enqueue(posting(tasks)).await.unwrap() {
            Enqueued::Accepted(posted) => posted,
            other => panic!("without a key a post is neither replay nor mismatch: {other:?}"),
        }
    }

    /// Posts one task.
    pub(crate) async fn try_post(&self, task: NewTask) -> Posted {
        self.post_all(vec![task]).await.remove(0)
    }

    /// Posts one task, which must be taken.
    pub(crate) async fn post(&self, task: NewTask) -> TaskId {
        accepted(&self.try_post(task).await)
    }

    /// Leases at most `limit` tasks of any lane.
    pub(crate) async fn lease(&self, limit: u32) -> Vec<Leased> {
        self.store.lease(any(limit)).await.unwrap()
    }

    /// Leases exactly one task.
    pub(crate) async fn lease_one(&self) -> Leased {
        let mut leased = self.lease(1).await;
        assert_eq!(leased.len(), 1, "one task is due");
        leased.remove(0)
    }

    /// Posts one task and leases it, when nothing else is due.
    pub(crate) async fn post_and_lease(&self, task: NewTask) -> Leased {
        let id = self.post(task).await;
        let leased = self.lease_one().await;
        assert_eq!(leased.id, id);
        leased
    }

    /// Asks whether DATA may begin; a day is left.
    pub(crate) async fn begin(&self, leased: &Leased) -> Begun {
        let not_after = self.now().await.plus(Duration::from_hours(24));
        self.store.begin(&[Begin { id: leased.id, token: leased.token, not_after }]).await.unwrap()[0]
    }

    /// Settles one task with the attempt that fits.
    pub(crate) async fn settle(&self, leased: &Leased, verdict: Verdict) -> Settled {
        self.store.settle(&[settlement(leased, verdict)]).await.unwrap()[0]
    }

    /// Settles many tasks alike; each must count.
    pub(crate) async fn settle_all(&self, leased: &[Leased], verdict: Verdict) {
        let settlements: Vec<_> = leased.iter().map(|leased| settlement(leased, verdict)).collect();
        let settled = self.store.settle(&settlements).await.unwrap();
        assert_eq!(settled, vec![Settled::Done; leased.len()]);
    }

    /// Lets every lease run out.
    pub(crate) async fn lose_leases(&self) {
        self.advance(LEASE + Duration::from_secs(1)).await;
    }

    /// The owner's view of a task.
    pub(crate) async fn view(&self, id: TaskId) -> TaskView {
        self.store.task(&account(), id).await.unwrap().expect("the owner sees the task")
    }

    /// A task's state.
    pub(crate) async fn state(&self, id: TaskId) -> State {
        self.view(id).await.state
    }

    /// Ids of the owner's tasks that fit, newest first.
    pub(crate) async fn find(&self, filter: &TaskFilter) -> Vec<TaskId> {
        let found = self.store.tasks(&account(), filter, &page(1000)).await.unwrap();
        found.items.iter().map(|view| view.id).collect()
    }

    /// Cancels for the owner.
    pub(crate) async fn cancel(&self, id: TaskId) -> Cancelled {
        self.store.cancel(&account(), id).await.unwrap()
    }

    /// Puts a task back for the owner.
    pub(crate) async fn retry(&self, id: TaskId) -> Retried {
        self.store.retry(&account(), id).await.unwrap()
    }

    /// Counters and gauges.
    pub(crate) async fn stats(&self) -> Stats {
        self.store.stats().await.unwrap()
    }

    /// The suppressed addresses of an account.
    pub(crate) async fn suppressed(&self, account: &AccountId) -> Vec<String> {
        let found = self.store.suppressions(account, &page(1000)).await.unwrap();
        found.items.into_iter().map(|suppression| suppression.email).collect()
    }
}
