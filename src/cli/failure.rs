//! How a command ends when it does not end well: the exit code, and one friendly line.

use std::{fmt, process::ExitCode, time::Duration};

use serde_json::{Value, json};

use super::output::span;
use crate::{client::ClientError, config::BadSettings, wire::answer::ErrorBody};

/// What a command comes to.
pub(super) type Outcome = Result<(), Failure>;

/// Why a command failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// It was asked for something that makes no sense. Exit 2.
    Usage(String),
    /// Settings that cannot be used. Exit 2.
    Settings(BadSettings),
    /// The service refused, or did not answer. Exit 2–7, see [`Failure::exit`].
    Client(ClientError),
    /// A bulk send was broken off: the failure, and how far it came.
    BrokenOff(ClientError, String),
    /// Anything else. Exit 1.
    Failed(String),
    /// Waited in vain. Exit 7.
    TimedOut(String),
    /// The answer on standard output says it already: only the exit code is left.
    Told(u8),
}

/// The answer says no: not found, or a code not verified.
pub(super) const NOT_FOUND: u8 = 3;
/// Some items of many failed.
pub(super) const SOME_FAILED: u8 = 8;
/// The thing itself failed.
pub(super) const FAILED: u8 = 1;

const USAGE: u8 = 2;
const UNREACHABLE: u8 = 7;

impl Failure {
    /// The exit code, one of those that `gomail --help` lists.
    pub(super) fn exit(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) | Self::Settings(_) => USAGE,
            Self::Client(error) | Self::BrokenOff(error, _) => code_of(error),
            Self::Failed(_) => FAILED,
            Self::TimedOut(_) => UNREACHABLE,
            Self::Told(code) => *code,
        })
    }

    /// For programs: the API's own error where there is one, else one of the same shape. `None` when all is said.
    pub(super) fn to_json(&self) -> Option<Value> {
        let code = match self {
            Self::Told(_) => return None,
            Self::Client(ClientError::Refused { body, retry_after, .. }) => return refused(body, *retry_after),
            Self::BrokenOff(ClientError::Refused { body, retry_after, .. }, progress) => {
                let mut body = refused(body, *retry_after)?;
                body["progress"] = progress.as_str().into();
                return Some(body);
            }
            Self::Usage(_) => "usage",
            Self::Settings(_) => "bad_settings",
            Self::Client(ClientError::Protocol { .. }) | Self::BrokenOff(ClientError::Protocol { .. }, _) => "protocol",
            Self::Client(_) | Self::BrokenOff(..) => "unreachable",
            Self::TimedOut(_) => "timeout",
            Self::Failed(_) => "failed",
        };
        let mut body = json!({ "status": false, "error": code, "msg": self.to_string() });
        if let Self::Settings(bad) = self {
            let each = |bad: &crate::config::BadSetting| json!({ "setting": bad.name, "source": bad.source.as_str(), "msg": bad.message });
            body["settings"] = bad.0.iter().map(each).collect();
        }
        Some(body)
    }
}

/// The API's own error, with the seconds that its header says.
fn refused(body: &ErrorBody, retry_after: Option<Duration>) -> Option<Value> {
    let mut body = serde_json::to_value(body).ok()?;
    if let Some(wait) = retry_after {
        body["retry_after"] = wait.as_secs().into();
    }
    Some(body)
}

fn code_of(error: &ClientError) -> u8 {
    match error {
        // A proxy that says 502 to 504 speaks for a service that is not there.
        ClientError::Unreachable { .. } | ClientError::Protocol { status: Some(502..=504), .. } => UNREACHABLE,
        ClientError::Refused { status, .. } => match status {
            400 | 413 | 422 => USAGE,
            404 => NOT_FOUND,
            401 | 403 => 4,
            409 => 5,
            429 => 6,
            408 | 503 => UNREACHABLE,
            _ => FAILED,
        },
        ClientError::Protocol { .. } => FAILED,
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Failed(text) | Self::TimedOut(text) => f.write_str(text),
            Self::Settings(bad) => fmt::Display::fmt(bad, f),
            Self::Client(error) => write_client_error(f, error),
            Self::BrokenOff(error, progress) => {
                write_client_error(f, error)?;
                write!(f, "\n{progress}")
            }
            Self::Told(_) => Ok(()),
        }
    }
}

fn write_client_error(f: &mut fmt::Formatter<'_>, error: &ClientError) -> fmt::Result {
    if matches!(error, ClientError::Refused { body, .. } if body.error == "content_type_in_use") {
        // The service's own words name the parameter of the API.
        return f
            .write_str("Someone is subscribed to this content type; --force deletes it and ends the subscriptions");
    }
    write!(f, "{error}")?;
    match error {
        ClientError::Unreachable { why, .. } if why.contains("refused") => f.write_str("; is `gomail up` running?"),
        ClientError::Refused { status, body, retry_after } => {
            if let Some(field) = body.field.as_deref().filter(|field| !body.msg.contains(field)) {
                write!(f, " ({field})")?;
            }
            match (*status, retry_after) {
                (401, _) => f.write_str("; `gomail register ID` gets a key"),
                (429, Some(wait)) => write!(f, "; wait {}", span(*wait)),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Client(error)
    }
}

impl From<BadSettings> for Failure {
    fn from(bad: BadSettings) -> Self {
        Self::Settings(bad)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        error.downcast().unwrap_or_else(|error| Self::Failed(format!("{error:#}")))
    }
}

impl std::error::Error for Failure {}
