//! Accounts and their current keys.

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::domain::{AccountId, Timestamp};

/// An account as the admin sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// When it signed up.
    pub created_at: Timestamp,
}

/// Accounts. What an account owns stays with its id when it is removed, and goes on.
///
/// Every method's error is [`StoreError::Unavailable`] when the backend cannot be reached.
#[async_trait]
pub trait Accounts {
    /// Signs up `id` with the `jti` of its one valid key; `false` when the id is taken. Durable.
    ///
    /// # Errors
    /// See [`Accounts`].
    async fn sign_up(&self, id: &AccountId, jti: &str) -> Result<bool, StoreError>;

    /// Ends the account's access; `false` when there was none. Durable.
    ///
    /// # Errors
    /// See [`Accounts`].
    async fn deregister(&self, id: &AccountId) -> Result<bool, StoreError>;

    /// The `jti` of the account's valid key.
    ///
    /// # Errors
    /// See [`Accounts`].
    async fn current_jti(&self, id: &AccountId) -> Result<Option<String>, StoreError>;

    /// All accounts, by id.
    ///
    /// # Errors
    /// See [`Accounts`].
    async fn accounts(&self, page: &PageRequest) -> Result<Page<Account>, StoreError>;
}
