//! A task: its id, name, type and tags, and the task as a client submits it.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

use super::{Address, Invalid, Timestamp, Work, has_control};

/// The number of a run, unique in a store and never reused: seconds since 1970 at its creation, or one more
/// than the newest run's. Text: `r` and base 36 (`rt2b4xc`), short because every waiting newsletter mail holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

impl RunId {
    /// Parses `r…`; `None` for anything else.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('r')?;
        if digits.is_empty() || digits.bytes().any(|b| !(b.is_ascii_digit() || b.is_ascii_lowercase())) {
            return None;
        }
        u64::from_str_radix(digits, 36).ok().map(Self)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0_u8; 13];
        let mut at = digits.len();
        let mut rest = self.0;
        loop {
            at -= 1;
            digits[at] = b"0123456789abcdefghijklmnopqrstuvwxyz"[usize::try_from(rest % 36).unwrap_or(0)];
            rest /= 36;
            if rest == 0 {
                break;
            }
        }
        write!(f, "r{}", std::str::from_utf8(&digits[at..]).unwrap_or_default())
    }
}

impl Serialize for RunId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RunId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| D::Error::custom("not a run id"))
    }
}

/// The id of a task.
///
/// Text: a posted task's UUID, or `<run>-<sequence>` (`rt2b4xc-17`) for a newsletter mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskId {
    /// A task a client posted, UUID v7.
    Posted(Uuid),
    /// The mail of one run to one subscription.
    Issue {
        /// The run.
        run: RunId,
        /// The subscription's sequence number.
        seq: u64,
    },
}

impl TaskId {
    /// A new id for a task posted at `now`: UUID v7, so ids sort by time.
    #[must_use]
    pub fn posted_at(now: Timestamp) -> Self {
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        let nanos = u32::try_from(millis % 1000).unwrap_or(0) * 1_000_000;
        Self::Posted(Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, millis / 1000, nanos)))
    }

    /// Parses an id; `None` when the text is none.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        if let Some((run, seq)) = text.split_once('-')
            && let Some(run) = RunId::from_text(run)
            && !seq.is_empty()
            && seq.bytes().all(|b| b.is_ascii_digit())
        {
            return seq.parse().ok().map(|seq| Self::Issue { run, seq });
        }
        Uuid::try_parse(text).ok().map(Self::Posted)
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Posted(id) => write!(f, "{id}"),
            Self::Issue { run, seq } => write!(f, "{run}-{seq}"),
        }
    }
}

impl Serialize for TaskId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TaskId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| D::Error::custom("not a task id"))
    }
}

/// The `Message-ID` of a task's mail, without angle brackets: the same on every attempt.
#[must_use]
pub fn message_id(id: TaskId, from_domain: &str) -> String {
    format!("{id}@{from_domain}")
}

/// What a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TaskType {
    /// Send a message.
    #[serde(rename = "message")]
    Message,
    /// Send a one-time code.
    #[serde(rename = "generateOtp")]
    GenerateOtp,
    /// Subscribe.
    #[serde(rename = "subscribe")]
    Subscribe,
    /// Unsubscribe.
    #[serde(rename = "unsubscribe")]
    Unsubscribe,
    /// A newsletter mail; made by the scheduler, never accepted in a post.
    #[serde(rename = "newsletter")]
    Newsletter,
}

impl TaskType {
    /// All types.
    pub const ALL: [Self; 5] = [Self::Message, Self::GenerateOtp, Self::Subscribe, Self::Unsubscribe, Self::Newsletter];

    /// The type's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::GenerateOtp => "generateOtp",
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Newsletter => "newsletter",
        }
    }

    /// Parses a type's name, `newsletter` included; `None` for anything else.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task_type| task_type.as_str() == name)
    }
}

impl fmt::Display for TaskType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The client's name for a task, 1–256 characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskName(String);

impl TaskName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`Invalid`] when it is empty, too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || text.chars().count() > 256 || has_control(text) {
            return Err(Invalid::value("task", "must be 1 to 256 characters without control characters"));
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

/// A label that tasks are found by: `[A-Za-z0-9_.=:-]{1,64}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tag(String);

impl Tag {
    /// Parses a tag.
    ///
    /// # Errors
    /// [`Invalid`] when it is empty, over 64 characters, or holds another character.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let fits =
            (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.=:-".contains(&b));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::value("tags", "must be 1 to 64 of A-Z a-z 0-9 _ . = : -"))
        }
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A task as accepted from a client, before it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTask {
    /// Its id, made by the server.
    pub id: TaskId,
    /// The client's name for it.
    pub name: TaskName,
    /// Who it is for.
    pub recipient: Address,
    /// Tries after the first, 0–20.
    pub retries: u8,
    /// At most 10 labels.
    pub tags: Vec<Tag>,
    /// What it asks for.
    pub work: Work,
}

impl NewTask {
    /// When it is first due; at once when absent or past.
    #[must_use]
    pub fn send_at(&self) -> Option<Timestamp> {
        match &self.work {
            Work::Message(message) => message.send_at,
            _ => None,
        }
    }
}

/// How long the answer to an idempotent request is remembered.
pub const IDEMPOTENCY_WINDOW: Duration = Duration::from_hours(24);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_issue_id_survives_its_text(run: u64, seq: u64) {
            let id = TaskId::Issue { run: RunId(run), seq };
            prop_assert_eq!(TaskId::from_text(&id.to_string()), Some(id));
        }

        #[test]
        fn any_text_is_an_id_or_none(text in any::<String>()) {
            if let Some(id) = TaskId::from_text(&text) {
                prop_assert_eq!(TaskId::from_text(&id.to_string()), Some(id));
            }
        }
    }

    #[test]
    fn a_posted_id_survives_its_text() {
        let id = TaskId::posted_at(Timestamp::from_millis(1_764_000_000_123));

        assert_eq!(TaskId::from_text(&id.to_string()), Some(id));
    }
}
