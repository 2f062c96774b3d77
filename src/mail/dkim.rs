//! DKIM signatures (RFC 6376, RFC 8463): RSA and Ed25519 over SHA-256, relaxed/relaxed.
//!
//! A signature depends on the mail alone: `t=` is the mail's own date, and both algorithms give the same bytes for the
//! same input, so that a retry is the mail it repeats.

use std::fmt;

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::RSA_PKCS1_SHA256,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::ComposeError;
use crate::{
    config::{DkimSettings, SigningKey},
    domain::Timestamp,
};

/// Headers that are signed where they are there. The first two are signed once more than they occur, so that nobody adds
/// another (§8.15).
const SIGNED: [&str; 14] = [
    "from",
    "subject",
    "to",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "reply-to",
    "in-reply-to",
    "references",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
];
/// How many of [`SIGNED`] are oversigned.
const OVERSIGNED: usize = 2;

/// Signs mails with every configured key.
pub(super) struct Signer {
    domain: String,
    keys: Vec<(String, SigningKey)>,
}

impl Signer {
    /// Reads the keys.
    ///
    /// # Errors
    /// [`ComposeError`] when a file holds no key that signs; settings that were loaded name none.
    pub(super) fn new(settings: &DkimSettings) -> Result<Self, ComposeError> {
        let mut keys = Vec::new();
        for (path, selector) in settings.keys.iter().zip(settings.selectors.iter().cycle()) {
            let refuse = |why| ComposeError::new(format!("the DKIM key {} {why}", path.display()));
            keys.push((selector.clone(), SigningKey::read(path).map_err(refuse)?));
        }
        Ok(Self { domain: settings.domain.clone(), keys })
    }

    /// Whether a key is RSA: such a signature takes fifty times as long as the other.
    pub(super) fn is_slow(&self) -> bool {
        self.keys.iter().any(|(_, key)| matches!(key, SigningKey::Rsa(_)))
    }

    /// Puts the signatures in front of a mail whose lines end with CRLF.
    pub(super) fn sign(&self, mail: &[u8], date: Timestamp) -> Result<Vec<u8>, ComposeError> {
        let text = std::str::from_utf8(mail).map_err(|_| ComposeError::new("a mail to be signed must be 7-bit"))?;
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let body_hash = STANDARD.encode(digest(&SHA256, canonical_body(body).as_bytes()));
        let headers = split_headers(head);
        let mut signed = String::new();
        for (selector, key) in &self.keys {
            let header = self.header(selector, key, &headers, &body_hash, date)?;
            signed.push_str(&header);
        }
        let mut out = signed.into_bytes();
        out.extend_from_slice(mail);
        Ok(out)
    }

    fn header(
        &self,
        selector: &str,
        key: &SigningKey,
        headers: &[(String, &str)],
        body_hash: &str,
        date: Timestamp,
    ) -> Result<String, ComposeError> {
        let mut names = Vec::new();
        let mut to_sign = String::new();
        for (place, name) in SIGNED.into_iter().enumerate() {
            // Of several headers of a name the lowest comes first (§5.4.2).
            for (name, value) in headers.iter().rev().filter(|(each, _)| each == name) {
                names.push(name.as_str());
                to_sign.push_str(&canonical_header(name, value));
                to_sign.push_str("\r\n");
            }
            if place < OVERSIGNED {
                names.push(name);
            }
        }
        let seconds = date.millis().div_euclid(1000);
        let unsigned = format!(
            "v=1; a={}; c=relaxed/relaxed; d={}; s={selector}; t={seconds};\r\n h={};\r\n bh={body_hash};\r\n b=",
            algorithm(key),
            self.domain,
            names.join(":").replace(":mime", ":\r\n  mime").replace(":list-id", ":\r\n  list-id")
        );
        to_sign.push_str(&canonical_header("dkim-signature", &unsigned));
        let signature = STANDARD.encode(signature(key, to_sign.as_bytes())?);
        let mut header = format!("DKIM-Signature: {unsigned}");
        for (place, part) in signature.as_bytes().chunks(72).enumerate() {
            if place > 0 {
                header.push_str("\r\n  ");
            }
            header.push_str(std::str::from_utf8(part).unwrap_or_default());
        }
        header.push_str("\r\n");
        Ok(header)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let selectors: Vec<&str> = self.keys.iter().map(|(selector, _)| selector.as_str()).collect();
        write!(f, "Signer({} {selectors:?})", self.domain)
    }
}

const fn algorithm(key: &SigningKey) -> &'static str {
    match key {
        SigningKey::Rsa(_) => "rsa-sha256",
        SigningKey::Ed25519(_) => "ed25519-sha256",
    }
}

fn signature(key: &SigningKey, data: &[u8]) -> Result<Vec<u8>, ComposeError> {
    match key {
        SigningKey::Rsa(key) => {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature)
                .map_err(|_| ComposeError::new("the DKIM key does not sign"))?;
            Ok(signature)
        }
        // RFC 8463 §3: the hash is signed, not the data.
        SigningKey::Ed25519(key) => Ok(key.sign(digest(&SHA256, data).as_ref()).as_ref().to_vec()),
    }
}

/// The headers of a mail, names in lower case, values as they are, folds included.
fn split_headers(head: &str) -> Vec<(String, &str)> {
    let mut headers = Vec::new();
    let mut start = 0;
    let mut rest = head;
    let mut offset = 0;
    while let Some(end) = rest.find("\r\n") {
        let next = &rest[end + 2..];
        offset += end + 2;
        if !next.starts_with([' ', '\t']) {
            headers.push(&head[start..offset - 2]);
            start = offset;
        }
        rest = next;
    }
    headers.push(&head[start..]);
    headers
        .into_iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value))
        .collect()
}

/// §3.4.2: unfolded, blanks run together, none at the ends.
fn canonical_header(name: &str, value: &str) -> String {
    let words: Vec<&str> = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    format!("{name}:{}", words.join(" "))
}

/// §3.4.4: blanks run together, none at a line's end, no empty lines at the end.
fn canonical_body(body: &str) -> String {
    let mut canonical = String::with_capacity(body.len());
    let mut empty_lines = 0;
    for line in body.split("\r\n") {
        let line = line.trim_end_matches([' ', '\t']);
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        for _ in 0..empty_lines {
            canonical.push_str("\r\n");
        }
        empty_lines = 0;
        let mut was_blank = false;
        for c in line.chars() {
            let is_blank = c == ' ' || c == '\t';
            if !is_blank {
                canonical.push(c);
            } else if !was_blank {
                canonical.push(' ');
            }
            was_blank = is_blank;
        }
        canonical.push_str("\r\n");
    }
    canonical
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_forms_are_those_of_the_rfc() {
        // RFC 6376 §3.4.5.
        assert_eq!(canonical_header("a", " X\r\n"), "a:X");
        assert_eq!(canonical_header("b", " Y\t\r\n\tZ  \r\n"), "b:Y Z");
        assert_eq!(canonical_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
        assert_eq!(canonical_body(""), "");
    }

    #[test]
    fn folded_headers_are_one() {
        let headers = split_headers("From: a\r\nSubject: b\r\n c\r\n\td\r\nTo: e");

        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["from", "subject", "to"]);
        assert_eq!(canonical_header("subject", headers[1].1), "subject:b c d");
    }
}
