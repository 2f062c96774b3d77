//! `gomail subscriptions`: who is subscribed to what.

use clap::Subcommand;

use super::{
    failure::Outcome,
    output::{Table, time},
    pages::{self, Paging},
    session::Shell,
};
use crate::{client::Listed, wire::answer::SubscriptionBody};

#[derive(Debug, Subcommand)]
pub(super) enum SubscriptionsCommand {
    /// Subscriptions in force.
    #[command(after_help = "Examples:
  gomail subscriptions list
  gomail subscriptions list --content-type weekly --to you@example.com")]
    List {
        /// Only those to this content type.
        #[arg(long, value_name = "NAME")]
        content_type: Option<String>,
        /// Only those of this recipient.
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
        #[command(flatten)]
        paging: Paging,
    },
}

pub(super) async fn run(shell: &Shell, command: SubscriptionsCommand) -> Outcome {
    let SubscriptionsCommand::List { content_type, to, paging } = command;
    let filter = [("content_type", content_type), ("recipient", to)];
    let list: Listed<SubscriptionBody> =
        pages::all(&shell.client()?, &["task", "subscriptions"], "subscriptions", &filter, &paging).await?;
    pages::answer(shell, "subscriptions", &list, |items| {
        let mut table = Table::new(&["recipient", "content type", "frequency", "since (UTC)"])
            .elastic("recipient")
            .elastic("content type")
            .optional("since (UTC)");
        for item in items {
            let name = item.content_type.as_str().to_owned();
            table.row([item.recipient.to_string(), name, item.frequency.to_string(), time(item.created_at)]);
        }
        table.show("no subscriptions")
    });
    Ok(())
}
