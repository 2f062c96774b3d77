//! Breaker and throttle, shared: tasks wait here until the relay may be tried.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use super::{
    breaker::{Admission, Circuit, Era},
    throttle::Throttle,
};

/// One relay's breaker and throttle, shared by all sessions of a process.
#[derive(Debug, Clone)]
pub struct RelayGate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    known: Mutex<Known>,
    changed: Notify,
}

/// What is known of the relay.
#[derive(Debug)]
struct Known {
    circuit: Circuit,
    throttle: Throttle,
    /// It met a mail with a 530, and has taken none since.
    refuses_mail: bool,
}

impl Default for RelayGate {
    fn default() -> Self {
        Self::new()
    }
}

impl RelayGate {
    /// A gate for a relay of which nothing is known: the first connection goes alone.
    #[must_use]
    pub fn new() -> Self {
        let now = Instant::now();
        let known = Known { circuit: Circuit::new(now), throttle: Throttle::new(now), refuses_mail: false };
        Self(Arc::new(Inner { known: Mutex::new(known), changed: Notify::new() }))
    }

    /// Waits until a connection may be tried, be it the probe. Make it, then report through the [`Pass`].
    ///
    /// Cancel safe: a dropped future has taken nothing.
    pub async fn enter(&self) -> Pass<'_> {
        self.until(|circuit, now| match circuit.admit(now) {
            admission @ (Admission::Go(_) | Admission::Probe) => Ok(Pass { gate: self, admission: Some(admission) }),
            admission => Err(admission),
        })
        .await
    }

    /// Leave to try a connection at once, for one who has a mail in hand; `None` when it would have to wait, or to probe.
    #[must_use]
    pub fn try_enter(&self) -> Option<Pass<'_>> {
        let mut known = self.known();
        if !known.circuit.is_closed() {
            return None;
        }
        match known.circuit.admit(Instant::now()) {
            admission @ Admission::Go(_) => Some(Pass { gate: self, admission: Some(admission) }),
            _ => None,
        }
    }

    /// Waits while the relay takes sessions and no more than it has may be tried. Others may be quicker to
    /// [`RelayGate::try_enter`]. Cancel safe.
    pub async fn room(&self) {
        self.until(|circuit, now| match circuit.outlook(now) {
            Admission::Go(_) => Ok(()),
            _ if !circuit.is_closed() => Ok(()),
            admission => Err(admission),
        })
        .await;
    }

    /// Waits until `ask` is content with the circuit, asking again when its answer says that it may be.
    async fn until<T>(&self, ask: impl Fn(&mut Circuit, Instant) -> Result<T, Admission>) -> T {
        loop {
            // Listen before asking, or a change in between is missed.
            let changed = self.0.changed.notified();
            let answer = ask(&mut self.known().circuit, Instant::now());
            match answer {
                Ok(found) => return found,
                Err(Admission::NotBefore(at)) => {
                    tokio::select! {
                        biased;
                        () = changed => {}
                        () = sleep_until(at) => {}
                    }
                }
                Err(_) => changed.await,
            }
        }
    }

    /// Whether the relay takes sessions; false until the first is ready.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.known().circuit.is_closed()
    }

    /// Whether the relay has refused a connection beside those it has.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.known().circuit.is_full()
    }

    /// How many of `max` sessions may be used now; 0 for a short rest. Ask before each mail: it moves with time.
    #[must_use]
    pub fn allowed_sessions(&self, max: usize) -> usize {
        self.known().throttle.allowed_sessions(Instant::now(), max)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // No method of either leaves it half changed, so one that panicked does no harm.
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to try one connection. Dropped without a word, it counts as given up and lets the next one try.
#[derive(Debug)]
#[must_use = "report whether the session became ready"]
pub struct Pass<'a> {
    gate: &'a RelayGate,
    admission: Option<Admission>,
}

impl Pass<'_> {
    /// The session is ready; `None` when the circuit has opened meanwhile: drop the session.
    #[must_use]
    pub fn ready(mut self) -> Option<Seat> {
        let admission = self.admission.take()?;
        let mut known = self.gate.known();
        let era = known.circuit.ready(admission)?;
        if known.refuses_mail {
            // A login alone does not show that it takes mail again: one session tries.
            known.throttle.one(Instant::now());
        }
        drop(known);
        Some(Seat { gate: self.gate.clone(), era, has_carried: AtomicBool::new(false) })
    }

    /// It could not be made ready. `unit` in `0.0..1.0` is the caller's random number.
    pub fn failed(mut self, unit: f64) {
        if let Some(admission) = self.admission.take() {
            self.gate.known().circuit.failed(admission, Instant::now(), unit);
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if let Some(admission) = self.admission.take() {
            self.gate.known().circuit.abandoned(admission);
        }
        self.gate.0.changed.notify_waiters();
    }
}

/// A ready session's place among the relay's connections; drop the session first. Report the relay's replies to its
/// mails here.
#[derive(Debug)]
pub struct Seat {
    gate: RelayGate,
    era: Era,
    /// Whether the session has carried a mail.
    has_carried: AtomicBool,
}

impl Seat {
    /// A mail met a 530. `unit` in `0.0..1.0` is the caller's random number.
    pub fn unready(&self, unit: f64) {
        let has_opened = {
            let mut known = self.gate.known();
            known.refuses_mail = true;
            let was_closed = known.circuit.is_closed();
            known.circuit.unready(self.era, Instant::now(), unit);
            was_closed && !known.circuit.is_closed()
        };
        if has_opened {
            tracing::warn!("the relay is not ready; tasks wait: it wants a login (530)");
        }
        self.gate.0.changed.notify_waiters();
    }

    /// The relay took a mail.
    pub fn delivered(&self) {
        self.has_carried.store(true, Ordering::Relaxed);
        let mut known = self.gate.known();
        known.circuit.answered();
        known.refuses_mail = false;
        known.throttle.delivered(Instant::now());
    }

    /// The relay answered for a mail, neither taking it nor complaining.
    pub fn answered(&self) {
        let mut known = self.gate.known();
        known.circuit.answered();
        known.refuses_mail = false;
    }

    /// The relay asked for less while `max` sessions were wanted.
    pub fn throttled(&self, max: usize) {
        let mut known = self.gate.known();
        known.circuit.answered();
        let now = Instant::now();
        known.throttle.throttled(now, max);
        if !self.has_carried.load(Ordering::Relaxed) {
            known.throttle.fruitless(now);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.gate.known().circuit.left();
        self.gate.0.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::Future as _,
        pin::pin,
        task::{Context, Waker},
    };

    use super::*;

    #[tokio::test]
    async fn those_who_wait_go_when_the_first_is_ready() {
        let gate = RelayGate::new();
        let first = gate.enter().await;
        let mut second = pin!(gate.enter());
        assert!(second.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(!gate.is_closed());

        assert!(first.ready().is_some());

        assert!(second.await.ready().is_some());
        assert!(gate.is_closed());
    }

    #[tokio::test]
    async fn a_dropped_pass_lets_the_next_one_try() {
        let gate = RelayGate::new();
        let first = gate.enter().await;
        let mut second = pin!(gate.enter());
        assert!(second.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());

        drop(first);

        assert!(second.await.ready().is_some());
        assert!(gate.is_closed());
    }

    #[tokio::test]
    async fn after_a_failure_everybody_waits() {
        let gate = RelayGate::new();
        gate.enter().await.failed(0.5);

        let mut next = pin!(gate.enter());

        assert!(next.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(!gate.is_closed());
    }
}
