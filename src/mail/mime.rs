//! MIME: from rendered parts to the bytes of a mail, the same bytes on every attempt.

use std::time::{Duration, SystemTime};

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

/// Builds the mail: headers, text part, HTML behind it, files behind both.
pub(super) fn build(parts: &Parts<'_>) -> Result<Vec<u8>, ComposeError> {
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
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}
