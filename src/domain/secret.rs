//! The installation's secret, and the keys derived from it, each for its own use.
//!
//! One secret, several uses: HKDF-SHA-256 (RFC 5869) gives every use its own key, so that a fault in one never
//! helps against another. The code and link keys sign with the task or subscription, never with user text alone.

use std::fmt;

use aws_lc_rs::{constant_time, digest, hkdf, hmac};

use super::{CodeLength, Invalid, TaskId, code_from_digest};

/// Shortest secret, in bytes.
const SECRET_MIN: usize = 32;

/// A secret of at least 32 bytes. Never printed, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Checks the length of a configured secret.
    ///
    /// # Errors
    /// [`Invalid`] when it is shorter than 32 bytes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() < SECRET_MIN {
            return Err(Invalid::value("", "must be at least 32 bytes"));
        }
        Ok(Self(text.as_bytes().to_vec()))
    }

    /// A fresh random secret, as 64 hex characters.
    ///
    /// # Panics
    /// When the system has no randomness, which leaves nothing safe to do.
    #[must_use]
    pub fn random_text() -> String {
        let mut bytes = [0_u8; 32];
        aws_lc_rs::rand::fill(&mut bytes).expect("the system gives random bytes");
        hex(&bytes)
    }

    /// The keys derived from this secret.
    #[must_use]
    pub fn keys(&self) -> Keys {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"gomail").extract(&self.0);
        Keys {
            kid: hex(&derive(&root, b"kid")[..8]),
            api_keys: derive(&root, b"api-keys"),
            codes: derive(&root, b"codes"),
            links: derive(&root, b"links"),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// The derived keys of one secret.
#[derive(Clone)]
pub struct Keys {
    /// Names the secret in a JWT's `kid`, 16 hex characters; says nothing about the secret.
    pub kid: String,
    /// Signs API keys (HS256).
    pub api_keys: [u8; 32],
    codes: [u8; 32],
    links: [u8; 32],
}

impl Keys {
    /// HMAC-SHA-256 under the code key: what a one-time code is cut from.
    pub(super) fn code_digest(&self, message: &[u8]) -> [u8; 32] {
        sign(&self.codes, message)
    }

    /// The one-time code of a task: the same on every attempt, and kept nowhere.
    #[must_use]
    pub fn code(&self, id: TaskId, length: CodeLength) -> String {
        code_from_digest(&self.code_digest(id.to_string().as_bytes()), length)
    }

    /// HMAC-SHA-256 under the link key: what makes an unsubscribe link unforgeable.
    pub(super) fn link_tag(&self, message: &[u8]) -> [u8; 32] {
        sign(&self.links, message)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", self.kid)
    }
}

/// Compares two byte strings in time that depends on their lengths only.
#[must_use]
pub fn equal_in_constant_time(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// SHA-256 in hex.
#[must_use]
pub fn sha256_hex(parts: &[&[u8]]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        // Length first: ("a", "bc") and ("ab", "c") must differ.
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    hex(context.finish().as_ref())
}

fn sign(key: &[u8], message: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    tag.as_ref().try_into().expect("HMAC-SHA-256 gives 32 bytes")
}

fn derive(root: &hkdf::Prk, info: &[u8]) -> [u8; 32] {
    let mut key = [0_u8; 32];
    root.expand(&[info], hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut key)).expect("32 bytes is one HKDF block");
    key
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        use fmt::Write as _;
        write!(text, "{byte:02x}").expect("a String takes every write");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_use_has_its_own_key_and_debug_shows_none() {
        let secret = Secret::parse("0123456789abcdef0123456789abcdef").unwrap();
        let keys = secret.keys();

        assert_ne!(keys.code_digest(b"x"), keys.link_tag(b"x"));
        assert_ne!(keys.api_keys, keys.codes);
        assert_eq!(secret.keys().kid, keys.kid);
        assert!(!format!("{secret:?}{keys:?}").contains("0123456789"));
    }

    #[test]
    fn short_secrets_are_refused() {
        assert!(Secret::parse(&"x".repeat(31)).is_err());
    }

    #[test]
    fn digest_keeps_parts_apart() {
        assert_ne!(sha256_hex(&[b"a", b"bc"]), sha256_hex(&[b"ab", b"c"]));
    }
}
