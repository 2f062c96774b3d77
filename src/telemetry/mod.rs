//! What gomail tells about itself: metrics and logs.

pub mod logs;
pub mod metrics;
mod sink;

pub use sink::SinkGuard;
