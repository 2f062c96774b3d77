//! The other requests: sign-up, verification, content types, suppressions, batches.

use serde_json::{Map, Value};

use super::fields::{Fields, printable};
use crate::domain::{AccountId, Address, ContentTypeName, Invalid, Purpose, Subject, has_control};

/// Most tasks in a batch.
pub const BATCH_MAX: usize = 1000;

/// A request body that can be read from JSON.
pub trait FromJson: Sized {
    /// Reads the body.
    ///
    /// # Errors
    /// [`Invalid`] names the field; an empty one means that the body is no object.
    fn from_json(value: Value) -> Result<Self, Invalid>;
}

/// `{"id"}`: a sign-up or its end.
#[derive(Debug)]
pub struct AccountRequest {
    /// Whose account.
    pub id: AccountId,
}

impl FromJson for AccountRequest {
    fn from_json(value: Value) -> Result<Self, Invalid> {
        let mut fields = Fields::of_body(value)?;
        fields.refuse_unknown(&["id"])?;
        Ok(Self { id: fields.parsed("id", AccountId::parse)? })
    }
}

/// `{"userEmail","otp","purpose"?}`: a guess at a code.
#[derive(Debug)]
pub struct VerifyRequest {
    /// Who got the code.
    pub recipient: Address,
    /// The guess; any text.
    pub otp: String,
    /// What the code is for.
    pub purpose: Purpose,
}

impl FromJson for VerifyRequest {
    fn from_json(value: Value) -> Result<Self, Invalid> {
        let mut fields = Fields::of_body(value)?;
        fields.refuse_unknown(&["userEmail", "otp", "purpose"])?;
        Ok(Self {
            recipient: fields.parsed("userEmail", Address::parse)?,
            otp: fields.text("otp")?,
            purpose: fields.optional_parsed("purpose", Purpose::parse)?.unwrap_or_default(),
        })
    }
}

/// `{"content_type","subject","content"}`: a content type, new or changed.
#[derive(Debug)]
pub struct ContentRequest {
    /// Its name.
    pub content_type: ContentTypeName,
    /// Subject template, not yet checked as one.
    pub subject: Subject,
    /// Body template, not yet checked as one.
    pub content: String,
}

impl FromJson for ContentRequest {
    fn from_json(value: Value) -> Result<Self, Invalid> {
        let mut fields = Fields::of_body(value)?;
        fields.refuse_unknown(&["content_type", "subject", "content"])?;
        let content_type = fields.parsed("content_type", ContentTypeName::parse)?;
        let subject = fields.parsed("subject", Subject::parse)?;
        let content = fields.text("content")?;
        if content.is_empty() || content.contains('\0') {
            return Err(Invalid::value("content", "must not be empty and hold no NUL"));
        }
        Ok(Self { content_type, subject, content })
    }
}

/// `{"variables"?}`: what a preview is rendered with.
#[derive(Debug, Default)]
pub struct PreviewRequest {
    /// Texts by name.
    pub variables: Map<String, Value>,
}

impl FromJson for PreviewRequest {
    fn from_json(value: Value) -> Result<Self, Invalid> {
        let mut fields = Fields::of_body(value)?;
        fields.refuse_unknown(&["variables"])?;
        let variables = fields.optional_object("variables")?.unwrap_or_default();
        if let Some((name, _)) = variables.iter().find(|(_, value)| !value.is_string()) {
            return Err(Invalid::value(&format!("variables.{}", printable(name)), "must be text"));
        }
        Ok(Self { variables })
    }
}

/// `{"by"}`: how far the test clock goes.
#[derive(Debug)]
pub struct AdvanceRequest {
    /// A duration such as `7d`, unread.
    pub by: String,
}

impl FromJson for AdvanceRequest {
    fn from_json(value: Value) -> Result<Self, Invalid> {
        let mut fields = Fields::of_body(value)?;
        fields.refuse_unknown(&["by"])?;
        Ok(Self { by: fields.text("by")? })
    }
}

/// `{"email","reason"?}`: an address not to write to.
#[derive(Debug)]
pub struct SuppressRequest {
    /// The address.
    pub email: Address,
    /// Why; `manual` when absent.
    pub reason: String,
}

impl FromJson for SuppressRequest {
    fn from_json(value: Value) -> Result<Self, Invalid> {
        let mut fields = Fields::of_body(value)?;
        fields.refuse_unknown(&["email", "reason"])?;
        let email = fields.parsed("email", Address::parse)?;
        let reason = fields.optional_text("reason")?.filter(|text| !text.is_empty());
        if reason.as_deref().is_some_and(|text| text.chars().count() > 500 || has_control(text)) {
            return Err(Invalid::value("reason", "must be at most 500 characters without control characters"));
        }
        Ok(Self { email, reason: reason.unwrap_or_else(|| "manual".to_owned()) })
    }
}

/// `{"tasks":[…]}`: the items of a batch, unread, so that a bad one harms no other.
#[derive(Debug)]
pub struct BatchRequest {
    /// 1–1000 items.
    pub tasks: Vec<Value>,
}

impl FromJson for BatchRequest {
    fn from_json(value: Value) -> Result<Self, Invalid> {
        let mut fields = Fields::of_body(value)?;
        fields.refuse_unknown(&["tasks"])?;
        match fields.required("tasks")? {
            Value::Array(tasks) if (1..=BATCH_MAX).contains(&tasks.len()) => Ok(Self { tasks }),
            _ => Err(Invalid::value("tasks", "must be a list of 1 to 1000 tasks")),
        }
    }
}
