//! The JSON of a task, as `POST /task` takes it. The service judges it; here only what a shell adds is read.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    cli::failure::Failure,
    clock::{Clock as _, SystemClock},
    config::parse_duration,
    domain::Timestamp,
};

const RETRIES: u8 = 3;

/// A task without a recipient.
pub(super) fn new_task(name: Option<&str>, task_type: &str, retries: Option<u8>, payload: &Value) -> Value {
    let name = name.unwrap_or("gomail send");
    json!({ "task": name, "type": task_type, "retries": retries.unwrap_or(RETRIES), "payload": payload })
}

/// The template, addressed to `to`.
pub(super) fn addressed(template: &Value, to: &str) -> Value {
    let mut task = template.clone();
    task["payload"]["userId"] = to.into();
    task
}

/// What a task is, in a sentence.
pub(super) fn described(task: &Value) -> &'static str {
    match task["type"].as_str() {
        Some("generateOtp") => "one-time code",
        Some("subscribe") => "subscription",
        Some("unsubscribe") => "end of subscription",
        _ => "message",
    }
}

/// Splits `Name: value`.
pub(super) fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err("must be NAME: VALUE".to_owned()),
    }
}

/// When a message is due.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moment {
    /// RFC 3339, as the API takes it.
    pub(super) time: String,
    /// Whether it was given as a duration from now.
    pub(super) is_relative: bool,
}

/// Reads an RFC 3339 time, or a duration from now.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(wait) = parse_duration(text) {
        return Ok(Moment { time: SystemClock.now().plus(wait).to_string(), is_relative: true });
    }
    match Timestamp::parse(text) {
        Ok(at) => Ok(Moment { time: at.to_string(), is_relative: false }),
        Err(_) => Err("must be an RFC 3339 time such as 2026-11-24T10:00:00Z, or a duration such as 2h".to_owned()),
    }
}

/// A file as an attachment; its type is told by its ending.
pub(super) fn attachment(path: &Path) -> Result<Value, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::Usage(format!("--attach {}: {error}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| wrong(&error))?;
    let name = path.file_name().ok_or_else(|| wrong(&"is no file"))?.to_string_lossy();
    Ok(json!({ "filename": name, "content_type": media_type(path), "content": STANDARD.encode(bytes) }))
}

/// The media types that mails usually carry; anything else travels as bytes.
fn media_type(path: &Path) -> &'static str {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    match ending.as_str() {
        "txt" | "log" | "md" => "text/plain",
        "html" | "htm" => "text/html",
        "csv" => "text/csv",
        "ics" => "text/calendar",
        "vcf" => "text/vcard",
        "json" => "application/json",
        "xml" => "application/xml",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/octet-stream",
    }
}
