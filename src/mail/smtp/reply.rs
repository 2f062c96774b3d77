//! Replies of the relay: read strictly, cleaned before anyone shows them.

use std::fmt;

use memchr::memchr;

/// Longest line taken; RFC 5321 §4.5.3.1.5 allows 512 bytes, some relays send more.
const LINE_MAX: usize = 4 * 1024;
/// Longest reply taken, all lines together.
pub(super) const REPLY_MAX: usize = 64 * 1024;
/// Characters of text kept.
const TEXT_MAX: usize = 500;

/// One reply: code, enhanced code when it has one, and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three-digit code, 200–599.
    pub code: u16,
    /// The enhanced status code (RFC 3463), such as `5.1.1`; its class agrees with the code (RFC 2034 §4).
    pub enhanced: Option<String>,
    /// The relay's words, lines joined by spaces: no control characters, at most 500 characters.
    pub text: String,
}

impl Reply {
    /// Builds a reply from its code and words, cleaned.
    #[must_use]
    pub fn new(code: u16, text: &str) -> Self {
        let mut reply = Self { code, enhanced: None, text: String::with_capacity(text.len().min(TEXT_MAX)) };
        reply.push_line(text);
        reply.enhanced = enhanced_of(code, &reply.text);
        reply
    }

    /// Builds a reply from the raw lines that [`scan`] measured.
    pub(super) fn read(code: u16, raw: &[u8]) -> Self {
        let mut reply = Self { code, enhanced: None, text: String::with_capacity(raw.len().min(TEXT_MAX)) };
        for line in lines(raw) {
            reply.push_line(&String::from_utf8_lossy(line));
        }
        // Every line should have it (RFC 2034 §4); some relays give it in the last one only.
        let of_last = || enhanced_of(code, String::from_utf8_lossy(lines(raw).last()?).trim());
        reply.enhanced = enhanced_of(code, &reply.text).or_else(of_last);
        reply
    }

    /// 2xx.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// 4xx or 5xx.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.code >= 400
    }

    /// Whether the enhanced code is `class.subject.*`.
    #[must_use]
    pub fn is_about(&self, class_and_subject: &str) -> bool {
        self.enhanced.as_deref().and_then(|code| code.strip_prefix(class_and_subject)).is_some_and(|rest| {
            // `5.1` must not take `5.10.1`.
            rest.starts_with('.')
        })
    }

    fn push_line(&mut self, line: &str) {
        let line = line.trim();
        // Nearly every reply is this one.
        if self.text.is_empty() && line.len() <= TEXT_MAX && line.bytes().all(|b| matches!(b, b' '..=b'~')) {
            self.text.push_str(line);
            return;
        }
        let mut room = TEXT_MAX.saturating_sub(self.text.chars().count());
        let mut space = !self.text.is_empty();
        for c in line.chars() {
            // A relay's words end up in logs, terminals and JSON: escape sequences must not.
            let c = if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
            if std::mem::take(&mut space) && room > 0 {
                self.text.push(' ');
                room -= 1;
            }
            if room == 0 {
                return;
            }
            self.text.push(c);
            room -= 1;
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.is_empty() { write!(f, "{}", self.code) } else { write!(f, "{} {}", self.code, self.text) }
    }
}

/// The enhanced code that `text` begins with.
fn enhanced_of(code: u16, text: &str) -> Option<String> {
    let word = text.split(' ').next()?;
    let mut parts = word.split('.');
    let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let agrees = class.len() == 1 && class.parse() == Ok(code / 100) && matches!(code / 100, 2 | 4 | 5);
    (parts.next().is_none() && agrees && is_number(subject) && is_number(detail)).then(|| word.to_owned())
}

/// The texts of a reply's lines, without codes and line ends.
pub(super) fn lines(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    raw.split(|&b| b == b'\n').filter(|line| !line.is_empty()).map(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        line.get(4..).unwrap_or_default()
    })
}

/// Looks for one whole reply at the start of `input`: its code and its length in bytes, `None` while it is not whole.
///
/// # Errors
/// A sentence when this is no SMTP reply (RFC 5321 §4.2) or is longer than we take.
pub(super) fn scan(input: &[u8]) -> Result<Option<(u16, usize)>, &'static str> {
    let mut at = 0;
    let mut code = None;
    loop {
        let rest = &input[at..];
        let Some(end) = memchr(b'\n', rest) else {
            return if rest.len() > LINE_MAX || input.len() > REPLY_MAX { Err("reply is too long") } else { Ok(None) };
        };
        if end > LINE_MAX || at + end > REPLY_MAX {
            return Err("reply is too long");
        }
        let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
        let this = code_of(line).ok_or("not an SMTP reply")?;
        if *code.get_or_insert(this) != this {
            return Err("reply changes its code between lines");
        }
        at += end + 1;
        match line.get(3) {
            None | Some(b' ') => return Ok(Some((this, at))),
            Some(b'-') => {}
            Some(_) => return Err("not an SMTP reply"),
        }
    }
}

fn code_of(line: &[u8]) -> Option<u16> {
    let digits = line.get(..3)?;
    if !(b'2'..=b'5').contains(&digits[0]) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reply_is_whole_only_with_its_last_line() {
        let raw = b"250-one\r\n250-two\r\n250 three\r\n354 go";
        for cut in 0..29 {
            assert_eq!(scan(&raw[..cut]), Ok(None), "{cut}");
        }
        assert_eq!(scan(raw), Ok(Some((250, 29))));
        assert_eq!(Reply::read(250, &raw[..29]).text, "one two three");
    }

    #[test]
    fn bare_codes_and_bare_line_feeds_are_taken() {
        assert_eq!(scan(b"250\r\n"), Ok(Some((250, 5))));
        assert_eq!(scan(b"250\n"), Ok(Some((250, 4))));
    }

    #[test]
    fn nonsense_is_no_reply() {
        for bad in
            ["hello\r\n", "25\r\n", "150 x\r\n", "650 x\r\n", "250x\r\n", "250-a\r\n251 b\r\n", "\r\n", "2é0 x\r\n"]
        {
            assert!(scan(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn endless_lines_and_endless_replies_are_cut_off() {
        assert!(scan(&vec![b'2'; LINE_MAX + 1]).is_err());
        assert!(scan(&b"250-x\r\n".repeat(REPLY_MAX / 7 + 1)).is_err());
    }

    #[test]
    fn an_enhanced_code_must_agree_with_the_code() {
        for (code, text, want) in [
            (550, "5.1.1 no such user", Some("5.1.1")),
            (250, "2.0.0", Some("2.0.0")),
            (450, "5.1.1 what now", None),
            (550, "no such user", None),
            (550, "5.1 short", None),
            (550, "5.1.1.1 long", None),
            (550, "5.1.1234 wide", None),
            (354, "3.0.0 go", None),
        ] {
            assert_eq!(Reply::new(code, text).enhanced.as_deref(), want, "{code} {text}");
        }
        assert!(Reply::new(550, "5.1.10 null MX").is_about("5.1"));
        assert!(!Reply::new(550, "5.10.1 x").is_about("5.1"));
    }

    proptest! {
        #[test]
        fn whatever_the_relay_says_is_safe_to_show(raw in prop::collection::vec(any::<u8>(), 0..3000)) {
            if let Ok(Some((code, len))) = scan(&raw) {
                prop_assert!((200..600).contains(&code) && len <= raw.len());
            }
            let reply = Reply::read(550, &raw);
            prop_assert!(!reply.text.chars().any(char::is_control));
            prop_assert!(reply.text.chars().count() <= TEXT_MAX);
        }
    }
}
