//! MIME: from rendered parts to the bytes of a mail, the same bytes on every attempt.

use std::{
    io::Write as _,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lettre::message::{
    Attachment as Part, Body, Mailbox as Address7, Message as Builder, MultiPart, SinglePart,
    header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
};

use super::ComposeError;
use crate::domain::{Address, Attachment, HeaderLine, Mailbox, Rendered, TaskId, Timestamp, message_id};

/// Everything a mail is made of.
pub(super) struct Parts<'a> {
    pub(super) id: TaskId,
    pub(super) from: &'a Mailbox,
    pub(super) to: &'a Address,
    pub(super) reply_to: Option<&'a Address>,
    pub(super) date: Timestamp,
    pub(super) rendered: &'a Rendered,
    pub(super) headers: &'a [HeaderLine],
    pub(super) attachments: &'a [Attachment],
}

/// Longest line of a body, and longest word of a subject, that is sent as it is; RFC 5322 §2.1.1 allows lines of 998.
const LINE_MAX: usize = 900;
/// What stands around the base64 of an encoded word.
const WORD_FRAME: (&str, &str) = ("=?utf-8?b?", "?=");
/// Longest line that holds an encoded word, RFC 2047 §2.
const WORD_LINE_MAX: usize = 76;
/// Longest subject that needs no folding.
const SUBJECT_MAX: usize = 66;

/// Builds the mail: headers, text part, HTML behind it, files behind both.
pub(super) fn build(parts: &Parts<'_>) -> Result<Vec<u8>, ComposeError> {
    plain(parts).map_or_else(|| built(parts), Ok)
}

/// Any mail, by lettre's builder.
fn built(parts: &Parts<'_>) -> Result<Vec<u8>, ComposeError> {
    let mut builder = Builder::builder()
        .from(mailbox(parts.from)?)
        .to(mailbox(&Mailbox { name: None, address: parts.to.clone() })?)
        .raw_header(subject(parts.rendered.subject.as_str()))
        .date(system_time(parts.date))
        .message_id(Some(format!("<{}>", message_id(parts.id, parts.from.address.domain()))));
    if let Some(from) = dotted(parts.from) {
        builder = builder.raw_header(from);
    }
    if let Some(reply_to) = parts.reply_to {
        builder = builder.reply_to(mailbox(&Mailbox { name: None, address: reply_to.clone() })?);
    }
    for line in parts.headers {
        builder = builder.raw_header(extra(line)?);
    }
    let text = SinglePart::plain(crlf(&parts.rendered.text));
    let html = parts.rendered.html.as_deref().map(|html| SinglePart::html(crlf(html)));
    let message = match (html, parts.attachments) {
        (None, []) => builder.singlepart(text),
        (Some(html), []) => builder.multipart(alternative(parts.id, text, html)),
        (html, files) => {
            let mixed = MultiPart::mixed().boundary(boundary(parts.id, "mixed"));
            let mut mixed = match html {
                None => mixed.singlepart(text),
                Some(html) => mixed.multipart(alternative(parts.id, text, html)),
            };
            for file in files {
                mixed = mixed.singlepart(attachment(file)?);
            }
            builder.multipart(mixed)
        }
    };
    let mut mail = message.map_err(|error| ComposeError::new(error.to_string()))?.formatted();
    // lettre adds a line end to a single-part text that already ends with one. Base64 bodies do not end so.
    if mail.ends_with(b"\r\n\r\n") {
        mail.truncate(mail.len() - 2);
    }
    Ok(mail)
}

