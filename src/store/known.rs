//! A cache of leased tasks. Nobody else changes a task while its lease lives, so `begin` and `settle` need not read
//! again what the lease read.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::domain::TaskId;

/// Most entries. A worker removes what it settles; what lost leases leave behind is cleared when the cache is full.
const ENTRIES_MAX: usize = 16_384;

/// Leased tasks, each with its fencing token. A miss costs only time, and a stale entry is harmless: the store compares
/// the token anyway.
#[derive(Debug)]
pub(super) struct Known<T>(Mutex<HashMap<TaskId, (u64, T)>>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Known<T> {
    /// Remembers a task until it is settled.
    pub(super) fn keep(&self, id: TaskId, token: u64, task: T) {
        let mut tasks = self.tasks();
        if tasks.len() >= ENTRIES_MAX {
            tasks.clear();
        }
        tasks.insert(id, (token, task));
    }

    /// What was leased under this token.
    pub(super) fn get(&self, id: TaskId, token: u64) -> Option<T>
    where
        T: Copy,
    {
        self.tasks().get(&id).filter(|(kept, _)| *kept == token).map(|(_, task)| *task)
    }

    /// What was leased under this token, for the last time.
    pub(super) fn take(&self, id: TaskId, token: u64) -> Option<T> {
        let (kept, task) = self.tasks().remove(&id)?;
        (kept == token).then_some(task)
    }

    fn tasks(&self) -> MutexGuard<'_, HashMap<TaskId, (u64, T)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
