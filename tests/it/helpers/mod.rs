//! What the integration tests share.

pub(crate) mod build;
pub(crate) mod peer;
pub(crate) mod store;
pub(crate) mod stub;
pub(crate) mod verbs;
