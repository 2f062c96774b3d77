//! One-time codes: their length, purpose, rules, and how a code is cut from a digest.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use super::{Invalid, has_control};

/// How many digits a code has, 4–8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeLength(u8);

impl CodeLength {
    /// Checks a length.
    ///
    /// # Errors
    /// [`Invalid`] outside 4–8.
    pub fn parse(length: i64) -> Result<Self, Invalid> {
        match u8::try_from(length) {
            Ok(length @ 4..=8) => Ok(Self(length)),
            _ => Err(Invalid::value("payload.length", "must be a whole number from 4 to 8")),
        }
    }

    /// The number of digits.
    #[must_use]
    pub const fn digits(self) -> u8 {
        self.0
    }
}

/// What a code is for (`login`, `reset`): up to 64 characters; codes of different purposes never meet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Purpose(String);

impl Purpose {
    /// Parses a purpose; the empty one is the default purpose.
    ///
    /// # Errors
    /// [`Invalid`] over 64 characters or with control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > 64 || has_control(text) {
            return Err(Invalid::value("purpose", "must be at most 64 characters without control characters"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The purpose as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The sliding window of the limit on codes per recipient.
pub const CODES_WINDOW: Duration = Duration::from_hours(1);

/// The limits on codes, from `GOMAIL_OTP_*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRules {
    /// How long a code works, from its acceptance.
    pub ttl: Duration,
    /// Wrong tries until the lock.
    pub attempts: u32,
    /// Shortest time between two codes for the same account, address and purpose.
    pub cooldown: Duration,
    /// Codes per account and recipient in any [`CODES_WINDOW`].
    pub per_hour: u32,
}

/// Cuts a code of `length` digits from a 32-byte digest: dynamic truncation, RFC 4226 §5.3, of eight bytes instead of four.
///
/// The 63-bit number is taken modulo 10^length, with a bias below 10⁻¹⁰ of one code's share. The RFC's 31 bits would leave
/// up to 5·10⁻² of it for 8 digits.
#[must_use]
pub fn code_from_digest(digest: &[u8; 32], length: CodeLength) -> String {
    let offset = usize::from(digest[31] & 0x0f);
    let mut word = [0_u8; 8];
    word.copy_from_slice(&digest[offset..offset + 8]);
    let number = (u64::from_be_bytes(word) & 0x7fff_ffff_ffff_ffff) % 10_u64.pow(u32::from(length.0));
    format!("{number:0width$}", width = usize::from(length.0))
}

/// The text with `***` in place of `code`, also where its digits are set apart (`123-456`).
///
/// Relay replies are truncated, so a prefix of the code at the end of the text is masked as well.
#[must_use]
pub fn without_code(text: &str, code: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = code_at_start(rest, code);
        if taken > 0 {
            out.push_str("***");
        } else {
            out.push(c);
        }
        rest = &rest[taken.max(c.len_utf8())..];
    }
    out
}

/// How many bytes at the start of `text` are the code; 0 when they are not.
fn code_at_start(text: &str, code: &str) -> usize {
    let mut matched = 0;
    for (at, c) in text.char_indices() {
        match code[matched..].chars().next() {
            None => return at,
            Some(digit) if digit == c => matched += 1,
            Some(_) if matched > 0 && !c.is_alphanumeric() => {}
            Some(_) => return 0,
        }
    }
    // One digit tells nothing, and many a reply ends with one.
    if matched > 1 { text.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Secret;

    #[test]
    fn only_four_to_eight_digits() {
        for length in [-1, 0, 3, 9, 300] {
            assert_eq!(CodeLength::parse(length).unwrap_err().field, "payload.length");
        }
    }

    #[test]
    fn every_digit_turns_up_in_every_place() {
        let keys = Secret::parse(&"k".repeat(32)).unwrap().keys();
        let mut seen = [[0_u32; 10]; 6];
        for task in 0..20_000_u32 {
            let code = code_from_digest(&keys.code_digest(&task.to_be_bytes()), CodeLength::parse(6).unwrap());
            for (place, digit) in code.bytes().enumerate() {
                seen[place][usize::from(digit - b'0')] += 1;
            }
        }

        // 2,000 expected; six standard deviations are 255.
        assert!(seen.iter().flatten().all(|count| (1_745..=2_255).contains(count)), "{seen:?}");
    }

    #[test]
    fn a_code_is_taken_out_of_a_text() {
        for (text, shown) in [
            ("554 [Your code is 183386] no", "554 [Your code is ***] no"),
            ("183386183386", "******"),
            ("18-33 86, 1833 and 118338 no", "***, 1833 and 118338 no"),
            ("1183386", "1***"),
            ("cut off at 1833", "cut off at ***"),
            ("queued as 1", "queued as 1"),
            ("2.0.0 queued", "2.0.0 queued"),
            ("", ""),
        ] {
            assert_eq!(without_code(text, "183386"), shown, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_holds_a_code_that_was_taken_out(text in "\\PC{0,20}[0-9 -]{0,20}\\PC{0,20}", code in "[0-9]{4}") {
            prop_assert!(!without_code(&text, &code).contains(&code));
        }

        #[test]
        fn a_code_has_its_length_and_only_digits(digest: [u8; 32], length in 4_i64..=8) {
            let code = code_from_digest(&digest, CodeLength::parse(length).unwrap());
            prop_assert_eq!(code.len(), usize::try_from(length).unwrap());
            prop_assert!(code.bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
