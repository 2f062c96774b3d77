//! `gomail outbox`: the mails that a development machine captured instead of sending.

use clap::Subcommand;

use super::{
    failure::{Failure, NOT_FOUND, Outcome},
    output::{Table, clean, time},
    pages::{self, Paging},
    session::Shell,
    text::segment,
};
use crate::{
    client::Listed,
    wire::answer::{OutboxBody, OutboxMail},
};

const PATH: &[&str] = &["outbox"];

#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// Captured mails, newest first.
    #[command(after_help = "Examples:
  gomail outbox list --limit 10")]
    List(Paging),
    /// Read a captured mail.
    #[command(after_help = "Examples:
  gomail outbox get                           the newest
  gomail outbox get 019a0000-0000-7000-8000-000000000000 --raw > mail.eml")]
    Get {
        /// The task that made it; the newest mail when absent.
        #[arg(value_parser = segment)]
        id: Option<String>,
        /// The mail as it would go over the wire; with --json it is there anyway.
        #[arg(long)]
        raw: bool,
    },
}

pub(super) async fn run(shell: &Shell, command: OutboxCommand) -> Outcome {
    let client = shell.client()?;
    match command {
        OutboxCommand::List(paging) => {
            let list: Listed<OutboxBody> = pages::all(&client, PATH, "outbox", &[], &paging).await?;
            pages::answer(shell, "outbox", &list, |items| {
                let mut table = Table::new(&["id", "to", "subject", "captured (UTC)"])
                    .elastic("subject")
                    .elastic("to")
                    .optional("captured (UTC)");
                for item in items {
                    table.row([item.id.to_string(), item.to.clone(), item.subject.clone(), time(item.created_at)]);
                }
                table.show("no captured mails")
            });
        }
        OutboxCommand::Get { id, raw } => {
            let id = if let Some(id) = id {
                id
            } else {
                let newest = Paging { limit: Some(1), cursor: None };
                let list: Listed<OutboxBody> = pages::all(&client, PATH, "outbox", &[], &newest).await?;
                let newest = list.items.first();
                newest.map(|mail| mail.id.to_string()).ok_or_else(|| nothing(shell))?
            };
            let mail = client.outbox_mail(&id).await?;
            if raw && !shell.out.json {
                shell.out.text(&mail.raw);
            } else {
                shell.out.answer(&mail, show);
            }
        }
    }
    Ok(())
}

/// An empty outbox has no newest mail: said once, in the caller's language, exit 3.
fn nothing(shell: &Shell) -> Failure {
    let body = serde_json::json!({ "status": false, "error": "not_found", "msg": "the outbox is empty" });
    shell.out.complain(&body, "the outbox is empty");
    Failure::Told(NOT_FOUND)
}

fn show(mail: &OutboxMail) -> String {
    let body = mail.text.as_deref().or(mail.html.as_deref()).unwrap_or("(no text; see --raw)");
    format!(
        "id:       {}\nto:       {}\nsubject:  {}\ncaptured: {} UTC\n\n{}",
        mail.entry.id,
        clean(&mail.entry.to),
        clean(&mail.entry.subject),
        time(mail.entry.created_at),
        clean(body)
    )
}
