//! The integration tests: one binary, one module per law, against real parts.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on ends its test")]

mod api;
mod architecture;
mod cli;
mod crash;
mod files;
mod helpers;
mod laws;
mod mime;
mod newsletters;
mod redis;
mod roles;
mod smtp;
mod story;
mod test_clock;
