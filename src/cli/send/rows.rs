//! Rows of a CSV or JSON Lines file, and the task each makes of the template.
//!
//! A file is read as it is sent, never whole: a million rows take no more memory than a thousand.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    fmt,
    fs::File,
    io::{self, BufRead as _, BufReader, ErrorKind, Read},
    iter,
    path::Path,
    rc::Rc,
};

use serde_json::{Map, Value};

use super::task::addressed;
use crate::cli::failure::Failure;

/// Where a task comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A line of a file, from 1.
    Line(u64),
    /// A recipient on the command line.
    Recipient(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Recipient(address) => f.write_str(address),
        }
    }
}

/// A row: its columns, or what is wrong with it.
type Row = Result<Map<String, Value>, String>;

/// A file being read.
pub(super) struct Reading {
    /// Its size, 0 when unknown.
    pub(super) bytes: u64,
    /// How far it is read.
    pub(super) position: Rc<Cell<u64>>,
    /// Its rows, and what is wrong with those that are none.
    pub(super) rows: Box<dyn Iterator<Item = (Place, Row)>>,
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    position: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position.set(self.position.get() + read as u64);
        Ok(read)
    }
}

type Source = Counted<Box<dyn Read>>;

fn open(path: &Path) -> Result<(u64, Rc<Cell<u64>>, Source), Failure> {
    let position = Rc::new(Cell::new(0));
    let (bytes, inner): (u64, Box<dyn Read>) = if path == Path::new("-") {
        (0, Box::new(io::stdin()))
    } else {
        let wrong = |error: io::Error| Failure::Usage(format!("{}: {error}", path.display()));
        let file = File::open(path).map_err(wrong)?;
        (file.metadata().map_err(wrong)?.len(), Box::new(file))
    };
    Ok((bytes, Rc::clone(&position), Counted { inner, position }))
}

/// Where the lines of a text begin that is being read. The CSV reader's own count leaves out empty lines, and is one short
/// where lines end as on Windows.
#[derive(Default)]
struct Lines {
    /// Place and number of each line that is not empty and was not asked for yet.
    starts: VecDeque<(u64, u64)>,
    byte: u64,
    ended: u64,
    is_within: bool,
    is_after_return: bool,
    quotes: u64,
}

impl Lines {
    fn see(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' if self.is_after_return => {}
                b'\n' | b'\r' => {
                    self.ended += 1;
                    self.is_within = false;
                }
                _ if !self.is_within => {
                    self.is_within = true;
                    self.starts.push_back((self.byte, self.ended + 1));
                }
                _ => {}
            }
            self.quotes += u64::from(*byte == b'"');
            self.is_after_return = *byte == b'\r';
            self.byte += 1;
        }
    }

    /// The number of the line that begins at `byte`, or next after it.
    fn number(&mut self, byte: u64) -> u64 {
        while self.starts.front().is_some_and(|(start, _)| *start < byte) {
            self.starts.pop_front();
        }
        self.starts.front().map_or(0, |(_, number)| *number)
    }
}

/// Shows [`Lines`] what is read.
struct Lined<R> {
    inner: R,
    lines: Rc<RefCell<Lines>>,
}

impl<R: Read> Read for Lined<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.lines.borrow_mut().see(&buffer[..read]);
        Ok(read)
    }
}

