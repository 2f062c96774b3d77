//! Many tasks: posted in chunks, counted, and those that failed listed.

use std::{collections::BTreeMap, mem, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::{rows::Place, wait};
use crate::{
    cli::{
        failure::{FAILED, Failure, Outcome, SOME_FAILED},
        output::Table,
        session::Shell,
    },
    client::{Client, ClientError},
    domain::TaskId,
    wire::answer::{BatchItem, TaskBody},
};

/// The most tasks of one batch.
const CHUNK: usize = 1000;
/// Bytes of one batch: well under the smallest sensible `GOMAIL_MAX_BODY`.
const CHUNK_BYTES: usize = 4 << 20;

/// How often a chunk is posted again because the service asks for it with `Retry-After`.
const WAITS_MAX: usize = 5;
/// The longest wait that is waited; after a longer one people want to decide for themselves.
const WAIT_MAX: Duration = Duration::from_mins(1);

/// What became of each task.
pub(super) struct Tally {
    idempotency: Option<String>,
    chunks: usize,
    /// Where each task stood, and what became of it; in the order of the file.
    results: Vec<(Place, BatchItem)>,
}

impl Tally {
    /// # Errors
    /// A key that leaves no room for the number of a chunk.
    pub(super) fn new(idempotency: Option<String>) -> Result<Self, Failure> {
        const LONGEST: usize = 240;
        if idempotency.as_ref().is_some_and(|key| key.len() > LONGEST) {
            let why = format!(
                "--idempotency-key has at most {LONGEST} characters when many tasks are sent: each batch adds its number"
            );
            return Err(Failure::Usage(why));
        }
        Ok(Self { idempotency, chunks: 0, results: Vec::new() })
    }

    /// The key of the current chunk, or of a part of it.
    ///
    /// The first chunk has the caller's key, the nth `KEY-n`. A chunk that was too large has halves, named `a` and `b`,
    /// and those have halves: `KEY-2ab` is the second half of the first half of the second chunk. Chunks are cut the
    /// same way each time, so a repeated command repeats its keys.
    fn key(&self, part: &str) -> Option<String> {
        let key = self.idempotency.as_ref()?;
        let is_first = self.chunks == 1 && part.is_empty();
        Some(if is_first { key.clone() } else { format!("{key}-{}{part}", self.chunks) })
    }

    fn refuse(&mut self, place: Place, error: &str, why: &str) {
        let refused = BatchItem {
            status: false,
            id: None,
            error: Some(error.to_owned()),
            msg: Some(why.to_owned()),
            field: None,
        };
        self.results.push((place, refused));
    }

    fn failed(&self) -> impl Iterator<Item = &(Place, BatchItem)> {
        self.results.iter().filter(|(_, item)| !item.status)
    }

    /// Says what became of all, waits for their ends if asked to, and ends as the worst of them.
    pub(super) async fn finish(
        self,
        shell: &Shell,
        posted: Result<(), ClientError>,
        waiting: Option<(&Client, Duration)>,
    ) -> Outcome {
        let failed = self.failed().count();
        let accepted = self.results.len() - failed;
        let items: Vec<Value> = self.results.iter().map(|(place, item)| told(place, item)).collect();
        let is_whole = failed == 0 && posted.is_ok();
        let mut answer = json!({ "status": is_whole, "results": items });
        let waiting = waiting.filter(|_| posted.is_ok());
        // Who waits is told at once what was accepted; a program gets one document, at the end.
        if waiting.is_none() || !shell.out.json {
            shell.out.answer(&answer, |_| self.show(accepted, failed));
        }
        if let Err(error) = posted {
            let last = self.results.last().map_or_else(|| "nothing".to_owned(), |(place, _)| format!("up to {place}"));
            let again = match self.idempotency {
                Some(_) => "the same command goes on where it stopped",
                None => "an --idempotency-key makes it safe to repeat",
            };
            return Err(Failure::BrokenOff(error, format!("broken off: {accepted} accepted ({last}); {again}")));
        }
        if let Some((client, patience)) = waiting {
            let mut ended = Vec::new();
            let outcome = self.wait(shell, client, patience, &mut ended).await;
            if shell.out.json {
                answer["tasks"] = serde_json::to_value(&ended).expect("answers have text keys and no failing parts");
                shell.out.value(&answer);
            } else {
                shell.out.text(&ends(&ended));
            }
            outcome?;
        }
        if failed > 0 { Err(Failure::Told(SOME_FAILED)) } else { Ok(()) }
    }

    /// Waits for the ends of all that were accepted, and puts each into `ended`.
    async fn wait(&self, shell: &Shell, client: &Client, patience: Duration, ended: &mut Vec<TaskBody>) -> Outcome {
        let ids: Vec<TaskId> = self.results.iter().filter_map(|(_, item)| item.id).collect();
        let mut unsent = 0;
        let deadline = tokio::time::Instant::now() + patience;
        for id in &ids {
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            let task = wait::until_ended(client, *id, left).await?;
            if wait::verdict(&task).is_err() {
                unsent += 1;
                let reason = task.reason.map_or_else(String::new, |reason| format!(": {reason}"));
                shell.out.remark(&format!("{} {} to {}{reason}", task.state, task.id, task.recipient));
            }
            ended.push(task);
        }
        match unsent {
            0 => Ok(()),
            unsent if unsent == ids.len() => Err(Failure::Told(FAILED)),
            _ => Err(Failure::Told(SOME_FAILED)),
        }
    }

    fn show(&self, accepted: usize, failed: usize) -> String {
        if failed == 0 {
            return format!("{accepted} accepted");
        }
        let mut table = Table::new(&["where", "error", "field", "message"]);
        for (place, item) in self.failed() {
            let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            table.row([place.to_string(), or_dash(&item.error), or_dash(&item.field), or_dash(&item.msg)]);
        }
        format!("{accepted} accepted, {failed} failed\n\n{}", table.show(""))
    }
}

/// How many tasks came to which end: `12 succeeded, 1 failed`.
fn ends(tasks: &[TaskBody]) -> String {
    let mut counts = BTreeMap::new();
    for task in tasks {
        *counts.entry(task.state.to_string()).or_insert(0) += 1;
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.iter().map(|(state, count)| format!("{count} {state}")).collect::<Vec<_>>().join(", ")
}

/// An item of the answer, with its line where it has one.
fn told(place: &Place, item: &BatchItem) -> Value {
    let mut told = serde_json::to_value(item).expect("answers have text keys and no failing parts");
    if let Place::Line(line) = place {
        told["line"] = (*line).into();
    }
    told
}

/// Posts rows in chunks, until all are posted or the service stops taking them. `report` hears how many are done, and
/// how long the service asks to wait.
///
/// # Errors
/// What broke it off; the tally holds what became of the tasks before.
pub(super) async fn post(
    client: &Client,
    rows: impl Iterator<Item = (Place, Result<Value, String>)>,
    tally: &mut Tally,
    report: impl Fn(usize, Option<Duration>),
) -> Result<(), ClientError> {
    let mut chunk = Chunk::default();
    for (place, row) in rows {
        match row {
            // Its place in the list is that of its line: the chunk before it is posted first.
            Err(why) => {
                chunk.post(client, tally, &report).await?;
                tally.refuse(place, "invalid_field", &why);
            }
            Ok(task) => {
                let bytes = task.to_string().len();
                if chunk.tasks.len() == CHUNK || chunk.bytes + bytes > CHUNK_BYTES {
                    chunk.post(client, tally, &report).await?;
                }
                chunk.bytes += bytes;
                chunk.places.push(place);
                chunk.tasks.push(task);
            }
        }
    }
    chunk.post(client, tally, &report).await
}

#[derive(Default)]
struct Chunk {
    places: Vec<Place>,
    tasks: Vec<Value>,
    bytes: usize,
    /// Which part of the chunk that was cut from the file: empty for all of it, else as in [`Tally::key`].
    part: String,
}

impl Chunk {
    /// Posts what is in it and leaves it empty. What is too large for one request goes in halves; a task that is too
    /// large alone is noted as refused.
    async fn post(
        &mut self,
        client: &Client,
        tally: &mut Tally,
        report: &impl Fn(usize, Option<Duration>),
    ) -> Result<(), ClientError> {
        if self.tasks.is_empty() {
            return Ok(());
        }
        tally.chunks += 1;
        let mut parts = vec![mem::take(self)];
        while let Some(mut part) = parts.pop() {
            let key = tally.key(&part.part);
            let done = tally.results.len();
            match patiently(client, &part.tasks, key.as_deref(), |wait| report(done, Some(wait))).await {
                Ok(results) => tally.results.extend(part.places.into_iter().zip(results)),
                Err(error) if is_too_large(&error) && part.tasks.len() == 1 => {
                    tally.refuse(part.places.remove(0), "too_large", &error.to_string());
                }
                Err(error) if is_too_large(&error) => {
                    let second = part.split();
                    parts.extend([second, part]);
                }
                Err(error) => return Err(error),
            }
            report(tally.results.len(), None);
        }
        Ok(())
    }

    /// Keeps the first half, gives the second.
    fn split(&mut self) -> Self {
        let middle = self.tasks.len().div_ceil(2);
        let second = Self {
            places: self.places.split_off(middle),
            tasks: self.tasks.split_off(middle),
            bytes: 0,
            part: format!("{}b", self.part),
        };
        self.part.push('a');
        second
    }
}

/// Posts a batch; waits and posts it again as often as the service asks for that, within bounds.
async fn patiently(
    client: &Client,
    tasks: &[Value],
    key: Option<&str>,
    waits: impl Fn(Duration),
) -> Result<Vec<BatchItem>, ClientError> {
    let mut waited = 0;
    loop {
        let error = match client.post_batch(tasks, key).await {
            Ok(answer) if answer.results.len() == tasks.len() => return Ok(answer.results),
            Ok(answer) => {
                let why = format!("{} results for {} tasks", answer.results.len(), tasks.len());
                return Err(ClientError::Protocol { server: client.server(), status: None, why });
            }
            Err(error) => error,
        };
        match asked_to_wait(&error, key.is_some()) {
            Some(wait) if wait <= WAIT_MAX && waited < WAITS_MAX => {
                waits(wait);
                tokio::time::sleep(wait).await;
                waited += 1;
            }
            _ => return Err(error),
        }
    }
}

/// How long to wait before the same batch may be posted again; `None` when it must not be.
fn asked_to_wait(error: &ClientError, has_key: bool) -> Option<Duration> {
    match error {
        ClientError::Refused { status: 429, retry_after, .. } => *retry_after,
        // The tasks may have been taken: without a key they could go out twice.
        ClientError::Refused { status: 503, retry_after, .. } if has_key => *retry_after,
        _ => None,
    }
}

/// Whether the request was too large for the service, or for a proxy in front of it.
fn is_too_large(error: &ClientError) -> bool {
    matches!(error, ClientError::Refused { status: 413, .. } | ClientError::Protocol { status: Some(413), .. })
}

/// For `--dry-run`: one task a line, as it would be posted.
pub(super) fn show(shell: &Shell, rows: impl Iterator<Item = (Place, Result<Value, String>)>) -> Outcome {
    let mut is_whole = true;
    for (place, row) in rows {
        match row {
            Ok(task) => shell.out.text(&task.to_string()),
            Err(why) => {
                is_whole = false;
                let msg = format!("{place} {why}");
                let mut body = json!({ "status": false, "error": "invalid_field", "msg": msg });
                if let Place::Line(line) = place {
                    body["line"] = line.into();
                }
                shell.out.complain(&body, &msg);
            }
        }
        if shell.out.is_closed() {
            break;
        }
    }
    if is_whole { Ok(()) } else { Err(Failure::Told(SOME_FAILED)) }
}

/// A progress bar on standard error; it shows itself only in a terminal.
pub(super) fn bar(bytes: u64) -> ProgressBar {
    let (bar, template) = if bytes > 0 {
        (ProgressBar::new(bytes), "{wide_bar} {percent:>3}% {msg} ({eta} left)")
    } else {
        (ProgressBar::no_length(), "{spinner} {msg}")
    };
    bar.with_style(ProgressStyle::with_template(template).expect("both templates are good; a test draws them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bars_can_be_drawn() {
        for bytes in [0, 10] {
            bar(bytes).set_message("1 posted");
        }
    }

    #[test]
    fn chunks_and_their_parts_have_keys_of_their_own_and_the_first_is_the_callers() {
        let mut tally = Tally::new(Some("k".to_owned())).unwrap();
        let keys = |tally: &Tally| ["", "a", "ab"].map(|part| tally.key(part).unwrap());

        tally.chunks = 1;
        assert_eq!(keys(&tally), ["k", "k-1a", "k-1ab"]);
        tally.chunks = 2;
        assert_eq!(keys(&tally), ["k-2", "k-2a", "k-2ab"]);
        assert_eq!(Tally::new(None).unwrap().key(""), None);
    }

    /// A key that is taken fits the service, whatever is added to it.
    #[test]
    fn a_chunk_is_halved_down_to_single_tasks_and_keys_stay_within_256_characters() {
        let mut tally = Tally::new(Some("k".repeat(240))).unwrap();
        tally.chunks = 99_999;
        let places: Vec<Place> = (0..CHUNK as u64).map(Place::Line).collect();
        let whole = Chunk { tasks: vec![Value::Null; CHUNK], places: places.clone(), ..Chunk::default() };

        let (mut parts, mut singles) = (vec![whole], Vec::new());
        while let Some(mut part) = parts.pop() {
            if part.tasks.len() > 1 {
                let second = part.split();
                parts.extend([second, part]);
            } else {
                singles.push(part);
            }
        }

        assert!(singles.iter().all(|single| tally.key(&single.part).unwrap().len() <= 256));
        assert!(singles.into_iter().flat_map(|single| single.places).eq(places));
    }
}
