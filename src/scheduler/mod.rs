//! The scheduler: tick → run → fan-out.
//!
//! tokio-cron-scheduler is only the ticker, and it ticks in UTC. What is due is read from the store, and what is done is
//! a compare-and-set there: any number of schedulers may run, and any may die between two steps.

mod fan_out;
mod tick;

use std::time::Duration;

use chrono_tz::Tz;
use tokio::sync::mpsc;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;

use crate::{
    config::SchedulerSettings,
    domain::{Frequency, Period, Timestamp},
    store::{SharedStore, StoreError},
};

/// When the ticker ticks: every second, so that a period's issue begins within a second of its start.
const EVERY_SECOND: &str = "* * * * * *";
/// The ticker's pulse should come each second; without one for this long the loop goes on by itself.
const PULSE_LOST: Duration = Duration::from_secs(3);
/// How often the series are read though no period begins: a subscription may be applied late, and a period may be left to a
/// scheduler that died.
const LOOK_INTERVAL: Duration = Duration::from_mins(1);

/// A scheduler.
#[derive(Debug)]
pub struct Scheduler {
    /// The truth.
    pub store: SharedStore,
    /// Zone and catch-up policy.
    pub settings: SchedulerSettings,
    /// Follow every hint of the store, not only the ticker: time is moved by hand.
    pub test_clock: bool,
}

impl Scheduler {
    /// Schedules until `soft`. Cancel safe: each step is one atomic step of the store.
    ///
    /// # Errors
    /// When the ticker cannot be started.
    pub async fn run(self, soft: CancellationToken) -> Result<(), JobSchedulerError> {
        let (pulse, mut pulses) = mpsc::channel(1);
        let mut ticker = JobScheduler::new().await?;
        ticker
            .add(Job::new(EVERY_SECOND, move |_, _| {
                // A full channel means that a pulse waits already.
                let _ = pulse.try_send(());
            })?)
            .await?;
        ticker.start().await?;

        let mut hints = self.store.wake().subscribe();
        let mut looked = None;
        let mut is_away = false;
        while !soft.is_cancelled() {
            hints.mark_unchanged();
            match self.step(&mut looked).await {
                Ok(()) if is_away => {
                    tracing::info!("the store is back: scheduling goes on");
                    is_away = false;
                }
                Ok(()) => {}
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error.message = %error, "nothing can be scheduled now; trying until it can");
                    }
                    is_away = true;
                }
            }
            tokio::select! {
                biased;
                () = soft.cancelled() => {}
                _ = pulses.recv() => {}
                _ = hints.changed(), if self.test_clock => {}
                () = tokio::time::sleep(PULSE_LOST) => {}
            }
        }
        ticker.shutdown().await
    }

    /// Ticks every series whose period has come, then goes on with every open fan-out.
    async fn step(&self, looked: &mut Option<Timestamp>) -> Result<(), StoreError> {
        let now = self.store.now().await?;
        if looked.is_none_or(|looked| is_look_due(looked, now, self.settings.zone)) {
            tick::all(&self.store, &self.settings, now).await?;
            *looked = Some(now);
        }
        fan_out::all(&self.store).await
    }
}

/// Whether the series are to be read again after `looked`. Between two boundaries no period begins, whatever the series; a
/// clock that was set back has boundaries anew.
fn is_look_due(looked: Timestamp, now: Timestamp, zone: Tz) -> bool {
    let next = boundary_after(looked, zone).min(looked.plus(LOOK_INTERVAL));
    now >= next || now < looked
}

/// The first moment after `now` at which a period of any frequency begins.
fn boundary_after(now: Timestamp, zone: Tz) -> Timestamp {
    let next = |frequency| Period::containing(frequency, now, zone).next(zone).start;
    Frequency::ALL.into_iter().map(next).min().unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_read_at_boundaries_once_a_minute_and_after_a_clock_was_set_back() {
        let at = |text: &str| Timestamp::parse(&format!("2026-11-30T{text}Z")).unwrap();
        let is_due = |looked, now| is_look_due(at(looked), at(now), Tz::UTC);

        assert!(!is_due("10:20:00", "10:20:59"));
        assert!(is_due("10:20:00", "10:21:00"), "a subscription may have been applied late");
        assert!(!is_due("10:59:30", "10:59:59"));
        assert!(is_due("10:59:30", "11:00:00"), "an hour begins");
        assert!(is_due("23:20:00", "10:20:00"), "the clock was ahead");
    }
}
