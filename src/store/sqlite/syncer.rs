//! The disk sync of the log, apart from the writing thread.
//!
//! SQLite's own `synchronous = FULL` syncs within the commit and lets the next transaction wait for the disk. Here a commit
//! only writes (`NORMAL`), this thread syncs the write-ahead log, and only then durable callers hear of it. What they are
//! told is as safe as with `FULL`: their frames, and all before them, are on the disk. SQLite itself still syncs around
//! checkpoints, so a log is never overwritten whose content is not safe in the file.
//!
//! A sync that failed once fails for good: the kernel may have dropped the pages it could not write and call the next sync a
//! success, above a gap. A new start reads back what the log really holds.

use std::{
    fs::File,
    io,
    path::PathBuf,
    sync::mpsc::{Receiver, Sender, channel},
};

use rusqlite::Connection;
use tokio::sync::OwnedSemaphorePermit;

use super::writer::Command;
use crate::store::StoreError;

/// Committed commands whose callers wait for the disk, each with its place in line.
type Committed = Vec<(Box<dyn Command>, OwnedSemaphorePermit)>;

/// The way to the syncing thread, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Syncer(Sender<Committed>);

/// Starts the thread for the log of `conn`.
pub(super) fn start(conn: &Connection) -> Result<Syncer, StoreError> {
    let file = conn.path().ok_or_else(|| StoreError::Fault("a store without a file".to_owned()))?;
    // The log has the file's name and this ending (sqlite.org/wal.html). It is there from the first commit on.
    let log = PathBuf::from(format!("{file}-wal"));
    let (sender, committed) = channel();
    std::thread::Builder::new()
        .name("gomail-sync".to_owned())
        .spawn(move || serve(log, &committed))
        .map_err(|error| StoreError::Unavailable(format!("no thread for SQLite: {error}")))?;
    Ok(Syncer(sender))
}

impl Syncer {
    /// Answers these commands once what was committed so far is on the disk.
    pub(super) fn sync(&self, commands: Committed) {
        // The thread lives as long as this; should it have panicked, the callers see their answer dropped.
        drop(self.0.send(commands));
    }
}

fn serve(log: PathBuf, committed: &Receiver<Committed>) {
    let mut log = Log { path: log, file: None, has_gap: false };
    while let Ok(mut commands) = committed.recv() {
        commands.extend(committed.try_iter().flatten());
        let synced = log.sync();
        for (command, _permit) in commands {
            command.answer(match &synced {
                Ok(()) => Ok(()),
                Err(error) => Err(StoreError::Unavailable(format!("the disk does not take it: {error}"))),
            });
        }
    }
}

/// The log's file. It stays the same one while a connection is open, so it is opened once.
struct Log {
    path: PathBuf,
    file: Option<File>,
    has_gap: bool,
}

impl Log {
    fn sync(&mut self) -> io::Result<()> {
        if self.has_gap {
            return Err(io::Error::other("an earlier sync failed; start anew"));
        }
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(File::open(&self.path)?),
        };
        file.sync_data().inspect_err(|error| {
            self.has_gap = true;
            tracing::error!(error.message = %error, "the disk does not take the log; nothing is accepted until a new start");
        })
    }
}
