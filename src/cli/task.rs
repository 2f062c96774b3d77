//! `gomail task`: list, look at, retry, cancel.

use clap::{Args, Subcommand, builder::PossibleValuesParser};

use super::{
    failure::Outcome,
    output::{Table, card, span, time, time_or_dash},
    pages::{self, Paging},
    session::Shell,
    text::segment,
};
use crate::{
    client::Listed,
    domain::{State, TaskType},
    wire::answer::TaskBody,
};

#[derive(Debug, Subcommand)]
pub(super) enum TaskCommand {
    /// Tasks, newest first.
    #[command(after_help = "Examples:
  gomail task list --state failed
  gomail task list --type generateOtp --to you@example.com --limit 10
  gomail task list --json | jq -r '.tasks[].id'")]
    List(TaskListArgs),
    /// One task, with every attempt.
    #[command(after_help = "Examples:
  gomail task get 019a0000-0000-7000-8000-000000000000")]
    Get {
        /// The task's id.
        #[arg(value_parser = segment)]
        id: String,
    },
    /// Put a failed or uncertain task back.
    #[command(after_help = "Examples:
  gomail task retry 019a0000-0000-7000-8000-000000000000
  gomail task list --state failed --json | jq -r '.tasks[].id' | xargs -n1 gomail task retry")]
    Retry {
        /// The task's id.
        #[arg(value_parser = segment)]
        id: String,
    },
    /// Cancel a task that has not begun.
    #[command(after_help = "Examples:
  gomail task cancel 019a0000-0000-7000-8000-000000000000")]
    Cancel {
        /// The task's id.
        #[arg(value_parser = segment)]
        id: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct TaskListArgs {
    /// Only those in this state.
    #[arg(long, value_parser = PossibleValuesParser::new(State::ALL.map(State::as_str)))]
    state: Option<String>,
    /// Only those of this type.
    #[arg(long = "type", value_name = "TYPE", value_parser = PossibleValuesParser::new(TaskType::ALL.map(TaskType::as_str)))]
    task_type: Option<String>,
    /// Only those for this recipient.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Only those with this tag.
    #[arg(long)]
    tag: Option<String>,
    #[command(flatten)]
    paging: Paging,
}

pub(super) async fn run(shell: &Shell, command: TaskCommand) -> Outcome {
    let client = shell.client()?;
    match command {
        TaskCommand::List(args) => {
            let filter = [("state", args.state), ("type", args.task_type), ("recipient", args.to), ("tag", args.tag)];
            let list: Listed<TaskBody> = pages::all(&client, &["task"], "tasks", &filter, &args.paging).await?;
            pages::answer(shell, "tasks", &list, table);
        }
        TaskCommand::Get { id } => {
            let task = client.task(&id).await?;
            shell.out.answer(&task, show);
        }
        TaskCommand::Retry { id } => {
            let changed = client.retry_task(&id).await?;
            shell.out.answer(&changed, |changed| format!("{} {}", changed.state, changed.id));
        }
        TaskCommand::Cancel { id } => {
            let changed = client.cancel_task(&id).await?;
            shell.out.answer(&changed, |changed| format!("{} {}", changed.state, changed.id));
        }
    }
    Ok(())
}

fn table(tasks: &[TaskBody]) -> String {
    let mut table = Table::new(&["id", "type", "state", "recipient", "attempts", "reason", "created (UTC)"])
        .elastic("recipient")
        .elastic("reason")
        .optional("attempts")
        .optional("created (UTC)")
        .optional("reason");
    for task in tasks {
        table.row([
            task.id.to_string(),
            task.task_type.to_string(),
            task.state.to_string(),
            task.recipient.to_string(),
            task.attempts.len().to_string(),
            task.reason.map_or_else(|| "-".to_owned(), |reason| reason.to_string()),
            time(task.created_at),
        ]);
    }
    table.show("no tasks")
}

/// One task and its attempts.
pub(super) fn show(task: &TaskBody) -> String {
    let mut rows = vec![
        ("id", task.id.to_string()),
        ("task", task.task.as_str().to_owned()),
        ("type", format!("{} ({} lane)", task.task_type, task.lane)),
        ("state", task.state.to_string()),
        ("recipient", task.recipient.to_string()),
        ("retries", task.retries.to_string()),
        ("created (UTC)", time(task.created_at)),
    ];
    rows.extend(task.reason.map(|reason| ("reason", reason.to_string())));
    rows.extend(task.next_attempt_at.map(|at| ("next attempt (UTC)", time_or_dash(Some(at)))));
    rows.extend(task.finished_at.map(|at| ("finished (UTC)", time(at))));
    rows.extend(task.message_id.clone().map(|id| ("Message-ID", id)));
    if task.duplicate_possible {
        rows.push(("duplicate", "possible: an attempt's outcome was lost".to_owned()));
    }
    if !task.tags.is_empty() {
        rows.push(("tags", task.tags.iter().map(crate::domain::Tag::as_str).collect::<Vec<_>>().join(" ")));
    }
    let text = card(&rows);
    if task.attempts.is_empty() { text } else { format!("{text}\n\n{}", attempts(task)) }
}

fn attempts(task: &TaskBody) -> String {
    let headings = ["#", "started (UTC)", "took", "outcome", "stage", "relay", "TLS", "code", "message"];
    let mut table = Table::new(&headings).elastic("message").elastic("relay").optional("TLS").optional("stage");
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    for attempt in &task.attempts {
        let codes = [attempt.smtp_code.map(|code| code.to_string()), attempt.enhanced_code.clone()];
        let code = codes.into_iter().flatten().collect::<Vec<_>>().join(" ");
        table.row([
            attempt.n.to_string(),
            time(attempt.started_at),
            span(attempt.finished_at.since(attempt.started_at)),
            attempt.outcome.to_string(),
            or_dash(attempt.stage.map(|stage| stage.to_string())),
            or_dash(attempt.relay.clone()),
            or_dash(attempt.tls.clone()),
            or_dash(Some(code).filter(|code| !code.is_empty())),
            or_dash(attempt.message.clone()),
        ]);
    }
    table.show("")
}
