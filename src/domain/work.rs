//! What a task asks for.

use serde::{Deserialize, Serialize};

use super::{
    Address, CodeLength, ContentTypeName, Frequency, Invalid, Lane, Purpose, TaskType, Timestamp, has_control,
};

/// A subject line: at most 998 bytes, no control characters (RFC 5322 §2.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(String);

impl Subject {
    /// Parses a subject.
    ///
    /// # Errors
    /// [`Invalid`] when it is empty, over 998 bytes, or holds a control character.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.trim().is_empty() {
            return Err(Invalid::value("subject", "must not be empty"));
        }
        if text.len() > 998 {
            return Err(Invalid::value("subject", "must be at most 998 bytes"));
        }
        if has_control(text) {
            return Err(Invalid::value("subject", "must hold no control characters"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The subject as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a body is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// HTML; a text part is made from it.
    Html,
    /// Plain text, sent as it is.
    Text,
}

impl Format {
    /// Parses `html` or `text`.
    ///
    /// # Errors
    /// [`Invalid`] for anything else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "html" => Ok(Self::Html),
            "text" => Ok(Self::Text),
            _ => Err(Invalid::value("format", "must be html or text")),
        }
    }

    /// HTML if `content` holds markup: a `<` followed by a letter, `/` or `!`.
    #[must_use]
    pub fn of(content: &str) -> Self {
        let text = content.as_bytes();
        let has_markup = memchr::memchr_iter(b'<', text)
            .any(|at| text.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!')));
        if has_markup { Self::Html } else { Self::Text }
    }
}

/// One extra header line of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderLine {
    /// `X-…`, `In-Reply-To`, `References` or `Importance`.
    pub name: String,
    /// The value; no control characters, no blanks around it, at most 998 bytes.
    pub value: String,
}

impl HeaderLine {
    /// Checks a header a client asks for.
    ///
    /// # Errors
    /// [`Invalid`] for a name outside the list, or a value that cannot be a header: too long, with control characters, or
    /// with an ASCII word that does not fit a line behind the name (RFC 5322 §2.1.1), since only blanks can be folded.
    pub fn parse(name: &str, value: &str) -> Result<Self, Invalid> {
        let lower = name.to_ascii_lowercase();
        let named = matches!(lower.as_str(), "in-reply-to" | "references" | "importance");
        let extension = lower.len() > 2 && lower.starts_with("x-");
        let is_token = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !(is_token && (named || extension)) {
            return Err(Invalid::value("headers", "may name only X-…, In-Reply-To, References and Importance"));
        }
        if has_control(value) || value.len() > 998 {
            return Err(Invalid::value("headers", "must have values of at most 998 bytes without control characters"));
        }
        // Blanks around a value mean nothing, and before it they could not be folded.
        let value = value.trim_matches(' ');
        let longest = value.split(' ').map(str::len).max().unwrap_or_default();
        if value.is_ascii() && name.len() + ": ".len() + longest > 998 {
            return Err(Invalid::value(
                "headers",
                "must fit a line of 998 bytes, name included, where there is no blank",
            ));
        }
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

/// A file that goes with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// File name as the reader sees it; no control characters, no path separators.
    pub filename: String,
    /// MIME type, `type/subtype`.
    pub content_type: String,
    /// The bytes, in standard base64.
    pub content: String,
}

/// A message for one recipient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The subject, or its template when `variables` is there.
    pub subject: Subject,
    /// The body, or its template when `variables` is there.
    pub content: String,
    /// How to read the body; by its markup when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The text part, instead of one made from the HTML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Display name of the sender, instead of that of `GOMAIL_FROM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_name: Option<String>,
    /// Where answers go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Address>,
    /// Extra headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<HeaderLine>,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Makes subject, content and text templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<serde_json::Map<String, serde_json::Value>>,
    /// When it is first due; at once when absent or past. Of another type of task nothing is scheduled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_at: Option<Timestamp>,
}

impl Message {
    /// How to read the body.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format.unwrap_or_else(|| Format::of(&self.content))
    }
}

