//! The payload of a task: what each type reads of it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::fields::{Fields, printable};
use crate::domain::{
    Address, Attachment, CodeLength, ContentTypeName, Format, Frequency, HeaderLine, Invalid, Message, NO_NUL, OtpMail,
    Purpose, Subject, Tag, Timestamp, Work, has_control, holds_code,
};

/// Every payload field of any type. A field that belongs to another type is ignored, since clients send full
/// payloads; one that is not here is refused by name.
const KNOWN: [&str; 15] = [
    "userId",
    "subject",
    "content",
    "length",
    "content_type",
    "frequency",
    "format",
    "text",
    "from_name",
    "reply_to",
    "headers",
    "attachments",
    "variables",
    "tags",
    "purpose",
];

const TAGS_MAX: usize = 10;
const HEADERS_MAX: usize = 50;
const ATTACHMENTS_MAX: usize = 100;
/// Bytes of a code's own template: codes are taken in hand whatever else is there, so they must be small.
const CODE_CONTENT_MAX: usize = 256 * 1024;

/// Opens the payload: an object that holds known fields only.
pub(super) fn open(value: Value) -> Result<Fields, Invalid> {
    let fields = Fields::of(value, "payload")?;
    fields.refuse_unknown(&KNOWN)?;
    Ok(fields)
}

/// Reads the recipient, which every type needs.
pub(super) fn recipient(payload: &mut Fields) -> Result<Address, Invalid> {
    payload.parsed("userId", Address::parse)
}

/// Reads a message, which is due at `send_at`, and its tags.
pub(super) fn message(payload: &mut Fields, send_at: Option<Timestamp>) -> Result<(Work, Vec<Tag>), Invalid> {
    let subject = payload.parsed("subject", Subject::parse)?;
    let content = payload.text("content")?;
    if content.is_empty() {
        return Err(Invalid::value(&payload.name("content"), "must not be empty"));
    }
    refuse_nul(payload, "content", &content)?;
    let format = payload.optional_parsed("format", Format::parse)?;
    let text = payload.optional_text("text")?.filter(|text| !text.is_empty());
    if let Some(text) = &text {
        refuse_nul(payload, "text", text)?;
    }
    let from_name = payload.optional_parsed("from_name", from_name)?.filter(|name| !name.is_empty());
    let reply_to = payload.optional_parsed("reply_to", Address::parse)?;
    let headers = headers(payload)?;
    let attachments = attachments(payload)?;
    let variables = payload.optional_object("variables")?;
    for (name, value) in variables.iter().flatten() {
        if name.contains('\0') || holds_nul(value) {
            let field = format!("{}.{}", payload.name("variables"), printable(name));
            return Err(Invalid::value(&field, NO_NUL));
        }
    }
    let tags = tags(payload)?;
    let message =
        Message { subject, content, format, text, from_name, reply_to, headers, attachments, variables, send_at };
    Ok((Work::Message(Box::new(message)), tags))
}

/// Reads a one-time code's mail. Subject and content are kept only if the content holds `{{ otp }}`.
pub(super) fn otp(payload: &mut Fields) -> Result<Work, Invalid> {
    let rule = "must be a whole number from 4 to 8";
    let length = payload.whole_number("length", rule)?;
    let length = CodeLength::parse(length).map_err(|invalid| invalid.at(&payload.name("length")))?;
    let purpose = payload.optional_parsed("purpose", Purpose::parse)?.unwrap_or_default();
    let subject = payload.optional_text("subject")?;
    let content = match payload.optional_text("content")? {
        Some(content) => {
            holds_code(&content).map_err(|invalid| invalid.at(&payload.name("content")))?.then_some(content)
        }
        None => None,
    };
    // Also where it is not used: a line break in a subject is an attempt at a header, and is never overlooked.
    let subject = subject_of(payload, subject)?;
    let Some(content) = content else {
        return Ok(Work::Otp(OtpMail { length, purpose, subject: None, content: None }));
    };
    refuse_nul(payload, "content", &content)?;
    if content.len() > CODE_CONTENT_MAX {
        return Err(Invalid::value(&payload.name("content"), "must be at most 256 KiB in a code's mail"));
    }
    Ok(Work::Otp(OtpMail { length, purpose, subject, content: Some(content) }))
}

/// Reads a subscription; with a subject and a content (both not empty) it brings its content type along.
pub(super) fn subscribe(payload: &mut Fields) -> Result<Work, Invalid> {
    let content_type = payload.parsed("content_type", ContentTypeName::parse)?;
    let frequency = payload.parsed("frequency", Frequency::parse)?;
    let subject = payload.optional_text("subject")?;
    let subject = subject_of(payload, subject)?;
    let content = payload.optional_text("content")?.filter(|text| !text.is_empty());
    let create = match (subject, content) {
        (Some(subject), Some(content)) => {
            refuse_nul(payload, "content", &content)?;
            Some((subject, content))
        }
        _ => None,
    };
    Ok(Work::Subscribe { content_type, frequency, create })
}

/// Reads the end of a subscription.
pub(super) fn unsubscribe(payload: &mut Fields) -> Result<Work, Invalid> {
    Ok(Work::Unsubscribe { content_type: payload.parsed("content_type", ContentTypeName::parse)? })
}

/// A subject that may be missing; an empty one counts as missing.
fn subject_of(payload: &Fields, subject: Option<String>) -> Result<Option<Subject>, Invalid> {
    let parse = |text: String| Subject::parse(&text).map_err(|invalid| invalid.at(&payload.name("subject")));
    subject.filter(|text| !text.trim().is_empty()).map(parse).transpose()
}

