//! One try at delivery, as it is recorded.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// The step of an SMTP session at which an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Building the mail, before any connection.
    Build,
    /// DNS and TCP.
    Connect,
    /// The relay's greeting.
    Banner,
    /// EHLO or HELO.
    Ehlo,
    /// STARTTLS or the TLS handshake.
    Tls,
    /// Authentication.
    Auth,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA, up to its 354.
    Data,
    /// The body, up to and including the final dot.
    Body,
    /// The wait for the reply to the final dot.
    FinalDot,
    /// Written to the outbox of a development machine.
    Outbox,
}

impl Stage {
    /// The stage's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Connect => "connect",
            Self::Banner => "banner",
            Self::Ehlo => "ehlo",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::Body => "body",
            Self::FinalDot => "final_dot",
            Self::Outbox => "outbox",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The relay took the mail.
    Delivered,
    /// It refused the mail for good, or the mail cannot be built.
    Refused,
    /// It refused the mail for now.
    Deferred,
    /// It asked for less.
    Throttled,
    /// The link was lost before the mail can have been taken, or the worker with whatever it knew.
    Lost,
    /// The link was lost when the mail may have been taken.
    Unknown,
    /// The outbox of a development machine took the mail.
    Captured,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 7] =
        [Self::Delivered, Self::Refused, Self::Deferred, Self::Throttled, Self::Lost, Self::Unknown, Self::Captured];

    /// The outcome's name, as everywhere in API, logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Deferred => "deferred",
            Self::Throttled => "throttled",
            Self::Lost => "lost",
            Self::Unknown => "unknown",
            Self::Captured => "captured",
        }
    }

    /// Parses an outcome's name; `None` for anything else.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One attempt of a task. Texts from the relay are cut to 500 characters and hold no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1 for the first; the store numbers attempts when it records them.
    pub n: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// Where it ended.
    pub stage: Option<Stage>,
    /// `host:port` of the relay.
    pub relay: Option<String>,
    /// The TLS version, absent on a plain link.
    pub tls: Option<String>,
    /// The three-digit reply.
    pub smtp_code: Option<u16>,
    /// The enhanced status code, RFC 3463 (`5.1.1`).
    pub enhanced_code: Option<String>,
    /// The relay's words, or the error of the link.
    pub message: Option<String>,
}

impl Attempt {
    /// The relay's reply as it was sent, on one line: `550 5.1.1 no such user`. `None` when it said nothing.
    #[must_use]
    pub fn reply(&self) -> Option<String> {
        let code = self.smtp_code.map(|code| code.to_string());
        let words = self.message.clone().unwrap_or_default();
        // The words mostly begin with the enhanced code, of which they are the source.
        let enhanced = self.enhanced_code.clone().filter(|code| !words.starts_with(code.as_str()));
        let parts = [code, enhanced, Some(words)].into_iter().flatten().filter(|part| !part.is_empty());
        Some(parts.collect::<Vec<_>>().join(" ")).filter(|reply| !reply.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_has_one_name() {
        for outcome in Outcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
            assert_eq!(Outcome::from_name(outcome.as_str()), Some(outcome));
        }
        assert_eq!(Outcome::from_name("none"), None);
    }

    #[test]
    fn a_reply_tells_its_enhanced_code_once() {
        let reply = |code: Option<u16>, enhanced: Option<&str>, words: Option<&str>| {
            let at = Timestamp::from_millis(0);
            let attempt = Attempt {
                n: 1,
                started_at: at,
                finished_at: at,
                outcome: Outcome::Refused,
                stage: None,
                relay: None,
                tls: None,
                smtp_code: code,
                enhanced_code: enhanced.map(str::to_owned),
                message: words.map(str::to_owned),
            };
            attempt.reply()
        };

        assert_eq!(
            reply(Some(550), Some("5.1.1"), Some("5.1.1 no such user")).as_deref(),
            Some("550 5.1.1 no such user")
        );
        assert_eq!(reply(Some(550), Some("5.1.1"), Some("no such user")).as_deref(), Some("550 5.1.1 no such user"));
        assert_eq!(reply(Some(550), None, None).as_deref(), Some("550"));
        assert_eq!(reply(None, None, None), None);
    }
}
