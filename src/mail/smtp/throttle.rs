//! How many sessions may be used: a relay that asks for less gets less, and step by step as much as before.
//!
//! Time is an argument. [`super::RelayGate`] shares one between tasks.

use std::time::Duration;

use tokio::time::Instant;

/// A burst of 421s from many sessions is one event.
const THROTTLE_PAUSE: Duration = Duration::from_secs(1);
/// Time without a complaint that earns one more session, when deliveries do not earn it sooner.
const THROTTLE_RECOVERY: Duration = Duration::from_secs(10);

/// The first and the longest pause of all sessions when new ones get nothing but complaints.
const REST: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));

/// The throttle of one relay.
#[derive(Debug)]
pub(super) struct Throttle {
    /// Sessions allowed; `None` without a limit.
    limit: Option<usize>,
    /// Deliveries since the limit last moved.
    delivered: usize,
    /// When the limit last moved.
    moved_at: Instant,
    /// No session should be used until then.
    rest_until: Instant,
    /// Rests since the last delivery.
    rests: u32,
}

impl Throttle {
    /// A throttle without a limit.
    #[must_use]
    pub(super) fn new(now: Instant) -> Self {
        Self { limit: None, delivered: 0, moved_at: now, rest_until: now, rests: 0 }
    }

    /// How many of `max` sessions may be used now: at least 1, but for a rest.
    pub(super) fn allowed_sessions(&mut self, now: Instant, max: usize) -> usize {
        if now < self.rest_until { 0 } else { self.share(now, max) }
    }

    fn share(&mut self, now: Instant, max: usize) -> usize {
        let Some(limit) = self.limit else { return max.max(1) };
        let earned = now.saturating_duration_since(self.moved_at).as_secs() / THROTTLE_RECOVERY.as_secs();
        let allowed = limit.saturating_add(usize::try_from(earned).unwrap_or(usize::MAX));
        if allowed >= max && max != usize::MAX {
            self.limit = None;
        }
        allowed.min(max).max(1)
    }

    /// The relay asked for less (421, 4.7.x, 4.2.1) while `max` sessions were wanted: halves what is allowed.
    pub(super) fn throttled(&mut self, now: Instant, max: usize) {
        let is_same_burst = self.limit.is_some() && now < self.moved_at + THROTTLE_PAUSE;
        self.delivered = 0;
        if !is_same_burst {
            self.limit = Some((self.share(now, max) / 2).max(1));
            self.moved_at = now;
        }
    }

    /// One session is enough to try with.
    pub(super) fn one(&mut self, now: Instant) {
        (self.limit, self.delivered, self.moved_at) = (Some(1), 0, now);
    }

    /// A session was throttled before it delivered a mail. Without a rest every new connection would be, as fast as
    /// they can be made. Each rest is twice the one before, until a mail is accepted.
    pub(super) fn fruitless(&mut self, now: Instant) {
        if now >= self.rest_until {
            self.rest_until = now + REST.1.min(REST.0 * 2_u32.pow(self.rests.min(8)));
            self.rests += 1;
        }
    }

    /// The relay took a mail: after as many as there are sessions allowed, one more is.
    pub(super) fn delivered(&mut self, now: Instant) {
        (self.rest_until, self.rests) = (now, 0);
        let Some(limit) = self.limit else { return };
        self.delivered += 1;
        if self.delivered >= limit {
            self.limit = Some(self.share(now, usize::MAX).saturating_add(1));
            self.delivered = 0;
            self.moved_at = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_halve_the_sessions_and_deliveries_bring_them_back_one_by_one() {
        let mut now = Instant::now();
        let mut throttle = Throttle::new(now);
        assert_eq!(throttle.allowed_sessions(now, 32), 32);

        for want in [16, 8, 4, 2, 1, 1] {
            throttle.throttled(now, 32);
            throttle.throttled(now, 32);
            assert_eq!(throttle.allowed_sessions(now, 32), want);
            now += THROTTLE_PAUSE;
        }

        for want in 2..=32 {
            for _ in 1..want {
                throttle.delivered(now);
            }
            assert_eq!(throttle.allowed_sessions(now, 32), want);
        }
    }

    #[test]
    fn fruitless_sessions_make_all_rest_longer_and_longer_until_a_mail_is_taken() {
        let mut now = Instant::now();
        let mut throttle = Throttle::new(now);
        for rest in [500, 1000, 2000, 4000, 5000, 5000].map(Duration::from_millis) {
            throttle.fruitless(now);
            throttle.fruitless(now);
            assert_eq!(throttle.allowed_sessions(now + rest - Duration::from_millis(1), 4), 0);
            now += rest;
            assert_eq!(throttle.allowed_sessions(now, 4), 4);
        }
        throttle.fruitless(now);

        throttle.delivered(now);

        assert_eq!(throttle.allowed_sessions(now, 4), 4);
        throttle.fruitless(now);
        assert_eq!(throttle.allowed_sessions(now + REST.0, 4), 4);
    }

    #[test]
    fn a_quiet_time_brings_sessions_back_too() {
        let now = Instant::now();
        let mut throttle = Throttle::new(now);
        throttle.throttled(now, 4);
        assert_eq!(throttle.allowed_sessions(now, 4), 2);

        assert_eq!(throttle.allowed_sessions(now + THROTTLE_RECOVERY, 4), 3);
        assert_eq!(throttle.allowed_sessions(now + THROTTLE_RECOVERY * 2, 4), 4);
    }
}
