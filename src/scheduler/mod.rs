//! The scheduler: tick → run → fan-out.
//!
//! tokio-cron-scheduler is only the ticker, and it ticks in UTC. What is due is read from the store, and what is done is
//! a compare-and-set there: any number of schedulers may run, and any may die between two steps.

mod fan_out;
mod tick;

use std::time::Duration;

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
        let mut next_boundary = None;
        let mut is_away = false;
        while !soft.is_cancelled() {
            hints.mark_unchanged();
            match self.step(&mut next_boundary).await {
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
    async fn step(&self, next_boundary: &mut Option<Timestamp>) -> Result<(), StoreError> {
        let now = self.store.now().await?;
        // Between two boundaries no period begins, whatever the series: nothing to read.
        if next_boundary.is_none_or(|boundary| now >= boundary) {
            tick::all(&self.store, &self.settings, now).await?;
            *next_boundary = Some(self.boundary_after(now));
        }
        fan_out::all(&self.store).await
    }

    /// The first moment after `now` at which a period of any frequency begins.
    fn boundary_after(&self, now: Timestamp) -> Timestamp {
        let zone = self.settings.zone;
        Frequency::ALL
            .into_iter()
            .map(|frequency| Period::containing(frequency, now, zone).next(zone).start)
            .min()
            .unwrap_or(now)
    }
}
