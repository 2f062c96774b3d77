//! The options of each kind of task, and the task each makes.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, builder::PossibleValuesParser};
use serde_json::{Map, Value};

use super::{
    Order, PATIENCE,
    rows::{self, Reading},
    task::{self, Moment, new_task},
};
use crate::{
    cli::{
        failure::Failure,
        text::{Body, read_file, variable, variables},
    },
    config::parse_duration,
    domain::Frequency,
};

/// Who a task goes to.
#[derive(Debug, Clone, Default, PartialEq, Args)]
pub(in crate::cli) struct To {
    /// The recipient; may be repeated.
    #[arg(long = "to", value_name = "ADDRESS", conflicts_with_all = ["csv", "jsonl"])]
    pub(super) addresses: Vec<String>,
    /// Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first
    /// of to, email, userId, recipient that is there; names of payload fields set those; any other column is a
    /// variable of a message's templates.
    #[arg(long, value_name = "FILE", conflicts_with = "jsonl")]
    csv: Option<PathBuf>,
    /// Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from
    /// the other options what they lack, or objects with the columns of --csv.
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
}

impl To {
    /// The rows of the file, when one was given.
    pub(super) fn reading(&self) -> Result<Option<Reading>, Failure> {
        match (&self.csv, &self.jsonl) {
            (Some(path), _) => rows::csv(path).map(Some),
            (_, Some(path)) => rows::jsonl(path).map(Some),
            _ => Ok(None),
        }
    }

    const fn is_file(&self) -> bool {
        self.csv.is_some() || self.jsonl.is_some()
    }

    /// # Errors
    /// [`Failure::Usage`] when standard input would be read twice: whoever comes second finds it empty.
    fn shares_no_input(&self, body: &Body, text_file: Option<&Path>) -> Result<(), Failure> {
        let if_dash = |path: Option<&Path>, option| path.filter(|path| *path == Path::new("-")).map(|_| option);
        let readers = [
            if_dash(self.csv.as_deref(), "--csv -"),
            if_dash(self.jsonl.as_deref(), "--jsonl -"),
            body.input_option(),
            if_dash(text_file, "--text-file -"),
        ];
        let readers: Vec<&str> = readers.into_iter().flatten().collect();
        match readers.as_slice() {
            [one, other, ..] => {
                Err(Failure::Usage(format!("{one} and {other} both read standard input: give one of them a file")))
            }
            _ => Ok(()),
        }
    }
}

/// How a task is posted.
#[derive(Debug, Clone, Default, PartialEq, Args)]
pub(in crate::cli) struct Delivery {
    /// Your name for the task.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Tries after the first, 0 to 20 [default: 3].
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(0..=20))]
    retries: Option<u8>,
    /// Wait until every task has ended; fail if one did not succeed.
    #[arg(long, conflicts_with = "dry_run")]
    wait: bool,
    /// How long to wait at most [default: 5m].
    #[arg(long, value_name = "DURATION", requires = "wait", value_parser = parse_duration)]
    wait_timeout: Option<Duration>,
    /// Print what would be posted, and post nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Repeating a command with the same key sends once. Each chunk of a file has a key made of it.
    #[arg(long, value_name = "KEY", value_parser = header_text)]
    pub(super) idempotency_key: Option<String>,
}

impl Delivery {
    /// How long to wait for the end; `None` without `--wait`.
    pub(super) fn patience(&self) -> Option<Duration> {
        self.wait.then(|| self.wait_timeout.unwrap_or(PATIENCE))
    }

    fn task(&self, task_type: &str, payload: Map<String, Value>) -> Value {
        new_task(self.name.as_deref(), task_type, self.retries, &Value::Object(payload))
    }
}

/// A key that fits a header.
fn header_text(text: &str) -> Result<String, String> {
    let fits = (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    if fits { Ok(text.to_owned()) } else { Err("must be 1 to 256 visible ASCII characters".to_owned()) }
}

/// A message's options.
#[derive(Debug, Clone, Default, PartialEq, Args)]
pub(in crate::cli) struct MessageArgs {
    #[command(flatten)]
    to: To,
    /// The subject.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    subject: Option<String>,
    #[command(flatten)]
    body: Body,
    /// How to read the body, whatever it holds.
    #[arg(long, value_parser = PossibleValuesParser::new(["html", "text"]))]
    format: Option<String>,
    /// The text part, instead of one made from the HTML.
    #[arg(long, value_name = "TEXT", conflicts_with = "text_file")]
    text: Option<String>,
    /// File with the text part.
    #[arg(long, value_name = "FILE")]
    text_file: Option<PathBuf>,
    /// Display name of the sender.
    #[arg(long, value_name = "TEXT")]
    from_name: Option<String>,
    /// Where answers go.
    #[arg(long, value_name = "ADDRESS")]
    reply_to: Option<String>,
    /// A header such as 'X-Order: 17'; may be repeated.
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = task::header)]
    headers: Vec<(String, String)>,
    /// A file to attach; may be repeated.
    #[arg(long = "attach", value_name = "FILE")]
    attachments: Vec<PathBuf>,
    /// A variable, which makes subject and body templates; may be repeated.
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = variable)]
    vars: Vec<(String, String)>,
    /// A label to find the task by; may be repeated.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Send later: an RFC 3339 time, or a duration from now such as 2h (not with --idempotency-key: a repeated command
    /// would name another time).
    #[arg(long, value_name = "WHEN", value_parser = task::moment)]
    at: Option<Moment>,
    #[command(flatten)]
    delivery: Delivery,
}

