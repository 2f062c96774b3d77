//! The JSON that the API and its client share.
//!
//! Requests become domain values here, answers are plain structs ([`answer`]). Field names and shapes are
//! those of `src/api/openapi.json`; the first six paths keep the shapes of the service this one succeeds.
//!
//! Requests are read by hand and not by derive: every refusal names its dotted field, says whether it is missing,
//! unknown or invalid, and never repeats the refused value.

pub mod answer;
mod fields;
mod payload;
pub mod request;
pub mod task;
