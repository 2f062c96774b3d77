//! The embedded store: one file, `gomail.db`, with its write-ahead log beside it.
//!
//! Writes go through one thread that commits in groups (`writer.rs`), reads through a few connections of their own
//! (`read.rs`). Several processes of one machine may share the file: SQLite's lock orders their transactions.
//! Backup: `sqlite3 gomail.db ".backup copy.db"`, at any time.

mod accounts;
mod checkpointer;
mod codec;
mod codes;
mod contents;
mod fault;
mod newsletters;
mod open;
mod outbox;
mod page;
mod queue;
mod read;
mod sql;
mod stats;
mod suppressions;
mod sweep;
mod syncer;
#[cfg(test)]
mod tests;
mod tx;
mod writer;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use async_trait::async_trait;
use rusqlite::Connection;

use self::{
    codec::int,
    read::Readers,
    sql::Sql as _,
    tx::Tx,
    writer::{Sync as Commit, Writer},
};
use super::{Stats, Store, StoreError, Wake, known::Known};
use crate::{clock::Clock, domain::Timestamp};

/// The store's file in its folder.
const FILE: &str = "gomail.db";

/// What [`SqliteStore::look`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// No store.
    Nothing,
    /// A store of an earlier version, which [`SqliteStore::open`] would bring up to date.
    Old,
    /// A store of this version.
    Current,
}

/// The embedded store.
pub struct SqliteStore {
    file: PathBuf,
    retention: Duration,
    clock: Arc<dyn Clock>,
    wake: Wake,
    writer: Writer,
    readers: Arc<Readers>,
    /// The step of the weighted round-robin of lanes, see [`super::LeaseRequest::shares`].
    turn: AtomicU64,
    /// Where the tasks are that it leased.
    known: Known<queue::Place>,
}

impl SqliteStore {
    /// Looks for a store in the folder `data`; makes none, and leaves what is in it as it is.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] for a file of a newer gomail, another program's or a damaged one.
    pub fn look(data: &Path) -> Result<Found, StoreError> {
        let file = data.join(FILE);
        let is_there = file.try_exists().map_err(|error| StoreError::Unfit(format!("{}: {error}", file.display())))?;
        if is_there { open::look(&file) } else { Ok(Found::Nothing) }
    }

    /// Opens `gomail.db` in the folder `data`; makes the folder (0700) and the file (0600) when they are not there.
    ///
    /// `retention` is how long ended tasks are kept, `clock` this machine's.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] for a folder that cannot be written to, a file of a newer gomail, another program's or a
    /// damaged one; [`StoreError::Unavailable`] when another process holds the file's lock too long.
    pub async fn open(data: &Path, retention: Duration, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let file = data.join(FILE);
        let wake = Wake::new();
        let opened = {
            let (file, clock, wake) = (file.clone(), Arc::clone(&clock), wake.clone());
            tokio::task::spawn_blocking(move || {
                open::create(&file)?;
                let writer = Writer::start(open::writer(&file)?, clock, wake)?;
                Ok::<_, StoreError>((writer, Readers::open(file)?))
            })
        };
        let (writer, readers) =
            opened.await.map_err(|error| StoreError::Fault(format!("opening the store failed: {error}")))??;
        Ok(Self { file, retention, clock, wake, writer, readers, turn: AtomicU64::new(0), known: Known::default() })
    }

    /// Writes what must survive a power loss.
    async fn durably<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.call(Commit::Durable, work).await
    }

    /// Writes what must survive gomail, but not the machine.
    async fn lightly<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.call(Commit::Light, work).await
    }

    /// Reads.
    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.readers.read(work).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("file", &self.file).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn now(&self) -> Result<Timestamp, StoreError> {
        Ok(self.clock.now().plus(self.readers.offset()?))
    }

    async fn advance_clock(&self, by: Duration) -> Result<Timestamp, StoreError> {
        self.lightly(move |tx| {
            let millis = int(u64::try_from(by.as_millis()).unwrap_or(u64::MAX));
            tx.conn.run(
                "INSERT INTO meta (key, value) VALUES ('clock_offset', ?1)
                 ON CONFLICT (key) DO UPDATE SET value = value + excluded.value",
                [millis],
            )?;
            tx.now = tx.now.plus(by);
            tx.wake = true;
            Ok(tx.now)
        })
        .await
    }

    fn wake(&self) -> &Wake {
        &self.wake
    }

    async fn check(&self) -> Result<Vec<String>, StoreError> {
        // A real write: only that shows a full or read-only disk. After a failed sync, none is taken.
        self.lightly(|tx| {
            let now = tx.now.millis();
            tx.conn.run(
                "INSERT INTO meta (key, value) VALUES ('checked', ?1)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [now],
            )
        })
        .await?;
        Ok(Vec::new())
    }

    async fn secret_or_insert(&self, candidate: &str) -> Result<String, StoreError> {
        let candidate = candidate.to_owned();
        self.durably(move |tx| {
            tx.conn.run("INSERT INTO meta (key, value) VALUES ('secret', ?1) ON CONFLICT DO NOTHING", [&candidate])?;
            let kept = tx.conn.first("SELECT value FROM meta WHERE key = 'secret'", [], |row| Ok(row.get(0)?))?;
            kept.ok_or_else(|| fault::broken("a secret"))
        })
        .await
    }

    async fn stats(&self) -> Result<Stats, StoreError> {
        let clock = Arc::clone(&self.clock);
        self.read(move |conn| stats::stats(conn, &*clock)).await
    }

    async fn recount(&self) -> Result<[u64; 9], StoreError> {
        self.read(stats::recount).await
    }

    async fn close(&self) {
        self.readers.close();
        self.writer.close().await;
    }

    fn describe(&self) -> String {
        format!("SQLite {}", self.file.display())
    }
}
