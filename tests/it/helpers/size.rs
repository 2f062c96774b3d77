//! How large a test is.

/// A number that a longer run may set.
#[expect(clippy::disallowed_methods, reason = "the size of a test is no setting of the program")]
pub(crate) fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}