/// The rows of a CSV file whose first line names its columns.
pub(super) fn csv(path: &Path) -> Result<Reading, Failure> {
    let (bytes, position, source) = open(path)?;
    let lines = Rc::new(RefCell::new(Lines::default()));
    let source = Lined { inner: source, lines: Rc::clone(&lines) };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(source);
    let wrong = |why: &str| Failure::Usage(format!("{}: {why}", path.display()));
    let names = reader.headers().map_err(|error| wrong(&format!("the first line {}", why_unread(&error))))?;
    let mut names: Vec<String> = names.iter().map(str::to_owned).collect();
    if let Some(first) = names.first_mut() {
        // What spreadsheets put in front of UTF-8.
        *first = first.trim_start_matches('\u{feff}').to_owned();
    }
    if recipient_column(|| names.iter()).is_none() {
        return Err(wrong("the first line must name the columns, one of them to, email, userId or recipient"));
    }
    let mut records = reader.into_records().peekable();
    let rows = iter::from_fn(move || {
        let record = records.next()?;
        let is_last = records.peek().is_none();
        let start = match &record {
            Ok(record) => record.position(),
            Err(error) => error.position(),
        };
        let mut lines = lines.borrow_mut();
        let line = start.map_or(0, |start| lines.number(start.byte()));
        let row = match record {
            // The reader takes the rest of the file for a cell then.
            Ok(record) if is_last && lines.quotes % 2 == 1 && record.iter().any(|cell| cell.contains('\n')) => {
                Err("has a quote that is never closed".to_owned())
            }
            Ok(record) => Ok(names.iter().cloned().zip(record.iter().map(Value::from)).collect()),
            Err(error) => Err(why_unread(&error)),
        };
        Some((Place::Line(line), row))
    });
    Ok(Reading { bytes, position, rows: Box::new(rows) })
}

fn why_unread(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("has {len} columns, not {expected_len}"),
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8".to_owned(),
        csv::ErrorKind::Io(error) => format!("cannot be read: {error}"),
        _ => "cannot be read".to_owned(),
    }
}

/// The lines of a JSON Lines file; empty ones are passed over.
pub(super) fn jsonl(path: &Path) -> Result<Reading, Failure> {
    let (bytes, position, source) = open(path)?;
    let mut is_broken = false;
    // What cannot be read now would fail for ever.
    let lines = BufReader::new(source).lines().take_while(move |line| {
        let was_broken = is_broken;
        is_broken = line.as_ref().is_err_and(|error| error.kind() != ErrorKind::InvalidData);
        !was_broken
    });
    let lines = lines.enumerate().filter(|(_, line)| !line.as_ref().is_ok_and(|line| line.trim().is_empty()));
    let rows = lines.map(|(n, line)| {
        let row = match line {
            Ok(line) => {
                let line = if n == 0 { line.trim_start_matches('\u{feff}') } else { &line };
                serde_json::from_str(line).map_err(|_| "is no JSON object".to_owned())
            }
            Err(error) if error.kind() == ErrorKind::InvalidData => Err("is not UTF-8".to_owned()),
            Err(error) => Err(format!("cannot be read: {error}")),
        };
        (Place::Line(n as u64 + 1), row)
    });
    Ok(Reading { bytes, position, rows: Box::new(rows) })
}

/// The column with the recipient: the first of the usual names that is there. The others are columns like any.
fn recipient_column<'a, I: Iterator<Item = &'a String>>(names: impl Fn() -> I) -> Option<&'a String> {
    let usual = ["to", "email", "userId", "recipient"];
    usual.iter().find_map(|usual| names().find(|name| name.eq_ignore_ascii_case(usual)))
}

/// The payload fields that a row may set, by type; a message takes any other column as a variable.
fn is_payload_field(task_type: &str, name: &str) -> bool {
    match task_type {
        "generateOtp" => matches!(name, "length" | "purpose" | "subject" | "content"),
        "subscribe" => matches!(name, "content_type" | "frequency" | "subject" | "content"),
        "unsubscribe" => name == "content_type",
        _ => matches!(
            name,
            "subject" | "content" | "format" | "text" | "from_name" | "reply_to" | "headers" | "attachments" | "tags"
        ),
    }
}

