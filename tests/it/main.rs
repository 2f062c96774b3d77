//! The integration tests, one binary: against a real SMTP peer that can misbehave.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on ends its test")]

mod helpers;
mod smtp;
