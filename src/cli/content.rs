//! `gomail content`: newsletter templates.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{
    failure::Outcome,
    output::{Table, card, clean, time},
    pages::{self, Paging},
    session::Shell,
    text::{Body, segment, variable, variables},
};
use crate::{client::Listed, wire::answer::ContentBody};

#[derive(Debug, Subcommand)]
pub(super) enum ContentCommand {
    /// Create a content type.
    #[command(after_help = "Examples:
  gomail content create weekly --subject 'News of {{ period }}' --content '<p>Hello {{ email }}</p>'
  gomail content create weekly --subject News - < news.html")]
    Create(Template),
    /// Replace a content type's subject and content.
    #[command(after_help = "Examples:
  gomail content update weekly --subject News --file news.html")]
    Update(Template),
    /// All content types.
    #[command(after_help = "Examples:
  gomail content list
  gomail content list --json | jq -r '.contents[].content_type'")]
    List(Paging),
    /// One content type.
    #[command(after_help = "Examples:
  gomail content get weekly")]
    Get {
        /// Its name.
        #[arg(value_parser = segment)]
        name: String,
    },
    /// Delete a content type.
    #[command(after_help = "Examples:
  gomail content delete weekly
  gomail content delete weekly --force        its subscriptions too")]
    Delete {
        /// Its name.
        #[arg(value_parser = segment)]
        name: String,
        /// Even while there are subscriptions; they end.
        #[arg(long)]
        force: bool,
    },
    /// Show what a subscriber would read; without the unsubscribe line, which is added when it is sent.
    #[command(after_help = "Examples:
  gomail content preview weekly --var email=you@example.com --var period=2026-11-24")]
    Preview {
        /// Its name.
        #[arg(value_parser = segment)]
        name: String,
        /// A variable of the template; may be repeated.
        #[arg(long = "var", value_name = "NAME=VALUE", value_parser = variable)]
        vars: Vec<(String, String)>,
    },
}

/// A template as given.
#[derive(Debug, Args)]
pub(super) struct Template {
    /// Its name.
    name: String,
    /// Subject template.
    #[arg(long, value_name = "TEXT")]
    subject: String,
    #[command(flatten)]
    body: Body,
}

pub(super) async fn run(shell: &Shell, command: ContentCommand) -> Outcome {
    let client = shell.client()?;
    match command {
        ContentCommand::Create(template) => {
            let content = template.body.require()?;
            let done = client.create_content(&template.name, &template.subject, &content).await?;
            shell.out.answer(&done, |_| format!("created {}", template.name));
        }
        ContentCommand::Update(template) => {
            let content = template.body.require()?;
            let done = client.update_content(&template.name, &template.subject, &content).await?;
            shell.out.answer(&done, |_| format!("updated {}", template.name));
        }
        ContentCommand::List(paging) => {
            let list: Listed<ContentBody> =
                pages::all(&client, &["task", "subscriptionContent"], "contents", &[], &paging).await?;
            pages::answer(shell, "contents", &list, |items| {
                let mut table = Table::new(&["content type", "subject", "created (UTC)", "updated (UTC)"])
                    .elastic("subject")
                    .elastic("content type")
                    .optional("created (UTC)")
                    .optional("updated (UTC)");
                for item in items {
                    let name = item.content_type.as_str().to_owned();
                    table.row([name, item.subject.clone(), time(item.created_at), time(item.updated_at)]);
                }
                table.show("no content types")
            });
        }
        ContentCommand::Get { name } => {
            let content = client.content(&name).await?;
            shell.out.answer(&content, |content| {
                let head = card(&[
                    ("content type", content.content_type.as_str().to_owned()),
                    ("subject", content.subject.clone()),
                    ("created (UTC)", time(content.created_at)),
                    ("updated (UTC)", time(content.updated_at)),
                ]);
                format!("{head}\n\n{}", clean(&content.content))
            });
        }
        ContentCommand::Delete { name, force } => {
            let done = client.delete_content(&name, force).await?;
            shell.out.answer(&done, |_| format!("deleted {name}"));
        }
        ContentCommand::Preview { name, vars } => {
            let preview = client.preview_content(&name, &Value::Object(variables(&vars))).await?;
            shell.out.answer(&preview, |preview| {
                let html = preview.html.as_deref().map(|html| format!("\n\n--- HTML ---\n{}", clean(html)));
                let text = clean(&preview.text);
                format!("Subject: {}\n\n{text}{}", clean(&preview.subject), html.unwrap_or_default())
            });
        }
    }
    Ok(())
}