/// Fast path for ASCII text under a short ASCII subject, which needs no encoding: a fifth of the builder's time for
/// most mails in a queue. `None` for everything else.
fn plain(parts: &Parts<'_>) -> Option<Vec<u8>> {
    let Rendered { subject, html: None, text } = parts.rendered else { return None };
    let subject = subject.as_str();
    let is_bare = parts.attachments.is_empty()
        && parts.headers.is_empty()
        && parts.reply_to.is_none()
        && parts.from.name.is_none()
        && subject.len() <= SUBJECT_MAX
        && reads_as_it_is(subject);
    if !is_bare || !text.is_ascii() || memchr::memchr(0, text.as_bytes()).is_some() || has_long_line(text.as_bytes()) {
        return None;
    }
    let mut mail = Vec::with_capacity(text.len() + text.len() / 16 + 512);
    let from = &parts.from.address;
    let written = write!(
        mail,
        "From: {from}\r\nTo: {}\r\nSubject: {subject}\r\nDate: {}\r\nMessage-ID: <{}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n",
        parts.to,
        parts.date.to_utc().to_rfc2822(),
        message_id(parts.id, from.domain()),
    );
    written.expect("a Vec takes every write");
    push_crlf(&mut mail, text.as_bytes());
    Some(mail)
}

fn subject(text: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Subject");
    if reads_as_it_is(text) {
        return HeaderValue::new(name, text.to_owned());
    }
    encoded(name, text)
}

/// Whether a reader sees this subject when it stands in the mail as it is, folded at its blanks.
fn reads_as_it_is(subject: &str) -> bool {
    subject.is_ascii()
        // An encoded word that the client wrote must reach the reader as those characters.
        && !subject.contains("=?")
        && subject.trim() == subject
        && subject.split(' ').all(|word| word.len() <= LINE_MAX)
}

/// A header that the client asked for. [`HeaderLine::parse`] has seen to it that ASCII can be folded.
fn extra(HeaderLine { name, value }: &HeaderLine) -> Result<HeaderValue, ComposeError> {
    let header =
        HeaderName::new_from_ascii(name.clone()).map_err(|_| ComposeError::new("a header has no valid name"))?;
    if value.is_ascii() {
        return Ok(HeaderValue::new(header, value.clone()));
    }
    Ok(encoded(header, value))
}

/// A header as encoded words, one a line (RFC 2047): a reader sees the text's characters, whatever they are.
fn encoded(name: HeaderName, text: &str) -> HeaderValue {
    let (open, close) = WORD_FRAME;
    let mut words = Vec::new();
    let mut columns = name.len() + ": ".len();
    let mut rest = text;
    while !rest.is_empty() {
        let room = WORD_LINE_MAX.saturating_sub(columns + open.len() + close.len());
        // Four of base64 are three bytes. Behind the longest of names, one character: a word has no less.
        let bytes = (room / 4 * 3).max(char::MAX.len_utf8());
        let (word, after) = rest.split_at(rest.floor_char_boundary(bytes));
        words.push(format!("{open}{}{close}", STANDARD.encode(word)));
        columns = " ".len();
        rest = after;
    }
    HeaderValue::dangerous_new_pre_encoded(name, text.to_owned(), words.join("\r\n "))
}

fn has_long_line(text: &[u8]) -> bool {
    let mut start = 0;
    memchr::memchr2_iter(b'\r', b'\n', text).chain([text.len()]).any(|end| {
        let length = end - start;
        start = end + 1;
        length > LINE_MAX
    })
}

/// Adds a body whose lines end with CRLF, the last one too.
fn push_crlf(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some(end) = memchr::memchr2(b'\r', b'\n', rest) {
        out.extend_from_slice(&rest[..end]);
        out.extend_from_slice(b"\r\n");
        let ended = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = &rest[end + ended..];
    }
    out.extend_from_slice(rest);
    if !rest.is_empty() {
        out.extend_from_slice(b"\r\n");
    }
}

fn alternative(id: TaskId, text: SinglePart, html: SinglePart) -> MultiPart {
    MultiPart::alternative().boundary(boundary(id, "alternative")).singlepart(text).singlepart(html)
}

/// Random boundaries would make every attempt another mail; text in quoted-printable never begins a line with `=_`.
fn boundary(id: TaskId, kind: &str) -> String {
    format!("=_{kind}_{id}")
}

