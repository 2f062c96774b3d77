//! The outbox of a development machine: mails captured instead of sent.

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::domain::{AccountId, TaskId, Timestamp};

/// How many captured mails are kept, of all accounts together.
pub const OUTBOX_MAX: usize = 10_000;

/// A mail to capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// Its owner.
    pub account: AccountId,
    /// The task; a second capture of the same task replaces the first.
    pub id: TaskId,
    /// The recipient as delivered to.
    pub to: String,
    /// The subject, decoded.
    pub subject: String,
    /// The mail, RFC 5322.
    pub raw: Vec<u8>,
}

/// A captured mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The task that made it.
    pub id: TaskId,
    /// The recipient.
    pub to: String,
    /// The subject, decoded.
    pub subject: String,
    /// When it was captured.
    pub created_at: Timestamp,
    /// The mail, RFC 5322; empty in a list.
    pub raw: Vec<u8>,
}

/// The outbox, owned per account. It keeps its newest [`OUTBOX_MAX`] mails, whatever their age; the rest goes by
/// [`super::Queue::prune`].
///
/// Every method's error is [`StoreError::Unavailable`] when the backend cannot be reached.
#[async_trait]
pub trait Outbox {
    /// Captures a mail. Durable.
    ///
    /// # Errors
    /// See [`Outbox`].
    async fn capture(&self, mail: Captured) -> Result<(), StoreError>;

    /// The account's captured mails, newest first, without their bytes.
    ///
    /// # Errors
    /// See [`Outbox`].
    async fn outbox(&self, account: &AccountId, page: &PageRequest) -> Result<Page<OutboxEntry>, StoreError>;

    /// One captured mail, whole.
    ///
    /// # Errors
    /// See [`Outbox`].
    async fn outbox_entry(&self, account: &AccountId, id: TaskId) -> Result<Option<OutboxEntry>, StoreError>;
}
