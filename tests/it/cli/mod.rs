//! The command line, from outside: against a service that gives canned answers.

mod bulk;
mod exits;
mod help;
mod input;
mod lists;
mod output;
mod sending;
mod sessions;
mod settings;

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

use crate::helpers::stub::Stub;

pub(crate) const ID: &str = "019a0000-0000-7000-8000-000000000001";

/// A shell of its own: an empty environment, an empty home, an empty working directory.
pub(crate) struct Sandbox {
    folder: TempDir,
    server: Option<String>,
}

/// What a command came to.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), server: None }
    }

    /// One whose commands talk to `stub`.
    pub(crate) fn at(stub: &Stub) -> Self {
        Self { server: Some(stub.url().to_owned()), ..Self::new() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> &Self {
        std::fs::write(self.path().join(name), text).unwrap();
        self
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("gomail"));
        command.env_clear().env("HOME", self.path()).current_dir(self.path()).args(args);
        if let Some(server) = &self.server {
            command.env("GOMAIL_SERVER", server);
        }
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        ended(&mut self.command(args))
    }
}

pub(crate) fn ended(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
