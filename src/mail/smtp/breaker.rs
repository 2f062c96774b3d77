//! When the relay may be tried: a circuit breaker, as a pure state machine.
//!
//! Time and chance are arguments. [`super::RelayGate`] shares one machine between tasks.

use std::time::Duration;

use tokio::time::Instant;

/// The wait before the first probe.
const PROBE_FIRST: Duration = Duration::from_secs(5);
/// The longest wait between probes.
const PROBE_MAX: Duration = Duration::from_mins(15);
/// Sessions being made at once while all is well. Bounds the logins that a relay sees whose password has just changed.
const CONNECTING_MAX: usize = 8;

/// Whether a connection may be tried now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// Yes; report how it went.
    Go(Era),
    /// Yes, and it is the only one: what it finds decides.
    Probe,
    /// Not before this moment; ask again then.
    NotBefore(Instant),
    /// Not while others are at it; ask again when something has changed.
    AfterOthers,
}

/// A time between two openings of the circuit. What connections and sessions of an earlier one meet says nothing of this
/// one: they belong to an outage that was told already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Era(u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The relay takes sessions.
    Closed,
    /// It does not, or nobody knows yet: one probe from `at` on.
    Open { at: Instant, is_probing: bool },
}

/// The breaker of one relay.
///
/// It begins open with a probe due at once: until one session is ready, one connection at a time is tried, so that a
/// wrong password costs one login and not one per worker. Only a probe closes it again, and only the probe's failures make
/// the wait longer; whatever connections and sessions meet that were there when it opened is one and the same event.
#[derive(Debug)]
pub(super) struct Circuit {
    state: State,
    era: Era,
    /// Times it opened, or a probe failed, since a mail last went through.
    failures: u32,
    connecting: usize,
    /// Ready sessions that have not ended.
    sessions: usize,
    /// Set while closed, once a connection was refused beside others.
    full: Option<Full>,
}

/// The relay refuses connections beyond those it has. That is no outage: the existing ones go on.
#[derive(Debug, Clone, Copy)]
struct Full {
    /// How many it accepted. Below this number connections are made without a pause.
    sessions: usize,
    /// Consecutive refusals of one more connection.
    refusals: u32,
    /// When one more may be tried.
    at: Instant,
}

impl Circuit {
    /// A circuit for a relay of which nothing is known.
    #[must_use]
    pub(super) fn new(now: Instant) -> Self {
        Self {
            state: State::Open { at: now, is_probing: false },
            era: Era(0),
            failures: 0,
            connecting: 0,
            sessions: 0,
            full: None,
        }
    }

    /// Whether the relay takes sessions.
    #[must_use]
    pub(super) fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Whether the relay has refused a connection beside those it has.
    #[must_use]
    pub(super) fn is_full(&self) -> bool {
        self.full.is_some()
    }

    /// Asks to try a connection. After [`Admission::Go`] and [`Admission::Probe`] exactly one of
    /// [`Circuit::ready`], [`Circuit::failed`] and [`Circuit::abandoned`] must follow.
    pub(super) fn admit(&mut self, now: Instant) -> Admission {
        let admission = self.outlook(now);
        match (admission, &mut self.state) {
            (Admission::Go(_), _) => self.connecting += 1,
            (Admission::Probe, State::Open { is_probing, .. }) => *is_probing = true,
            _ => {}
        }
        admission
    }

    /// What [`Circuit::admit`] would say.
    #[must_use]
    pub(super) fn outlook(&self, now: Instant) -> Admission {
        match self.state {
            State::Closed if self.connecting >= CONNECTING_MAX => Admission::AfterOthers,
            State::Closed => match self.full {
                Some(full) if self.at_the_relay() >= full.sessions && self.connecting > 0 => Admission::AfterOthers,
                Some(full) if self.at_the_relay() >= full.sessions && now < full.at => Admission::NotBefore(full.at),
                _ => Admission::Go(self.era),
            },
            State::Open { is_probing: true, .. } => Admission::AfterOthers,
            State::Open { at, .. } if now < at => Admission::NotBefore(at),
            State::Open { .. } => Admission::Probe,
        }
    }

