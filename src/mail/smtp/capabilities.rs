//! What a relay says it can do, from its EHLO reply (RFC 5321 §4.1.1.1).

use super::reply::lines;

/// A relay's extensions, as far as we use them. The default is a relay that knows only HELO.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Capabilities {
    /// PIPELINING, RFC 2920.
    pub(super) pipelining: bool,
    /// STARTTLS, RFC 3207.
    pub(super) starttls: bool,
    /// SIZE, RFC 1870: the longest mail in bytes, 0 when the relay names no limit.
    pub(super) size: Option<usize>,
    /// AUTH, RFC 4954.
    pub(super) auth: Mechanisms,
}

/// The ways to log in that we know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mechanisms {
    /// PLAIN, RFC 4616.
    pub(super) plain: bool,
    /// LOGIN, never a standard, widely the only one.
    pub(super) login: bool,
}

impl Capabilities {
    /// Reads the raw lines of an EHLO reply. Unknown and malformed lines are passed over.
    pub(super) fn parse(raw: &[u8]) -> Self {
        let mut known = Self::default();
        // The first line is the greeting.
        for line in lines(raw).skip(1) {
            let line = String::from_utf8_lossy(line).to_ascii_uppercase();
            // Old servers write `AUTH=LOGIN`.
            let mut words = line.split(|c: char| c.is_ascii_whitespace() || c == '=').filter(|word| !word.is_empty());
            match words.next() {
                Some("PIPELINING") => known.pipelining = true,
                Some("STARTTLS") => known.starttls = true,
                Some("SIZE") => known.size = Some(words.next().and_then(|size| size.parse().ok()).unwrap_or(0)),
                Some("AUTH") => {
                    for mechanism in words {
                        known.auth.plain |= mechanism == "PLAIN";
                        known.auth.login |= mechanism == "LOGIN";
                    }
                }
                _ => {}
            }
        }
        known
    }

    /// The limit that a mail of `size` bytes breaks.
    pub(super) fn limit_broken_by(&self, size: usize) -> Option<usize> {
        self.size.filter(|&limit| limit > 0 && size > limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_found_whatever_their_case_and_order() {
        let raw = b"250-mx.example.com PIPELINING\r\n250-size 1000\r\n250-AUTH=login\r\n250-auth CRAM-MD5 plain\r\n250 StartTLS\r\n";

        let known = Capabilities::parse(raw);

        let want = Capabilities {
            pipelining: false,
            starttls: true,
            size: Some(1000),
            auth: Mechanisms { plain: true, login: true },
        };
        assert_eq!(known, want);
    }

    #[test]
    fn size_without_a_number_is_no_limit() {
        for raw in ["250-x\r\n250 SIZE\r\n", "250-x\r\n250 SIZE 0\r\n", "250-x\r\n250 SIZE many\r\n", "250 x\r\n"] {
            assert_eq!(Capabilities::parse(raw.as_bytes()).limit_broken_by(usize::MAX), None, "{raw:?}");
        }
        assert_eq!(Capabilities::parse(b"250-x\r\n250 SIZE 10\r\n").limit_broken_by(11), Some(10));
    }
}
