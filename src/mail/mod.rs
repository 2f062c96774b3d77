//! Building mails and handing them to a relay.

mod compose;
mod dkim;
mod mime;
pub mod outcome;
pub mod smtp;

pub use compose::{ComposeError, Composed, Composer, Issue};
