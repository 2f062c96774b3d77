//! What the integration tests share.

pub(crate) mod app;
pub(crate) mod build;
pub(crate) mod dice;
pub(crate) mod peer;
pub(crate) mod process;
pub(crate) mod redis;
pub(crate) mod size;
pub(crate) mod store;
pub(crate) mod stub;
pub(crate) mod verbs;
