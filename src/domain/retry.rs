//! When a failed attempt is tried again, and what an attempt's outcome does to its task.

use std::time::Duration;

use super::Reason;

/// The delay before a message is retried whose outcome after the final dot is unknown.
pub const AFTER_UNKNOWN: Duration = Duration::from_mins(15);

/// Reclaims after which a task is leased alone; one more is its end.
pub const RECLAIMS_ALONE: u32 = 3;

/// Tries of a newsletter mail after the first: no client says how many.
pub const ISSUE_RETRIES: u8 = 5;

/// The backoff of a lane and the age at which a task is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The wait after the first failure.
    pub base: Duration,
    /// The longest wait.
    pub max: Duration,
    /// Age, counted from when the task was due, at which it is not tried again.
    pub max_age: Duration,
}

impl RetryPolicy {
    /// The wait after failure number `failures` (1 for the first): `base·2^(n−1)`, at most `max`, ±20 %.
    ///
    /// `unit` in `0.0..1.0` picks the place within the ±20 %; it is the caller's random number.
    #[must_use]
    pub fn backoff(&self, failures: u32, unit: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(30);
        let wait = self.base.saturating_mul(1 << doublings).min(self.max);
        wait.mul_f64(0.8 + 0.4 * unit.clamp(0.0, 1.0))
    }
}

/// What becomes of a task after an attempt; the store carries it out in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The relay took the mail, or the change is applied.
    Succeeded,
    /// Try again.
    Retry {
        /// How long to wait.
        after: Duration,
        /// Whether one of the task's tries is used up.
        burns_try: bool,
        /// Whether the mail may already be out.
        duplicate_possible: bool,
    },
    /// Dead.
    Failed {
        /// Why.
        reason: Reason,
        /// Whether the address is suppressed from now on (the relay said it does not exist).
        suppress: bool,
    },
    /// Not to be sent.
    Skipped {
        /// Why.
        reason: Reason,
    },
    /// Nobody knows whether the mail is out.
    Uncertain,
    /// Given back untouched: due at once, no try used up, no attempt recorded.
    Release,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: RetryPolicy =
        RetryPolicy { base: Duration::from_secs(10), max: Duration::from_hours(1), max_age: Duration::from_hours(24) };

    #[test]
    fn backoff_doubles_up_to_the_maximum() {
        let waits: Vec<u64> = [1, 2, 3, 9, 10, 40].map(|n| POLICY.backoff(n, 0.5).as_secs()).into();

        assert_eq!(waits, [10, 20, 40, 2560, 3600, 3600]);
    }

    proptest! {
        #[test]
        fn backoff_stays_within_a_fifth(failures in 0_u32..=u32::MAX, unit in 0.0..1.0_f64) {
            let exact = POLICY.backoff(failures, 0.5).as_secs_f64();
            let wait = POLICY.backoff(failures, unit).as_secs_f64();
            prop_assert!((exact * 0.799..=exact * 1.201).contains(&wait));
        }
    }
}