/// Makes a row's task of the template.
///
/// A row with a `payload` is a whole task already, see [`whole`].
///
/// # Errors
/// What is wrong with the row, such as `has no recipient`.
pub(super) fn task(template: &Value, row: Map<String, Value>) -> Result<Value, String> {
    if row.contains_key("payload") {
        return whole(template, row);
    }
    let recipient = recipient_column(|| row.keys());
    let to = recipient.and_then(|name| row[name].as_str()).map(str::trim).filter(|to| !to.is_empty());
    let to = to.ok_or("has no recipient")?;
    let mut task = addressed(template, to);
    let task_type = template["type"].as_str().unwrap_or_default();
    let mut variables = Map::new();
    for (name, value) in &row {
        let is_empty = value.is_null() || value.as_str() == Some("");
        match name.as_str() {
            _ if Some(name) == recipient => (),
            "send_at" | "task" | "retries" if is_empty => (),
            "send_at" | "task" => task[name] = value.clone(),
            "retries" => task[name] = number(value),
            // An empty cell leaves what the command line said.
            name if is_payload_field(task_type, name) => {
                if !is_empty {
                    task["payload"][name] = cell(name, value);
                }
            }
            name if task_type == "message" && name == "variables" && value.is_object() => {
                variables.extend(value.as_object().cloned().unwrap_or_default());
            }
            name if task_type == "message" => {
                variables.insert(name.to_owned(), value.clone());
            }
            name => return Err(format!("has a column {name}, which {task_type} does not know")),
        }
    }
    if !variables.is_empty() || (task_type == "message" && has_placeholder(&task["payload"])) {
        if let Some(name) = recipient {
            // A template that greets by the address may do so.
            variables.entry(name.clone()).or_insert_with(|| row[name].clone());
        }
        let mut all = template["payload"]["variables"].as_object().cloned().unwrap_or_default();
        all.extend(variables);
        task["payload"]["variables"] = Value::Object(all);
    }
    Ok(task)
}

/// Whether a text is most likely meant as a template: sent to many as it is, nobody could read it.
fn has_placeholder(payload: &Value) -> bool {
    ["subject", "content", "text"].iter().any(|field| payload[field].as_str().is_some_and(|text| text.contains("{{")))
}

/// Fills a row that is a whole task: what it does not say itself, the template says.
fn whole(template: &Value, mut task: Map<String, Value>) -> Result<Value, String> {
    for field in ["task", "type", "retries"] {
        fill(&mut task, field, &template[field]);
    }
    let options = template["payload"].as_object().expect("a template has a payload");
    let send_at = template.get("send_at");
    if task["type"] != template["type"] {
        if options.is_empty() && send_at.is_none() {
            return Ok(Value::Object(task));
        }
        // The service ignores fields of another type, so nobody would hear that an option did nothing.
        let of = |task_type: &Value| task_type.as_str().map_or_else(|| task_type.to_string(), str::to_owned);
        let (row, command) = (of(&task["type"]), of(&template["type"]));
        return Err(format!("is of type {row}, and the command's options are for {command}"));
    }
    if let Some(send_at) = send_at {
        fill(&mut task, "send_at", send_at);
    }
    // A payload of another kind is for the service to refuse.
    if let Some(payload) = task.get_mut("payload").and_then(Value::as_object_mut) {
        for (name, value) in options {
            match (payload.get_mut(name), value) {
                (Some(Value::Object(own)), Value::Object(given)) if name == "variables" => {
                    given.iter().for_each(|(name, value)| fill(own, name, value));
                }
                _ => fill(payload, name, value),
            }
        }
    }
    Ok(Value::Object(task))
}

/// Sets what is absent; `null` is absent to the service too.
fn fill(object: &mut Map<String, Value>, name: &str, value: &Value) {
    let slot = object.entry(name).or_insert(Value::Null);
    if slot.is_null() {
        *slot = value.clone();
    }
}

/// A cell as its field wants it.
fn cell(name: &str, value: &Value) -> Value {
    match (name, value.as_str()) {
        ("length", _) => number(value),
        ("tags", Some(text)) => text.split([' ', ',', ';']).filter(|tag| !tag.is_empty()).map(Value::from).collect(),
        _ => value.clone(),
    }
}

