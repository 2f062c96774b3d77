//! The bytes of commands and bodies.
//!
//! Line ends and dots are ours to get right: a lone LF or CR that a relay reads as a line end would let a body
//! smuggle commands past the final dot.

use memchr::memchr2;

use super::Envelope;

/// The end of a body: RFC 5321 §4.1.1.4.
pub(super) const FINAL_DOT: &[u8] = b".\r\n";

/// Appends `body` as it travels after DATA, without the final dot.
///
/// Every line end (CRLF, or a lone CR or LF) becomes CRLF, the last line gets one, and a dot at the start of a line
/// is doubled (RFC 5321 §4.5.2). One pass.
pub(super) fn stuff(body: &[u8], out: &mut Vec<u8>) {
    out.reserve(body.len() + body.len() / 32 + 16);
    let mut rest = body;
    while let Some(&first) = rest.first() {
        if first == b'.' {
            out.push(b'.');
        }
        let end = memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..end]);
        out.extend_from_slice(b"\r\n");
        let ending = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = rest.get(end + ending..).unwrap_or_default();
    }
}

/// Appends MAIL. The size goes along when the relay wants to know it (RFC 1870 §6).
pub(super) fn mail(envelope: &Envelope, with_size: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(b"MAIL FROM:<");
    out.extend_from_slice(envelope.from.as_str().as_bytes());
    out.push(b'>');
    if with_size && envelope.size > 0 {
        out.extend_from_slice(b" SIZE=");
        out.extend_from_slice(envelope.size.to_string().as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

/// Appends RCPT.
pub(super) fn rcpt(envelope: &Envelope, out: &mut Vec<u8>) {
    out.extend_from_slice(b"RCPT TO:<");
    out.extend_from_slice(envelope.to.as_str().as_bytes());
    out.extend_from_slice(b">\r\n");
}

/// Appends DATA.
pub(super) fn data(out: &mut Vec<u8>) {
    out.extend_from_slice(b"DATA\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stuffed(body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        stuff(body, &mut out);
        out
    }

    /// What a relay makes of it.
    fn unstuffed(wire: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for line in wire.split_inclusive(|&b| b == b'\n') {
            out.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        }
        out
    }

    /// The slow, obvious way.
    fn normalised(body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut bytes = body.iter().copied().peekable();
        while let Some(b) = bytes.next() {
            match b {
                b'\r' => {
                    bytes.next_if_eq(&b'\n');
                    out.extend(b"\r\n");
                }
                b'\n' => out.extend(b"\r\n"),
                b => out.push(b),
            }
        }
        if !out.is_empty() && !out.ends_with(b"\r\n") {
            out.extend(b"\r\n");
        }
        out
    }

    #[test]
    fn dots_are_doubled_and_line_ends_made_whole() {
        for (body, wire) in [
            ("", ""),
            (".", "..\r\n"),
            ("a\n.\nb", "a\r\n..\r\nb\r\n"),
            ("a\r.\r\n.\n", "a\r\n..\r\n..\r\n"),
            ("..a\r\n", "...a\r\n"),
            ("a.b\r\n\r\n", "a.b\r\n\r\n"),
            ("a\r\r\n", "a\r\n\r\n"),
            ("\n", "\r\n"),
        ] {
            assert_eq!(String::from_utf8(stuffed(body.as_bytes())).unwrap(), wire, "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn the_relay_reads_back_the_normalised_body(
            body in prop::collection::vec(prop::sample::select(b"\r\n.ab".to_vec()), 0..200),
        ) {
            prop_assert_eq!(unstuffed(&stuffed(&body)), normalised(&body));
        }

        #[test]
        fn the_end_of_data_stands_only_at_the_end(
            body in prop::collection::vec(prop::sample::select(b"\r\n.ab".to_vec()), 0..200),
        ) {
            let mut wire = b"\r\n".to_vec();
            stuff(&body, &mut wire);
            wire.extend_from_slice(FINAL_DOT);

            let ends: Vec<usize> = (0..wire.len()).filter(|&at| wire[at..].starts_with(b"\r\n.\r\n")).collect();
            prop_assert_eq!(ends, [wire.len() - 5]);
            for at in 0..wire.len() {
                prop_assert!(wire[at] != b'\n' || wire[at - 1] == b'\r', "bare LF");
                prop_assert!(wire[at] != b'\r' || wire[at + 1] == b'\n', "bare CR");
            }
        }
    }
}