/// A one-time code for one recipient. The code itself is nowhere: it is derived from the task's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtpMail {
    /// Number of digits.
    pub length: CodeLength,
    /// What the code is for.
    #[serde(default)]
    pub purpose: Purpose,
    /// Subject template with `{{ otp }}`; used only together with `content`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Body template that holds `{{ otp }}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// What a task asks for; kept by the stores as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Work {
    /// Send a message.
    #[serde(rename = "message")]
    Message(Box<Message>),
    /// Send a one-time code.
    #[serde(rename = "generateOtp")]
    Otp(OtpMail),
    /// Subscribe the recipient.
    #[serde(rename = "subscribe")]
    Subscribe {
        /// Which newsletter.
        content_type: ContentTypeName,
        /// How often.
        frequency: Frequency,
        /// Subject and content that create a missing content type, at acceptance.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        create: Option<(Subject, String)>,
    },
    /// Unsubscribe the recipient.
    #[serde(rename = "unsubscribe")]
    Unsubscribe {
        /// Which newsletter.
        content_type: ContentTypeName,
    },
}

impl Work {
    /// Reads what a store kept of a task of that type. Knowing the type saves serde the search for it, which copies the
    /// whole text.
    ///
    /// # Errors
    /// When `text` is not such a work as JSON.
    pub fn from_json(task_type: TaskType, text: &str) -> serde_json::Result<Self> {
        match task_type {
            TaskType::Message => serde_json::from_str(text).map(Self::Message),
            TaskType::GenerateOtp => serde_json::from_str(text).map(Self::Otp),
            _ => serde_json::from_str(text),
        }
    }

    /// The type of a task with this work.
    #[must_use]
    pub const fn task_type(&self) -> TaskType {
        match self {
            Self::Message(_) => TaskType::Message,
            Self::Otp(_) => TaskType::GenerateOtp,
            Self::Subscribe { .. } => TaskType::Subscribe,
            Self::Unsubscribe { .. } => TaskType::Unsubscribe,
        }
    }

    /// The lane this work runs in.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Otp(_) => Lane::Otp,
            _ => Lane::Message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_a_bracket_before_a_letter_slash_or_bang() {
        for html in ["<p>x", "x </b>", "<!-- -->", "a<b"] {
            assert_eq!(Format::of(html), Format::Html, "{html}");
        }
        for text in ["", "1 < 2", "a <3 b", "<", "x <", "->"] {
            assert_eq!(Format::of(text), Format::Text, "{text}");
        }
    }

    #[test]
    fn control_characters_never_reach_a_header() {
        for bad in ["a\r\nBcc: x@y.z", "a\nb", "a\0", "a\u{2028}b", "a\u{7f}", "\u{85}"] {
            assert!(Subject::parse(bad).is_err(), "{bad:?}");
            assert!(HeaderLine::parse("X-Test", bad).is_err(), "{bad:?}");
        }
        assert!(Subject::parse("Grüße 🎉").is_ok());
    }

    #[test]
    fn a_header_must_fit_a_line_unless_it_can_be_folded_or_encoded() {
        let fits = |value: &str| HeaderLine::parse("X-Long", value).is_ok();

        assert!(fits(&"y".repeat(990)) && !fits(&"y".repeat(991)));
        assert!(fits(&format!("{} y", "y".repeat(990))) && fits(&"y ".repeat(499)));
        assert!(fits(&"ä".repeat(499)));
        assert_eq!(HeaderLine::parse("X-Long", "  y  y ").unwrap().value, "y  y");
    }

    #[test]
    fn only_listed_headers_are_taken() {
        for bad in ["From", "Bcc", "X-", "X-a:", "Subject", "X Y", "DKIM-Signature", ""] {
            assert!(HeaderLine::parse(bad, "v").is_err(), "{bad:?}");
        }
        for good in ["X-Order", "in-reply-to", "References", "Importance"] {
            assert!(HeaderLine::parse(good, "v").is_ok(), "{good:?}");
        }
    }
}
