//! A store under test: real data on disk or in a real Redis, a clock in our hand, and a check at the end.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use gomail::{
    clock::ManualClock,
    config::Durability,
    domain::{State, Timestamp},
    store::{Store, redis::RedisStore, sqlite::SqliteStore},
};
use secrecy::SecretString;
use tempfile::TempDir;

use super::{build::RETENTION, redis::RedisServer};

/// Where a test's data is, so that it can be opened again.
#[derive(Debug)]
enum Place {
    Sqlite { data: TempDir, clock: ManualClock },
    Redis { server: Arc<RedisServer>, namespace: String },
}

/// A store under test.
///
/// SQLite runs on a clock that stands still and Redis on its server's, which does not: laws move time with
/// [`Store::advance_clock`] in steps far longer than a test, and compare moments with [`TestStore::near`].
#[derive(Debug)]
pub(crate) struct TestStore {
    /// The store.
    pub(crate) store: Arc<dyn Store>,
    place: Place,
}

impl TestStore {
    /// A fresh SQLite store.
    pub(crate) async fn sqlite() -> Self {
        let clock = ManualClock::at(Timestamp::parse("2026-11-24T10:20:30.456Z").unwrap());
        Self::at(Place::Sqlite { data: tempfile::tempdir().unwrap(), clock }).await
    }

    /// A fresh namespace in this process's Redis.
    pub(crate) async fn redis() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let namespace = format!("laws-{}", NEXT.fetch_add(1, Ordering::SeqCst));
        Self::at(Place::Redis { server: RedisServer::shared(), namespace }).await
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

    /// How far before a moment a law may look: as near as can be on a clock that stands still, and a test's own time where
    /// it runs.
    pub(crate) fn shortest_step(&self) -> Duration {
        match self.place {
            Place::Sqlite { .. } => Duration::from_millis(1),
            Place::Redis { .. } => Duration::from_secs(20),
        }
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
        Place::Redis { server, namespace } => open_redis(server, namespace),
    }
}

async fn open_sqlite(data: &Path, clock: &ManualClock) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(data, RETENTION, Arc::new(clock.clone())).await.unwrap())
}

fn open_redis(server: &RedisServer, namespace: &str) -> Arc<dyn Store> {
    let uri = SecretString::from(server.uri());
    Arc::new(RedisStore::open(&uri, namespace, Durability::Store, RETENTION).unwrap())
}
