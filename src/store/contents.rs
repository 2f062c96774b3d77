//! Content types.

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::domain::{AccountId, Content, ContentTypeName, Subject};

/// The result of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentDeleted {
    /// It is gone, its subscriptions too.
    Done,
    /// Someone is subscribed, and `force` was not given.
    InUse,
    /// The account has no such content type.
    Unknown,
}

/// Content types, each owned by an account.
///
/// Every method's error is [`StoreError::Unavailable`] when the backend cannot be reached.
#[async_trait]
pub trait Contents {
    /// Creates a content type; `false` when the name is taken. Durable.
    ///
    /// # Errors
    /// See [`Contents`].
    async fn create_content(
        &self,
        account: &AccountId,
        name: &ContentTypeName,
        subject: &Subject,
        content: &str,
    ) -> Result<bool, StoreError>;

    /// Replaces subject and content; `false` when there is none of that name. Durable.
    ///
    /// # Errors
    /// See [`Contents`].
    async fn update_content(
        &self,
        account: &AccountId,
        name: &ContentTypeName,
        subject: &Subject,
        content: &str,
    ) -> Result<bool, StoreError>;

    /// The content type of that name.
    ///
    /// # Errors
    /// See [`Contents`].
    async fn content(&self, account: &AccountId, name: &ContentTypeName) -> Result<Option<Content>, StoreError>;

    /// The account's content types, by name.
    ///
    /// # Errors
    /// See [`Contents`].
    async fn contents(&self, account: &AccountId, page: &PageRequest) -> Result<Page<Content>, StoreError>;

    /// Deletes a content type; while someone is subscribed only with `force`, and the subscriptions with it. Durable.
    ///
    /// # Errors
    /// See [`Contents`].
    async fn delete_content(
        &self,
        account: &AccountId,
        name: &ContentTypeName,
        force: bool,
    ) -> Result<ContentDeleted, StoreError>;
}
