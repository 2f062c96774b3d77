//! Settings that cannot be used, all of them at once.

use std::fmt;

use super::Source;

/// One bad setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSetting {
    /// Its name.
    pub name: String,
    /// Where its value came from.
    pub source: Source,
    /// What is wrong; repeats a value only if it is no secret.
    pub message: String,
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            Source::Default => write!(f, "{}: {}", self.name, self.message),
            source => write!(f, "{} ({source}): {}", self.name, self.message),
        }
    }
}

/// Every bad setting of a start, in the order of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSettings(pub Vec<BadSetting>);

impl fmt::Display for BadSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("1 bad setting")?,
            count => write!(f, "{count} bad settings")?,
        }
        for bad in &self.0 {
            write!(f, "\n  {bad}")?;
        }
        Ok(())
    }
}

impl std::error::Error for BadSettings {}
