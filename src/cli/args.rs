//! The command line: every command with its examples. Options of a command stand in its own file.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use super::{
    content::ContentCommand, flags::SettingFlags, metrics::MetricsArgs, outbox::OutboxCommand, runs::RunsCommand,
    send::SendArgs, subscriptions::SubscriptionsCommand, suppressions::SuppressionsCommand, task::TaskCommand,
    verify::VerifyArgs,
};

const SERVER_HELP: &str = "The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last \
                           signed up, else http://127.0.0.1:8080]";
const KEY_HELP: &str = "File with the API key [default: GOMAIL_API_KEY, else what `register` saved]";

/// Takes e-mail off an application's hands: a durable queue, one-time codes and newsletters in one binary.
#[derive(Debug, Parser)]
#[command(
    name = "gomail",
    version,
    propagate_version = false,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Examples:
  gomail up                                   all roles in one process, no settings needed
  gomail register me@example.com              sign up, and keep the key
  gomail send --to you@example.com --subject Hi --content 'Hello'
  gomail task list --state failed
  gomail outbox get                           read the newest captured mail

Exit codes: 0 done, 1 failed, 2 usage or invalid, 3 not found or not verified, 4 not allowed,
5 conflict, 6 limited, 7 unreachable, 8 some items failed."
)]
pub(super) struct Cli {
    /// JSON for programs: the API's own fields; errors too, on standard error.
    #[arg(long, global = true, help_heading = "Global options")]
    pub(super) json: bool,

    /// The service that client commands talk to.
    #[arg(long, global = true, value_name = "URL", help = SERVER_HELP, help_heading = "Global options")]
    pub(super) server: Option<String>,

    /// File with the API key.
    #[arg(long, global = true, value_name = "FILE", help = KEY_HELP, help_heading = "Global options")]
    pub(super) api_key_file: Option<PathBuf>,

    #[command(subcommand)]
    pub(super) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run all roles in one process.
    #[command(after_help = "Examples:
  gomail up
  gomail up --listen 127.0.0.1:9000 --data /var/lib/gomail
  smtp_pass=… gomail up --smtp-server mail.example.com --smtp-user me@example.com")]
    Up(SettingFlags),

    /// Run the HTTP API.
    #[command(after_help = "Examples:
  gomail serve --listen 0.0.0.0:8080 --redis-uri redis:6379")]
    Serve(SettingFlags),

    /// Run a worker, which delivers what is queued.
    #[command(after_help = "Examples:
  gomail worker --redis-uri redis:6379 --smtp-server mail.example.com --from 'Shop <shop@example.com>'
  gomail worker --until-empty                 deliver what waits, then end")]
    Worker {
        /// End when nothing is queued or running.
        #[arg(long)]
        until_empty: bool,
        #[command(flatten)]
        settings: SettingFlags,
    },

    /// Run the scheduler, which sends newsletters when their time comes.
    #[command(after_help = "Examples:
  gomail scheduler --redis-uri redis:6379 --timezone Europe/Berlin")]
    Scheduler(SettingFlags),

    /// Sign up, and keep the key for this server.
    #[command(after_help = "Examples:
  gomail register me@example.com
  gomail register shop@example.com --no-save > shop.key
  GOMAIL_ADMIN_KEY=… gomail register shop@example.com --server https://mail.example.com")]
    Register {
        /// The account: your address.
        id: String,
        /// Print the key and keep none: for an application.
        #[arg(long)]
        no_save: bool,
    },

    /// End an account's access at once, and forget its key. What waits is still sent.
    #[command(after_help = "Examples:
  gomail deregister
  GOMAIL_ADMIN_KEY=… gomail deregister shop@example.com")]
    Deregister {
        /// The account; the one that `register` saved when absent.
        id: Option<String>,
    },

    /// Send a message, a one-time code, or a change of subscription.
    Send(Box<SendArgs>),

    /// Check a one-time code; it works once.
    #[command(after_help = "Examples:
  gomail verify you@example.com 123456
  gomail verify you@example.com 123456 --purpose login && echo welcome")]
    Verify(VerifyArgs),

    /// Newsletter templates.
    #[command(
        subcommand,
        after_help = "Examples:
  gomail content create weekly --subject 'News' --file news.html
  gomail content list"
    )]
    Content(ContentCommand),

    /// What was done and what waits.
    Metrics(MetricsArgs),

    /// Tasks: list, look at, retry, cancel.
    #[command(
        subcommand,
        after_help = "Examples:
  gomail task list --state failed
  gomail task get 019a0000-0000-7000-8000-000000000000"
    )]
    Task(TaskCommand),

    /// Who is subscribed to what.
    #[command(
        subcommand,
        after_help = "Examples:
  gomail subscriptions list --content-type weekly"
    )]
    Subscriptions(SubscriptionsCommand),

    /// Newsletter runs, and who did not get one.
    #[command(
        subcommand,
        after_help = "Examples:
  gomail runs list
  gomail runs get rt2b4xc"
    )]
    Runs(RunsCommand),

    /// Addresses that must not be written to.
    #[command(
        subcommand,
        after_help = "Examples:
  gomail suppressions list
  gomail suppressions add gone@example.com --reason 'asked us to stop'"
    )]
    Suppressions(SuppressionsCommand),

    /// Mails that a development machine captured instead of sending.
    #[command(
        subcommand,
        after_help = "Examples:
  gomail outbox list
  gomail outbox get"
    )]
    Outbox(OutboxCommand),

    /// Check settings, store, service, key and relay.
    #[command(after_help = "Examples:
  gomail doctor
  gomail doctor --json --smtp-server mail.example.com")]
    Doctor(SettingFlags),

    /// Show the settings in force and where each came from.
    #[command(after_help = "Examples:
  gomail config
  gomail config --role worker --json
  gomail config --example > .env")]
    Config {
        /// The role that the settings are checked for.
        #[arg(long, value_enum, default_value_t = RoleName::Up)]
        role: RoleName,
        /// Print an example `.env` with every setting instead.
        #[arg(long)]
        example: bool,
        #[command(flatten)]
        settings: SettingFlags,
    },

    /// Print the completions of a shell.
    #[command(after_help = "Examples:
  gomail completions bash > ~/.local/share/bash-completion/completions/gomail
  gomail completions zsh > ~/.zfunc/_gomail")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// A role, as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleName {
    /// All roles in one process.
    Up,
    /// The API.
    Serve,
    /// A worker.
    Worker,
    /// The scheduler.
    Scheduler,
}
