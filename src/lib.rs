//! gomail takes e-mail off an application's hands.
//!
//! The map of the rooms; `docs/ARCHITECTURE.md` walks one task through them.

pub mod api;
pub mod auth;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod domain;
pub mod lifecycle;
pub mod mail;
pub mod scheduler;
pub mod store;
pub mod telemetry;
pub mod wire;
pub mod worker;
