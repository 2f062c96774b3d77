//! One link to Redis: connected when first needed, and again after it broke.
//!
//! A link that broke, or on which an answer did not come in time, is dropped; the next call connects anew (and asks the
//! sentinels anew). Failed attempts are spaced, 50 ms to half a second apart, and answered at once in between, so a
//! server that is back is found within half a second and a server that is away costs nobody a wait.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::{
    fault::store_error,
    target::{CONNECT, Connection, Target},
};
use crate::store::StoreError;

/// The first and the longest time between two attempts to connect.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(500));

/// A link to Redis.
pub(super) struct Link {
    target: Arc<Target>,
    slot: RwLock<Slot>,
    /// Held while connecting, so that one call connects and the others wait for it.
    dial: Mutex<Dial>,
}

/// The connection in use.
struct Slot {
    /// Tells an old connection's failure from the present one's.
    generation: u64,
    connection: Option<Connection>,
}

/// How connecting has gone.
struct Dial {
    failures: u32,
    not_before: Instant,
    why: String,
}

impl Link {
    /// A link that is not connected yet.
    pub(super) fn new(target: Arc<Target>) -> Self {
        let dial = Dial { failures: 0, not_before: Instant::now(), why: String::new() };
        Self { target, slot: RwLock::new(Slot { generation: 0, connection: None }), dial: Mutex::new(dial) }
    }

    /// The connection, made when there is none, and its generation for [`Link::discard`]. Cancel safe.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot be made.
    pub(super) async fn connection(&self) -> Result<(u64, Connection), StoreError> {
        if let Some(live) = self.live() {
            return Ok(live);
        }
        let mut dial = self.dial.lock().await;
        if let Some(live) = self.live() {
            return Ok(live);
        }
        if Instant::now() < dial.not_before {
            return Err(StoreError::Unavailable(dial.why.clone()));
        }
        let why = match timeout(CONNECT, self.target.connect()).await {
            Ok(Ok(connection)) => {
                dial.failures = 0;
                let mut slot = self.slot.write().unwrap_or_else(PoisonError::into_inner);
                slot.generation += 1;
                slot.connection = Some(connection.clone());
                return Ok((slot.generation, connection));
            }
            Ok(Err(error)) => store_error(&error),
            Err(_) => StoreError::Unavailable("Redis cannot be reached in time".to_owned()),
        };
        let wait = BACKOFF.0 * 2_u32.pow(dial.failures.min(4));
        dial.failures += 1;
        dial.not_before = Instant::now() + wait.min(BACKOFF.1);
        // Even a wrong answer to the greeting may be right after the next restart of the server.
        dial.why = match why {
            StoreError::Unavailable(why) | StoreError::Unfit(why) | StoreError::Fault(why) => why,
            StoreError::Cursor => why.to_string(),
        };
        Err(StoreError::Unavailable(dial.why.clone()))
    }

    fn live(&self) -> Option<(u64, Connection)> {
        let slot = self.slot.read().unwrap_or_else(PoisonError::into_inner);
        slot.connection.clone().map(|connection| (slot.generation, connection))
    }

    /// Drops the connection of that generation, if it is still in use.
    pub(super) fn discard(&self, generation: u64) {
        let mut slot = self.slot.write().unwrap_or_else(PoisonError::into_inner);
        if slot.generation == generation {
            slot.connection = None;
        }
    }

    /// Drops whatever connection is in use.
    pub(super) fn close(&self) {
        self.slot.write().unwrap_or_else(PoisonError::into_inner).connection = None;
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Link").field(&self.target.describe()).finish()
    }
}
