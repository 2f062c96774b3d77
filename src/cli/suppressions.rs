//! `gomail suppressions`: addresses that must not be written to.

use clap::Subcommand;

use super::{
    failure::Outcome,
    output::{Table, time},
    pages::{self, Paging},
    session::Shell,
    text::segment,
};
use crate::{client::Listed, wire::answer::SuppressionBody};

#[derive(Debug, Subcommand)]
pub(super) enum SuppressionsCommand {
    /// All suppressed addresses.
    #[command(after_help = "Examples:
  gomail suppressions list")]
    List(Paging),
    /// Suppress an address.
    #[command(after_help = "Examples:
  gomail suppressions add gone@example.com --reason 'asked us to stop'")]
    Add {
        /// The address.
        email: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Write to an address again.
    #[command(after_help = "Examples:
  gomail suppressions remove back@example.com")]
    Remove {
        /// The address.
        #[arg(value_parser = segment)]
        email: String,
    },
}

pub(super) async fn run(shell: &Shell, command: SuppressionsCommand) -> Outcome {
    let client = shell.client()?;
    match command {
        SuppressionsCommand::List(paging) => {
            let list: Listed<SuppressionBody> =
                pages::all(&client, &["suppressions"], "suppressions", &[], &paging).await?;
            pages::answer(shell, "suppressions", &list, |items| {
                let mut table = Table::new(&["email", "reason", "since (UTC)"])
                    .elastic("reason")
                    .elastic("email")
                    .optional("since (UTC)");
                for item in items {
                    table.row([item.email.clone(), item.reason.clone(), time(item.created_at)]);
                }
                table.show("no suppressed addresses")
            });
        }
        SuppressionsCommand::Add { email, reason } => {
            let added = client.suppress(&email, reason.as_deref()).await?;
            shell.out.answer(&added, |added| format!("suppressed {}", added.email));
        }
        SuppressionsCommand::Remove { email } => {
            let done = client.unsuppress(&email).await?;
            shell.out.answer(&done, |_| format!("{email} is written to again"));
        }
    }
    Ok(())
}
