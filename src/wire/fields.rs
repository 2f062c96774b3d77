//! A JSON object being read: each field is taken by name, and what is left over is unknown.

use serde_json::{Map, Value};

use crate::domain::{Invalid, has_control};

/// The fields of one object that were not read yet, and where the object stands in the request.
///
/// `null` counts as absent where a field is optional, and as a wrong type where it is required.
#[derive(Debug)]
pub(super) struct Fields {
    path: String,
    map: Map<String, Value>,
}

impl Fields {
    /// The fields of the request's body. [`Invalid`] with an empty field when the body is no object.
    pub(super) fn of_body(value: Value) -> Result<Self, Invalid> {
        Self::of(value, "")
    }

    /// The fields of the object at `path`, which is empty for the body itself.
    pub(super) fn of(value: Value, path: &str) -> Result<Self, Invalid> {
        match value {
            Value::Object(map) => Ok(Self { path: path.to_owned(), map }),
            _ => Err(Invalid::value(path, "must be a JSON object")),
        }
    }

    /// The dotted name of `field`.
    pub(super) fn name(&self, field: &str) -> String {
        if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) }
    }

    /// Refuses a field outside `known`, by name.
    ///
    /// Called before anything is read, so that a mistyped name is called unknown, not its right spelling missing.
    pub(super) fn refuse_unknown(&self, known: &[&str]) -> Result<(), Invalid> {
        match self.map.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(Invalid::unknown(&self.name(&printable(key)))),
        }
    }

    /// Takes a field that must be there.
    pub(super) fn required(&mut self, field: &str) -> Result<Value, Invalid> {
        self.map.remove(field).ok_or_else(|| Invalid::missing(&self.name(field)))
    }

    /// Takes a field that may be absent or `null`.
    pub(super) fn optional(&mut self, field: &str) -> Option<Value> {
        self.map.remove(field).filter(|value| !value.is_null())
    }

    /// Takes a text that must be there.
    pub(super) fn text(&mut self, field: &str) -> Result<String, Invalid> {
        match self.required(field)? {
            Value::String(text) => Ok(text),
            _ => Err(self.wrong_type(field, "text")),
        }
    }

    /// Takes a text that may be absent.
    pub(super) fn optional_text(&mut self, field: &str) -> Result<Option<String>, Invalid> {
        match self.optional(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong_type(field, "text")),
        }
    }

    /// Takes a whole number that must be there.
    pub(super) fn whole_number(&mut self, field: &str, rule: &str) -> Result<i64, Invalid> {
        self.required(field)?.as_i64().ok_or_else(|| Invalid::value(&self.name(field), rule))
    }

    /// Takes a list that may be absent.
    pub(super) fn optional_list(&mut self, field: &str) -> Result<Vec<Value>, Invalid> {
        match self.optional(field) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(self.wrong_type(field, "a list")),
        }
    }

    /// Takes an object that may be absent.
    pub(super) fn optional_object(&mut self, field: &str) -> Result<Option<Map<String, Value>>, Invalid> {
        match self.optional(field) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(self.wrong_type(field, "an object")),
        }
    }

    /// Takes a text that must be there and parses it; the refusal is said of the field.
    pub(super) fn parsed<T>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Result<T, Invalid> {
        let text = self.text(field)?;
        parse(&text).map_err(|invalid| invalid.at(&self.name(field)))
    }

    /// Takes a text that may be absent and parses it; the refusal is said of the field.
    pub(super) fn optional_parsed<T>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Result<Option<T>, Invalid> {
        match self.optional_text(field)? {
            None => Ok(None),
            Some(text) => parse(&text).map(Some).map_err(|invalid| invalid.at(&self.name(field))),
        }
    }

    fn wrong_type(&self, field: &str, wanted: &str) -> Invalid {
        Invalid::value(&self.name(field), format!("must be {wanted}"))
    }
}

/// A field name from a client, made fit for an error message: short, without control characters.
pub(super) fn printable(name: &str) -> String {
    name.chars().take(64).map(|c| if has_control(c.encode_utf8(&mut [0; 4])) { '?' } else { c }).collect()
}
