//! A store under test: real data on disk or in a real Redis, a clock in our hand, and a check at the end.

use std::{path::Path, sync::Arc, time::Duration};

use gomail::{
    clock::ManualClock,
    domain::{State, Timestamp},
    store::{Store, sqlite::SqliteStore},
};
use tempfile::TempDir;

/// How long ended tasks are kept.
pub(crate) const RETENTION: Duration = Duration::from_hours(7 * 24);

/// Where a test's data is, so that it can be opened again.
#[derive(Debug)]
enum Place {
    Sqlite { data: TempDir, clock: ManualClock },
}

/// A store under test.
///
/// SQLite runs on a clock that stands still; another store's may not. Laws move time with
/// [`Store::advance_clock`] in steps far longer than a test, and compare moments with [`TestStore::near`].
#[derive(Debug)]
pub(crate) struct TestStore {
    /// The store.
    pub store: Arc<dyn Store>,
    place: Place,
}

impl TestStore {
    /// A fresh SQLite store.
    pub(crate) async fn sqlite() -> Self {
        let clock = ManualClock::at(Timestamp::parse("2026-11-24T10:20:30.456Z").unwrap());
        Self::at(Place::Sqlite { data: tempfile::tempdir().unwrap(), clock }).await
    }

    async fn at(place: Place) -> Self {
        Self { store: open(&place).await, place }
    }

    /// Closes the store and opens the same data again, as a restart does.
    pub(crate) async fn reopen(&mut self) {
        self.store.close().await;
        self.store = open(&self.place).await;
    }

    /// Opens the same data a second time, as a second process does.
    pub(crate) async fn second(&self) -> Arc<dyn Store> {
        open(&self.place).await
    }

    /// Whether two moments are the same, but for the time the test itself took.
    pub(crate) fn near(a: Timestamp, b: Timestamp) -> bool {
        (a.millis() - b.millis()).abs() < 10_000
    }

    /// What must hold whatever happened: gauges equal a recount, and totals cover every ended task.
    ///
    /// # Panics
    /// When it does not hold.
    pub(crate) async fn check_books(&self) {
        let stats = self.store.stats().await.unwrap();
        assert_eq!(stats.gauges, self.store.recount().await.unwrap(), "gauges equal a recount: {stats:?}");
        for state in State::ALL {
            if state.is_end() {
                assert!(stats.ended_as(state) >= stats.gauge(state), "every {state} task was counted: {stats:?}");
            } else {
                assert_eq!(stats.ended_as(state), 0, "{state} is no end: {stats:?}");
            }
        }
        let queued: u64 = stats.lanes.iter().map(|lane| lane.queued).sum();
        assert_eq!(queued, stats.gauge(State::Queued), "the lanes hold what is queued: {stats:?}");
        for lane in stats.lanes {
            assert_eq!(lane.queued > 0, lane.oldest_due.is_some(), "a lane that holds tasks has an oldest: {stats:?}");
        }
    }

    /// Ends the test: the books must be right, also after closing and opening again.
    pub(crate) async fn finish(mut self) {
        self.check_books().await;
        self.reopen().await;
        self.check_books().await;
        self.store.close().await;
    }
}

async fn open(place: &Place) -> Arc<dyn Store> {
    match place {
        Place::Sqlite { data, clock } => open_sqlite(data.path(), clock).await,
    }
}

async fn open_sqlite(data: &Path, clock: &ManualClock) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(data, RETENTION, Arc::new(clock.clone())).await.unwrap())
}
