//! What people and programs see.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{ID, Sandbox};
use crate::helpers::stub::Stub;

const LONG: &str = "a.very.long.local.part.of.an.address.that.no.terminal.likes@a.very.long.domain.example.com";

fn task() -> Value {
    let attempt = |n: u32, outcome: &str| {
        json!({ "n": n, "started_at": "2026-11-24T10:00:00.000Z", "finished_at": "2026-11-24T10:00:00.400Z",
            "outcome": outcome, "stage": "rcpt", "relay": "127.0.0.1:25", "tls": null, "smtp_code": 550,
            "enhanced_code": "5.1.1", "message": "no such user, and a text that goes on and on and on" })
    };
    json!({ "id": ID, "task": "welcome", "type": "message", "lane": "message", "state": "failed", "recipient": LONG,
        "retries": 3, "attempts": [attempt(1, "refused")], "next_attempt_at": null,
        "created_at": "2026-11-24T09:59:00.000Z", "finished_at": "2026-11-24T10:00:00.400Z", "reason": "refused",
        "message_id": format!("<{ID}@example.com>"), "duplicate_possible": false, "tags": ["a", "b"] })
}

fn metrics() -> Value {
    json!({ "status": true, "Total Jobs Executed": 150, "Jobs Successful": 148, "Jobs Failed": 2,
        "states": { "queued": 3, "succeeded": 148 },
        "lanes": { "otp": { "queued": 0, "oldest_age_seconds": 0.0 }, "message": { "queued": 3, "oldest_age_seconds": 75.5 } },
        "ended": { "message": { "succeeded": 148, "failed": 2 } }, "attempts": { "delivered": 148 }, "missed_periods": 0 })
}

#[test]
fn a_piped_table_is_uncut_and_uncoloured() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on("GET /task", 200, &json!({ "tasks": [task()], "next_cursor": null }));
    let mut command = sandbox.command(&["task", "list"]);

    let end = super::ended(command.env("COLUMNS", "40").env("TERM", "xterm-256color"));

    assert!(end.out.contains(ID) && end.out.contains(LONG), "{}", end.out);
    assert!(!end.out.contains('\u{1b}'), "{}", end.out);
}

#[test]
fn a_task_is_shown_with_every_attempt() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on(&format!("GET /task/{ID}"), 200, &task());

    let end = sandbox.run(&["task", "get", ID]);

    insta::assert_snapshot!(end.out, @r"
    id               019a0000-0000-7000-8000-000000000001
    task             welcome
    type             message (message lane)
    state            failed
    recipient        a.very.long.local.part.of.an.address.that.no.terminal.likes@a.very.long.domain.example.com
    retries          3
    created (UTC)    2026-11-24 09:59:00
    reason           refused
    finished (UTC)   2026-11-24 10:00:00
    Message-ID       <019a0000-0000-7000-8000-000000000001@example.com>
    tags             a b

    #   started (UTC)         took    outcome   stage   relay          TLS   code        message
    1   2026-11-24 10:00:00   0.4 s   refused   rcpt    127.0.0.1:25   -     550 5.1.1   no such user, and a text that goes on and on and on
    ");
}

#[test]
fn metrics_are_read_at_a_glance() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on("GET /health/metrics", 200, &metrics()).on("GET /health/metrics", 200, &metrics());
    stub.on("GET /metrics", 200, &json!("gomail_tasks 1"));

    assert_eq!(sandbox.run(&["metrics", "--json"]).json(), metrics());
    assert_eq!(sandbox.run(&["metrics", "--prometheus"]).out, "\"gomail_tasks 1\"\n");
    insta::assert_snapshot!(sandbox.run(&["metrics"]).out, @r"
    Total Jobs Executed   150
    Jobs Successful       148
    Jobs Failed           2
    Periods missed        0

    state       tasks now
    queued      3
    succeeded   148

    lane      queued   oldest
    otp       0        -
    message   3        1 min 15 s

    type      ended as    tasks
    message   succeeded   148
    message   failed      2

    attempts    count
    delivered   148
    ");
}

/// Whoever writes an answer into a file must know that it is not whole.
#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let sandbox = Sandbox::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("gomail"));
    command.env_clear().env("HOME", sandbox.path()).args(["config", "--example"]);

    let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();

    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("standard output: No space left"));
}