fn attachment(file: &Attachment) -> Result<SinglePart, ComposeError> {
    let bytes = STANDARD.decode(&file.content).map_err(|_| ComposeError::new("an attachment is not base64"))?;
    let content_type =
        ContentType::parse(&file.content_type).map_err(|_| ComposeError::new("an attachment has no valid type"))?;
    // Also what looks like text: its line ends would become CRLF on the way, after the mail was signed.
    let body = Body::new_with_encoding(bytes, ContentTransferEncoding::Base64).expect("base64 takes every byte");
    Ok(Part::new(file.filename.clone()).body(body, content_type))
}

fn mailbox(mailbox: &Mailbox) -> Result<Address7, ComposeError> {
    let address = lettre::Address::new(mailbox.address.local(), mailbox.address.domain())
        .map_err(|error| ComposeError::new(error.to_string()))?;
    Ok(Address7::new(mailbox.name.clone(), address))
}

/// `From` when the name is one word with dots, which must be quoted (RFC 5322 §4.1): the builder would not.
fn dotted(Mailbox { name, address }: &Mailbox) -> Option<HeaderValue> {
    let name = name.as_deref()?;
    let is_word = name.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    if !is_word || !name.contains('.') || name.contains("=?") || name.len() > LINE_MAX / 2 {
        return None;
    }
    let value = format!("\"{name}\" <{address}>");
    Some(HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str("From"), value.clone(), value))
}

fn system_time(time: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(time.millis()).unwrap_or(0))
}

