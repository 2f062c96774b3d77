//! A place where connections wait until the test lets them go on.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

/// Closed until opened; then it stays open.
#[derive(Debug, Clone)]
pub(crate) struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    is_open: watch::Sender<bool>,
    came: watch::Sender<usize>,
}

impl Gate {
    /// A closed gate.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner { is_open: watch::Sender::new(false), came: watch::Sender::new(0) }))
    }

    /// Lets everyone go on, those who wait and those who come.
    pub(crate) fn open(&self) {
        self.0.is_open.send_replace(true);
    }

    /// Waits until `n` connections have come to the gate.
    ///
    /// # Panics
    /// After 30 s.
    pub(crate) async fn wait_for(&self, n: usize) {
        let mut came = self.0.came.subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(30), came.wait_for(|came| *came >= n)).await;
        assert!(waited.is_ok(), "{n} connections were waited for, {} came", *self.0.came.borrow());
    }

    pub(super) async fn pass(&self) {
        self.0.came.send_modify(|came| *came += 1);
        // The sender lives as long as we do.
        let _ = self.0.is_open.subscribe().wait_for(|is_open| *is_open).await;
    }
}
