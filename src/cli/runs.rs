//! `gomail runs`: newsletter runs, who did not get one, and sending it to them again.

use clap::Subcommand;

use super::{
    failure::Outcome,
    output::{Table, card, time},
    pages::{self, Paging},
    session::Shell,
    text::segment,
};
use crate::{
    client::{Client, Listed, RunDetail},
    wire::answer::RunBody,
};

#[derive(Debug, Subcommand)]
pub(super) enum RunsCommand {
    /// Runs, newest first, with their totals.
    #[command(after_help = "Examples:
  gomail runs list
  gomail runs list --content-type weekly --limit 5")]
    List {
        /// Only those of this content type.
        #[arg(long, value_name = "NAME")]
        content_type: Option<String>,
        #[command(flatten)]
        paging: Paging,
    },
    /// One run, and who did not get it.
    #[command(after_help = "Examples:
  gomail runs get rt2b4xc
  gomail runs get rt2b4xc --json | jq -r '.not_delivered[].recipient'")]
    Get {
        /// The run's id.
        #[arg(value_parser = segment)]
        id: String,
        #[command(flatten)]
        paging: Paging,
    },
    /// Queue a run's failed and uncertain mails again.
    #[command(after_help = "Examples:
  gomail runs retry rt2b4xc")]
    Retry {
        /// The run's id.
        #[arg(value_parser = segment)]
        id: String,
    },
}

pub(super) async fn run(shell: &Shell, command: RunsCommand) -> Outcome {
    let client = shell.client()?;
    match command {
        RunsCommand::List { content_type, paging } => {
            let filter = [("content_type", content_type)];
            let list: Listed<RunBody> = pages::all(&client, &["task", "runs"], "runs", &filter, &paging).await?;
            pages::answer(shell, "runs", &list, table);
        }
        RunsCommand::Get { id, paging } => {
            let detail = detail(&client, &id, &paging).await?;
            shell.out.answer(&detail, show);
            pages::tell_more(shell, detail.next_cursor.as_deref());
        }
        RunsCommand::Retry { id } => {
            let retried = client.retry_run(&id).await?;
            shell.out.answer(&retried, |retried| format!("{} mails of run {id} are queued again", retried.retried));
        }
    }
    Ok(())
}

/// The run with all pages of those who did not get it.
async fn detail(client: &Client, id: &str, paging: &Paging) -> Result<RunDetail, super::failure::Failure> {
    let first = paging.query(0, paging.cursor.clone()).unwrap_or_default();
    let mut detail = client.run(id, &first).await?;
    while let Some(cursor) = detail.next_cursor.clone()
        && let Some(query) = paging.query(detail.not_delivered.len(), Some(cursor))
    {
        let page = client.run(id, &query).await?;
        detail.next_cursor = page.next_cursor.filter(|_| !page.not_delivered.is_empty());
        detail.not_delivered.extend(page.not_delivered);
    }
    Ok(detail)
}

fn table(runs: &[RunBody]) -> String {
    let headings = [
        "id",
        "content type",
        "frequency",
        "period (UTC)",
        "state",
        "total",
        "succeeded",
        "failed",
        "other",
        "waiting",
    ];
    let mut table =
        Table::new(&headings).elastic("content type").optional("waiting").optional("other").optional("total");
    for run in runs {
        table.row([
            run.id.to_string(),
            run.content_type.as_str().to_owned(),
            run.frequency.to_string(),
            time(run.period),
            run.state.clone(),
            run.total.to_string(),
            run.succeeded.to_string(),
            run.failed.to_string(),
            (run.skipped + run.cancelled + run.uncertain).to_string(),
            run.waiting.to_string(),
        ]);
    }
    table.show("no runs")
}

fn show(detail: &RunDetail) -> String {
    let run = &detail.run;
    let head = card(&[
        ("id", run.id.to_string()),
        ("content type", run.content_type.as_str().to_owned()),
        ("frequency", run.frequency.to_string()),
        ("period (UTC)", time(run.period)),
        ("state", run.state.clone()),
        ("total", run.total.to_string()),
        ("succeeded", run.succeeded.to_string()),
        ("failed", run.failed.to_string()),
        ("skipped", run.skipped.to_string()),
        ("cancelled", run.cancelled.to_string()),
        ("uncertain", run.uncertain.to_string()),
        ("waiting", run.waiting.to_string()),
        ("created (UTC)", time(run.created_at)),
    ]);
    let mut table =
        Table::new(&["not delivered to", "state", "reason", "task"]).elastic("not delivered to").elastic("reason");
    for mail in &detail.not_delivered {
        let reason = mail.reason.map_or_else(|| "-".to_owned(), |reason| reason.to_string());
        table.row([mail.recipient.clone(), mail.state.to_string(), reason, mail.id.to_string()]);
    }
    format!("{head}\n\n{}", table.show("nobody is missing"))
}
