//! Checkpoints the write-ahead log outside the writer thread.
//!
//! SQLite's own checkpoint runs within a commit: all writing stands still while thousands of pages are copied and both
//! files are synced. Here a thread with a connection of its own does it, beside the writer (`PASSIVE`). Such a pass never
//! catches up with a writer that does not rest, and a log is used again from its start only when all of it is in the
//! file. So when the log has become long, the rest, which is short by then, is copied with the writer held (`FULL`).

use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::JoinHandle,
};

use rusqlite::Connection;

use super::{open, sql::Sql as _};
use crate::store::StoreError;

/// Pages not yet checkpointed (16 MiB) from which on a `PASSIVE` checkpoint is made; many, so that it is rare.
const PASSIVE_FROM_PAGES: i64 = 4000;
/// Pages in the log (64 MiB) from which on a `FULL` checkpoint is made, which blocks the writer.
const FULL_FROM_PAGES: i64 = 16_000;

/// The way to the thread.
#[derive(Debug)]
pub(super) struct Checkpointer {
    looks: SyncSender<()>,
    thread: JoinHandle<()>,
}

/// Starts the thread for the file of `writer`.
pub(super) fn start(writer: &Connection) -> Result<Checkpointer, StoreError> {
    let file = writer.path().ok_or_else(|| StoreError::Fault("a store without a file".to_owned()))?;
    let conn = open::checkpointer(file.as_ref())?;
    let (looks, asked) = sync_channel(1);
    let thread = std::thread::Builder::new()
        .name("gomail-fold".to_owned())
        .spawn(move || serve(&conn, &asked))
        .map_err(|error| StoreError::Unavailable(format!("no thread for SQLite: {error}")))?;
    Ok(Checkpointer { looks, thread })
}

impl Checkpointer {
    /// Makes the thread check the log's length; returns at once.
    pub(super) fn look(&self) {
        // Full: a check is pending. Disconnected: the thread is gone, and the next start checkpoints.
        let _ = self.looks.try_send(());
    }

    /// Waits for the end of the thread and its connection.
    pub(super) fn stop(self) {
        drop(self.looks);
        drop(self.thread.join());
    }
}

fn serve(conn: &Connection, asked: &Receiver<()>) {
    while asked.recv().is_ok() {
        if let Err(error) = fold(conn) {
            tracing::debug!(error.message = %error, "the log is not folded into the file now");
        }
    }
}

fn fold(conn: &Connection) -> Result<(), StoreError> {
    let (mut log, folded) = checkpoint(conn, "PRAGMA wal_checkpoint(NOOP)")?;
    if log - folded >= PASSIVE_FROM_PAGES {
        (log, _) = checkpoint(conn, "PRAGMA wal_checkpoint(PASSIVE)")?;
        if log >= FULL_FROM_PAGES {
            checkpoint(conn, "PRAGMA wal_checkpoint(FULL)")?;
        }
    }
    Ok(())
}

/// Pages in the log, and how many of them are in the file. Another process's checkpoint, or a reader of an old page, may
/// keep it from going all the way: the next one does.
fn checkpoint(conn: &Connection, pragma: &str) -> Result<(i64, i64), StoreError> {
    let pages = conn.first(pragma, [], |row| Ok((row.get(1)?, row.get(2)?)))?;
    Ok(pages.unwrap_or_default())
}
