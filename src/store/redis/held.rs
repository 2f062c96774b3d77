//! Records of tasks that this process holds. Nobody changes a record while its task is leased, so a delivery is settled with
//! the record as it was leased: reading it again would be a good part of what a delivery costs Redis.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::domain::TaskId;

/// Records kept at most. A worker settles what it leases; leases that were lost are forgotten with all others.
const MOST: usize = 16_384;

/// Records by task, each under the token it was leased with. To miss one costs time, nothing else.
#[derive(Debug, Default)]
pub(super) struct Held(Mutex<HashMap<TaskId, (u64, String)>>);

impl Held {
    /// Keeps a record until its task is settled.
    pub(super) fn keep(&self, id: TaskId, token: u64, record: String) {
        let mut records = self.records();
        if records.len() >= MOST {
            records.clear();
        }
        records.insert(id, (token, record));
    }

    /// The record that was leased under this token.
    pub(super) fn take(&self, id: TaskId, token: u64) -> Option<String> {
        let (kept, record) = self.records().remove(&id)?;
        (kept == token).then_some(record)
    }

    fn records(&self) -> MutexGuard<'_, HashMap<TaskId, (u64, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
