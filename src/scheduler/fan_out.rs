//! Fan-out: from a run to its tasks, a bounded step at a time.

use crate::{
    domain::RunId,
    store::{SharedStore, StoreError},
};

/// Subscriptions a step.
const STEP: u32 = 1000;
/// Newsletter tasks that may wait before a fan-out rests: a million subscribers never sit in the queue at once.
const HIGH_WATER: u64 = 100_000;

/// Goes on with every open run until it is done or the queue is full.
pub(super) async fn all(store: &SharedStore) -> Result<(), StoreError> {
    for run in store.open_runs().await? {
        match one(store, run).await {
            // It is one run's own: the others go on.
            Err(StoreError::Fault(error)) => {
                tracing::error!(gomail.run.id = %run, error.message = error, "the mails of a run cannot be queued");
            }
            fanned_out => fanned_out?,
        }
    }
    Ok(())
}

async fn one(store: &SharedStore, run: RunId) -> Result<(), StoreError> {
    let mut created = 0;
    loop {
        let step = store.fan_out(run, STEP, HIGH_WATER).await?;
        created += step.created;
        if step.is_done {
            tracing::info!(event.action = "fan-out", gomail.run.id = %run, gomail.tasks = created, "every mail of a run is queued");
        }
        if step.is_done || step.created == 0 {
            return Ok(());
        }
    }
}
