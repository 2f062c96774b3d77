//! The HTTP API, asked over real connections.

mod accounts;
mod connections;
mod contract;
mod idempotency;
mod newsletters;
mod ownership;
mod posting;
mod refusals;
