//! Who owns things: the account, and the key under which a client repeats a request.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Address, Invalid, has_control};

/// The id of an account: the e-mail address it was registered with, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(String);

impl AccountId {
    /// Parses the `id` of a sign-up.
    ///
    /// # Errors
    /// [`Invalid`] when it is no address.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Address::parse(text).map(|address| Self(address.key()))
    }

    /// An id that a store kept, or a checked key carries.
    #[must_use]
    pub fn trusted(text: String) -> Self {
        Self(text)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A client's `Idempotency-Key`, 1–256 characters, with the digest of the request it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key as the client sent it.
    pub key: String,
    /// SHA-256 of path and body, in hex: another digest under the same key is a mismatch.
    pub digest: String,
}

impl IdempotencyKey {
    /// Checks the header value and joins it with the digest of the request.
    ///
    /// # Errors
    /// [`Invalid`] for an empty key, one over 256 characters, or one with control characters.
    pub fn parse(key: &str, digest: String) -> Result<Self, Invalid> {
        if key.is_empty() || key.chars().count() > 256 || has_control(key) {
            return Err(Invalid::value("Idempotency-Key", "must be 1 to 256 printable characters"));
        }
        Ok(Self { key: key.to_owned(), digest })
    }
}
