//! Files that are made from the program are what the program would make now.

use std::{fs, process::Command};

#[test]
fn the_example_of_the_environment_lists_every_setting() {
    let kept = fs::read_to_string(".env.example").unwrap();
    assert!(kept == gomail::config::env_example(), ".env.example is old: `just env-example` writes it anew");
}

#[test]
fn the_completions_are_current() {
    let files = [
        ("bash", "gomail.bash"),
        ("zsh", "_gomail"),
        ("fish", "gomail.fish"),
        ("powershell", "_gomail.ps1"),
        ("elvish", "gomail.elv"),
    ];
    for (shell, file) in files {
        let made = Command::new(env!("CARGO_BIN_EXE_gomail")).args(["completions", shell]).output().unwrap();

        let kept = fs::read(format!("completions/{file}")).unwrap();
        assert!(kept == made.stdout, "completions/{file} is old: `just completions` writes it anew");
    }
}
