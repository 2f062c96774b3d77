//! How often a newsletter goes out.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Invalid;

/// How often a subscriber gets an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Frequency {
    /// Every UTC hour.
    #[serde(rename = "@hourly")]
    Hourly,
    /// Every day, from midnight in the configured zone.
    #[serde(rename = "@daily")]
    Daily,
    /// Every week, from Sunday midnight in the configured zone.
    #[serde(rename = "@weekly")]
    Weekly,
    /// Every month, from midnight of the first in the configured zone.
    #[serde(rename = "@monthly")]
    Monthly,
}

impl Frequency {
    /// All frequencies, shortest first.
    pub const ALL: [Self; 4] = [Self::Hourly, Self::Daily, Self::Weekly, Self::Monthly];

    /// The word clients use: `@hourly`, `@daily`, `@weekly`, `@monthly`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hourly => "@hourly",
            Self::Daily => "@daily",
            Self::Weekly => "@weekly",
            Self::Monthly => "@monthly",
        }
    }

    /// Parses a frequency.
    ///
    /// # Errors
    /// [`Invalid`] for any other word.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|frequency| frequency.as_str() == text)
            .ok_or_else(|| Invalid::value("", "must be @hourly, @daily, @weekly or @monthly"))
    }
}

impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
