//! The desk: joins the couriers' calls to the store into batches.
//!
//! Each kind of call has at most one batch in flight; calls that arrive meanwhile form the next one. Under load a batch
//! grows to the number of couriers, so one round trip (or one disk sync) serves them all; an idle desk calls at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{journal::Journal, pause_after_failure};
use crate::{
    domain::Verdict,
    store::{Begin, Begun, Settled, Settlement, SharedStore, StoreError},
    telemetry::metrics,
};

/// Calls waiting per kind; a courier waits for its place.
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

/// Asks for marks; where one of them is at fault, for each by itself.
async fn begin(store: &SharedStore, calls: &[Begin]) -> Result<Vec<Begun>, StoreError> {
    let asked = Instant::now();
    let result = store.begin(calls).await;
    metrics::store_call("begin", asked.elapsed());
    match (result, calls) {
        (Err(StoreError::Fault(error)), [call]) => {
            // It comes back when its lease is over.
            tracing::error!(gomail.task.id = %call.id, error.message = error, "a mail cannot be marked");
            Ok(vec![Begun::Stale])
        }
        (Err(StoreError::Fault(_)), calls) => {
            let mut begun = Vec::with_capacity(calls.len());
            for call in calls.chunks(1) {
                begun.extend(Box::pin(begin(store, call)).await?);
            }
            Ok(begun)
        }
        (result, _) => result,
    }
}

async fn run_begins(store: &SharedStore, mut begins: mpsc::Receiver<Waiting<Begin, Option<Begun>>>) {
    let mut batch = Vec::with_capacity(BATCH);
    while gather(&mut begins, &mut batch).await {
        let (calls, answers): (Vec<Begin>, Vec<_>) = batch.drain(..).unzip();
        match begin(store, &calls).await {
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

/// Records outcomes; until then their deliveries are in the journal.
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
        if self.settle_left().await.is_some() {
            while let Some(Some((calls, answers))) =
                self.hard.run_until_cancelled(self.inbox.next_batch(&mut self.journal)).await
                && let Some(settled) = self.settle_until_done(&calls).await
            {
                for (answer, recorded) in answers.into_iter().zip(settled.into_iter().zip(calls)) {
                    let _ = answer.send(recorded);
                }
                self.clear();
            }
        }
        self.inbox.keep_all(&mut self.journal).await;
    }

    /// Settles what earlier processes left in their journals. `None` at `hard`.
    async fn settle_left(&mut self) -> Option<()> {
        let left = self.journal.left_behind();
        if !left.is_empty() {
            tracing::info!(
                gomail.deliveries = left.len(),
                "recording deliveries that an earlier process left in its journal, unless they are recorded"
            );
        }
        for calls in left.chunks(BATCH) {
            self.settle_until_done(calls).await?;
        }
        self.clear();
        Some(())
    }

    /// Clears the journal of what is recorded.
    fn clear(&mut self) {
        self.journal.clear(deliveries(&self.inbox.waiting));
        // Mails that are given back unsent may come for a while.
        let mut waiting = self.inbox.waiting.iter();
        if waiting.all(|(call, _)| call.verdict == Verdict::Release) {
            self.is_behind.store(false, Ordering::Release);
        }
    }

    /// Settles, trying again until the store takes it. `None` at `hard`, when the journal has what is not recorded.
    async fn settle_until_done(&mut self, calls: &[Settlement]) -> Option<Vec<Settled>> {
        let mut failures = 0;
        loop {
            let asked = Instant::now();
            let settling = self.store.settle(calls);
            let settled =
                self.hard.run_until_cancelled(self.inbox.keeping(&mut self.journal, failures > 0, settling)).await;
            metrics::store_call("settle", asked.elapsed());
            match settled? {
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
                        self.journal.sync();
                    }
                    let pause = tokio::time::sleep(pause_after_failure(failures));
                    self.hard.run_until_cancelled(self.inbox.keeping(&mut self.journal, true, pause)).await?;
                    failures += 1;
                }
            }
        }
    }

    /// Settles each by itself: one is at fault, and the others are well. As [`Recorder::settle_until_done`].
    async fn settle_apart(&mut self, calls: &[Settlement]) -> Option<Vec<Settled>> {
        let mut settled = Vec::with_capacity(calls.len());
        for call in calls.chunks(1) {
            settled.extend(Box::pin(self.settle_until_done(call)).await?);
        }
        Some(settled)
    }
}

/// Settlements to come, and those that came while others were recorded.
struct Inbox {
    settlements: mpsc::Receiver<Waiting<Settlement, Recorded>>,
    waiting: Vec<Waiting<Settlement, Recorded>>,
    /// How many of `waiting` the journal has.
    noted: usize,
    is_closed: bool,
}

