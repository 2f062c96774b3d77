//! What this worker holds: every lease from the moment it is taken until its task is settled or dropped.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::Notify;

use crate::{
    domain::{Lane, TaskId, Timestamp, Work},
    store::{Job, Leased},
};

/// All leases held.
#[derive(Debug, Clone, Default)]
pub(super) struct Holds(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    leases: Mutex<HashMap<TaskId, (u64, Lane)>>,
    changed: Notify,
}

/// One leased task in hand. Dropping it makes room for the next lease.
#[derive(Debug)]
pub(super) struct Held {
    /// The task.
    pub(super) task: Leased,
    /// When it came into hand.
    pub(super) since: Instant,
    holds: Holds,
}

impl Holds {
    /// Takes a lease into the books.
    pub(super) fn hold(&self, task: Leased) -> Held {
        self.leases().insert(task.id, (task.token, task.lane));
        Held { task, since: Instant::now(), holds: self.clone() }
    }

    /// Leases held: of codes, and of everything else.
    pub(super) fn count(&self) -> (usize, usize) {
        let leases = self.leases();
        let codes = leases.values().filter(|(_, lane)| *lane == Lane::Otp).count();
        (codes, leases.len() - codes)
    }

    /// Every lease, to extend them.
    pub(super) fn all(&self) -> Vec<(TaskId, u64)> {
        self.leases().iter().map(|(id, (token, _))| (*id, *token)).collect()
    }

    /// Waits for a lease to end. Cancel safe; an end between two waits is not missed.
    pub(super) async fn changed(&self) {
        self.0.changed.notified().await;
    }

    fn leases(&self) -> MutexGuard<'_, HashMap<TaskId, (u64, Lane)>> {
        self.0.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Whether it is a mail; a subscription change needs no relay.
    pub(super) fn is_mail(&self) -> bool {
        let Job::Posted { work, .. } = &self.task.job else { return true };
        !matches!(work, Work::Subscribe { .. } | Work::Unsubscribe { .. })
    }

    /// The store's clock now, as far as this machine can tell: its reading at the lease plus the time since.
    pub(super) fn now(&self) -> Timestamp {
        self.task.leased_at.plus(self.since.elapsed())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut leases = self.holds.leases();
        // The same task may be held anew under a later token by now.
        if leases.get(&self.task.id).is_some_and(|(token, _)| *token == self.task.token) {
            leases.remove(&self.task.id);
        }
        drop(leases);
        self.holds.0.changed.notify_one();
    }
}
