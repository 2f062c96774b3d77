//! `gomail metrics`: the counters, once or again and again.

use std::time::Duration;

use clap::Args;

use super::{
    failure::{Failure, Outcome},
    output::{Out, Table, card, span},
    session::Shell,
};
use crate::{config::parse_duration, wire::answer::MetricsBody};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gomail metrics
  gomail metrics --watch --interval 5s
  gomail metrics --prometheus | grep gomail_lane_depth")]
pub(super) struct MetricsArgs {
    /// Show them again and again.
    #[arg(long, conflicts_with = "prometheus")]
    watch: bool,
    /// How often, with --watch.
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = parse_duration)]
    interval: Duration,
    /// The text that Prometheus reads.
    #[arg(long)]
    prometheus: bool,
}

pub(super) async fn run(shell: &Shell, args: &MetricsArgs) -> Outcome {
    let client = shell.client()?;
    if args.prometheus {
        shell.out.text_answer(&client.prometheus().await?);
        return Ok(());
    }
    let mut metrics = client.metrics().await?;
    loop {
        if args.watch && !shell.out.json && Out::is_terminal() {
            // Home and clear, so that the figures stand still while they change.
            shell.out.text("\x1b[H\x1b[2J");
        }
        shell.out.answer(&metrics, show);
        if !args.watch || shell.out.is_closed() {
            return Ok(());
        }
        metrics = loop {
            tokio::time::sleep(args.interval.max(Duration::from_millis(100))).await;
            match client.metrics().await {
                Ok(metrics) => break metrics,
                // Who watches wants to see it come back.
                Err(error) if error.may_pass() => {
                    let failure = Failure::from(error);
                    shell.out.complain(&failure.to_json().unwrap_or_default(), &failure.to_string());
                }
                Err(error) => return Err(error.into()),
            }
        };
    }
}

fn show(metrics: &MetricsBody) -> String {
    let totals = card(&[
        ("Total Jobs Executed", metrics.executed.to_string()),
        ("Jobs Successful", metrics.successful.to_string()),
        ("Jobs Failed", metrics.failed.to_string()),
        ("Periods missed", metrics.missed_periods.to_string()),
    ]);
    let mut states = Table::new(&["state", "tasks now"]);
    for (state, count) in &metrics.states {
        states.row([state.to_string(), count.to_string()]);
    }
    let mut lanes = Table::new(&["lane", "queued", "oldest"]);
    for (lane, depth) in &metrics.lanes {
        let age = Duration::try_from_secs_f64(depth.oldest_age_seconds).unwrap_or_default();
        let oldest = if depth.queued == 0 { "-".to_owned() } else { span(age) };
        lanes.row([lane.to_string(), depth.queued.to_string(), oldest]);
    }
    let mut text = [totals, states.show("no tasks"), lanes.show("no lanes")].join("\n\n");
    let mut ended = Table::new(&["type", "ended as", "tasks"]);
    for (task_type, states) in &metrics.ended {
        for (state, count) in states {
            ended.row([task_type.to_string(), state.to_string(), count.to_string()]);
        }
    }
    let mut attempts = Table::new(&["attempts", "count"]);
    for (outcome, count) in &metrics.attempts {
        attempts.row([outcome.clone(), count.to_string()]);
    }
    for (table, is_empty) in [(ended, metrics.ended.is_empty()), (attempts, metrics.attempts.is_empty())] {
        if !is_empty {
            text.push_str("\n\n");
            text.push_str(&table.show(""));
        }
    }
    text
}
