//! An e-mail address, and an address with a display name.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Invalid, has_control};

/// Longest local part, RFC 5321 §4.5.3.1.1.
const LOCAL_MAX: usize = 64;
/// Longest address that fits a path, RFC 5321 §4.5.3.1.3 (256 with the angle brackets).
const ADDRESS_MAX: usize = 254;

/// One mailbox address: `local@domain`.
///
/// The domain is in lower case and ASCII (IDNA, RFC 5891). The local part is an ASCII dot-atom (RFC 5322 §3.4.1),
/// kept as written for delivery and compared without case through [`Address::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    text: String,
    at: usize,
}

impl Address {
    /// Parses `local@domain`.
    ///
    /// # Errors
    /// [`Invalid`] when the local part is not a dot-atom of at most 64 bytes, the domain no host name, or the
    /// whole longer than 254 bytes. Quoted local parts and address literals are refused.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let refuse = |message: &str| Err(Invalid::value("", message));
        let Some((local, domain)) = text.rsplit_once('@') else {
            return refuse("must be an e-mail address such as name@example.com");
        };
        if has_control(text) || text.contains(char::is_whitespace) {
            return refuse("must be an e-mail address without spaces or control characters");
        }
        if local.is_empty() || local.len() > LOCAL_MAX || !local.split('.').all(is_atom) {
            return refuse("has a part before the @ that is no plain mailbox name");
        }
        // Not strict: names with hyphens in their third and fourth places exist. `is_label` checks the rest.
        let Ok(domain) = idna::domain_to_ascii(domain) else {
            return refuse("has a domain that is no host name");
        };
        if domain.is_empty() || !domain.split('.').all(is_label) {
            return refuse("has a domain that is no host name");
        }
        let address = Self { text: format!("{local}@{domain}"), at: local.len() };
        if address.text.len() > ADDRESS_MAX {
            return refuse("is longer than 254 characters");
        }
        Ok(address)
    }

    /// The address as delivered to: `Local@domain`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form that codes, subscriptions and suppressions compare by: all in lower case.
    #[must_use]
    pub fn key(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// The ASCII domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// For logs: `a***@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}***@{}", &self.text[..1], self.domain())
    }
}

/// The text with every address in it masked as [`Address::masked`] does. Relay replies must pass through this before
/// they are logged, because they quote recipients and logins.
#[must_use]
pub fn mask_addresses(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut parts = text.split('@').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            masked.push_str(part);
            break;
        }
        let local = local_at_end(part);
        masked.push_str(&part[..part.len() - local.len()]);
        if let Some(first) = local.chars().next() {
            masked.push(first);
            masked.push_str("***");
        }
        masked.push('@');
    }
    masked
}

/// The local part that `text` ends with, quoted or not (RFC 5322 §3.4.1); non-ASCII letters count too.
fn local_at_end(text: &str) -> &str {
    if let Some(open) = text.strip_suffix('"').and_then(|inside| inside.rfind('"')) {
        return &text[open..];
    }
    text.rsplit(|c: char| c.is_whitespace() || "<>()[],;:\"\\".contains(c)).next().unwrap_or(text)
}

/// RFC 5322 §3.2.3 `atext`, one or more.
fn is_atom(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
}

/// RFC 1123 host label.
fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

/// An address with an optional display name: `Name <address>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name, free of control characters.
    pub name: Option<String>,
    /// The address.
    pub address: Address,
}

impl Mailbox {
    /// Parses `Name <address>`, `"Name" <address>` or a bare address.
    ///
    /// # Errors
    /// [`Invalid`] when the address is none, or the name holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('<') else {
            return Ok(Self { name: None, address: Address::parse(text)? });
        };
        let Some(address) = rest.strip_suffix('>') else {
            return Err(Invalid::value("", "must be `Name <address>` or a bare address"));
        };
        let name = unquoted(name.trim());
        let name = name.trim();
        if has_control(name) {
            return Err(Invalid::value("", "has control characters in its name"));
        }
        Ok(Self { name: (!name.is_empty()).then(|| name.to_owned()), address: Address::parse(address)? })
    }
}

