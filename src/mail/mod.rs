//! From a task to a mail in the relay's hands, and what its answer means.
//!
//! [`smtp`] carries bytes to the relay, one step at a time; [`outcome`] is the one place that decides what becomes
//! of a task afterwards.

pub mod outcome;
pub mod smtp;
