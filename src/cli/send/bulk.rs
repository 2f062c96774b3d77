//! Many tasks: posted in chunks, counted, and those that failed listed.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::wait;
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

/// What became of each task.
pub(super) struct Tally {
    idempotency: Option<String>,
    chunks: usize,
    /// Where each task stood, and what became of it; in the order of the file.
    results: Vec<(String, BatchItem)>,
}

impl Tally {
    pub(super) const fn new(idempotency: Option<String>) -> Self {
        Self { idempotency, chunks: 0, results: Vec::new() }
    }

    /// The key of the next chunk. Chunks are cut the same way each time, so a repeated command repeats its keys.
    fn next_key(&mut self) -> Option<String> {
        self.chunks += 1;
        let key = self.idempotency.as_ref()?;
        Some(if self.chunks == 1 { key.clone() } else { format!("{key}-{}", self.chunks) })
    }

    fn refuse(&mut self, place: String, why: &str) {
        let refused = BatchItem {
            status: false,
            id: None,
            error: Some("invalid_field".to_owned()),
            msg: Some(why.to_owned()),
            field: None,
        };
        self.results.push((place, refused));
    }

    fn failed(&self) -> impl Iterator<Item = &(String, BatchItem)> {
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
        let items: Vec<&BatchItem> = self.results.iter().map(|(_, item)| item).collect();
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
            table.row([place.clone(), or_dash(&item.error), or_dash(&item.field), or_dash(&item.msg)]);
        }
        format!("{accepted} accepted, {failed} failed\n\n{}", table.show(""))
    }
}

/// Posts rows in chunks, until all are posted or the service stops taking them. `report` hears how many are done.
///
/// # Errors
/// What broke it off; the tally holds what became of the tasks before.
pub(super) async fn post(
    client: &Client,
    rows: impl Iterator<Item = (String, Result<Value, String>)>,
    tally: &mut Tally,
    report: impl Fn(usize),
) -> Result<(), ClientError> {
    let mut chunk = Chunk::default();
    for (place, row) in rows {
        match row {
            // Its place in the list is that of its line: the chunk before it is posted first.
            Err(why) => {
                chunk.post(client, tally).await?;
                tally.refuse(place, &why);
            }
            Ok(task) => {
                let bytes = task.to_string().len();
                if chunk.tasks.len() == CHUNK || chunk.bytes + bytes > CHUNK_BYTES {
                    chunk.post(client, tally).await?;
                    report(tally.results.len());
                }
                chunk.bytes += bytes;
                chunk.places.push(place);
                chunk.tasks.push(task);
            }
        }
    }
    chunk.post(client, tally).await?;
    report(tally.results.len());
    Ok(())
}

#[derive(Default)]
struct Chunk {
    places: Vec<String>,
    tasks: Vec<Value>,
    bytes: usize,
}

impl Chunk {
    async fn post(&mut self, client: &Client, tally: &mut Tally) -> Result<(), ClientError> {
        if self.tasks.is_empty() {
            return Ok(());
        }
        let key = tally.next_key();
        let answer = client.post_batch(&self.tasks, key.as_deref()).await?;
        if answer.results.len() != self.tasks.len() {
            let why = format!("{} results for {} tasks", answer.results.len(), self.tasks.len());
            return Err(ClientError::Protocol { server: client.server(), status: None, why });
        }
        tally.results.extend(self.places.drain(..).zip(answer.results));
        self.tasks.clear();
        self.bytes = 0;
        Ok(())
    }
}

/// For `--dry-run`: one task a line, as it would be posted.
pub(super) fn show(shell: &Shell, rows: impl Iterator<Item = (String, Result<Value, String>)>) -> Outcome {
    let mut is_whole = true;
    for (place, row) in rows {
        match row {
            Ok(task) => shell.out.text(&task.to_string()),
            Err(why) => {
                is_whole = false;
                let body = json!({ "status": false, "error": "invalid_field", "msg": format!("{place} {why}") });
                shell.out.complain(&body, &format!("{place} {why}"));
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
    fn chunks_have_keys_of_their_own_and_the_first_is_the_callers() {
        let mut tally = Tally::new(Some("k".to_owned()));

        assert_eq!([tally.next_key(), tally.next_key()], [Some("k".to_owned()), Some("k-2".to_owned())]);
        assert_eq!(Tally::new(None).next_key(), None);
    }
}