/// A number written as text; what is none stays, for the service to refuse by name.
fn number(value: &Value) -> Value {
    value.as_str().and_then(|text| text.trim().parse::<u64>().ok()).map_or_else(|| value.clone(), Value::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(template: &Value, row: &Value) -> Result<Value, String> {
        task(template, row.as_object().unwrap().clone())
    }

    fn message() -> Value {
        json!({ "task": "t", "type": "message", "retries": 3,
            "payload": { "subject": "Hello {{ name }}", "content": "c", "variables": { "shop": "S" } } })
    }

    #[test]
    fn unknown_columns_are_variables_and_known_ones_fields() {
        let row = json!({ "email": "a@b.c", "name": "Ann", "subject": "", "tags": "x, y", "retries": "5" });

        let task = made(&message(), &row).unwrap();

        assert_eq!(task["retries"], 5);
        assert_eq!(
            task["payload"],
            json!({ "userId": "a@b.c", "subject": "Hello {{ name }}", "content": "c", "tags": ["x", "y"],
                "variables": { "shop": "S", "name": "Ann", "email": "a@b.c" } })
        );
    }

    #[test]
    fn a_row_with_nothing_but_a_recipient_is_literal_unless_it_has_placeholders() {
        let template = |subject: &str| json!({ "task": "t", "type": "message", "retries": 3, "payload": { "subject": subject, "content": "{#a{}" } });
        let payload = |subject: &str| made(&template(subject), &json!({ "To": "a@b.c" })).unwrap()["payload"].clone();

        assert_eq!(payload("S"), json!({ "userId": "a@b.c", "subject": "S", "content": "{#a{}" }));
        assert_eq!(payload("{{ To }}")["variables"], json!({ "To": "a@b.c" }));
    }

    fn read(text: &str) -> Vec<(u64, Row)> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let number = |place| match place {
            Place::Line(line) => line,
            Place::Recipient(address) => panic!("{address}"),
        };
        csv(file.path()).unwrap().rows.map(|(place, row)| (number(place), row)).collect()
    }

    #[test]
    fn a_row_is_found_at_its_line_however_lines_end() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["email,note", "a@b.c,1", "", "", "b@b.c,\"two", "lines\"", "bad", "c@b.c,3"].join(end);

            let lines: Vec<u64> = read(&text).iter().map(|(line, _)| *line).collect();

            assert_eq!(lines, [2, 5, 7, 8], "{end:?}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told_and_not_sent() {
        let is_read = |text: &str| read(text).iter().map(|(_, row)| row.is_ok()).collect::<Vec<_>>();

        assert_eq!(is_read("email,note\na@b.c,1\nb@b.c,\"open\nc@b.c,3\nd@b.c,4\n"), [true, false]);
        assert_eq!(is_read("email,note\na@b.c,1\nb@b.c,\"two\nlines\"\n"), [true, true]);
        assert_eq!(is_read("email,note\na@b.c,1\nb@b.c,5\" pipe\n"), [true, true]);
    }

    #[test]
    fn a_whole_task_of_another_type_is_posted_as_it_is_unless_there_are_options() {
        let row = json!({ "type": "generateOtp", "payload": { "userId": "a@b.c", "length": 6 } });
        let no_options = json!({ "task": "t", "type": "message", "retries": 3, "payload": {} });

        let task = made(&no_options, &row).unwrap();

        assert_eq!(task, json!({ "task": "t", "type": "generateOtp", "retries": 3, "payload": row["payload"] }));
        assert!(made(&message(), &row).unwrap_err().contains("generateOtp"));
    }

    #[test]
    fn a_row_needs_a_recipient_and_only_columns_that_its_type_knows() {
        let otp = json!({ "task": "t", "type": "generateOtp", "retries": 3, "payload": { "length": 6 } });

        assert!(made(&message(), &json!({ "name": "x" })).is_err());
        assert!(made(&otp, &json!({ "to": "a@b.c", "colour": "red" })).unwrap_err().contains("colour"));
        assert_eq!(made(&otp, &json!({ "to": "a@b.c", "length": "8" })).unwrap()["payload"]["length"], 8);
    }
}
