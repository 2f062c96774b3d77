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

    /// Whether the session was not yet ready for mail.
    #[must_use]
    pub const fn is_before_ready(self) -> bool {
        matches!(self, Self::Connect | Self::Banner | Self::Ehlo | Self::Tls | Self::Auth)
    }
}

impl fmt::Display for Stage {
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
    /// `delivered`, `refused`, `deferred`, `throttled`, `lost`, `unreachable`, `unknown` or `captured`.
    pub outcome: String,
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
