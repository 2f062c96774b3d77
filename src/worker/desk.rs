//! The desk: joins the couriers' calls to the store into batches.
//!
//! Each kind of call has at most one batch in flight; calls that arrive meanwhile form the next one. Under load a batch
//! grows to the number of couriers, so one round trip (or one disk sync) serves them all; an idle desk calls at once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{journal::Journal, pause_after_failure};
use crate::{
    domain::Verdict,
    store::{Begin, Begun, Settled, Settlement, SharedStore, StoreError},
    telemetry::metrics,
};

/// Calls waiting per kind; couriers are far fewer.
const QUEUE: usize = 1024;
/// Largest batch.
const BATCH: usize = 256;

type Waiting<Q, A> = (Q, oneshot::Sender<A>);

/// The couriers' side.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    begins: mpsc::Sender<Waiting<Begin, Option<Begun>>>,
    settlements: mpsc::Sender<Waiting<Settlement, Recorded>>,
    is_behind: Arc<AtomicBool>,
}

/// The store's answer to [`Desk::begin`], on its way.
#[derive(Debug)]
pub(super) struct Answer(oneshot::Receiver<Option<Begun>>);

impl Answer {
    /// Waits for it; `None` while the store is away.
    pub(super) async fn come(self) -> Option<Begun> {
        self.0.await.ok().flatten()
    }
}

/// A settlement that the store has answered, back from where it was recorded.
pub(super) type Recorded = (Settled, Settlement);

/// The store's side.
pub(super) struct DeskWork {
    store: SharedStore,
    journal: Journal,
    begins: mpsc::Receiver<Waiting<Begin, Option<Begun>>>,
    settlements: mpsc::Receiver<Waiting<Settlement, Recorded>>,
    is_behind: Arc<AtomicBool>,
}

impl Desk {
    pub(super) fn new(store: SharedStore, journal: Journal) -> (Self, DeskWork) {
        let (begins, begins_out) = mpsc::channel(QUEUE);
        let (settlements, settlements_out) = mpsc::channel(QUEUE);
        let is_behind = Arc::new(AtomicBool::new(journal.has_left()));
        let work = DeskWork {
            store,
            journal,
            begins: begins_out,
            settlements: settlements_out,
            is_behind: Arc::clone(&is_behind),
        };
        (Self { begins, settlements, is_behind }, work)
    }

    /// Whether the store did not take an outcome, and has not taken it since.
    pub(super) fn is_behind(&self) -> bool {
        self.is_behind.load(Ordering::Acquire)
    }

    /// Asks whether DATA may begin.
    pub(super) async fn begin(&self, begin: Begin) -> Answer {
        let (answer, answered) = oneshot::channel();
        // When the desk is gone the answer is dropped with it.
        let _ = self.begins.send((begin, answer)).await;
        Answer(answered)
    }

    /// Hands in the end of an attempt; the answer comes when it is recorded, as long as that takes.
    ///
    /// At a hard stop the answer fails: a delivery is in the journal by then, everything else comes back with its lease.
    pub(super) async fn settle(&self, settlement: Settlement) -> oneshot::Receiver<Recorded> {
        let (answer, answered) = oneshot::channel();
        // When the desk is gone the answer is dropped with it, and fails.
        let _ = self.settlements.send((settlement, answer)).await;
        answered
    }
}

impl DeskWork {
    /// Works until every courier's side is gone, or `hard`.
    pub(super) async fn run(self, hard: CancellationToken) {
        let Self { store, journal, begins, settlements, is_behind } = self;
        tokio::join!(
            hard.run_until_cancelled(run_begins(&store, begins)),
            Recorder { store: &store, journal, inbox: Inbox::new(settlements), hard: &hard, is_behind: &is_behind }
                .run()
        );
    }
}

/// Waits for calls and takes those that are there, and those of every courier that can go on now: more in a batch is less
/// for each. `false` when every courier's side is gone.
async fn gather<T>(calls: &mut mpsc::Receiver<T>, batch: &mut Vec<T>) -> bool {
    let Some(first) = calls.recv().await else { return false };
    batch.push(first);
    tokio::task::yield_now().await;
    while batch.len() < BATCH
        && let Ok(call) = calls.try_recv()
    {
        batch.push(call);
    }
    true
}

