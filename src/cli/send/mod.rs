//! `gomail send`: from arguments to tasks, posted singly, as a batch, or from a file.

mod args;
mod bulk;
mod rows;
mod task;
mod wait;

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::Value;

pub(super) use self::args::MessageArgs;
use self::{
    args::{Delivery, OtpArgs, SubscribeArgs, To, UnsubscribeArgs},
    bulk::Tally,
    rows::{Place, Reading},
};
use super::{
    failure::{Failure, Outcome},
    output::span,
    session::Shell,
};

/// `send` itself takes a message's options, so that the common case needs no second word.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gomail send --to you@example.com --subject Hi --content 'Hello'
  gomail send --to you@example.com --subject Report --file report.html --attach report.pdf --wait
  date | gomail send --to ops@example.com --subject 'It is' -
  gomail send --csv people.csv --subject 'Hello {{ name }}' --file hello.html
  gomail send otp --to you@example.com
  gomail send subscribe --to you@example.com --content-type weekly --frequency @weekly")]
pub(super) struct SendArgs {
    #[command(subcommand)]
    what: Option<SendWhat>,
    #[command(flatten)]
    message: MessageArgs,
}

#[derive(Debug, Subcommand)]
enum SendWhat {
    /// A message; the same as without this word.
    #[command(after_help = "Examples:
  gomail send message --to you@example.com --subject Hi --content 'Hello'
  gomail send message --to you@example.com --subject Hi --content 'Hello' --at 2h --tag welcome")]
    Message(MessageArgs),
    /// A one-time code.
    #[command(after_help = "Examples:
  gomail send otp --to you@example.com
  gomail send otp --to you@example.com --length 8 --purpose login --wait")]
    Otp(OtpArgs),
    /// Subscribe to a newsletter.
    #[command(after_help = "Examples:
  gomail send subscribe --to you@example.com --content-type weekly --frequency @weekly
  gomail send subscribe --csv readers.csv --content-type weekly --frequency @weekly")]
    Subscribe(SubscribeArgs),
    /// Unsubscribe from a newsletter.
    #[command(after_help = "Examples:
  gomail send unsubscribe --to you@example.com --content-type weekly")]
    Unsubscribe(UnsubscribeArgs),
}

/// What is to be sent: a task without a recipient, the recipients, and how to post it.
struct Order {
    /// The task, `payload.userId` still absent.
    template: Value,
    to: To,
    delivery: Delivery,
}

pub(super) async fn run(shell: &Shell, args: SendArgs) -> Outcome {
    let is_bare = args.message == MessageArgs::default();
    if args.what.is_some() && !is_bare {
        return Err(Failure::Usage("options of a task go after its kind: gomail send otp --to …".to_owned()));
    }
    let order = match args.what.unwrap_or(SendWhat::Message(args.message)) {
        SendWhat::Message(args) => args.order()?,
        SendWhat::Otp(args) => args.order()?,
        SendWhat::Subscribe(args) => args.order()?,
        SendWhat::Unsubscribe(args) => args.order()?,
    };
    match (order.to.reading()?, order.to.addresses.as_slice()) {
        (Some(reading), _) => in_bulk(shell, &order, reading).await,
        (None, []) => Err(Failure::Usage("nobody to send to: give --to ADDRESS, --csv FILE or --jsonl FILE".into())),
        (None, [one]) => single(shell, &order, one).await,
        (None, several) => to_several(shell, &order, several).await,
    }
}

async fn single(shell: &Shell, order: &Order, to: &str) -> Outcome {
    let task = task::addressed(&order.template, to);
    if order.delivery.dry_run {
        shell.out.value(&task);
        return Ok(());
    }
    let client = shell.client()?;
    let accepted = client.post_task(&task, order.delivery.idempotency_key.as_deref()).await?;
    let Some(patience) = order.delivery.patience() else {
        let what = task::described(&order.template);
        shell.out.answer(&accepted, |accepted| format!("{} {} {what} to {to}", accepted.state, accepted.id));
        return Ok(());
    };
    // Whoever breaks off the waiting has its id.
    shell.out.remark(&format!("{} {}", accepted.state, accepted.id));
    let ended = wait::until_ended(&client, accepted.id, patience).await?;
    shell.out.answer(&ended, super::task::show);
    wait::verdict(&ended)
}

async fn to_several(shell: &Shell, order: &Order, to: &[String]) -> Outcome {
    let tasks: Vec<Value> = to.iter().map(|to| task::addressed(&order.template, to)).collect();
    if order.delivery.dry_run {
        shell.out.value(&serde_json::json!({ "tasks": tasks }));
        return Ok(());
    }
    let client = shell.client()?;
    let mut tally = Tally::new(order.delivery.idempotency_key.clone())?;
    let rows = tasks.into_iter().zip(to).map(|(task, to)| (Place::Recipient(to.clone()), Ok(task)));
    let posted = bulk::post(&client, rows, &mut tally, |_, _| ()).await;
    tally.finish(shell, posted, order.delivery.patience().map(|patience| (&client, patience))).await
}

async fn in_bulk(shell: &Shell, order: &Order, reading: Reading) -> Outcome {
    let bytes = reading.bytes;
    let rows = reading.rows.map(|(place, row)| (place, row.and_then(|row| rows::task(&order.template, row))));
    if order.delivery.dry_run {
        return bulk::show(shell, rows);
    }
    let client = shell.client()?;
    let bar = bulk::bar(bytes);
    let mut tally = Tally::new(order.delivery.idempotency_key.clone())?;
    let position = reading.position;
    let posted = bulk::post(&client, rows, &mut tally, |done, wait| {
        let waits = wait.map_or_else(String::new, |wait| format!(", waiting {} as the service asks", span(wait)));
        bar.set_position(position.get());
        bar.set_message(format!("{done} posted{waits}"));
    })
    .await;
    bar.finish_and_clear();
    tally.finish(shell, posted, order.delivery.patience().map(|patience| (&client, patience))).await
}

/// How long `--wait` waits unless told otherwise.
const PATIENCE: Duration = Duration::from_mins(5);
