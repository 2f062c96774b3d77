//! Leased tasks that wait for a courier, codes first.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::Notify;

use super::holds::Held;
use crate::domain::Lane;

/// The queue between intake and couriers.
#[derive(Debug, Default)]
pub(super) struct Ready {
    lanes: Mutex<Lanes>,
    /// Wakes couriers for all lanes.
    any: Notify,
    /// Wakes couriers for codes.
    codes: Notify,
    idle: AtomicUsize,
}

#[derive(Debug, Default)]
struct Lanes {
    codes: VecDeque<Held>,
    rest: VecDeque<Held>,
}

impl Lanes {
    fn pop(&mut self, codes_only: bool) -> Option<Held> {
        self.codes.pop_front().or_else(|| if codes_only { None } else { self.rest.pop_front() })
    }
}

impl Ready {
    /// Adds a task.
    pub(super) fn put(&self, held: Held) {
        let is_code = held.task.lane == Lane::Otp;
        let mut lanes = self.lanes();
        let lane = if is_code { &mut lanes.codes } else { &mut lanes.rest };
        lane.push_back(held);
        drop(lanes);
        if is_code {
            self.codes.notify_one();
        }
        self.any.notify_one();
    }

    /// Takes the next task to pipeline behind a mail of lane `behind`, unless an idle courier waits for it. A code
    /// follows codes only: any other mail may take minutes, so the code is left to the first courier that is free.
    pub(super) fn try_take(&self, codes_only: bool, behind: Lane) -> Option<Held> {
        let mut lanes = self.lanes();
        let is_spare = lanes.codes.len() + lanes.rest.len() > self.idle();
        let may_go_behind = behind == Lane::Otp || lanes.codes.is_empty();
        if is_spare && may_go_behind { lanes.pop(codes_only) } else { None }
    }

    /// Waits for a task. Cancel safe.
    pub(super) async fn take(&self, codes_only: bool) -> Held {
        let _idle = (!codes_only).then(|| Idle::enter(&self.idle));
        let signal = if codes_only { &self.codes } else { &self.any };
        loop {
            // Listen before looking: what is put in between is then heard.
            let mut heard = std::pin::pin!(signal.notified());
            heard.as_mut().enable();
            if let Some(held) = self.lanes().pop(codes_only) {
                // One wake-up may stand for many tasks: pass it on.
                signal.notify_one();
                return held;
            }
            heard.await;
        }
    }

    /// Whether a mail waits that is no code's.
    pub(super) fn has_other_than_codes(&self) -> bool {
        !self.lanes().rest.is_empty()
    }

    /// Couriers for all lanes that wait for a task.
    pub(super) fn idle(&self) -> usize {
        self.idle.load(Ordering::Relaxed)
    }

    /// Takes every task out.
    pub(super) fn drain(&self) -> Vec<Held> {
        let mut lanes = self.lanes();
        let mut all: Vec<Held> = lanes.codes.drain(..).collect();
        all.extend(lanes.rest.drain(..));
        all
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Idle<'a>(&'a AtomicUsize);

impl<'a> Idle<'a> {
    fn enter(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Idle<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::holds::{Holds, leased};

    #[test]
    fn a_code_goes_behind_no_other_mail() {
        let (ready, holds) = (Ready::default(), Holds::default());
        for lane in [Lane::Message, Lane::Otp] {
            ready.put(holds.hold(leased(lane, 0), std::time::Instant::now()));
        }

        assert!(ready.try_take(false, Lane::Message).is_none(), "the code is first, and waits for who is done first");
        let code = ready.try_take(false, Lane::Otp).unwrap();

        assert_eq!(code.task.lane, Lane::Otp);
        assert!(ready.try_take(false, Lane::Newsletter).is_some(), "the message may go behind");
    }
}
