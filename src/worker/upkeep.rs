//! Upkeep: deletes what is past its retention.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::store::{SharedStore, StoreError};

/// How often the store is pruned.
const PRUNE_INTERVAL: Duration = Duration::from_mins(1);
/// Tasks deleted in one step; few, so that no other call waits long behind it.
const PRUNE_BATCH: u32 = 500;

/// Prunes until stopped.
pub(super) async fn run(store: SharedStore, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(PRUNE_INTERVAL)).await.is_some() {
        loop {
            match store.prune(PRUNE_BATCH).await {
                Ok(pruned) if pruned.has_more && !stop.is_cancelled() => {}
                Ok(_) => break,
                Err(StoreError::Fault(error)) => {
                    tracing::error!(error.message = error, "ended tasks cannot be pruned");
                    break;
                }
                Err(error) => {
                    tracing::debug!(error.message = %error, "nothing is pruned now");
                    break;
                }
            }
        }
    }
}