/// What a quoted string says (RFC 5322 §3.2.4); anything else says itself.
fn unquoted(name: &str) -> String {
    let Some(inside) = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return name.to_owned() };
    let mut said = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => said.extend(chars.next()),
            // The quotes are not around the whole.
            '"' => return name.to_owned(),
            c => said.push(c),
        }
    }
    said
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => fmt::Display::fmt(&self.address, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn domain_becomes_lower_case_ascii_and_local_part_stays() {
        let address = Address::parse("First.Last+tag@BÜCHER.Example").unwrap();
        assert_eq!(address.as_str(), "First.Last+tag@xn--bcher-kva.example");
        assert_eq!(address.key(), "first.last+tag@xn--bcher-kva.example");
        assert_eq!(address.masked(), "F***@xn--bcher-kva.example");
    }

    #[test]
    fn a_domain_may_have_hyphens_anywhere_inside_a_label() {
        for text in ["a@te--st.com", "a@r3---x.example.com"] {
            assert_eq!(Address::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn malformed_addresses_are_refused() {
        for bad in [
            "",
            "a",
            "@",
            "a@",
            "@b.c",
            "a b@c.d",
            "a@b c.d",
            "a@b..c",
            ".a@b.c",
            "a.@b.c",
            "a..b@c.d",
            "a@-b.c",
            "a@b-.c",
            "a@b.c\r\nBcc: x@y.z",
            "a\n@b.c",
            "a@[127.0.0.1]",
            "\"a b\"@c.d",
            "a@b.c>",
            "<a@b.c",
            "a@b@c.d,",
            "a@xn--a.de",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn addresses_in_a_text_are_masked() {
        for (text, masked) in [
            ("5.1.1 <user@example.com>: Recipient rejected", "5.1.1 <u***@example.com>: Recipient rejected"),
            ("A.B+c@X.Y,mailto:d_e@[::1] unknown", "A***@X.Y,mailto:d***@[::1] unknown"),
            ("\"a b\"@c.d", "\"***@c.d"),
            ("müller@bücher.example", "m***@bücher.example"),
            ("@relay:user@domain", "@relay:u***@domain"),
            ("a***@b.c", "a***@b.c"),
            ("queued @ 10:00", "queued @ 10:00"),
            ("2.0.0 queued", "2.0.0 queued"),
            ("", ""),
        ] {
            assert_eq!(mask_addresses(text), masked, "{text}");
        }
    }

    #[test]
    fn mailbox_takes_a_name() {
        let mailbox = Mailbox::parse("\"Ann B\" <ann@example.com>").unwrap();
        assert_eq!(mailbox.name.as_deref(), Some("Ann B"));
        assert!(Mailbox::parse("Ann\r\nX: y <ann@example.com>").is_err());
    }

    #[test]
    fn only_the_quotes_around_a_name_go() {
        for (text, name) in [
            ("Shop \"A\" <a@b.c>", Some("Shop \"A\"")),
            ("\"Shop\" A <a@b.c>", Some("\"Shop\" A")),
            ("\"A\" & \"B\" <a@b.c>", Some("\"A\" & \"B\"")),
            ("\"Shop A\" <a@b.c>", Some("Shop A")),
            ("\"Shop \\\"A\\\"\" <a@b.c>", Some("Shop \"A\"")),
            ("\"\" <a@b.c>", None),
            ("<a@b.c>", None),
        ] {
            assert_eq!(Mailbox::parse(text).unwrap().name.as_deref(), name, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_parses_is_safe_in_a_header_and_parses_again(text in "\\PC{0,20}@\\PC{0,20}") {
            if let Ok(address) = Address::parse(&text) {
                prop_assert!(address.as_str().is_ascii());
                prop_assert!(!address.as_str().bytes().any(|b| b <= b' ' || b == b'<' || b == b'>' || b == 0x7f));
                prop_assert_eq!(mask_addresses(&format!("550 <{address}>: no")), format!("550 <{}>: no", address.masked()));
                prop_assert_eq!(Address::parse(address.as_str()).unwrap(), address);
            }
        }

        #[test]
        fn arbitrary_text_never_panics(text in any::<String>()) {
            let _ = Address::parse(&text);
            let _ = Mailbox::parse(&text);
            let _ = mask_addresses(&text);
        }
    }
}