/// RFC 5322 knows no NUL in a body.
fn refuse_nul(payload: &Fields, field: &str, text: &str) -> Result<(), Invalid> {
    if text.contains('\0') { Err(Invalid::value(&payload.name(field), NO_NUL)) } else { Ok(()) }
}

/// Whether a template can write a NUL that stands in this value.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn from_name(text: &str) -> Result<String, Invalid> {
    if has_control(text) || text.chars().count() > 200 {
        return Err(Invalid::value("", "must be at most 200 characters without control characters"));
    }
    Ok(text.trim().to_owned())
}

fn tags(payload: &mut Fields) -> Result<Vec<Tag>, Invalid> {
    let items = payload.optional_list("tags")?;
    if items.len() > TAGS_MAX {
        return Err(Invalid::value(&payload.name("tags"), "must be at most 10 labels"));
    }
    let mut tags: Vec<Tag> = Vec::with_capacity(items.len());
    for (place, item) in items.into_iter().enumerate() {
        let name = payload.name(&format!("tags[{place}]"));
        let Value::String(text) = item else { return Err(Invalid::value(&name, "must be text")) };
        let tag = Tag::parse(&text).map_err(|invalid| invalid.at(&name))?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Ok(tags)
}

fn headers(payload: &mut Fields) -> Result<Vec<HeaderLine>, Invalid> {
    let map = payload.optional_object("headers")?.unwrap_or_default();
    let whole = payload.name("headers");
    if map.len() > HEADERS_MAX {
        return Err(Invalid::value(&whole, "must be at most 50 headers"));
    }
    let mut lines: Vec<HeaderLine> = Vec::with_capacity(map.len());
    for (name, value) in map {
        let field = format!("{whole}.{}", printable(&name));
        let Value::String(value) = value else { return Err(Invalid::value(&field, "must be text")) };
        let line = HeaderLine::parse(&name, &value).map_err(|invalid| invalid.at(&field))?;
        if lines.iter().any(|other| other.name.eq_ignore_ascii_case(&line.name)) {
            return Err(Invalid::value(&field, "must be there only once, whatever its case"));
        }
        lines.push(line);
    }
    Ok(lines)
}

fn attachments(payload: &mut Fields) -> Result<Vec<Attachment>, Invalid> {
    let items = payload.optional_list("attachments")?;
    if items.len() > ATTACHMENTS_MAX {
        return Err(Invalid::value(&payload.name("attachments"), "must be at most 100 files"));
    }
    items
        .into_iter()
        .enumerate()
        .map(|(n, item)| attachment(item, &payload.name(&format!("attachments[{n}]"))))
        .collect()
}

fn attachment(item: Value, path: &str) -> Result<Attachment, Invalid> {
    let mut fields = Fields::of(item, path)?;
    fields.refuse_unknown(&["filename", "content_type", "content"])?;
    let filename = fields.text("filename")?;
    let fits = !filename.trim().is_empty() && filename.len() <= 255 && filename != "." && filename != "..";
    if !fits || has_control(&filename) || filename.contains(['/', '\\']) {
        let rule = "must be 1 to 255 bytes without control characters and path separators";
        return Err(Invalid::value(&fields.name("filename"), rule));
    }
    let content_type = fields.text("content_type")?;
    if !is_media_type(&content_type) {
        return Err(Invalid::value(&fields.name("content_type"), "must be a media type such as application/pdf"));
    }
    let content = fields.text("content")?;
    if STANDARD.decode(&content).is_err() {
        return Err(Invalid::value(&fields.name("content"), "must be base64"));
    }
    Ok(Attachment { filename, content_type, content })
}

/// `type/subtype` of RFC 2045 §5.1 tokens, with parameters such as `; charset=utf-8`; not `multipart` or `message`,
/// which base64 may not carry (§6.4).
fn is_media_type(text: &str) -> bool {
    let is_token =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b));
    let is_value = |value: &str| {
        let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        quoted
            .map_or(is_token(value), |inside| inside.bytes().all(|b| matches!(b, b' '..=b'~') && !b"\"\\".contains(&b)))
    };
    // Blanks may stand behind a semicolon and nowhere else, or no mail can be made of it.
    let mut parts =
        text.split(';').enumerate().map(|(n, part)| if n == 0 { part } else { part.trim_start_matches(' ') });
    let (kind, subtype) = parts.next().and_then(|whole| whole.split_once('/')).unwrap_or_default();
    let is_nested = kind.eq_ignore_ascii_case("multipart") || kind.eq_ignore_ascii_case("message");
    text.len() <= 255
        && is_token(kind)
        && is_token(subtype)
        && !is_nested
        && parts.all(|part| part.split_once('=').is_some_and(|(name, value)| is_token(name) && is_value(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_may_have_parameters() {
        for fits in [
            "text/plain",
            "Application/PDF",
            "text/csv; charset=utf-8",
            "text/calendar;method=REQUEST;charset=\"UTF-8\"",
        ] {
            assert!(is_media_type(fits), "{fits}");
        }
        for unfit in [
            "",
            "nope",
            "text/",
            "/plain",
            "text/plain;",
            "text/plain; x",
            "text/plain; x=",
            "text/plain; x=a b",
            "text/plain; x=\"a\"b\"",
            "text/plain\r\nX: y",
            "text/plain\n",
            " text/plain",
            "text/plain ;x=y",
            "text/plain;\tx=y",
            "text/plain; x=y\u{85}",
            "text/plain; x=\"\n\"",
            "multipart/mixed; boundary=x",
            "message/rfc822",
        ] {
            assert!(!is_media_type(unfit), "{unfit}");
        }
    }
}
