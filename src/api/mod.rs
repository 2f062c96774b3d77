//! The HTTP API, of which `docs/API.md` tells what shapes cannot.
//!
//! [`router`] is the map, one page. A request goes `server` (one connection) → `edge` (request id, origin, log) → router →
//! one handler per route, in one file per resource. Handlers receive domain values and return answers of
//! [`crate::wire::answer`] or an `ApiError`; only `errors` picks a status.
//!
//! This room cannot send mail and knows no worker: it writes to the store and reads from it.

mod accounts;
mod contents;
mod edge;
mod errors;
mod extract;
mod health;
mod openapi;
mod outbox;
mod post;
mod rates;
mod routes;
mod runs;
mod server;
mod state;
mod stream;
mod subscriptions;
mod suppressions;
mod tasks;
mod test_clock;
mod unread;
mod unsubscribe;
mod verify;

pub use routes::router;
pub use server::{serve, serve_probes};
pub use state::{ApiParts, ApiState, Limits};
