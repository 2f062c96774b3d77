//! MIME: from rendered parts to the bytes of a mail, the same bytes on every attempt.

use std::{
    io::Write as _,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lettre::message::{
    Attachment as Part, Mailbox as Address7, Message as Builder, MultiPart, SinglePart,
    header::{ContentType, HeaderName, HeaderValue},
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

/// Longest line of a body that is sent as it is; RFC 5322 §2.1.1 allows 998.
const LINE_MAX: usize = 900;
/// Longest subject that needs no folding.
const SUBJECT_MAX: usize = 66;

/// Builds the mail: headers, text part, HTML behind it, files behind both.
pub(super) fn build(parts: &Parts<'_>) -> Result<Vec<u8>, ComposeError> {
    if let Some(mail) = plain(parts) {
        return Ok(mail);
    }
    let mut builder = Builder::builder()
        .from(mailbox(parts.from)?)
        .to(mailbox(&Mailbox { name: None, address: parts.to.clone() })?)
        .subject(parts.rendered.subject.as_str())
        .date(system_time(parts.date))
        .message_id(Some(format!("<{}>", message_id(parts.id, parts.from.address.domain()))));
    if let Some(reply_to) = parts.reply_to {
        builder = builder.reply_to(mailbox(&Mailbox { name: None, address: reply_to.clone() })?);
    }
    for HeaderLine { name, value } in parts.headers {
        let name =
            HeaderName::new_from_ascii(name.clone()).map_err(|_| ComposeError::new("a header has no valid name"))?;
        builder = builder.raw_header(HeaderValue::new(name, value.clone()));
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
    message.map(|message| message.formatted()).map_err(|error| ComposeError::new(error.to_string()))
}

/// The plain case by hand: ASCII text under a short ASCII subject needs no encoding. Most mails a queue carries are such,
/// and this takes a fifth of the builder's time. `None` for everything else.
fn plain(parts: &Parts<'_>) -> Option<Vec<u8>> {
    let Rendered { subject, html: None, text } = parts.rendered else { return None };
    let subject = subject.as_str();
    let is_bare = parts.attachments.is_empty()
        && parts.headers.is_empty()
        && parts.reply_to.is_none()
        && parts.from.name.is_none()
        && subject.is_ascii()
        && subject.len() <= SUBJECT_MAX
        // An encoded word that the client wrote must reach the reader as those characters.
        && !subject.contains("=?")
        && subject.trim() == subject;
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
    Ok(Part::new(file.filename.clone()).body(bytes, content_type))
}

fn mailbox(mailbox: &Mailbox) -> Result<Address7, ComposeError> {
    let address = lettre::Address::new(mailbox.address.local(), mailbox.address.domain())
        .map_err(|error| ComposeError::new(error.to_string()))?;
    Ok(Address7::new(mailbox.name.clone(), address))
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

    proptest! {
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
