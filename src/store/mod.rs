//! The store: the one truth about tasks, accounts, codes, content, subscriptions and runs.
//!
//! Traits first, documented as laws; `tests/it/laws` holds both implementations to them. A verb is one atomic step:
//! it happens whole or not at all, counters included. Time is the store's clock, never the caller's.
//!
//! Siblings (api, worker, scheduler) meet here and nowhere else.

mod accounts;
mod codes;
mod contents;
mod error;
mod known;
mod lost;
mod newsletters;
mod outbox;
mod page;
mod queue;
pub mod redis;
pub mod sqlite;
mod stats;
mod suppressions;
mod wake;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

pub use accounts::{Account, Accounts};
pub use codes::{CodeCheck, CodeKey, Codes, LiveCode};
pub use contents::{ContentDeleted, Contents};
pub use error::StoreError;
pub use newsletters::{
    Applied, FanOut, Issue, Newsletters, RUN_RETENTION, Run, RunTotals, Series, Subscription, SubscriptionChange,
    SubscriptionFilter, Tick, Ticked,
};
pub use outbox::{Captured, OUTBOX_MAX, Outbox, OutboxEntry};
pub use page::{Page, PageRequest};
pub use queue::{
    Begin, Begun, Cancelled, Enqueue, Enqueued, Job, LEASED_BYTES, LeaseRequest, Leased, Posted, Pruned, Queue,
    Refusal, Retried, Settled, Settlement, TaskFilter, TaskView,
};
pub use stats::{LaneStats, Stats, TypeTotals};
pub use suppressions::{Suppression, Suppressions};
pub use wake::Wake;

use crate::domain::Timestamp;

/// Everything a store does. Object-safe: the roles hold an `Arc<dyn Store>` and never know which one it is.
#[async_trait]
pub trait Store:
    Queue + Accounts + Codes + Contents + Newsletters + Suppressions + Outbox + std::fmt::Debug + Send + Sync
{
    /// The store's clock: the machine's for SQLite, the server's for Redis, plus the test clock's offset.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the backend cannot be reached.
    async fn now(&self) -> Result<Timestamp, StoreError>;

    /// Moves the test clock on by `by`; the offset is kept in the store. Returns the new time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the backend cannot be reached.
    async fn advance_clock(&self, by: Duration) -> Result<Timestamp, StoreError>;

    /// Hints that something may have become due; see [`Wake`].
    fn wake(&self) -> &Wake;

    /// Whether the store can take work now. Returns warnings for the operator (no AOF, say).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the backend cannot be reached or is full, [`StoreError::Unfit`] if it is reached but
    /// must not be used (too old, evicts keys, a replica); the message names what is wrong.
    async fn check(&self) -> Result<Vec<String>, StoreError>;

    /// Keeps `candidate` as the installation's secret unless there is one already; returns the one kept.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the backend cannot be reached.
    async fn secret_or_insert(&self, candidate: &str) -> Result<String, StoreError>;

    /// Counters and gauges, read together.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the backend cannot be reached.
    async fn stats(&self) -> Result<Stats, StoreError>;

    /// The gauges per state counted anew from the tasks themselves, in the order of [`crate::domain::State::ALL`].
    ///
    /// Equal to [`Stats::gauges`] at any time, as the law suite has it after every law. Looks at every task: for tests.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the backend cannot be reached.
    async fn recount(&self) -> Result<[u64; 9], StoreError>;

    /// Closes connections and flushes what a clean stop flushes. Nothing accepted depends on it.
    async fn close(&self);

    /// Which store this is, for people: `SQLite gomail-data/gomail.db`, `Redis 127.0.0.1:6379`. No password.
    fn describe(&self) -> String;
}

/// A store shared by the roles of one process.
pub type SharedStore = Arc<dyn Store>;
