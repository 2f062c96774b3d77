//! The JSON that the API and its client share.
//!
//! Requests become domain values here, answers are plain structs ([`answer`]). Field names and shapes are
//! DESIGN §4 and §13; the first six paths keep the shapes of the service this one succeeds.

pub mod answer;
