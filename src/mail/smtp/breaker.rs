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
pub enum Admission {
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
pub struct Era(u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The relay takes sessions.
    Closed,
    /// It does not, or nobody knows yet: one probe from `at` on.
    Open { at: Instant, is_probing: bool },
}

/// The breaker and throttle of one relay.
///
/// It begins open with a probe due at once: until one session is ready, one connection at a time is tried, so that a
/// wrong password costs one login and not one per worker. Only a probe closes it again, and only the probe's failures make
/// the wait longer; whatever connections and sessions meet that were there when it opened is one and the same event.
#[derive(Debug)]
pub struct Circuit {
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

/// The relay refuses more connections than it has: it is no outage, and those it has go on.
#[derive(Debug, Clone, Copy)]
struct Full {
    /// How many it has. Fewer may be made up at once.
    sessions: usize,
    /// Refusals in a row of one more.
    refusals: u32,
    /// When one more may be tried.
    at: Instant,
}

impl Circuit {
    /// A circuit for a relay of which nothing is known.
    #[must_use]
    pub fn new(now: Instant) -> Self {
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
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// When the next probe may start; `None` while closed or probing.
    #[must_use]
    pub fn probe_at(&self) -> Option<Instant> {
        match self.state {
            State::Open { at, is_probing: false } => Some(at),
            _ => None,
        }
    }

    /// Asks to try a connection. After [`Admission::Go`] and [`Admission::Probe`] exactly one of
    /// [`Circuit::ready`], [`Circuit::failed`] and [`Circuit::abandoned`] must follow.
    pub fn admit(&mut self, now: Instant) -> Admission {
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
    pub fn outlook(&self, now: Instant) -> Admission {
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
    pub fn ready(&mut self, admission: Admission) -> Option<Era> {
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
    pub fn left(&mut self) {
        self.sessions = self.sessions.saturating_sub(1);
    }

    /// The connection did not. While the relay has others, or others may still become ready, that only says that it takes no
    /// more; the failure of the last one opens the circuit. `unit` in `0.0..1.0` spreads the next try by ±20 %.
    pub fn failed(&mut self, admission: Admission, now: Instant, unit: f64) {
        self.leave(admission);
        match admission {
            Admission::Probe => self.open(now, unit),
            Admission::Go(era) if self.at_the_relay() > 0 => self.refused(era, now, unit),
            Admission::Go(era) => self.unready(era, now, unit),
            Admission::NotBefore(_) | Admission::AfterOthers => {}
        }
    }

    /// The connection was given up before it could tell (a stop, a dropped future).
    pub fn abandoned(&mut self, admission: Admission) {
        self.leave(admission);
    }

    /// A ready session of `era` met what only a new login can mend (530). No effect when it has opened since.
    pub fn unready(&mut self, era: Era, now: Instant, unit: f64) {
        if self.is_closed() && era == self.era {
            self.open(now, unit);
        }
    }

    /// The relay answered for a mail as one that works, whatever it said: the next outage starts with a short wait again.
    pub fn answered(&mut self) {
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
mod tests {
    use super::*;

    const MID: f64 = 0.5;

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    /// A circuit that a first session has closed, and left.
    fn closed(now: Instant) -> Circuit {
        let mut circuit = Circuit::new(now);
        ready(&mut circuit, now);
        circuit.left();
        circuit
    }

    /// Makes a session; its era.
    fn ready(circuit: &mut Circuit, now: Instant) -> Era {
        let admission = circuit.admit(now);
        circuit.ready(admission).expect("the circuit lets it in")
    }

    #[test]
    fn until_one_session_is_ready_one_connection_is_tried_at_a_time() {
        let now = Instant::now();
        let mut circuit = Circuit::new(now);

        assert_eq!(circuit.admit(now), Admission::Probe);
        assert_eq!(circuit.admit(now), Admission::AfterOthers);

        assert!(circuit.ready(Admission::Probe).is_some());
        assert!(matches!(circuit.admit(now), Admission::Go(_)));
    }

    #[test]
    fn probes_wait_5_s_doubling_to_15_min() {
        let mut now = Instant::now();
        let mut circuit = closed(now);
        let go = circuit.admit(now);
        circuit.failed(go, now, MID);

        let mut waits = Vec::new();
        for _ in 0..10 {
            let Admission::NotBefore(at) = circuit.admit(now) else { panic!("admitted too early") };
            waits.push((at - now).as_secs());
            now = at;
            assert_eq!(circuit.admit(now), Admission::Probe);
            assert_eq!(circuit.admit(now), Admission::AfterOthers);
            circuit.failed(Admission::Probe, now, MID);
        }

        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
    }

    #[test]
    fn a_wrong_password_for_a_minute_costs_a_handful_of_logins() {
        let start = Instant::now();
        let mut now = start;
        let mut circuit = Circuit::new(now);
        let mut logins = 0;
        while now < start + secs(60) {
            match circuit.admit(now) {
                Admission::NotBefore(at) => now = at,
                admission => {
                    logins += 1;
                    circuit.failed(admission, now, 0.0);
                }
            }
        }
        assert!(logins <= 5, "{logins}");
    }

    #[test]
    fn failures_of_one_outage_count_once() {
        let now = Instant::now();
        let mut circuit = closed(now);
        let admitted: Vec<Admission> = (0..CONNECTING_MAX).map(|_| circuit.admit(now)).collect();
        assert_eq!(circuit.admit(now), Admission::AfterOthers);

        for admission in admitted {
            circuit.failed(admission, now, MID);
        }

        assert_eq!(circuit.probe_at(), Some(now + secs(5)));
    }

    #[test]
    fn a_ready_probe_closes_it_and_a_mail_resets_the_wait() {
        let now = Instant::now();
        let mut circuit = closed(now);
        let era = ready(&mut circuit, now);
        circuit.unready(era, now, MID);
        ready(&mut circuit, now + secs(5));
        assert!(circuit.is_closed());

        // A session that is ready but refused again (530) goes on doubling.
        let era = ready(&mut circuit, now);
        circuit.unready(era, now, MID);
        assert_eq!(circuit.probe_at(), Some(now + secs(10)));
        ready(&mut circuit, now + secs(10));
        let era = ready(&mut circuit, now);
        circuit.answered();
        circuit.unready(era, now, MID);
        assert_eq!(circuit.probe_at(), Some(now + secs(5)));
    }

    #[test]
    fn only_a_probe_closes_an_open_circuit() {
        let now = Instant::now();
        let mut circuit = closed(now);
        let under_way = circuit.admit(now);
        let era = ready(&mut circuit, now);
        circuit.unready(era, now, MID);

        assert_eq!(circuit.ready(under_way), None);

        assert_eq!(circuit.admit(now), Admission::NotBefore(now + secs(5)));
    }

    #[test]
    fn what_was_there_before_it_opened_does_not_open_it_again() {
        let now = Instant::now();
        let mut circuit = closed(now);
        let (under_way, kept) = (circuit.admit(now), ready(&mut circuit, now));
        circuit.unready(kept, now, MID);
        circuit.unready(kept, now, MID);
        ready(&mut circuit, now + secs(5));

        circuit.failed(under_way, now, MID);
        circuit.unready(kept, now, MID);

        assert!(circuit.is_closed());
        let era = ready(&mut circuit, now);
        circuit.unready(era, now, MID);
        assert_eq!(circuit.probe_at(), Some(now + secs(10)), "the second opening, not the fifth");
    }

    #[test]
    fn an_abandoned_probe_leaves_its_place_to_another() {
        let now = Instant::now();
        let mut circuit = Circuit::new(now);
        let probe = circuit.admit(now);

        circuit.abandoned(probe);

        assert_eq!(circuit.admit(now), Admission::Probe);
    }

    /// A circuit of which `sessions` are ready, and one more was refused at `now`.
    fn full(now: Instant, sessions: usize) -> Circuit {
        let mut circuit = Circuit::new(now);
        for _ in 0..sessions {
            ready(&mut circuit, now);
        }
        let one_more = circuit.admit(now);
        circuit.failed(one_more, now, MID);
        circuit
    }

    #[test]
    fn a_connection_refused_beside_ready_sessions_opens_nothing() {
        let now = Instant::now();
        let mut circuit = full(now, 5);

        assert!(circuit.is_closed());
        assert_eq!(circuit.admit(now), Admission::NotBefore(now + secs(5)));
    }

    #[test]
    fn a_connection_refused_before_the_others_are_ready_opens_nothing() {
        let now = Instant::now();
        let mut circuit = closed(now);
        let [first, second, third] = [(); 3].map(|()| circuit.admit(now));

        circuit.failed(third, now, MID);
        assert!(circuit.ready(first).is_some() && circuit.ready(second).is_some());

        assert!(circuit.is_closed());
        assert_eq!(circuit.admit(now), Admission::NotBefore(now + secs(5)));
    }

    #[test]
    fn one_more_is_tried_alone_after_waits_that_double_and_lets_the_others_follow() {
        let mut now = Instant::now();
        let mut circuit = full(now, 5);

        for waited in [5, 10, 20] {
            assert_eq!(circuit.admit(now), Admission::NotBefore(now + secs(waited)));
            now += secs(waited);
            let one_more = circuit.admit(now);
            assert_eq!(circuit.admit(now), Admission::AfterOthers);
            circuit.failed(one_more, now, MID);
        }
        now += secs(40);
        ready(&mut circuit, now);

        for _ in 0..CONNECTING_MAX {
            assert!(matches!(circuit.admit(now), Admission::Go(_)));
        }
    }

    #[test]
    fn a_session_that_ended_is_made_up_at_once() {
        let now = Instant::now();
        let mut circuit = full(now, 5);

        circuit.left();
        ready(&mut circuit, now);

        assert_eq!(circuit.admit(now), Admission::NotBefore(now + secs(5)));
    }

    #[test]
    fn with_the_last_session_gone_a_refusal_opens_it() {
        let now = Instant::now();
        let mut circuit = full(now, 2);

        for is_closed in [true, false] {
            circuit.left();
            let again = circuit.admit(now);
            circuit.failed(again, now, MID);
            assert_eq!(circuit.is_closed(), is_closed);
        }
    }
}
