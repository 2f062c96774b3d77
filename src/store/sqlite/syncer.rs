//! The disk sync of the log, apart from the writing thread.
//!
//! SQLite's own `synchronous = FULL` syncs within the commit and lets the next transaction wait for the disk. Here a commit
//! only writes (`NORMAL`), this thread syncs the write-ahead log, and only then durable callers hear of it. What they are
//! told is as safe as with `FULL`: their frames, and all before them, are on the disk. SQLite itself still syncs around
//! checkpoints, so a log is never overwritten whose content is not safe in the file.
//!
//! A sync that failed once fails for good: the kernel may have dropped the pages it could not write and call the next sync a
//! success, above a gap. From then on nothing is written at all: what is refused must not happen all the same. A new start
//! reads back what the log really holds.

use std::{
    fs::File,
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
};

use rusqlite::Connection;
use tokio::sync::OwnedSemaphorePermit;

use super::writer::Command;
use crate::store::StoreError;

/// Committed commands whose callers wait for the disk, each with its place in line.
type Committed = Vec<(Box<dyn Command>, OwnedSemaphorePermit)>;

/// The way to the syncing thread, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Syncer {
    committed: Sender<Committed>,
    has_failed: Arc<AtomicBool>,
}

/// Starts the thread for the log of `conn`.
pub(super) fn start(conn: &Connection) -> Result<Syncer, StoreError> {
    let file = conn.path().ok_or_else(|| StoreError::Fault("a store without a file".to_owned()))?;
    // The log has the file's name and this ending (sqlite.org/wal.html). It is there from the first commit on.
    start_on(PathBuf::from(format!("{file}-wal")))
}

/// Starts the thread for the log at `path`.
pub(super) fn start_on(path: PathBuf) -> Result<Syncer, StoreError> {
    let (sender, committed) = channel();
    let has_failed = Arc::new(AtomicBool::new(false));
    let log = Log { path, file: None, has_failed: Arc::clone(&has_failed) };
    std::thread::Builder::new()
        .name("gomail-sync".to_owned())
        .spawn(move || serve(log, &committed))
        .map_err(|error| StoreError::Unavailable(format!("no thread for SQLite: {error}")))?;
    Ok(Syncer { committed: sender, has_failed })
}

impl Syncer {
    /// Answers these commands once what was committed so far is on the disk.
    pub(super) fn sync(&self, commands: Committed) {
        // The thread lives as long as this; should it have panicked, the callers see their answer dropped.
        drop(self.committed.send(commands));
    }

    /// Whether a sync has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Acquire)
    }
}

fn serve(mut log: Log, committed: &Receiver<Committed>) {
    while let Ok(mut commands) = committed.recv() {
        commands.extend(committed.try_iter().flatten());
        let synced = log.sync();
        for (command, _permit) in commands {
            command.answer(match &synced {
                Ok(()) => Ok(()),
                Err(error) => Err(not_taken(error)),
            });
        }
    }
}

/// The refusal of everything after a sync has failed.
pub(super) fn refusal() -> StoreError {
    not_taken(&failed_before())
}

fn not_taken(error: &io::Error) -> StoreError {
    StoreError::Unavailable(format!("the disk does not take it: {error}"))
}

fn failed_before() -> io::Error {
    io::Error::other("an earlier sync failed; start anew")
}

/// The log's file. It stays the same one while a connection is open, so it is opened once.
struct Log {
    path: PathBuf,
    file: Option<File>,
    has_failed: Arc<AtomicBool>,
}

impl Log {
    fn sync(&mut self) -> io::Result<()> {
        if self.has_failed.load(Ordering::Acquire) {
            return Err(failed_before());
        }
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(File::open(&self.path)?),
        };
        file.sync_data().inspect_err(|error| {
            self.has_failed.store(true, Ordering::Release);
            tracing::error!(error.message = %error, "the disk does not take the log; nothing is accepted until a new start");
        })
    }
}
