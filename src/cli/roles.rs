//! The roles: what `up`, `serve`, `worker` and `scheduler` put together and run.

use std::process::ExitCode;

use anyhow::bail;

use crate::config::Settings;

/// All roles in one process.
#[expect(clippy::unused_async, reason = "not built yet")]
pub(super) async fn up(_settings: Settings) -> anyhow::Result<ExitCode> {
    bail!("not built yet")
}

/// The API.
#[expect(clippy::unused_async, reason = "not built yet")]
pub(super) async fn serve(_settings: Settings) -> anyhow::Result<ExitCode> {
    bail!("not built yet")
}

/// The worker; with `until_empty` it ends when nothing is queued or running.
#[expect(clippy::unused_async, reason = "not built yet")]
pub(super) async fn worker(_settings: Settings, _until_empty: bool) -> anyhow::Result<ExitCode> {
    bail!("not built yet")
}

/// The scheduler.
#[expect(clippy::unused_async, reason = "not built yet")]
pub(super) async fn scheduler(_settings: Settings) -> anyhow::Result<ExitCode> {
    bail!("not built yet")
}

/// For `gomail doctor`: opens the store and checks it. Answers what it found, or what is wrong.
#[expect(clippy::unused_async, reason = "not built yet")]
pub(super) async fn check_store(_settings: &Settings) -> Result<String, String> {
    Err("not built yet".to_owned())
}
