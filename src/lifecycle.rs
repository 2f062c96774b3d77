//! From signal to exit code: soft stop, grace, hard stop.
//!
//! Soft: take nothing new, finish what is in hand. Hard: give up what is still open; the store takes it back when its
//! lease ends. A second signal is a hard stop at once. Every task of the process is spawned here, so that a stop can
//! wait for it.

use std::{
    future::Future,
    io,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long the work in hand may take after a soft stop.
pub const GRACE: Duration = Duration::from_secs(30);

/// The life of one process.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    soft: CancellationToken,
    hard: CancellationToken,
    tracker: TaskTracker,
    /// Vital parts that have not ended well.
    unfinished: Arc<AtomicUsize>,
}

/// A vital part has failed and has logged why.
#[derive(Debug, Clone, Copy)]
pub struct Failed;

impl Lifecycle {
    /// A lifecycle in which nothing has been started.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancelled when nothing new may begin.
    #[must_use]
    pub fn soft(&self) -> CancellationToken {
        self.soft.clone()
    }

    /// Cancelled when everything ends at once.
    #[must_use]
    pub fn hard(&self) -> CancellationToken {
        self.hard.clone()
    }

    /// Where tasks are spawned that a stop waits for.
    #[must_use]
    pub fn tracker(&self) -> TaskTracker {
        self.tracker.clone()
    }

    /// Spawns a part of the process; its end, whatever the reason, is a soft stop of the rest. A part that fails or panics
    /// makes the process fail.
    pub fn spawn_vital(&self, part: impl Future<Output = Result<(), Failed>> + Send + 'static) {
        let (soft, unfinished) = (self.soft.clone(), Arc::clone(&self.unfinished));
        unfinished.fetch_add(1, Ordering::SeqCst);
        self.tracker.spawn(async move {
            let _stop_on_end = soft.drop_guard();
            if part.await.is_ok() {
                unfinished.fetch_sub(1, Ordering::SeqCst);
            }
        });
    }

    /// Runs until a signal or a vital part's end, then until everything spawned has ended or the grace is over.
    ///
    /// Success when all ended in time, 1 when a vital part failed or something had to be cut off.
    ///
    /// # Errors
    /// When the signal handlers cannot be installed.
    pub async fn run(self, grace: Duration) -> io::Result<ExitCode> {
        let mut signals = Signals::install()?;
        tokio::select! {
            biased;
            () = self.soft.cancelled() => {}
            name = signals.next() => tracing::info!(signal = name, "stopping: finishing what is in hand"),
        }
        self.soft.cancel();
        self.tracker.close();
        tokio::select! {
            biased;
            () = self.tracker.wait() => {
                let is_well = self.unfinished.load(Ordering::SeqCst) == 0;
                return Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            name = signals.next() => tracing::warn!(signal = name, "stopping at once"),
            () = tokio::time::sleep(grace) => tracing::warn!("the grace is over: stopping at once"),
        }
        self.hard.cancel();
        // What is cancelled needs a moment to drop; a task that does not is abandoned with the process.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.tracker.wait()).await;
        Ok(ExitCode::FAILURE)
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn install() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_of_a_vital_part_stops_the_rest_and_waits_for_it() {
        let life = Lifecycle::new();
        let soft = life.soft();
        let (done, finished) = tokio::sync::oneshot::channel();
        life.tracker().spawn(async move {
            soft.cancelled().await;
            done.send(()).expect("the test waits");
        });

        life.spawn_vital(async { Ok(()) });

        assert_eq!(life.run(GRACE).await.unwrap(), ExitCode::SUCCESS);
        finished.await.unwrap();
    }

    #[tokio::test]
    async fn a_vital_part_that_fails_or_panics_makes_the_process_fail() {
        for panics in [false, true] {
            let life = Lifecycle::new();

            life.spawn_vital(async move { if panics { panic!("a vital part") } else { Err(Failed) } });

            assert_eq!(life.run(GRACE).await.unwrap(), ExitCode::FAILURE);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_end_is_cut_off_after_the_grace() {
        let life = Lifecycle::new();
        let hard = life.hard();
        life.tracker().spawn(async move { hard.cancelled().await });

        life.spawn_vital(async { Ok(()) });

        assert_eq!(life.run(GRACE).await.unwrap(), ExitCode::FAILURE);
    }
}
