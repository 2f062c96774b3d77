//! Help.

use clap::Command;

use super::Sandbox;

fn leaves(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let path = format!("{path} {}", sub.get_name());
        found.push((path.clone(), sub.clone()));
        leaves(sub, &path, found);
    }
}

#[test]
fn the_command_line_holds_together() {
    gomail::cli::command().debug_assert();
}

#[test]
fn every_command_has_an_example_of_itself_that_parses() {
    let root = gomail::cli::command();
    let mut found = vec![("gomail".to_owned(), root.clone())];
    leaves(&root, "gomail", &mut found);
    assert!(found.len() > 35, "{}", found.len());

    for (path, command) in found {
        let help = command.get_after_help().unwrap_or_else(|| panic!("{path} has no examples")).to_string();
        assert!(help.starts_with("Examples:\n") && help.contains(&path), "{path}: {help}");
    }
}

#[test]
fn help_goes_to_standard_output_and_no_command_is_a_usage_error() {
    let sandbox = Sandbox::new();

    let help = sandbox.run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    assert!(help.out.contains("gomail up"));

    let bare = sandbox.run(&[]);
    assert_eq!((bare.code, bare.out.as_str()), (2, ""));
}

#[test]
fn help_of_a_role_names_setting_variable_and_default() {
    let help = Sandbox::new().run(&["up", "--help"]).out;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");

    assert!(
        help.contains("--listen <ADDRESS> Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]"),
        "{help}"
    );
}
