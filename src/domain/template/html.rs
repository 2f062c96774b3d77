//! Values as templates write them, and how HTML escapes them: `&`, `<`, `>` and quotes, nothing else.
//!
//! The engine's own escaping takes `/` too. No reader of HTML needs that, and people read the source of links.

use std::fmt::{self, Write};

use minijinja::{AutoEscape, Error, ErrorKind, Output, State, Value};

/// Writes a value: escaped in a template of HTML unless it is marked as safe.
pub(super) fn write_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.as_object().is_some() {
        return Err(Error::new(ErrorKind::InvalidOperation, "a list cannot be printed; loop over it"));
    }
    let written = match state.auto_escape() {
        AutoEscape::Html if !value.is_safe() => write!(Escaping(out), "{value}"),
        _ => write!(out, "{value}"),
    };
    Ok(written?)
}

/// The filter `escape`: as HTML, in text too, for whoever asks for it.
pub(super) fn escape(value: &Value) -> Result<Value, Error> {
    if value.is_undefined() {
        return Err(ErrorKind::UndefinedError.into());
    }
    if value.is_safe() {
        return Ok(value.clone());
    }
    let mut escaped = String::new();
    write!(Escaping(&mut escaped), "{value}")?;
    Ok(Value::from_safe_string(escaped))
}

/// Escapes what is written through it.
struct Escaping<'a, W>(&'a mut W);

impl<W: Write> Write for Escaping<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (before, after) = rest.split_at(at);
            self.0.write_str(before)?;
            self.0.write_str(match after.as_bytes()[0] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &after[1..];
        }
        self.0.write_str(rest)
    }
}
