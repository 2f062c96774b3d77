//! Why an input was refused, and where.

use std::fmt;

/// What kind of fault an input has. The API maps each to its error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// A required field is absent.
    Missing,
    /// A field is there but its value breaks a rule.
    Invalid,
    /// A field that nobody knows.
    Unknown,
}

/// A refused input: the field, in dotted form (`payload.length`), and one plain sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Dotted path of the field, empty when the whole input is meant.
    pub field: String,
    /// The kind of fault.
    pub problem: Problem,
    /// One sentence for a person; never repeats the refused value.
    pub message: String,
}

impl Invalid {
    /// A value that breaks a rule.
    #[must_use]
    pub fn value(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), problem: Problem::Invalid, message: message.into() }
    }

    /// A required field that is absent.
    #[must_use]
    pub fn missing(field: &str) -> Self {
        Self { field: field.to_owned(), problem: Problem::Missing, message: format!("{field} is required") }
    }

    /// A field that nobody knows.
    #[must_use]
    pub fn unknown(field: &str) -> Self {
        let shown = if field.is_empty() { "\"\"" } else { field };
        Self { field: field.to_owned(), problem: Problem::Unknown, message: format!("{shown} is not a known field") }
    }

    /// The same refusal, said of `field`.
    ///
    /// Domain parsers do not know where their value stood in a request; the caller does.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        field.clone_into(&mut self.field);
        self
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.field, self.message) }
    }
}

impl std::error::Error for Invalid {}

/// Whether the text holds a control character (or a Unicode line separator).
///
/// Everything that becomes a header goes through this: a CR or LF there is a header injection.
#[must_use]
pub fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}
