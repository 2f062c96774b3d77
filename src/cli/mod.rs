//! The command line, and the composition root: only this room knows all others.

mod flags;
mod roles;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Role, Settings, environment};
use flags::SettingFlags;

/// Self-hosted e-mail: a durable queue, workers, one-time codes and newsletters in one binary.
#[derive(Debug, Parser)]
#[command(name = "gomail", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run all roles in one process; without a relay, mails go to its own outbox
    #[command(after_help = "Example:\n  gomail up\n  gomail up --listen 127.0.0.1:9000")]
    Up(SettingFlags),
    /// Run the HTTP API
    #[command(after_help = "Example:\n  gomail serve --redis-uri 127.0.0.1:6379")]
    Serve(SettingFlags),
    /// Run a worker that delivers mail
    #[command(after_help = "Example:\n  gomail worker --smtp-server mail.example.com --smtp-user me --concurrency 16")]
    Worker {
        #[command(flatten)]
        flags: SettingFlags,
        /// End when nothing is queued or running
        #[arg(long)]
        until_empty: bool,
    },
    /// Run the newsletter scheduler
    #[command(after_help = "Example:\n  gomail scheduler --timezone Europe/Rome")]
    Scheduler(SettingFlags),
}

/// Parses the command line, runs the command, and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    let (role, flags, until_empty) = match Cli::parse().command {
        Command::Up(flags) => (Role::Up, flags, false),
        Command::Serve(flags) => (Role::Serve, flags, false),
        Command::Worker { flags, until_empty } => (Role::Worker, flags, until_empty),
        Command::Scheduler(flags) => (Role::Scheduler, flags, false),
    };
    let mut sources = environment().sources;
    sources.flags = flags.0;
    let settings = match Settings::load(role, &sources) {
        Ok(settings) => settings,
        Err(bad) => {
            anstream::eprintln!("{bad}");
            return ExitCode::from(2);
        }
    };
    match roles::run(role, settings, until_empty) {
        Ok(code) => code,
        Err(error) => {
            anstream::eprintln!("gomail: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
