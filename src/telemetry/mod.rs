//! What gomail tells about itself: metrics and logs.

pub mod metrics;
