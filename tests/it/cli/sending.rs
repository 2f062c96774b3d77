//! `gomail send`: what it posts, and how it ends.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{ID, Sandbox, ended};
use crate::helpers::stub::Stub;

const SEND: [&str; 7] = ["send", "--to", "you@example.com", "--subject", "Hi", "--content", "Hello"];

fn accepted() -> Value {
    json!({ "status": true, "msg": "Task enqueued successfully", "id": ID, "state": "queued" })
}

pub(super) fn task(state: &str) -> Value {
    json!({ "id": ID, "task": "gomail send", "type": "message", "lane": "message", "state": state,
        "recipient": "you@example.com", "retries": 3, "attempts": [], "next_attempt_at": null,
        "created_at": "2026-11-24T10:00:00.000Z", "finished_at": null, "reason": null, "message_id": null,
        "duplicate_possible": false, "tags": [] })
}

pub(super) fn batch(results: &[bool]) -> Value {
    let item = |ok: &bool| {
        if *ok {
            json!({ "status": true, "id": ID })
        } else {
            json!({ "status": false, "error": "invalid_field", "msg": "no address", "field": "payload.userId" })
        }
    };
    json!({ "status": results.iter().all(|ok| *ok), "results": results.iter().map(item).collect::<Vec<_>>() })
}

pub(super) fn dry(sandbox: &Sandbox, args: &[&str]) -> Value {
    let end = sandbox.run(&[args, &["--dry-run"]].concat());
    assert_eq!((end.code, end.err.as_str()), (0, ""));
    end.json()
}

#[test]
fn a_message_is_the_default() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on("POST /task", 200, &accepted()).on("POST /task", 200, &accepted());

    let end = sandbox.run(&[&SEND[..], &["--idempotency-key", "k1"]].concat());

    assert_eq!((end.code, end.out), (0, format!("queued {ID} message to you@example.com\n")));
    let asked = stub.asked().pop().unwrap();
    assert_eq!(asked.idempotency.as_deref(), Some("k1"));
    let body = json!({ "task": "gomail send", "type": "message", "retries": 3,
        "payload": { "userId": "you@example.com", "subject": "Hi", "content": "Hello" } });
    assert_eq!(asked.body, body);
    assert_eq!(sandbox.run(&[&SEND[..], &["--json"]].concat()).json(), accepted());
}

#[test]
fn every_option_of_a_message_finds_its_field() {
    let sandbox = Sandbox::new();
    sandbox.write("body.html", "<p>{{ name }}").write("a.txt", "hi").write("t.txt", "text");
    let args = [
        "send",
        "--to",
        "you@example.com",
        "--subject",
        "S",
        "--file",
        "body.html",
        "--text-file",
        "t.txt",
        "--format",
        "html",
        "--from-name",
        "Ann",
        "--reply-to",
        "r@example.com",
        "--header",
        "X-A: b: c",
        "--attach",
        "a.txt",
        "--var",
        "name=A=B",
        "--tag",
        "t1",
        "--tag",
        "t2",
        "--name",
        "n",
        "--at",
        "2030-01-01T00:00:00+01:00",
        "--retries",
        "0",
    ];

    assert_eq!(
        dry(&sandbox, &args),
        json!({ "task": "n", "type": "message", "retries": 0, "send_at": "2029-12-31T23:00:00.000Z", "payload": {
            "userId": "you@example.com", "subject": "S", "content": "<p>{{ name }}", "text": "text", "format": "html",
            "from_name": "Ann", "reply_to": "r@example.com", "headers": { "X-A": "b: c" },
            "attachments": [{ "filename": "a.txt", "content_type": "text/plain", "content": "aGk=" }],
            "variables": { "name": "A=B" }, "tags": ["t1", "t2"] } })
    );
}

