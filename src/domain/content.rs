//! A content type: a named newsletter template.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Invalid, Subject, Timestamp, has_control};

/// The name of a content type, 1–128 characters, no control characters, no `/`; not `.` and `..`, which no path can hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentTypeName(String);

impl ContentTypeName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`Invalid`] when it is empty, over 128 characters, or holds a control character, `/`, or outer spaces, or is `.` or `..`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || text.chars().count() > 128 {
            return Err(Invalid::value("content_type", "must be 1 to 128 characters"));
        }
        if has_control(text) || text.contains('/') || text.trim() != text {
            return Err(Invalid::value(
                "content_type",
                "must hold no control characters, no slash and no outer spaces",
            ));
        }
        if matches!(text, "." | "..") {
            return Err(Invalid::value("content_type", "must not be . or .."));
        }
        Ok(Self(text.to_owned()))
    }

    /// A name that a store kept.
    #[must_use]
    pub fn trusted(text: String) -> Self {
        Self(text)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentTypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A content type as kept: its templates and when they changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The name.
    pub content_type: ContentTypeName,
    /// Subject template.
    pub subject: Subject,
    /// Body template: HTML if it holds markup, else text.
    pub content: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_stand_in_a_path() {
        for fits in ["weekly", "a.b", "...", ".a", "Neues & Altes"] {
            assert!(ContentTypeName::parse(fits).is_ok(), "{fits:?}");
        }
        for unfit in ["", " a", "a/b", "a\n", ".", ".."] {
            assert!(ContentTypeName::parse(unfit).is_err(), "{unfit:?}");
        }
    }
}
