//! JSON logs, one object a line, fields named by the Elastic Common Schema (ECS 8).
//!
//! Lines go to standard output and to the log file through one thread that writes many at a time: at ten thousand
//! deliveries a second two system calls a line would cost more than the deliveries. Whoever logs faster than the disk takes
//! it waits; only what nobody reads is lost (`sink`).

use std::{
    fmt::{self, Write as _},
    io,
};

use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter,
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer, time::ChronoUtc},
    layer::SubscriberExt as _,
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use super::sink::{Sink, SinkGuard};
use crate::config::{LogFormat, LogSettings};

/// Starts logging. Keep the guard until the end: dropping it writes what is still on its way.
///
/// # Errors
/// When the log file cannot be opened.
pub fn start(settings: &LogSettings) -> io::Result<SinkGuard> {
    let (sink, guard) = Sink::start(settings.file.as_deref())?;
    let filter = EnvFilter::try_new(filter_of(&settings.filter)).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(sink).with_ansi(false);
    // A second start in one process (tests) keeps the first subscriber.
    let _ = match settings.format {
        LogFormat::Json => registry.with(layer.event_format(EcsFormat::new())).try_init(),
        LogFormat::Pretty => registry.with(layer.with_target(false)).try_init(),
    };
    Ok(guard)
}

/// The configured filter, plus `warn` for the ticker unless the filter names it: it logs its own start at `info`.
fn filter_of(asked: &str) -> String {
    const TICKER: &str = "tokio_cron_scheduler";
    if asked.contains(TICKER) { asked.to_owned() } else { format!("{asked},{TICKER}=warn") }
}

/// Formats an event as one ECS object.
#[derive(Debug)]
struct EcsFormat {
    clock: ChronoUtc,
}

impl EcsFormat {
    fn new() -> Self {
        Self { clock: ChronoUtc::new("%Y-%m-%dT%H:%M:%S%.3fZ".to_owned()) }
    }
}

impl<S, N> FormatEvent<S, N> for EcsFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        use tracing_subscriber::fmt::time::FormatTime as _;

        writer.write_str("{\"@timestamp\":\"")?;
        self.clock.format_time(&mut writer)?;
        let meta = event.metadata();
        write!(writer, "\",\"log.level\":\"{}\",\"message\":", level(*meta.level()))?;
        let mut fields = Fields { message: String::new(), rest: String::new() };
        event.record(&mut fields);
        write_json_string(&mut writer, &fields.message)?;
        writer.write_str(&fields.rest)?;
        writer.write_str(",\"log.logger\":")?;
        write_json_string(&mut writer, meta.target())?;
        writer.write_str(",\"service.name\":\"gomail\",\"ecs.version\":\"8.11\"}\n")
    }
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// Collects an event's fields: the message, and the rest as `,"name":value`.
struct Fields {
    message: String,
    rest: String,
}

impl Fields {
    fn put(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.put_name(field);
        let _ = write!(self.rest, "{value}");
    }

    /// A name without a namespace, such as a library's `error`, may be one of ECS's objects: Elasticsearch would refuse
    /// the whole line. It becomes one of `labels`, where ECS leaves the names to us.
    fn put_name(&mut self, field: &Field) {
        let name = field.name();
        let namespace = if name.contains('.') { "" } else { "labels." };
        let _ = write!(self.rest, ",\"{namespace}{name}\":");
    }
}

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, format_args!("{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, format_args!("{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.put(field, format_args!("{value}"));
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, format_args!("{value}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message.push_str(value);
        } else {
            self.put_name(field);
            let _ = write_json_string(&mut self.rest, value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(self.message, "{value:?}");
        } else {
            self.record_str(field, &format!("{value:?}"));
        }
    }
}

/// Writes `text` as a JSON string (RFC 8259 §7).
fn write_json_string(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    let mut plain_from = 0;
    for (at, c) in text.char_indices() {
        if c != '"' && c != '\\' && !c.is_control() {
            continue;
        }
        out.write_str(&text[plain_from..at])?;
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            _ => write!(out, "\\u{:04x}", u32::from(c))?,
        }
        plain_from = at + c.len_utf8();
    }
    out.write_str(&text[plain_from..])?;
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn no_field_takes_the_place_of_an_ecs_object() {
        let lines = Lines::default();
        let writer = lines.clone();
        let layer = tracing_subscriber::fmt::layer().event_format(EcsFormat::new()).with_writer(move || writer.clone());

        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let error = io::Error::other("gone");
            tracing::warn!(%error, tls = "1.3", process = 7, user = true, url = 0.5, error.message = "lost", "hello");
        });

        let line: serde_json::Value = serde_json::from_slice(&lines.0.lock().unwrap()).unwrap();
        assert_eq!(line["labels.error"], "gone");
        assert_eq!(line["error.message"], "lost");
        let bare: Vec<&String> = line.as_object().unwrap().keys().filter(|name| !name.contains('.')).collect();
        assert_eq!(bare, ["@timestamp", "message"]);
    }

    proptest! {
        #[test]
        fn any_text_is_a_json_string(text in any::<String>()) {
            let mut json = String::new();
            write_json_string(&mut json, &text).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
            prop_assert!(!json.contains('\n'));
        }
    }
}
