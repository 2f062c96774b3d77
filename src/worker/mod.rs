//! The worker: permit → lease → begin → SMTP → settle.
//!
//! `intake` leases no more than there is room for and keeps the leases alive; couriers (`courier`), one per SMTP
//! connection, carry the mails; the `desk` joins their calls to the store into batches. Nothing here knows HTTP.
//!
//! Invariants:
//! - DATA begins only after the store marked the task ([`crate::store::Queue::begin`]), so never while it is away.
//! - A 250 is handed in for recording before anything else; a connection has few on their way (`courier`), and they
//!   stand in the `journal` until they are recorded.
//! - A stop leases nothing more, finishes the mails whose bodies are on their way and gives the rest back untouched.

mod build;
mod courier;
mod desk;
mod holds;
mod intake;
mod journal;
mod parcel;
mod ready;
mod recording;
mod report;
mod upkeep;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono_tz::Tz;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{build::Workbench, courier::Courier, desk::Desk, holds::Holds, journal::Journal, ready::Ready};
use crate::{
    config::WorkerSettings,
    domain::RetryPolicy,
    mail::{
        Composer,
        smtp::{Connector, RelayGate},
    },
    store::SharedStore,
};

/// Where mails go.
#[derive(Debug)]
pub enum Transport {
    /// To the relay.
    Relay {
        /// Makes sessions.
        connector: Box<Connector>,
        /// Knows when the relay may be tried.
        gate: RelayGate,
    },
    /// Into the store's outbox: a development machine.
    Outbox,
}

/// What a worker works with.
#[derive(Debug)]
pub struct Worker {
    /// The queue.
    pub store: SharedStore,
    /// Where mails go.
    pub transport: Transport,
    /// Builds them.
    pub composer: Composer,
    /// Its settings.
    pub settings: WorkerSettings,
    /// `GOMAIL_TIMEZONE`: how periods are named in newsletters.
    pub zone: Tz,
    /// Folder of the journal of deliveries that are not recorded yet.
    pub journal: PathBuf,
    /// Ends when nothing is queued or running.
    pub until_empty: bool,
}

/// What couriers share.
#[derive(Debug)]
struct Shop {
    store: SharedStore,
    transport: Transport,
    workbench: Workbench,
    settings: WorkerSettings,
    ready: Ready,
    holds: Holds,
    desk: Desk,
    issues: parcel::Issues,
    /// Connections of couriers for all lanes.
    general_connections: AtomicUsize,
    pace: Pace,
}

/// How long the relay takes for a mail of late, over all connections: a running mean in microseconds. It decides how many
/// tasks are in hand; how early a connection asks for marks is decided by its own last mail (`courier::chain`).
#[derive(Debug)]
struct Pace(AtomicU64);

impl Pace {
    /// Below this mean the relay is quick.
    const QUICK_MICROS: u64 = 2000;

    fn note(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX / 16);
        let mean = self.0.load(Ordering::Relaxed);
        // Of two at once one may be lost.
        self.0.store(mean - mean / 16 + took / 16, Ordering::Relaxed);
    }

    fn is_quick(&self) -> bool {
        self.0.load(Ordering::Relaxed) < Self::QUICK_MICROS
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self(AtomicU64::new(2 * Self::QUICK_MICROS))
    }
}

impl Shop {
    /// The backoff of a lane.
    fn policy(&self, lane: crate::domain::Lane) -> RetryPolicy {
        let base = match lane {
            crate::domain::Lane::Otp => self.settings.otp_retry_base,
            _ => self.settings.retry_base,
        };
        RetryPolicy { base, max: self.settings.retry_max, max_age: self.settings.max_age }
    }

    /// Couriers for all lanes; the rest carries codes only.
    fn general_couriers(&self) -> usize {
        self.settings.concurrency - self.settings.reserved_for_codes()
    }
}

impl Worker {
    /// Works until `soft` is cancelled (or, with `until_empty`, nothing is left), then finishes what is in hand.
    ///
    /// Dropped midway, or at `hard`: what is open stays leased and comes back when its lease ends.
    ///
    /// # Errors
    /// When the journal's folder cannot be used.
    pub async fn run(
        self,
        soft: CancellationToken,
        hard: CancellationToken,
        tracker: TaskTracker,
    ) -> std::io::Result<()> {
        let journal = Journal::open(&self.journal)?;
        let (desk, desk_work) = Desk::new(self.store.clone(), journal);
        let shop = Arc::new(Shop {
            store: self.store,
            transport: self.transport,
            workbench: Workbench::new(self.composer, self.zone),
            settings: self.settings,
            ready: Ready::default(),
            holds: Holds::default(),
            desk,
            issues: parcel::Issues::default(),
            general_connections: AtomicUsize::new(0),
            pace: Pace::default(),
        });

        let helpers = CancellationToken::new();
        let _stop_helpers_at_the_end = helpers.clone().drop_guard();
        tracker.spawn(desk_work.run(hard.clone()));
        tracker.spawn(intake::keep_leases(shop.clone(), helpers.clone()));
        tracker.spawn(upkeep::run(shop.store.clone(), helpers));

        let couriers = TaskTracker::new();
        let general = shop.general_couriers();
        for number in 0..shop.settings.concurrency {
            let courier = Courier::new(shop.clone(), number, number >= general, soft.clone());
            let hard = hard.clone();
            // Boxed: a session's future is large, and most of a courier's life is waiting.
            let carrying = Box::pin(courier.run());
            couriers.spawn(async move { hard.run_until_cancelled_owned(carrying).await });
        }
        couriers.close();

        intake::run(&shop, &soft, self.until_empty).await;
        // Whatever ended the intake, the couriers must see it too.
        soft.cancel();
        intake::give_back(&shop).await;
        couriers.wait().await;
        // One may have put a task into `ready` after it was emptied.
        intake::give_back(&shop).await;
        Ok(())
    }
}

/// How long a loop rests after the store did not answer: short, and no two workers in step.
fn pause_after_failure(failures: u32) -> Duration {
    let ceiling = Duration::from_millis(100).saturating_mul(1 << failures.min(4)).min(Duration::from_secs(1));
    ceiling.mul_f64(0.5 + 0.5 * chance())
}

/// A random number in `0.0..1.0`; for jitter, not for secrets.
fn chance() -> f64 {
    use std::hash::{BuildHasher as _, RandomState};
    let bits = RandomState::new().hash_one(0_u8) >> 11;
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    let (bits, range) = (bits as f64, (1_u64 << 53) as f64);
    bits / range
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mail_makes_no_pace() {
        let pace = Pace::default();
        assert!(!pace.is_quick());
        (0..100).for_each(|_| pace.note(Duration::from_micros(500)));
        assert!(pace.is_quick());

        pace.note(Duration::from_millis(10));
        assert!(pace.is_quick());
        (0..100).for_each(|_| pace.note(Duration::from_millis(3)));

        assert!(!pace.is_quick());
    }

    #[test]
    fn chance_is_a_unit_and_varies() {
        let picks: Vec<f64> = (0..100).map(|_| chance()).collect();

        assert!(picks.iter().all(|pick| (0.0..1.0).contains(pick)));
        assert!(picks.windows(2).any(|pair| (pair[0] - pair[1]).abs() > f64::EPSILON));
    }

    #[test]
    fn loops_come_back_within_a_second() {
        assert!((0..40).all(|failures| pause_after_failure(failures) <= Duration::from_secs(1)));
    }
}