#[test]
fn the_other_kinds_have_their_fields() {
    let sandbox = Sandbox::new();
    let otp = dry(&sandbox, &["send", "--json", "otp", "--to", "a@b.c", "--length", "8", "--purpose", "login"]);
    assert_eq!(otp["payload"], json!({ "userId": "a@b.c", "length": 8, "purpose": "login" }));
    let sub = ["send", "subscribe", "--to", "a@b.c", "--content-type", "w", "--frequency", "@weekly"];
    let subscribe = dry(&sandbox, &sub);
    assert_eq!(
        (subscribe["type"].as_str(), &subscribe["payload"]["frequency"]),
        (Some("subscribe"), &json!("@weekly"))
    );
    let unsubscribe = dry(&sandbox, &["send", "unsubscribe", "--to", "a@b.c", "--content-type", "w"]);
    assert_eq!(unsubscribe["payload"], json!({ "userId": "a@b.c", "content_type": "w" }));
}

#[test]
fn a_dash_reads_the_body_from_standard_input() {
    let sandbox = Sandbox::new();
    for dash in [&["-"][..], &["--file", "-"]] {
        let args = [&SEND[..5], &["--dry-run"], dash].concat();
        let end = ended(sandbox.command(&args).write_stdin("from a pipe\n"));
        assert_eq!(end.json()["payload"]["content"], "from a pipe\n");
    }
}

#[test]
fn wait_follows_the_task_to_its_end() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let line = format!("GET /task/{ID}");
    for (state, exit) in [("succeeded", 0), ("failed", 1), ("uncertain", 1)] {
        stub.on("POST /task", 200, &accepted()).on(&line, 200, &task("running")).on(&line, 200, &task(state));

        let end = sandbox.run(&[&SEND[..], &["--wait", "--json"]].concat());

        assert_eq!((end.code, end.json()["state"].as_str()), (exit, Some(state)));
    }
    stub.on("POST /task", 200, &accepted()).on(&line, 200, &task("running")).on(&line, 200, &task("running"));
    let end = sandbox.run(&[&SEND[..], &["--wait", "--wait-timeout", "10ms"]].concat());
    assert_eq!(end.code, 7, "{}", end.err);
}

#[test]
fn a_wait_outlasts_a_service_that_is_away_for_a_moment() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let line = format!("GET /task/{ID}");
    stub.on("POST /task", 200, &accepted());
    stub.refuse_for_now(&line, 503, "unavailable", 1).on(&line, 200, &task("succeeded"));

    let end = sandbox.run(&[&SEND[..], &["--wait", "--json"]].concat());

    assert_eq!((end.code, end.json()["state"].as_str()), (0, Some("succeeded")), "{}", end.err);

    stub.on("POST /task", 200, &accepted()).refuse(&line, 503, "unavailable").refuse(&line, 503, "unavailable");
    let end = sandbox.run(&[&SEND[..], &["--wait", "--wait-timeout", "10ms"]].concat());
    assert_eq!(end.code, 7, "{}", end.err);
}

#[test]
fn several_recipients_are_one_batch_and_those_that_failed_are_listed() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on("POST /task/batch", 200, &batch(&[true, false])).on("POST /task/batch", 200, &batch(&[true, true]));
    let args = [&SEND[..], &["--to", "no-address"]].concat();

    let some = sandbox.run(&args);
    let all = sandbox.run(&args);

    assert_eq!(some.code, 8);
    assert_eq!(
        some.out,
        "1 accepted, 1 failed\n\n\
         where        error           field            message\n\
         no-address   invalid_field   payload.userId   no address\n"
    );
    assert_eq!((all.code, all.out.as_str()), (0, "2 accepted\n"));
    assert_eq!(stub.asked()[0].body["tasks"][1]["payload"]["userId"], "no-address");
}