#[test]
fn a_closed_pipe_is_quiet_and_keeps_the_commands_own_exit_code() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let no = json!({ "type": "otp verification", "verified": false });
    stub.on("POST /task/verify", 200, &no).on("GET /health/metrics", 200, &metrics());
    let closed = |args: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("gomail"));
        command.env_clear().env("HOME", sandbox.path()).env("GOMAIL_SERVER", stub.url()).args(args);
        let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };

    assert_eq!(closed(&["completions", "bash"]), (Some(0), String::new()));
    assert_eq!(closed(&["--help"]), (Some(0), String::new()));
    assert_eq!(closed(&["config"]), (Some(0), String::new()));
    assert_eq!(closed(&["verify", "a@b.c", "1234"]), (Some(3), String::new()));
    // Without a reader, watching has no end of its own.
    assert_eq!(closed(&["metrics", "--watch"]), (Some(0), String::new()));
}

#[test]
fn watching_outlasts_a_service_that_is_away_for_a_moment() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let line = "GET /health/metrics";
    stub.on(line, 200, &metrics()).refuse(line, 503, "unavailable").on(line, 200, &metrics());
    stub.refuse(line, 401, "unauthorized");

    let end = sandbox.run(&["metrics", "--watch", "--interval", "100ms"]);

    assert_eq!(end.code, 4, "{}", end.err);
    assert_eq!(end.out.matches("Jobs Successful").count(), 2, "{}", end.out);
    assert!(end.err.starts_with("it was unavailable"), "{}", end.err);
}

#[test]
fn doctor_makes_no_store() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on("GET /health/ready", 200, &json!({ "status": true })).on("GET /task", 200, &json!({ "tasks": [] }));
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");

    let end = super::ended(sandbox.command(&["doctor", "--data"]).arg(&data));

    assert_eq!(end.code, 0, "{}", end.err);
    assert!(end.out.contains("the first start makes it"), "{}", end.out);
    assert!(!data.exists());
}

#[test]
fn doctor_leaves_a_store_of_an_earlier_version_as_it_is() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    for _ in 0..2 {
        stub.on("GET /health/ready", 200, &json!({ "status": true })).on("GET /task", 200, &json!({ "tasks": [] }));
    }
    let folder = tempfile::tempdir().unwrap();
    let doctor = || super::ended(sandbox.command(&["doctor", "--data"]).arg(folder.path()));
    let worker = ["worker", "--until-empty", "--smtp-server", "127.0.0.1", "--from", "a@b.c", "--data"];
    assert_eq!(super::ended(sandbox.command(&worker).arg(folder.path())).code, 0);
    let current = doctor();
    assert!(current.code == 0 && current.out.contains("gomail.db"), "{} {}", current.out, current.err);
    let file = rusqlite::Connection::open(folder.path().join("gomail.db")).unwrap();
    file.pragma_update(None, "user_version", 2).unwrap();

    let end = doctor();

    assert!(end.code == 0 && end.out.contains("the next start updates it"), "{} {}", end.out, end.err);
    let version: i64 = file.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 2);
}

#[test]
fn doctor_finds_what_is_broken_and_fails() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on("GET /health/ready", 200, &json!({ "status": true })).refuse("GET /task", 401, "unauthorized");

    let end = super::ended(sandbox.command(&["doctor", "--json", "--lease", "x"]).env("GOMAIL_LAESE", "1s"));

    assert_eq!(end.code, 1, "{}", end.err);
    let checks = end.json()["checks"].as_array().unwrap().clone();
    let found: Vec<String> = checks.iter().map(|check| format!("{} {}", check["check"], check["finding"])).collect();
    assert_eq!(
        found,
        ["\"settings\" \"failed\"", "\"settings\" \"warning\"", "\"service\" \"ok\"", "\"key\" \"warning\""]
    );
}

#[test]
fn json_is_understood_wherever_it_stands() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on("GET /metrics", 200, &json!("gomail_tasks 1"));
    let text = |args: &[&str]| {
        let end = sandbox.run(args);
        assert_eq!((end.code, end.err.as_str()), (0, ""), "{args:?}");
        end.json()["text"].as_str().unwrap().to_owned()
    };

    assert_eq!(text(&["metrics", "--prometheus", "--json"]), "\"gomail_tasks 1\"");
    assert_eq!(text(&["config", "--example", "--json"]), gomail::config::env_example());
    assert!(text(&["--json", "completions", "bash"]).contains("_gomail()"));

    let mail = json!({ "id": ID, "to": "you@example.com", "subject": "Hi", "created_at": "2026-11-24T10:00:00.000Z",
        "raw": "Subject: Hi\r\n\r\nHello\r\n", "text": "Hello\r\n", "html": null });
    stub.on(&format!("GET /outbox/{ID}"), 200, &mail);
    assert_eq!(sandbox.run(&["outbox", "get", ID, "--raw", "--json"]).json(), mail);
}