async fn run_begins(store: &SharedStore, mut begins: mpsc::Receiver<Waiting<Begin, Option<Begun>>>) {
    let mut batch = Vec::with_capacity(BATCH);
    while gather(&mut begins, &mut batch).await {
        let (calls, answers): (Vec<Begin>, Vec<_>) = batch.drain(..).unzip();
        let asked = std::time::Instant::now();
        let result = store.begin(&calls).await;
        metrics::store_call("begin", asked.elapsed());
        match result {
            Ok(begun) => {
                for (answer, begun) in answers.into_iter().zip(begun) {
                    let _ = answer.send(Some(begun));
                }
            }
            Err(error) => {
                tracing::debug!(error.message = %error, "the store did not take a mark");
                for answer in answers {
                    let _ = answer.send(None);
                }
            }
        }
    }
}

/// Records outcomes, and keeps in the journal what the store does not take.
struct Recorder<'a> {
    store: &'a SharedStore,
    journal: Journal,
    inbox: Inbox,
    hard: &'a CancellationToken,
    is_behind: &'a AtomicBool,
}

impl Recorder<'_> {
    /// Until every courier's side is gone, or `hard`.
    async fn run(mut self) {
        let left = self.journal.left_behind();
        if !left.is_empty() {
            tracing::info!(
                gomail.deliveries = left.len(),
                "recording deliveries that an earlier process left in its journal"
            );
            self.settle(&left).await;
        }
        while let Some(Some((calls, answers))) = self.hard.run_until_cancelled(self.inbox.next_batch()).await {
            let settled = self.settle(&calls).await;
            for (answer, recorded) in answers.into_iter().zip(settled.into_iter().flatten().zip(calls)) {
                let _ = answer.send(recorded);
            }
        }
        self.inbox.keep_all(&mut self.journal).await;
    }

    /// Settles, and clears the journal when nothing in it is left to record. `None` at `hard`.
    async fn settle(&mut self, calls: &[Settlement]) -> Option<Vec<Settled>> {
        let settled = self.settle_until_done(calls).await?;
        self.is_behind.store(!self.inbox.waiting.is_empty(), Ordering::Release);
        if self.inbox.waiting.is_empty() {
            self.journal.clear();
        }
        Some(settled)
    }

    /// Settles, trying again until the store takes it; deliveries go into the journal as soon as it does not. `None` at
    /// `hard`, when the journal has what is not recorded.
    async fn settle_until_done(&mut self, calls: &[Settlement]) -> Option<Vec<Settled>> {
        let mut failures = 0;
        loop {
            let asked = std::time::Instant::now();
            let settling = self.store.settle(calls);
            let result = if failures == 0 {
                let result = self.hard.run_until_cancelled(settling).await;
                if result.is_none() {
                    self.journal.keep(deliveries(calls.iter()));
                }
                result?
            } else {
                self.hard.run_until_cancelled(self.inbox.keeping(&mut self.journal, settling)).await?
            };
            metrics::store_call("settle", asked.elapsed());
            match result {
                Ok(settled) => {
                    if failures > 0 {
                        tracing::info!(gomail.settlements = calls.len(), "the store is back: outcomes recorded");
                    }
                    return Some(settled);
                }
                Err(StoreError::Fault(error)) => match calls {
                    [call] => {
                        tracing::error!(gomail.task.id = %call.id, error.message = error, "an outcome cannot be recorded");
                        return Some(vec![Settled::Stale]);
                    }
                    calls => return self.settle_apart(calls).await,
                },
                Err(error) => {
                    self.is_behind.store(true, Ordering::Release);
                    if failures == 0 {
                        tracing::warn!(error.message = %error, "outcomes cannot be recorded now; trying until they can");
                        self.journal.keep(deliveries(calls.iter()));
                    }
                    let pause = tokio::time::sleep(pause_after_failure(failures));
                    self.hard.run_until_cancelled(self.inbox.keeping(&mut self.journal, pause)).await?;
                    failures += 1;
                }
            }
        }
    }

    /// Settles each by itself: one is at fault, and the others are well. As [`Recorder::settle_until_done`].
    async fn settle_apart(&mut self, calls: &[Settlement]) -> Option<Vec<Settled>> {
        let mut settled = Vec::with_capacity(calls.len());
        for call in calls.chunks(1) {
            let Some(one) = Box::pin(self.settle_until_done(call)).await else {
                self.journal.keep(deliveries(calls.iter()));
                return None;
            };
            settled.extend(one);
        }
        Some(settled)
    }
}

