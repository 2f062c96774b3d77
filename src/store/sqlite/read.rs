//! Reading: a few read-only connections, used from blocking threads.
//!
//! A read begins after the write it must see was committed, and so sees it.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{open, tx::offset, writer::ended};
use crate::store::StoreError;

/// Connections at most: more would not read faster on the machines gomail runs on.
const CONNECTIONS: usize = 4;
/// How long a caller waits for one.
const WAIT: Duration = Duration::from_secs(10);

/// The readers.
#[derive(Debug)]
pub(super) struct Readers {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
    line: Arc<Semaphore>,
    /// For reading the test clock's offset, which takes microseconds and so needs no blocking thread. Absent once closed.
    clock: Mutex<Option<Connection>>,
}

impl Readers {
    /// Opens the first connections.
    pub(super) fn open(file: PathBuf) -> Result<Arc<Self>, StoreError> {
        let clock = Mutex::new(Some(open::reader(&file)?));
        Ok(Arc::new(Self { file, idle: Mutex::default(), line: Arc::new(Semaphore::new(CONNECTIONS)), clock }))
    }

    /// Reads by `work`, in one read transaction.
    ///
    /// # Errors
    /// The work's own; [`StoreError::Unavailable`] when no connection comes free.
    pub(super) async fn read<T, F>(self: &Arc<Self>, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let permit = match tokio::time::timeout(WAIT, Arc::clone(&self.line).acquire_owned()).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) => return Err(ended()),
            Err(_) => return Err(StoreError::Unavailable("SQLite is overloaded with reads".to_owned())),
        };
        let readers = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || {
            // As long as it reads, whether or not its caller still waits.
            let _permit = permit;
            readers.read_now(work)
        });
        reading.await.map_err(|error| StoreError::Fault(format!("a read of the store failed: {error}")))?
    }

    fn read_now<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => open::reader(&self.file)?,
        };
        // Several statements of one read see one state of the store.
        let tx = conn.unchecked_transaction()?;
        let result = work(&tx);
        drop(tx);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.line.is_closed() {
            idle.push(conn);
        }
        result
    }

    /// How far the test clock is ahead.
    pub(super) fn offset(&self) -> Result<Duration, StoreError> {
        let clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        offset(clock.as_ref().ok_or_else(ended)?)
    }

    /// Ends reading and lets the connections go: the last to close folds the log into the file, and these cannot write.
    pub(super) fn close(&self) {
        self.line.close();
        self.clock.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
