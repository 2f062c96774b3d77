//! Lists and records as templates see them: to be looked into and looped over, and nothing else.
//!
//! The engine's own lists can be repeated (`list * 99999999`), nested into themselves and then written out or compared,
//! which takes exponential time and memory that fuel does not count. These cannot: there is no arithmetic on
//! them, they write as a word, and each equals itself only.

use std::{cmp::Ordering, fmt, sync::Arc};

use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr, Value};

/// A JSON value for a template.
pub(super) fn from_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(truth) => Value::from(*truth),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::from(number),
            (None, Some(number)) => Value::from(number),
            (None, None) => Value::from(number.as_f64().unwrap_or(f64::NAN)),
        },
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => Value::from_object(List(items.iter().map(from_json).collect())),
        serde_json::Value::Object(fields) => {
            Value::from_object(Record(fields.iter().map(|(name, value)| (name.clone(), from_json(value))).collect()))
        }
    }
}

/// The last item of a list, or character of a text; the engine's own filter does not look into ours.
pub(super) fn last(value: Value) -> Result<Value, minijinja::Error> {
    match value.as_object() {
        Some(_) => value.get_item(&Value::from(-1)),
        None => minijinja::filters::last(value),
    }
}

/// A list: `items[0]`, `items[-1]`, `items|length`, `{% for item in items %}`.
#[derive(Debug)]
struct List(Vec<Value>);

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let at = key.as_i64()?;
        let from_end = usize::try_from(at.unsigned_abs()).ok()?;
        let at = if at < 0 { self.0.len().checked_sub(from_end)? } else { from_end };
        self.0.get(at).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        Some(by_identity(Arc::as_ptr(self), other.downcast_ref::<Self>()?))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[list]")
    }
}

/// A record: `customer.name`, `{% for name in customer %}`.
#[derive(Debug)]
struct Record(std::collections::BTreeMap<String, Value>);

impl Object for Record {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_str()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.keys().map(|name| Value::from(name.as_str())).collect())
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        Some(by_identity(Arc::as_ptr(self), other.downcast_ref::<Self>()?))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[record]")
    }
}

fn by_identity<T>(one: *const T, other: &T) -> Ordering {
    // Any fixed answer for two different ones will do: nothing sorts them, and the same bytes come out each time.
    if std::ptr::eq(one, other) { Ordering::Equal } else { Ordering::Less }
}