/// Settlements to come, and those that came while the store was away: their deliveries are in the journal.
struct Inbox {
    settlements: mpsc::Receiver<Waiting<Settlement, Recorded>>,
    waiting: Vec<Waiting<Settlement, Recorded>>,
    is_closed: bool,
}

impl Inbox {
    fn new(settlements: mpsc::Receiver<Waiting<Settlement, Recorded>>) -> Self {
        Self { settlements, waiting: Vec::with_capacity(BATCH), is_closed: false }
    }

    /// What waits, or what comes next; `None` when every courier's side is gone.
    async fn next_batch(&mut self) -> Option<(Vec<Settlement>, Vec<oneshot::Sender<Recorded>>)> {
        if self.waiting.is_empty() && !gather(&mut self.settlements, &mut self.waiting).await {
            return None;
        }
        let count = self.waiting.len().min(BATCH);
        Some(self.waiting.drain(..count).unzip())
    }

    /// Keeps what a hard stop leaves unrecorded, until the last courier has gone: one may have its answer just now.
    async fn keep_all(&mut self, journal: &mut Journal) {
        loop {
            journal.keep(deliveries(self.waiting.iter().map(|(call, _)| call)));
            self.waiting.clear();
            if self.settlements.recv_many(&mut self.waiting, BATCH).await == 0 {
                return;
            }
        }
    }

    /// Does `work` while the store is away. Whatever comes meanwhile is kept as it comes: a courier may wait here for as
    /// long as the store is away, and must not be the only one who knows that its mail is out.
    async fn keeping<T>(&mut self, journal: &mut Journal, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            let known = self.waiting.len();
            tokio::select! {
                biased;
                done = &mut work => return done,
                came = self.settlements.recv_many(&mut self.waiting, BATCH), if !self.is_closed => {
                    self.is_closed = came == 0;
                    journal.keep(deliveries(self.waiting[known..].iter().map(|(call, _)| call)));
                }
            }
        }
    }
}

fn deliveries<'a>(calls: impl Iterator<Item = &'a Settlement>) -> impl Iterator<Item = &'a Settlement> {
    calls.filter(|call| call.verdict == Verdict::Succeeded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::SystemClock,
        domain::{TaskId, Timestamp},
        store::sqlite::SqliteStore,
    };

    /// The relay has these mails, and nobody else knows.
    #[tokio::test]
    async fn a_hard_stop_keeps_deliveries_that_are_not_recorded() {
        const DAY: std::time::Duration = std::time::Duration::from_hours(24);
        let folder = tempfile::tempdir().unwrap();
        let store: SharedStore = Arc::new(SqliteStore::open(folder.path(), DAY, Arc::new(SystemClock)).await.unwrap());
        let (desk, work) = Desk::new(store.clone(), Journal::open(&folder.path().join("journal")).unwrap());
        let delivery = |token| {
            let id = TaskId::posted_at(Timestamp::from_millis(1));
            Settlement { id, token, verdict: Verdict::Succeeded, attempt: None }
        };
        let deliveries = [1, 2, 3].map(delivery);
        for delivery in &deliveries {
            drop(desk.settle(delivery.clone()).await);
        }
        let hard = CancellationToken::new();
        hard.cancel();
        drop(desk);

        work.run(hard).await;

        let kept = Journal::open(&folder.path().join("journal")).unwrap().left_behind();
        assert_eq!(kept, deliveries);
        store.close().await;
    }
}
