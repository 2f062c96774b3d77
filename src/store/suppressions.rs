//! Addresses that must not be written to.

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::domain::{AccountId, Address, Timestamp};

/// One suppressed address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The address, [`Address::key`].
    pub email: String,
    /// Why, in a few words: `manual`, or the relay's refusal.
    pub reason: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// Suppressions, each owned by an account.
///
/// Every method's error is [`StoreError::Unavailable`] when the backend cannot be reached.
#[async_trait]
pub trait Suppressions {
    /// Suppresses an address; a second time replaces the reason. Durable.
    ///
    /// # Errors
    /// See [`Suppressions`].
    async fn suppress(&self, account: &AccountId, email: &Address, reason: &str) -> Result<Suppression, StoreError>;

    /// Lifts a suppression; `false` when there was none. Durable.
    ///
    /// # Errors
    /// See [`Suppressions`].
    async fn unsuppress(&self, account: &AccountId, email: &Address) -> Result<bool, StoreError>;

    /// The account's suppressions, by address.
    ///
    /// # Errors
    /// See [`Suppressions`].
    async fn suppressions(&self, account: &AccountId, page: &PageRequest) -> Result<Page<Suppression>, StoreError>;
}
