//! Hints that end idle waiting.

use tokio::sync::watch;

/// A hint, never a promise: "something may be due". Losing one costs at most a second, since every loop also polls.
///
/// A hint given while nobody waits is kept for the next wait, so none is lost between a look and a wait.
#[derive(Debug, Clone)]
pub struct Wake(watch::Sender<u64>);

impl Wake {
    /// A source of hints.
    #[must_use]
    pub fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Gives the hint.
    pub fn notify(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Listens from now on: `changed().await` returns at the next hint. Cancel safe.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

impl Default for Wake {
    fn default() -> Self {
        Self::new()
    }
}
