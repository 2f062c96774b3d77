//! What a process remembers of the tasks that it leased. While a lease lives nobody changes its task, so the mark and the
//! end of an attempt need not look for what was read at the lease.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::domain::TaskId;

/// Tasks remembered at most. A worker settles what it leases; leases that were lost are forgotten with all others.
const MOST: usize = 16_384;

/// A store's memory of its tasks, each under the token it was leased with. To miss one costs time, nothing else: whoever
/// uses it lets the store compare the token.
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
        if tasks.len() >= MOST {
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
