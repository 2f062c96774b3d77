//! Settings as the command line takes and shows them.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

use super::{Sandbox, ended};
use crate::helpers::process::Gomail;

#[test]
fn the_example_file_with_every_line_in_force_is_a_good_start() {
    let sandbox = Sandbox::new();
    let lines: Vec<&str> = gomail::config::env_example().leak().lines().filter_map(uncommented).collect();
    assert!(lines.len() > 40);
    sandbox.write(".env", &lines.join("\n"));

    let config = sandbox.run(&["config"]);

    assert_eq!((config.code, config.err.as_str()), (0, ""));
}

fn uncommented(line: &'static str) -> Option<&'static str> {
    line.strip_prefix('#').filter(|line| !line.starts_with(' ') && line.contains('='))
}

#[test]
fn a_start_with_bad_settings_lists_them_all_and_exits_2() {
    for role in ["up", "serve", "worker", "scheduler", "config"] {
        let sandbox = Sandbox::new();
        sandbox.write(".env", "GOMAIL_TIMEZONE=Mars\n");
        let mut command = sandbox.command(&[role, "--lease", "never"]);

        let end = ended(command.env("SMTP_PORT", "0").env("GOMAIL_SECRET", "short"));

        assert_eq!(end.code, 2, "{role}: {}", end.err);
        for line in
            ["GOMAIL_TIMEZONE (.env): ", "GOMAIL_LEASE (flag): ", "smtp_port (environment): ", "GOMAIL_SECRET ("]
        {
            assert!(end.err.contains(line), "{role}: {line} is not in {}", end.err);
        }
    }
}

/// A supervisor that restarts what fails must know that this will not mend itself.
#[test]
fn an_address_of_redis_that_cannot_be_read_is_in_the_list_of_bad_settings() {
    let uris = [
        ("redis+sentinel://127.0.0.1:1", "must name the primary"),
        ("redis://127.0.0.1:6379/99x", "holds a host, port"),
        ("redis+cluster://127.0.0.1:1/3", "must not name a database"),
        ("redis://a:1,b:2", "names several hosts"),
    ];
    for (uri, says) in uris {
        for role in ["serve", "config"] {
            let end = Sandbox::new().run(&[role, "--lease", "x", "--redis-uri", uri]);

            assert_eq!(end.code, 2, "{role} {uri}: {}", end.err);
            assert!(end.err.contains(&format!("redis_uri (flag): {says}")), "{}", end.err);
            assert!(end.err.contains("GOMAIL_LEASE (flag): "), "{}", end.err);
        }
    }
}

#[test]
fn bad_settings_are_told_to_programs_one_by_one() {
    let sandbox = Sandbox::new();

    let end = sandbox.run(&["worker", "--json", "--lease", "never"]);

    let error: serde_json::Value = serde_json::from_str(&end.err).unwrap();
    assert_eq!((end.code, error["error"].as_str()), (2, Some("bad_settings")));
    let names: Vec<&str> =
        error["settings"].as_array().unwrap().iter().map(|s| s["setting"].as_str().unwrap()).collect();
    assert_eq!(names, ["smtp_server", "GOMAIL_LEASE"]);
}

#[test]
fn config_shows_value_and_source_and_never_a_secret() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", "GOMAIL_LEASE=5s\nGOMAIL_RETENTION=3d\nsmtp_pass='hush hush'\n");
    let args = ["config", "--json", "--retention", "2d", "--redis-uri", "redis://u:hush@h"];

    let config = ended(sandbox.command(&args).env("GOMAIL_LEASE", "4s").env("SMTP_USER", "a@example.com"));

    assert_eq!(config.code, 0, "{}", config.err);
    assert!(!config.out.contains("hush"), "{}", config.out);
    let body = config.json();
    let of = |name: &str| {
        let rows = body["settings"].as_array().unwrap();
        let row = rows.iter().find(|row| row["setting"] == name).unwrap();
        (row["value"].as_str().unwrap_or("-").to_owned(), row["source"].as_str().unwrap().to_owned())
    };
    let pair = |value: &str, source: &str| (value.to_owned(), source.to_owned());
    assert_eq!(of("GOMAIL_LEASE"), pair("4s", "environment"));
    assert_eq!(of("GOMAIL_RETENTION"), pair("2d", "flag"));
    assert_eq!(of("smtp_pass"), pair("***", ".env"));
    assert_eq!(of("smtp_user"), pair("a@example.com", "environment"));
    assert_eq!(of("redis_uri"), pair("redis://u:***@h", "flag"));
    assert_eq!(of("GOMAIL_TIMEZONE"), pair("UTC", "default"));
}

#[test]
fn a_line_of_the_env_file_that_cannot_be_read_is_named_and_not_shown() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", "GOMAIL_LEASE=5s\nsmtp_pass=hush hush\n");

    let end = sandbox.run(&["up"]);

    assert_eq!(end.code, 2);
    assert!(end.err.contains(".env: line 2 cannot be read") && !end.err.contains("hush"), "{}", end.err);
}

/// As editors of Windows write it.
#[test]
fn a_byte_order_mark_in_front_of_the_env_file_is_no_part_of_a_name() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", "\u{feff}GOMAIL_LEASE=5s\nsmtp_pass=hush hush\n");

    let end = sandbox.run(&["config", "--json"]);

    let body = end.json();
    let lease = body["settings"].as_array().unwrap().iter().find(|row| row["setting"] == "GOMAIL_LEASE").unwrap();
    assert_eq!((&lease["value"], &lease["source"]), (&"5s".into(), &".env".into()));
    assert!(end.err.contains("line 2 cannot be read"), "{}", end.err);
}

#[test]
fn a_value_that_is_not_utf_8_is_a_bad_setting() {
    let sandbox = Sandbox::new();
    let bytes = OsStr::from_bytes(b"5\xff");

    let role =
        ended(sandbox.command(&["config"]).env("GOMAIL_LEASE", bytes).env("SMTP_USER", bytes).env("OTHER", bytes));
    let client = ended(sandbox.command(&["task", "list"]).env("GOMAIL_API_KEY", bytes));

    assert_eq!((role.code, client.code), (2, 2), "{}{}", role.err, client.err);
    for line in ["smtp_user (environment): is not UTF-8", "GOMAIL_LEASE (environment): is not UTF-8", "2 bad settings"]
    {
        assert!(role.err.contains(line), "{}", role.err);
    }
    assert!(client.err.contains("GOMAIL_API_KEY"), "{}", client.err);
}

#[test]
fn a_bad_server_is_a_bad_setting() {
    let sandbox = Sandbox::new();

    let end = ended(sandbox.command(&["config", "--lease", "x"]).env("GOMAIL_SERVER", "ftp://x"));

    assert_eq!(end.code, 2, "{}", end.err);
    assert!(end.err.contains("2 bad settings"), "{}", end.err);
    assert!(end.err.contains("GOMAIL_SERVER (environment): must be a URL"), "{}", end.err);
}

#[test]
fn a_misspelt_setting_is_told_in_the_log_of_a_role() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("GOMAIL_LAESE", "1s")];

    let gomail = Gomail::start("up", folder.path(), &settings);

    assert_eq!(gomail.logged("GOMAIL_LAESE is not a setting"), 1);
}
