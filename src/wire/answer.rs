//! What the API answers. Times are RFC 3339 in UTC, absent values `null`.

use serde::{Deserialize, Serialize};

use crate::domain::{
    Address, Attempt, ContentTypeName, Frequency, Lane, Reason, RunId, State, Tag, TaskId, TaskName, TaskType,
    Timestamp,
};

/// Every refusal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErrorBody {
    /// Always `false`.
    pub status: bool,
    /// The error code, in snake case.
    pub error: String,
    /// One plain sentence.
    pub msg: String,
    /// The field at fault, dotted (`payload.length`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Also in `X-Request-Id`.
    #[serde(default)]
    pub request_id: String,
}

/// `{"status":true,"msg":…}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Done {
    /// Always `true`.
    pub status: bool,
    /// What was done.
    pub msg: String,
}

/// A sign-up's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignedUp {
    /// The API key, a JWT.
    #[serde(rename = "apiKey")]
    pub api_key: String,
}

/// An account in the admin's list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountBody {
    /// Its id.
    pub id: String,
    /// When it signed up.
    pub created_at: Timestamp,
}

/// An accepted task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskAccepted {
    /// Always `true`.
    pub status: bool,
    /// `Task enqueued successfully`.
    pub msg: String,
    /// The task's id.
    pub id: TaskId,
    /// `queued` or `scheduled`.
    pub state: State,
}

/// One item of a batch's answer: an id, or an error.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BatchItem {
    /// Whether the item was accepted.
    pub status: bool,
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<TaskId>,
    /// The error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// One plain sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg: Option<String>,
    /// The field at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// A batch's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BatchAccepted {
    /// Whether every item was accepted.
    pub status: bool,
    /// One per item, in order.
    pub results: Vec<BatchItem>,
}

/// The answer to a verification.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Verification {
    /// `otp verification`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether the code was right, and is used up now.
    pub verified: bool,
}

/// A task with every attempt.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskBody {
    /// Its id.
    pub id: TaskId,
    /// The client's name for it.
    pub task: TaskName,
    /// Its type.
    #[serde(rename = "type")]
    pub task_type: TaskType,
    /// Its lane.
    pub lane: Lane,
    /// Its state.
    pub state: State,
    /// Who it is for.
    pub recipient: Address,
    /// Tries after the first.
    pub retries: u8,
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
    /// When it is next due.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Why it ended so.
    pub reason: Option<Reason>,
    /// The `Message-ID` of its mail, with angle brackets; absent for subscription changes.
    pub message_id: Option<String>,
    /// Whether the mail may be there twice.
    pub duplicate_possible: bool,
    /// Its labels.
    pub tags: Vec<Tag>,
}

/// `{"status":true,"id","state"}`: what cancel and retry answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskChanged {
    /// Always `true`.
    pub status: bool,
    /// The task.
    pub id: TaskId,
    /// Its state now.
    pub state: State,
}

/// A content type.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ContentBody {
    /// Its name.
    pub content_type: ContentTypeName,
    /// Subject template.
    pub subject: String,
    /// Body template.
    pub content: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A rendered preview.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Preview {
    /// The rendered subject.
    pub subject: String,
    /// The rendered HTML; `null` for a text template.
    pub html: Option<String>,
    /// The text part.
    pub text: String,
}

/// A subscription in force.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SubscriptionBody {
    /// Who gets it.
    pub recipient: Address,
    /// What.
    pub content_type: ContentTypeName,
    /// How often.
    pub frequency: Frequency,
    /// When it was accepted.
    pub created_at: Timestamp,
}

/// A run with its totals.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunBody {
    /// Its id.
    pub id: RunId,
    /// The newsletter.
    pub content_type: ContentTypeName,
    /// The frequency.
    pub frequency: Frequency,
    /// Start of the period.
    pub period: Timestamp,
    /// `sending` while mails are made or wait, then `done`.
    pub state: String,
    /// Mails made.
    pub total: u64,
    /// Taken by the relay.
    pub succeeded: u64,
    /// Dead.
    pub failed: u64,
    /// Suppressed or unsubscribed meanwhile.
    pub skipped: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// Outcome unknown.
    pub uncertain: u64,
    /// Not ended.
    pub waiting: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A suppressed address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SuppressionBody {
    /// The address, in lower case.
    pub email: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// A captured mail in the list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutboxBody {
    /// The task that made it.
    pub id: TaskId,
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// When it was captured.
    pub created_at: Timestamp,
}

/// A captured mail, whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutboxMail {
    /// As in the list.
    #[serde(flatten)]
    pub entry: OutboxBody,
    /// The mail, RFC 5322.
    pub raw: String,
    /// Its text part.
    pub text: Option<String>,
    /// Its HTML part.
    pub html: Option<String>,
}

/// `GET /health/metrics`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MetricsBody {
    /// Always `true`.
    pub status: bool,
    /// `Jobs Successful` + `Jobs Failed`, always.
    #[serde(rename = "Total Jobs Executed")]
    pub executed: u64,
    /// Endings as `succeeded`, all types.
    #[serde(rename = "Jobs Successful")]
    pub successful: u64,
    /// Endings as `failed` and `uncertain`, all types.
    #[serde(rename = "Jobs Failed")]
    pub failed: u64,
    /// Tasks per state now.
    pub states: std::collections::BTreeMap<State, u64>,
    /// Per lane.
    pub lanes: std::collections::BTreeMap<Lane, LaneBody>,
    /// Endings by type and state.
    pub ended: std::collections::BTreeMap<TaskType, std::collections::BTreeMap<State, u64>>,
    /// Attempts by outcome.
    pub attempts: std::collections::BTreeMap<String, u64>,
    /// Newsletter periods that began and were not sent.
    pub missed_periods: u64,
}

/// A lane's depth.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LaneBody {
    /// Tasks queued.
    pub queued: u64,
    /// Age of the oldest, in seconds.
    pub oldest_age_seconds: f64,
}
