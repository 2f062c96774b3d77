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

/// Leasing pauses while the leased works are at least this many bytes: each may be in memory up to three times.
const HELD_BYTES_MAX: usize = 32 * 1024 * 1024;

/// All leases held.
#[derive(Debug, Clone, Default)]
pub(super) struct Holds(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    leases: Mutex<Leases>,
    ended: Notify,
    /// An end is notified once at most this many leases are left.
    awaited: AtomicUsize,
}

#[derive(Debug, Default)]
struct Leases {
    by_id: HashMap<TaskId, Lease>,
    codes: usize,
    bytes: usize,
}

#[derive(Debug, Clone, Copy)]
struct Lease {
    token: u64,
    /// When it ends, unless it is extended.
    ends: Instant,
}

/// One leased task in hand. Dropping it makes room for the next lease.
#[derive(Debug)]
pub(super) struct Held {
    /// The task.
    pub(super) task: Arc<Leased>,
    /// When it came into hand.
    pub(super) since: Instant,
    holds: Holds,
}

impl Holds {
    /// Registers a lease that goes on until `ends`.
    pub(super) fn hold(&self, task: Leased, ends: Instant) -> Held {
        let mut leases = self.leases();
        leases.bytes += task.bytes;
        let lease = Lease { token: task.token, ends };
        let before = leases.by_id.insert(task.id, lease);
        // The same task may be held anew.
        if before.is_none() && task.lane == Lane::Otp {
            leases.codes += 1;
        }
        drop(leases);
        Held { task: Arc::new(task), since: Instant::now(), holds: self.clone() }
    }

    /// Leases held: of codes, and of everything else.
    pub(super) fn count(&self) -> (usize, usize) {
        let leases = self.leases();
        (leases.codes, leases.by_id.len() - leases.codes)
    }

    /// Whether the works in hand are so large that no more should come.
    pub(super) fn is_heavy(&self) -> bool {
        self.leases().is_heavy()
    }

    /// Every lease, to extend them.
    pub(super) fn all(&self) -> Vec<(TaskId, u64)> {
        self.leases().by_id.iter().map(|(id, lease)| (*id, lease.token)).collect()
    }

    /// Notes which of these leases go on until `ends`.
    pub(super) fn extended(&self, held: &[(TaskId, u64)], extended: &[bool], ends: Instant) {
        let mut leases = self.leases();
        for ((id, token), _) in held.iter().zip(extended).filter(|(_, extended)| **extended) {
            if let Some(lease) = leases.by_id.get_mut(id).filter(|lease| lease.token == *token) {
                lease.ends = ends;
            }
        }
    }

    /// Waits for a lease to end; may return for one that ended earlier. Only one task may wait. Cancel safe.
    pub(super) async fn changed(&self) {
        self.0.awaited.store(usize::MAX, Ordering::SeqCst);
        self.0.ended.notified().await;
    }

    /// Waits until no more than `count` are held, and they are not heavy. One waits at a time. Cancel safe.
    pub(super) async fn at_most(&self, count: usize) {
        self.down(count, |leases| !leases.is_heavy()).await;
    }

    /// Waits until no more than `count` are held, however heavy. One waits at a time. Cancel safe.
    pub(super) async fn down_to(&self, count: usize) {
        self.down(count, |_| true).await;
    }

    async fn down(&self, count: usize, is_enough: impl Fn(&Leases) -> bool) {
        self.0.awaited.store(count, Ordering::SeqCst);
        let is_down = |leases: &Leases| leases.by_id.len() <= count && is_enough(leases);
        while !is_down(&self.leases()) {
            self.0.ended.notified().await;
        }
    }

    fn leases(&self) -> MutexGuard<'_, Leases> {
        self.0.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leases {
    fn is_heavy(&self) -> bool {
        self.bytes >= HELD_BYTES_MAX
    }
}

impl Held {
    /// Whether it is a mail; a subscription change needs no relay.
    pub(super) fn is_mail(&self) -> bool {
        let Job::Posted { work, .. } = &self.task.job else { return true };
        !matches!(work, Work::Subscribe { .. } | Work::Unsubscribe { .. })
    }

    /// Whether its lease has ended, as far as this process knows. Then the task may be in other hands.
    pub(super) fn is_over(&self) -> bool {
        let leases = self.holds.leases();
        let lease = leases.by_id.get(&self.task.id).filter(|lease| lease.token == self.task.token);
        lease.is_none_or(|lease| lease.ends <= Instant::now())
    }

    /// The store's clock now, as far as this machine can tell: its reading at the lease plus the time since.
    pub(super) fn now(&self) -> Timestamp {
        self.task.leased_at.plus(self.since.elapsed())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut leases = self.holds.leases();
        leases.bytes -= self.task.bytes;
        // The same task may be held anew under a later token by now.
        if leases.by_id.get(&self.task.id).is_some_and(|lease| lease.token == self.task.token) {
            leases.by_id.remove(&self.task.id);
            if self.task.lane == Lane::Otp {
                leases.codes -= 1;
            }
        }
        let is_told = leases.by_id.len() <= self.holds.0.awaited.load(Ordering::SeqCst);
        drop(leases);
        if is_told {
            self.holds.0.ended.notify_one();
        }
    }
}

/// A leased task of a lane, with a work of that size.
#[cfg(test)]
pub(super) fn leased(lane: Lane, bytes: usize) -> Leased {
    use crate::domain::{AccountId, Address, RunId};

    Leased {
        id: TaskId::posted_at(Timestamp::from_millis(1)),
        account: AccountId::trusted("me@example.com".to_owned()),
        token: 1,
        lane,
        recipient: Address::parse("you@example.com").unwrap(),
        retries: 0,
        tries_used: 0,
        failures: 0,
        created_at: Timestamp::from_millis(1),
        due_at: Timestamp::from_millis(1),
        leased_at: Timestamp::from_millis(1),
        expires_at: None,
        duplicate_possible: false,
        is_suspect: false,
        bytes,
        job: Job::Issue(RunId(1)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LEASE: Duration = Duration::from_secs(30);

    #[test]
    fn a_lease_is_over_at_its_end_unless_it_was_extended() {
        let holds = Holds::default();
        let lease = || holds.hold(leased(Lane::Message, 0), Instant::now() + LEASE);
        let (one, other) = (lease(), lease());
        assert!(!one.is_over() && !other.is_over());
        let (held, now) = ([(one.task.id, 1), (other.task.id, 1)], Instant::now());

        holds.extended(&held, &[true, true], now);
        assert!(one.is_over() && other.is_over());
        holds.extended(&held, &[true, false], now + LEASE);

        assert!(!one.is_over() && other.is_over());
    }

    #[tokio::test]
    async fn large_works_in_hand_leave_no_room_until_one_ends() {
        let holds = Holds::default();
        holds.down_to(0).await;
        let large = holds.hold(leased(Lane::Message, HELD_BYTES_MAX - 1), Instant::now() + LEASE);
        assert!(!holds.is_heavy());
        let small = holds.hold(leased(Lane::Message, 1), Instant::now() + LEASE);
        assert!(holds.is_heavy());
        tokio::select! {
            biased;
            () = holds.at_most(10) => panic!("no room"),
            () = std::future::ready(()) => {}
        }

        drop(small);

        holds.at_most(10).await;
        drop(large);
        assert_eq!(holds.count(), (0, 0));
    }
}
