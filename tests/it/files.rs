//! Files that are made from the program are what the program would make now.

use std::{fs, process::Command};

#[test]
fn the_example_of_the_environment_lists_every_setting() {
    assert_eq!(fs::read_to_string(".env.example").unwrap(), gomail::config::env_example());
}

#[test]
fn the_completions_are_current() {
    for (shell, file) in [("bash", "gomail.bash"), ("zsh", "_gomail"), ("fish", "gomail.fish")] {
        let made = Command::new(env!("CARGO_BIN_EXE_gomail")).args(["completions", shell]).output().unwrap();

        assert_eq!(fs::read(format!("completions/{file}")).unwrap(), made.stdout, "{file}");
    }
}