    /// The connection became a ready session: its era, or `None` when the circuit has opened meanwhile. Such a session is
    /// to be dropped, since a relay that takes logins may still take no mail (530).
    #[must_use]
    pub(super) fn ready(&mut self, admission: Admission) -> Option<Era> {
        self.leave(admission);
        let era = match admission {
            Admission::Probe => {
                self.state = State::Closed;
                self.era
            }
            Admission::Go(era) if self.is_closed() => era,
            _ => return None,
        };
        self.sessions += 1;
        // One more than it had: who knows how many it takes now.
        self.full = self.full.filter(|full| self.sessions <= full.sessions);
        Some(era)
    }

    /// A session that [`Circuit::ready`] let in has ended.
    pub(super) fn left(&mut self) {
        self.sessions = self.sessions.saturating_sub(1);
    }

    /// The connection did not. While the relay has others, or others may still become ready, that only says that it takes no
    /// more; the failure of the last one opens the circuit. `unit` in `0.0..1.0` spreads the next try by ±20 %.
    pub(super) fn failed(&mut self, admission: Admission, now: Instant, unit: f64) {
        self.leave(admission);
        match admission {
            Admission::Probe => self.open(now, unit),
            Admission::Go(era) if self.at_the_relay() > 0 => self.refused(era, now, unit),
            Admission::Go(era) => self.unready(era, now, unit),
            Admission::NotBefore(_) | Admission::AfterOthers => {}
        }
    }

    /// The connection was given up before it could tell (a stop, a dropped future).
    pub(super) fn abandoned(&mut self, admission: Admission) {
        self.leave(admission);
    }

    /// A ready session of `era` met what only a new login can mend (530). No effect when it has opened since.
    pub(super) fn unready(&mut self, era: Era, now: Instant, unit: f64) {
        if self.is_closed() && era == self.era {
            self.open(now, unit);
        }
    }

    /// The relay answered for a mail as one that works, whatever it said: the next outage starts with a short wait again.
    pub(super) fn answered(&mut self) {
        if self.is_closed() {
            self.failures = 0;
        }
    }

    fn leave(&mut self, admission: Admission) {
        match admission {
            Admission::Go(_) => self.connecting = self.connecting.saturating_sub(1),
            Admission::Probe => {
                if let State::Open { is_probing, .. } = &mut self.state {
                    *is_probing = false;
                }
            }
            Admission::NotBefore(_) | Admission::AfterOthers => {}
        }
    }

    /// Connections that the relay has or may be about to take.
    fn at_the_relay(&self) -> usize {
        self.sessions + self.connecting
    }

    fn refused(&mut self, era: Era, now: Instant, unit: f64) {
        if !self.is_closed() || era != self.era {
            return;
        }
        let sessions = self.at_the_relay();
        match &mut self.full {
            // One burst is one event.
            Some(full) if now < full.at => full.sessions = sessions,
            full => {
                let refusals = full.map_or(0, |full| full.refusals);
                let at = now + wait(refusals, unit);
                *full = Some(Full { sessions, refusals: refusals.saturating_add(1), at });
            }
        }
    }

    fn open(&mut self, now: Instant, unit: f64) {
        let at = now + wait(self.failures, unit);
        self.failures = self.failures.saturating_add(1);
        self.era = Era(self.era.0 + 1);
        self.state = State::Open { at, is_probing: false };
        self.full = None;
    }
}

/// How long the next try waits after `failures` before this one.
fn wait(failures: u32, unit: f64) -> Duration {
    let wait = PROBE_FIRST.saturating_mul(1 << failures.min(10)).min(PROBE_MAX);
    wait.mul_f64(0.8 + 0.4 * unit.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests;