#[test]
fn several_that_are_waited_for_are_one_document() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let line = format!("GET /task/{ID}");
    let args = [&SEND[..], &["--to", "b@example.com", "--wait", "--json"]].concat();
    stub.on("POST /task/batch", 200, &batch(&[true, true]));
    stub.on(&line, 200, &task("succeeded")).on(&line, 200, &task("running")).on(&line, 200, &task("failed"));

    let end = sandbox.run(&args);

    let mut told = batch(&[true, true]);
    told["tasks"] = json!([task("succeeded"), task("failed")]);
    assert_eq!((end.code, end.json(), end.err.as_str()), (8, told, ""));

    stub.on("POST /task/batch", 200, &batch(&[true, false])).refuse(&line, 401, "unauthorized");
    let end = sandbox.run(&args);
    let mut told = batch(&[true, false]);
    told["tasks"] = json!([]);
    assert_eq!((end.code, end.json()), (4, told), "the ids are told also when the wait ends early");
}

#[test]
fn a_csv_file_goes_out_in_chunks_with_a_row_of_nonsense_named_by_its_line() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let mut text = "email,name\n".to_owned();
    for n in 0..1500 {
        writeln!(text, "u{n}@example.com,N{n}").unwrap();
    }
    text.push_str("too,many,cells\n");
    sandbox.write("people.csv", &text);
    stub.on("POST /task/batch", 200, &batch(&[true; 1000])).on("POST /task/batch", 200, &batch(&[true; 500]));
    let args =
        ["send", "--csv", "people.csv", "--subject", "Hi {{ name }}", "--content", "c", "--idempotency-key", "k"];

    let end = sandbox.run(&args);

    assert_eq!(end.code, 8, "{}", end.err);
    assert!(end.out.starts_with("1500 accepted, 1 failed\n"), "{}", end.out);
    assert!(end.out.contains("line 1502") && end.out.contains("has 3 columns, not 2"), "{}", end.out);
    assert_eq!(end.err, "");
    let asked = stub.asked();
    let keys: Vec<_> = asked.iter().map(|asked| asked.idempotency.as_deref().unwrap()).collect();
    assert_eq!(keys, ["k", "k-2"]);
    let first = &asked[1].body["tasks"][0]["payload"];
    assert_eq!(first["userId"], "u1000@example.com");
    assert_eq!(first["variables"], json!({ "name": "N1000", "email": "u1000@example.com" }));
}

#[test]
fn a_bulk_send_broken_off_says_how_far_it_came() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let line = json!({ "to": "a@example.com", "subject": "S", "content": "C" });
    sandbox.write("many.jsonl", &format!("{line}\n").repeat(1001));
    stub.on("POST /task/batch", 200, &batch(&[true; 1000])).refuse("POST /task/batch", 429, "rate_limited");

    let end = sandbox.run(&["send", "--jsonl", "many.jsonl"]);

    assert_eq!(end.code, 6);
    assert!(end.err.contains("broken off: 1000 accepted (up to line 1000)"), "{}", end.err);
}

/// A folder opens like a file, and then gives an error for ever.
#[test]
fn a_file_that_cannot_be_read_is_said_once() {
    let sandbox = Sandbox::new();

    let end = sandbox.run(&["send", "--subject", "S", "--content", "C", "--jsonl", ".", "--dry-run"]);

    assert_eq!(end.code, 8, "{}", end.err);
    assert_eq!(end.err.matches("cannot be read").count(), 1, "{}", end.err);
}

#[test]
fn what_is_missing_is_said_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    let rows: [(&[&str], &str); 4] = [
        (&["send"], "the subject is missing"),
        (&["send", "--to", "a@b.c", "--subject", "S"], "the body is missing"),
        (&["send", "--subject", "S", "--content", "C"], "nobody to send to"),
        (&["send", "--to", "a@b.c", "otp", "--to", "a@b.c"], "gomail send otp --to"),
    ];
    for (args, says) in rows {
        let end = sandbox.run(args);
        assert_eq!(end.code, 2, "{args:?}");
        assert!(end.err.contains(says), "{args:?}: {}", end.err);
    }
}