impl MessageArgs {
    /// # Errors
    /// [`Failure::Usage`] when subject or body is missing (rows of a file may bring their own), or a file cannot be read.
    pub(super) fn order(self) -> Result<Order, Failure> {
        self.to.shares_no_input(&self.body, self.text_file.as_deref())?;
        if self.delivery.idempotency_key.is_some() && self.at.as_ref().is_some_and(|at| at.is_relative) {
            let why = "--at with a duration and --idempotency-key do not go together: a repeated command would name \
                       another time, and be another request; give --at an RFC 3339 time";
            return Err(Failure::Usage(why.to_owned()));
        }
        let content = self.body.read()?;
        if !self.to.is_file() {
            let missing = match (&self.subject, &content) {
                (None, _) => Some("the subject is missing: give --subject"),
                (_, None) => Some("the body is missing: give --content, --file, or - for standard input"),
                _ => None,
            };
            if let Some(missing) = missing {
                return Err(Failure::Usage(missing.to_owned()));
            }
        }
        let text = match &self.text_file {
            Some(path) => Some(read_file(path)?),
            None => self.text,
        };
        let mut payload = Map::new();
        put(&mut payload, "subject", self.subject);
        put(&mut payload, "content", content);
        put(&mut payload, "format", self.format);
        put(&mut payload, "text", text);
        put(&mut payload, "from_name", self.from_name);
        put(&mut payload, "reply_to", self.reply_to);
        if !self.headers.is_empty() {
            let headers = self.headers.into_iter().map(|(name, value)| (name, value.into())).collect();
            payload.insert("headers".to_owned(), Value::Object(headers));
        }
        if !self.attachments.is_empty() {
            let files: Result<Vec<Value>, Failure> =
                self.attachments.iter().map(|path| task::attachment(path)).collect();
            payload.insert("attachments".to_owned(), Value::Array(files?));
        }
        if !self.vars.is_empty() {
            payload.insert("variables".to_owned(), Value::Object(variables(&self.vars)));
        }
        if !self.tags.is_empty() {
            payload.insert("tags".to_owned(), self.tags.into());
        }
        let mut template = self.delivery.task("message", payload);
        if let Some(at) = self.at {
            template["send_at"] = at.time.into();
        }
        Ok(Order { template, to: self.to, delivery: self.delivery })
    }
}

/// A one-time code's options.
#[derive(Debug, Args)]
pub(super) struct OtpArgs {
    #[command(flatten)]
    to: To,
    /// How many digits, 4 to 8.
    #[arg(long, value_name = "NUMBER", default_value_t = 6, value_parser = clap::value_parser!(u8).range(4..=8))]
    length: u8,
    /// What the code is for; codes of different purposes never meet.
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    /// Your own subject; needs a body with {{ otp }}.
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    #[command(flatten)]
    body: Body,
    #[command(flatten)]
    delivery: Delivery,
}

impl OtpArgs {
    pub(super) fn order(self) -> Result<Order, Failure> {
        self.to.shares_no_input(&self.body, None)?;
        let mut payload = Map::from_iter([("length".to_owned(), self.length.into())]);
        put(&mut payload, "purpose", self.purpose);
        put(&mut payload, "subject", self.subject);
        put(&mut payload, "content", self.body.read()?);
        Ok(Order { template: self.delivery.task("generateOtp", payload), to: self.to, delivery: self.delivery })
    }
}

/// A subscription's options.
#[derive(Debug, Args)]
pub(super) struct SubscribeArgs {
    #[command(flatten)]
    to: To,
    /// The newsletter.
    #[arg(long, value_name = "NAME")]
    content_type: String,
    /// How often.
    #[arg(long, value_parser = PossibleValuesParser::new(Frequency::ALL.map(Frequency::as_str)))]
    frequency: String,
    /// Subject template; with a body, creates the content type if it is missing.
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    #[command(flatten)]
    body: Body,
    #[command(flatten)]
    delivery: Delivery,
}

impl SubscribeArgs {
    pub(super) fn order(self) -> Result<Order, Failure> {
        self.to.shares_no_input(&self.body, None)?;
        let mut payload = Map::new();
        put(&mut payload, "content_type", Some(self.content_type));
        put(&mut payload, "frequency", Some(self.frequency));
        put(&mut payload, "subject", self.subject);
        put(&mut payload, "content", self.body.read()?);
        Ok(Order { template: self.delivery.task("subscribe", payload), to: self.to, delivery: self.delivery })
    }
}

/// The options of an end of subscription.
#[derive(Debug, Args)]
pub(super) struct UnsubscribeArgs {
    #[command(flatten)]
    to: To,
    /// The newsletter.
    #[arg(long, value_name = "NAME")]
    content_type: String,
    #[command(flatten)]
    delivery: Delivery,
}

impl UnsubscribeArgs {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as its siblings")]
    pub(super) fn order(self) -> Result<Order, Failure> {
        let mut payload = Map::new();
        put(&mut payload, "content_type", Some(self.content_type));
        Ok(Order { template: self.delivery.task("unsubscribe", payload), to: self.to, delivery: self.delivery })
    }
}

fn put(payload: &mut Map<String, Value>, field: &str, value: Option<String>) {
    if let Some(value) = value {
        payload.insert(field.to_owned(), value.into());
    }
}
