//! What this worker holds: every lease from the moment it is taken until its task is settled or dropped.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
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
    leases: Mutex<Leases>,
    ended: Notify,
    /// From how many leases on an end is worth telling.
    awaited: AtomicUsize,
}

#[derive(Debug, Default)]
struct Leases {
    by_id: HashMap<TaskId, (u64, Lane)>,
    codes: usize,
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
        let mut leases = self.leases();
        let before = leases.by_id.insert(task.id, (task.token, task.lane));
        // The same task may be held anew.
        if before.is_none() && task.lane == Lane::Otp {
            leases.codes += 1;
        }
        drop(leases);
        Held { task, since: Instant::now(), holds: self.clone() }
    }

    /// Leases held: of codes, and of everything else.
    pub(super) fn count(&self) -> (usize, usize) {
        let leases = self.leases();
        (leases.codes, leases.by_id.len() - leases.codes)
    }

    /// Every lease, to extend them.
    pub(super) fn all(&self) -> Vec<(TaskId, u64)> {
        self.leases().by_id.iter().map(|(id, (token, _))| (*id, *token)).collect()
    }

    /// Waits for a lease to end; one that ended before may be told too. One waits at a time. Cancel safe.
    pub(super) async fn changed(&self) {
        self.0.awaited.store(usize::MAX, Ordering::SeqCst);
        self.0.ended.notified().await;
    }

    /// Waits until no more than `count` are held. One waits at a time. Cancel safe.
    pub(super) async fn at_most(&self, count: usize) {
        self.0.awaited.store(count, Ordering::SeqCst);
        while self.leases().by_id.len() > count {
            self.0.ended.notified().await;
        }
    }

    fn leases(&self) -> MutexGuard<'_, Leases> {
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
        if leases.by_id.get(&self.task.id).is_some_and(|(token, _)| *token == self.task.token) {
            leases.by_id.remove(&self.task.id);
            if self.task.lane == Lane::Otp {
                leases.codes -= 1;
            }
        }
        let left = leases.by_id.len();
        drop(leases);
        if left <= self.holds.0.awaited.load(Ordering::SeqCst) {
            self.holds.0.ended.notify_one();
        }
    }
}
