//! The SMTP client: one [`Session`] per connection, step by step.
//!
//! A [`Connector`] is built once from the settings and makes sessions; a [`RelayGate`], shared by all who connect,
//! says when they may. The laws:
//!
//! - Replies are counted strictly. The reply to the final dot is the one after the 354, never one meant for another
//!   step, and only 2xx there is a delivery.
//! - A session that saw a timeout, a broken link, nonsense, a 421, or whose future was dropped midway is dead.
//! - Each step has its own timeout.
//! - One round trip per mail where the relay offers PIPELINING (RFC 2920): body, final dot and the next mail's
//!   envelope leave in one write.
//! - A password never crosses a plain link off the machine.

mod auth;
mod breaker;
mod capabilities;
mod connect;
mod failure;
mod gate;
mod link;
mod reply;
mod session;
mod stream;
mod throttle;
mod tls;
mod wire;

use crate::domain::Address;

pub use connect::{Connector, ConnectorError};
pub use failure::Failure;
pub use gate::{Pass, RelayGate, Seat};
pub use reply::Reply;
pub use session::Session;

/// Who a mail is from and for, as the relay is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The return path.
    pub from: Address,
    /// The one recipient.
    pub to: Address,
    /// Length of the mail in bytes; 0 when not known. Compared with the relay's SIZE (RFC 1870).
    pub size: usize,
}