/// Line ends as the wire has them, whatever the client sent.
fn crlf(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + text.len() / 16);
    push_crlf(&mut out, text.as_bytes());
    String::from_utf8(out).expect("only ASCII was cut and added")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Subject;

    /// Text for a header: words and blanks of any length, and what may be mistaken for an encoded word. Much of it is
    /// exactly as long as may be.
    fn header_text() -> impl Strategy<Value = String> {
        let fake = Just("=?utf-8?q?fake?=".to_owned());
        let piece = prop_oneof!["x{990,998}", " {900,998}", "x{1,80}", "[ -~]{1,80}", "\\PC{1,40}", fake];
        prop::collection::vec(piece, 1..6).prop_map(|pieces| {
            let mut text = pieces.concat();
            text.truncate(text.floor_char_boundary(998));
            text
        })
    }

    fn mailbox_of(name: Option<String>) -> Mailbox {
        Mailbox { name, address: Address::parse("news@shop.example").unwrap() }
    }

    /// A text mail from and to the same address.
    fn mail(name: Option<String>, subject: Subject, headers: &[HeaderLine]) -> String {
        let raw = build(&Parts {
            id: TaskId::posted_at(Timestamp::from_millis(1)),
            from: &mailbox_of(name),
            to: &mailbox_of(None).address,
            reply_to: None,
            date: Timestamp::from_millis(1),
            rendered: &Rendered { subject, html: None, text: "Hello".to_owned() },
            headers,
            attachments: &[],
        });
        String::from_utf8(raw.unwrap()).unwrap()
    }

    /// A text mail as its reader gets it: headers as they are, moment and decoded body.
    fn read(raw: &[u8]) -> (Vec<(String, String)>, i64, String) {
        let mail = mail_parser::MessageParser::default().parse(raw).unwrap();
        // The builder encodes long lines that need it not, and writes a day as two digits.
        let differs = |name: &str| matches!(name, "Content-Transfer-Encoding" | "Date");
        let headers = mail.headers_raw().filter(|(name, _)| !differs(name));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.replace("\r\n", ""))).collect();
        (headers, mail.date().unwrap().to_timestamp(), mail.body_text(0).unwrap().into_owned())
    }

    #[test]
    fn one_word_with_dots_is_quoted() {
        for (name, from) in [("Booking.com", "\"Booking.com\""), ("...", "\"...\""), ("Shop", "Shop")] {
            let mail = mail(Some(name.to_owned()), Subject::parse("Hi").unwrap(), &[]);

            assert!(mail.contains(&format!("From: {from} <news@shop.example>\r\n")), "{mail}");
        }
    }

    proptest! {
        #[test]
        fn no_line_of_a_mail_is_too_long(
            subject in header_text(),
            header in ("X-[a-z]{1,62}", header_text()),
            name in prop::option::of("\\PC{1,200}"),
        ) {
            let name = name.filter(|name| !name.trim().is_empty());
            let Ok(subject) = Subject::parse(&subject) else { return Ok(()) };
            let headers: Vec<HeaderLine> = HeaderLine::parse(&header.0, &header.1).into_iter().collect();

            let mail = mail(name, subject, &headers);

            prop_assert!(mail.is_ascii(), "{}", mail);
            prop_assert!(mail.split("\r\n").all(|line| line.len() <= 998), "{}", mail);
        }

        #[test]
        fn a_plain_mail_is_what_the_builder_makes(
            from in "[a-z]{1,60}@[a-z]{1,60}\\.example",
            to in "[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z]{1,60}\\.){1,3}example",
            subject in "[!-~]([ -~]{0,70}[!-~])?",
            text in "([ -~\\t\r\n]{0,120}|\r|\n|[a-z.]{850,901}){0,6}",
            millis in 0..4_102_444_800_000_i64,
        ) {
            let Ok(to) = Address::parse(&to) else { return Ok(()) };
            let from = Mailbox { name: None, address: Address::parse(&from).unwrap() };
            let Ok(subject) = Subject::parse(&subject) else { return Ok(()) };
            let date = Timestamp::from_millis(millis);
            let parts = Parts {
                id: TaskId::posted_at(date),
                from: &from,
                to: &to,
                reply_to: None,
                date,
                rendered: &Rendered { subject, html: None, text },
                headers: &[],
                attachments: &[],
            };
            let Some(fast) = plain(&parts) else { return Ok(()) };
            let slow = built(&parts).unwrap();

            prop_assert_eq!(read(&fast), read(&slow));
        }

        #[test]
        fn encoded_words_are_short_and_say_the_same(text in "\\PC{1,300}", name in "X-[a-z]{1,50}") {
            let name = HeaderName::new_from_ascii(name).unwrap();
            let headers = Builder::builder().raw_header(encoded(name.clone(), &text));
            let mail = headers.to(mailbox(&mailbox_of(None)).unwrap()).from(mailbox(&mailbox_of(None)).unwrap());
            let raw = String::from_utf8(mail.body(String::new()).unwrap().formatted()).unwrap();

            let lines = raw.strip_prefix(&*format!("{name}: ")).unwrap();
            let lines = lines.split("\r\n").take_while(|line| !line.starts_with("To:"));
            let mut said = Vec::new();
            for (n, line) in lines.enumerate() {
                prop_assert!(line.len() + if n == 0 { name.len() + 2 } else { 0 } <= WORD_LINE_MAX, "{}", raw);
                let inside = line.trim().strip_prefix(WORD_FRAME.0).and_then(|rest| rest.strip_suffix(WORD_FRAME.1));
                let bytes = STANDARD.decode(inside.unwrap()).unwrap();
                // A character in two words would be read as none (RFC 2047 §5).
                prop_assert!(std::str::from_utf8(&bytes).is_ok());
                said.extend(bytes);
            }
            prop_assert_eq!(String::from_utf8(said).unwrap(), text);
        }

        #[test]
        fn every_line_ends_with_crlf_and_nothing_else_changes(text in "[ab\r\n]{0,40}") {
            let wire = crlf(&text);
            prop_assert!(wire.is_empty() || wire.ends_with("\r\n"));
            prop_assert!(!wire.replace("\r\n", "").contains(['\r', '\n']));
            let plain = text.replace("\r\n", "\n").replace('\r', "\n");
            let unwired = wire.replace("\r\n", "\n");
            prop_assert_eq!(unwired.trim_end_matches('\n'), plain.trim_end_matches('\n'));
        }
    }
}