impl Inbox {
    fn new(settlements: mpsc::Receiver<Waiting<Settlement, Recorded>>) -> Self {
        Self { settlements, waiting: Vec::with_capacity(BATCH), noted: 0, is_closed: false }
    }

    /// What waits, or what comes next, noted; `None` when every courier's side is gone.
    async fn next_batch(&mut self, journal: &mut Journal) -> Option<(Vec<Settlement>, Vec<oneshot::Sender<Recorded>>)> {
        if self.waiting.is_empty() && !gather(&mut self.settlements, &mut self.waiting).await {
            return None;
        }
        self.note(journal);
        let count = self.waiting.len().min(BATCH);
        self.noted -= count;
        Some(self.waiting.drain(..count).unzip())
    }

    /// Notes what came since.
    fn note(&mut self, journal: &mut Journal) {
        journal.note(deliveries(&self.waiting[self.noted..]));
        self.noted = self.waiting.len();
    }

    /// Keeps what a hard stop leaves unrecorded, until the last courier has gone: one may have its answer just now.
    async fn keep_all(&mut self, journal: &mut Journal) {
        loop {
            self.note(journal);
            journal.sync();
            self.waiting.clear();
            self.noted = 0;
            if self.settlements.recv_many(&mut self.waiting, BATCH).await == 0 {
                return;
            }
        }
    }

    /// Does `work`, and notes what comes meanwhile, at once: nobody else knows that these mails are out. While the store
    /// is away, which may be long, it is synced, too.
    async fn keeping<T>(&mut self, journal: &mut Journal, is_away: bool, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            // First, since the last `gather` may have been cut short.
            self.note(journal);
            if is_away {
                journal.sync();
            }
            tokio::select! {
                biased;
                done = &mut work => return done,
                came = gather(&mut self.settlements, &mut self.waiting), if !self.is_closed => self.is_closed = !came,
            }
        }
    }
}

fn deliveries(waiting: &[Waiting<Settlement, Recorded>]) -> impl Iterator<Item = &Settlement> {
    waiting.iter().map(|(call, _)| call).filter(|call| call.verdict == Verdict::Succeeded)
}

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, path::Path};

    use tokio_util::task::TaskTracker;

    use super::*;
    use crate::{
        clock::SystemClock,
        domain::{TaskId, Timestamp},
        store::sqlite::SqliteStore,
    };

    const DAY: std::time::Duration = std::time::Duration::from_hours(24);

    /// Mails that the relay has, and nobody else knows.
    fn deliveries() -> [Settlement; 3] {
        let id = TaskId::posted_at(Timestamp::from_millis(1));
        [1, 2, 3].map(|token| Settlement { id, token, verdict: Verdict::Succeeded, attempt: None })
    }

    async fn desk_in(folder: &Path) -> (SharedStore, Desk, DeskWork) {
        let store: SharedStore = Arc::new(SqliteStore::open(folder, DAY, Arc::new(SystemClock)).await.unwrap());
        let (desk, work) = Desk::new(store.clone(), Journal::open(&folder.join("journal")).unwrap());
        (store, desk, work)
    }

    /// The tokens of what a dead process left there.
    fn left_in(folder: &Path) -> Vec<u64> {
        let left = Journal::open(&folder.join("journal")).unwrap().left_behind();
        left.iter().map(|delivery| delivery.token).collect()
    }

    #[tokio::test]
    async fn a_hard_stop_keeps_deliveries_that_are_not_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let (store, desk, work) = desk_in(folder.path()).await;
        for delivery in deliveries() {
            drop(desk.settle(delivery).await);
        }
        let hard = CancellationToken::new();
        hard.cancel();
        drop(desk);

        work.run(hard).await;

        assert_eq!(left_in(folder.path()), [1, 2, 3]);
        store.close().await;
    }

    #[tokio::test]
    async fn under_load_the_journal_is_cleared_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (store, desk, work) = desk_in(folder.path()).await;
        let size = || {
            let files = std::fs::read_dir(folder.path().join("journal")).unwrap();
            files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>()
        };
        let working = TaskTracker::new().spawn(work.run(CancellationToken::new()));
        let [delivery, ..] = deliveries();
        let mut sizes = vec![0];
        // Always some under way.
        let mut answers = VecDeque::new();
        while !sizes.windows(2).any(|pair| pair[1] < pair[0]) {
            answers.push_back(desk.settle(delivery.clone()).await);
            if answers.len() > 500 {
                answers.pop_front().unwrap().await.unwrap();
                sizes.push(size());
            }
        }

        assert!(sizes.iter().all(|size| *size < 2 << 20), "{:?}", sizes.iter().max());
        working.abort();
        store.close().await;
    }
}
