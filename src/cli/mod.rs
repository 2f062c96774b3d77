//! The composition root: parse, build the rooms, run one command, end with its exit code.
//!
//! One file per command. Roles take settings; client commands talk to a running service over its API only.

mod args;
mod completions;
mod config;
mod content;
mod doctor;
mod failure;
mod flags;
mod metrics;
mod outbox;
mod output;
mod pages;
mod register;
mod roles;
mod runs;
mod send;
mod session;
mod subscriptions;
mod suppressions;
mod task;
mod text;
mod verify;

use std::{
    ffi::OsStr,
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{CommandFactory as _, Parser as _};

use self::{
    args::{Cli, Command},
    failure::Failure,
    flags::SettingFlags,
    output::Out,
    session::Shell,
};
use crate::config::{Role, Settings, environment};

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return end_parsing(&error),
    };
    let json = cli.json;
    match run(cli) {
        Ok(code) => code,
        Err(failure) => {
            tell(&failure, json);
            failure.exit()
        }
    }
}

/// The command line as clap knows it, for completions and tests.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let mut shell = Shell {
        out: Out::new(cli.json),
        environment: environment(),
        server: cli.server,
        api_key_file: cli.api_key_file,
    };
    let settings = |shell: &mut Shell, role, flags: SettingFlags| {
        shell.environment.sources.flags = flags.0;
        Settings::load(role, shell.sources()).map_err(Failure::from)
    };
    match cli.command {
        Command::Up(flags) => Ok(on_all_cores_but_one(roles::up(settings(&mut shell, Role::Up, flags)?))??),
        Command::Serve(flags) => Ok(on_all_cores_but_one(roles::serve(settings(&mut shell, Role::Serve, flags)?))??),
        Command::Scheduler(flags) => {
            Ok(on_all_cores_but_one(roles::scheduler(settings(&mut shell, Role::Scheduler, flags)?))??)
        }
        Command::Worker { until_empty, settings: flags } => {
            Ok(on_all_cores_but_one(roles::worker(settings(&mut shell, Role::Worker, flags)?, until_empty))??)
        }
        command => client(command, shell).map(|()| ExitCode::SUCCESS),
    }
}

/// Runs a client command. One thread is enough, and starts fastest.
fn client(command: Command, mut shell: Shell) -> failure::Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Failed(format!("cannot start: {error}")))?;
    let outcome = runtime.block_on(async {
        match command {
            Command::Register { id, no_save: true } => register::print_key(&shell, &id).await,
            Command::Register { id, no_save: false } => register::register(&shell, &id).await,
            Command::Deregister { id } => register::deregister(&shell, id).await,
            Command::Send(args) => send::run(&shell, *args).await,
            Command::Verify(args) => verify::run(&shell, &args).await,
            Command::Content(command) => content::run(&shell, command).await,
            Command::Metrics(args) => metrics::run(&shell, &args).await,
            Command::Task(command) => task::run(&shell, command).await,
            Command::Subscriptions(command) => subscriptions::run(&shell, command).await,
            Command::Runs(command) => runs::run(&shell, command).await,
            Command::Suppressions(command) => suppressions::run(&shell, command).await,
            Command::Outbox(command) => outbox::run(&shell, command).await,
            Command::Doctor(flags) => {
                shell.environment.sources.flags = flags.0;
                doctor::run(&shell).await
            }
            Command::Config { example: true, .. } => {
                shell.out.text_answer(&crate::config::env_example());
                Ok(())
            }
            Command::Config { role, settings, .. } => {
                shell.environment.sources.flags = settings.0;
                config::run(&shell, role)
            }
            Command::Completions { shell: of } => {
                completions::run(&shell, of);
                Ok(())
            }
            Command::Up(_) | Command::Serve(_) | Command::Worker { .. } | Command::Scheduler(_) => {
                unreachable!("roles are run by `run`")
            }
        }
    });
    outcome.and_then(|()| shell.out.failure().map_or(Ok(()), Err))
}

/// Runs a role on an async thread per core but one, which is the store's: SQLite has its own thread, and Redis is often
/// next door. A thread more would only take turns with it. What takes long to compute uses that core, too.
fn on_all_cores_but_one<T>(role: impl Future<Output = T>) -> Result<T, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.saturating_sub(1).max(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Failed(format!("cannot start: {error}")))?;
    Ok(runtime.block_on(role))
}

/// Ends for what clap refused, or for help and version, which it calls errors too.
fn end_parsing(error: &clap::Error) -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "clap refused the arguments, and with them what they ask for")]
    let wants_json = std::env::args_os().any(|arg| arg == OsStr::new("--json"));
    if error.use_stderr() && wants_json {
        let text = error.render().to_string();
        // What follows is how to use the command, for people.
        let text = text.split("\n\nUsage:").next().unwrap_or_default();
        let text = text.split("\n\nFor more information").next().unwrap_or_default();
        let text = text.trim_start_matches("error: ").split_whitespace().collect::<Vec<_>>().join(" ");
        tell(&Failure::Usage(text), true);
    } else {
        // A closed pipe: nobody is there to be told.
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Says on standard error why the command failed.
fn tell(failure: &Failure, json: bool) {
    let Some(body) = failure.to_json() else { return };
    let mut stderr = anstream::stderr().lock();
    let written = if json {
        writeln!(stderr, "{body}")
    } else {
        let red = clap::builder::styling::AnsiColor::Red.on_default().bold();
        writeln!(stderr, "{red}error:{red:#} {failure}")
    };
    let written: io::Result<()> = written.and_then(|()| stderr.flush());
    // A closed standard error leaves nobody to tell.
    drop(written);
}
