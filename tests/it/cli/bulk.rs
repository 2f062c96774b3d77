//! `gomail send --csv` and `--jsonl`: what a row becomes, and how a bulk send goes on.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{
    ID, Sandbox,
    sending::{batch, dry, task},
};
use crate::helpers::stub::Stub;

const BATCH: &str = "POST /task/batch";

/// A file of `count` rows, lines 2 to `count + 1`.
fn people(sandbox: &Sandbox, count: usize) {
    let mut text = "to\n".to_owned();
    for n in 0..count {
        writeln!(text, "u{n}@example.com").unwrap();
    }
    sandbox.write("people.csv", &text);
}

fn send<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["send", "--csv", "people.csv", "--subject", "S", "--content", "c"], more].concat()
}

#[test]
fn a_whole_task_in_a_file_takes_what_it_lacks_from_the_options() {
    let sandbox = Sandbox::new();
    let row = json!({ "task": "t", "type": "message", "payload": { "userId": "a@b.c", "subject": "Own", "content": "c",
        "text": null, "variables": { "shop": "row" } } });
    sandbox.write("tasks.jsonl", &row.to_string());
    let args = ["send", "--jsonl", "tasks.jsonl", "--at", "2030-01-01T00:00:00Z", "--tag", "later", "--var", "name=N"];
    let more = ["--var", "shop=command", "--subject", "Command", "--text", "T", "--from-name", "Ann", "--retries", "0"];

    let task = dry(&sandbox, &[&args[..], &more].concat());

    let payload = json!({ "userId": "a@b.c", "subject": "Own", "content": "c", "text": "T", "from_name": "Ann",
        "tags": ["later"], "variables": { "shop": "row", "name": "N" } });
    let expected = json!({ "task": "t", "type": "message", "retries": 0, "send_at": "2030-01-01T00:00:00.000Z",
        "payload": payload });
    assert_eq!(task, expected);
}

#[test]
fn options_that_do_not_fit_the_type_of_a_row_are_not_dropped_silently() {
    let sandbox = Sandbox::new();
    let row =
        json!({ "task": "t", "type": "generateOtp", "retries": 1, "payload": { "userId": "a@b.c", "length": 6 } });
    sandbox.write("tasks.jsonl", &row.to_string());
    let send = ["send", "--jsonl", "tasks.jsonl"];

    let with_options = sandbox.run(&[&send[..], &["--dry-run", "--tag", "later"]].concat());
    let without = dry(&sandbox, &send);

    assert_eq!((with_options.code, with_options.out.as_str()), (8, ""));
    assert!(with_options.err.contains("line 1 is of type generateOtp"), "{}", with_options.err);
    assert_eq!(without, row);
}

#[test]
fn the_first_of_several_recipient_columns_is_the_recipient_and_the_others_are_variables() {
    let sandbox = Sandbox::new();
    let rows = [
        ("email,to,name", "e@b.c,t@b.c,Ann", "t@b.c", json!({ "email": "e@b.c", "to": "t@b.c", "name": "Ann" })),
        (
            "recipient,userId,email",
            "r@b.c,u@b.c,e@b.c",
            "e@b.c",
            json!({ "userId": "u@b.c", "recipient": "r@b.c", "email": "e@b.c" }),
        ),
        ("recipient,USERID", "r@b.c,u@b.c", "u@b.c", json!({ "recipient": "r@b.c", "USERID": "u@b.c" })),
    ];
    for (head, row, recipient, variables) in rows {
        sandbox.write("people.csv", &format!("{head}\n{row}\n"));
        let object: serde_json::Map<String, Value> =
            head.split(',').map(str::to_owned).zip(row.split(',').map(Value::from)).collect();
        sandbox.write("people.jsonl", &Value::Object(object).to_string());

        for file in [["--csv", "people.csv"], ["--jsonl", "people.jsonl"]] {
            let task = dry(&sandbox, &["send", "--subject", "S", "--content", "c", file[0], file[1]]);

            assert_eq!(task["payload"]["userId"], recipient, "{head}");
            assert_eq!(task["payload"]["variables"], variables, "{head}");
        }
    }
}

#[test]
fn a_chunk_that_is_too_large_is_halved_until_only_the_row_at_fault_is_left() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    people(&sandbox, 4);
    stub.refuse(BATCH, 413, "too_large").on(BATCH, 200, &batch(&[true, true]));
    stub.refuse(BATCH, 413, "too_large").refuse(BATCH, 413, "too_large").on(BATCH, 200, &batch(&[true]));

    let end = sandbox.run(&send(&["--json", "--idempotency-key", "k"]));

    assert_eq!((end.code, end.err.as_str()), (8, ""));
    let (ok, too_large) = (
        json!({ "status": true, "id": ID }),
        json!({ "status": false, "error": "too_large", "msg": "it was too_large" }),
    );
    let expected: Vec<Value> = [&ok, &ok, &too_large, &ok]
        .iter()
        .zip(2..)
        .map(|(item, line)| {
            let mut item = (*item).clone();
            item["line"] = line.into();
            item
        })
        .collect();
    assert_eq!(end.json(), json!({ "status": false, "results": expected }));
    let asked = stub.asked();
    let keys: Vec<_> = asked.iter().map(|asked| asked.idempotency.as_deref().unwrap()).collect();
    assert_eq!(keys, ["k", "k-1a", "k-1b", "k-1ba", "k-1bb"]);
    let recipients = |n: usize| {
        asked[n].body["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|task| task["payload"]["userId"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(recipients(1), ["u0@example.com", "u1@example.com"]);
    assert_eq!(recipients(4), ["u3@example.com"]);
}

#[test]
fn rows_of_a_file_are_told_by_their_line_and_recipients_of_the_command_have_none() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let row = json!({ "to": "a@example.com", "subject": "S", "content": "C" });
    sandbox.write("rows.jsonl", &format!("{row}\n\nnonsense\n{row}\n"));
    stub.on(BATCH, 200, &batch(&[true])).on(BATCH, 200, &batch(&[true]));

    let end = sandbox.run(&["send", "--jsonl", "rows.jsonl", "--json"]);

    let lines: Vec<Value> = end.json()["results"].as_array().unwrap().iter().map(|item| item["line"].clone()).collect();
    assert_eq!(lines, [1, 3, 4]);
    let dry = sandbox.run(&["send", "--jsonl", "rows.jsonl", "--json", "--dry-run"]);
    assert_eq!(serde_json::from_str::<Value>(&dry.err).unwrap()["line"], 3);
    stub.on(BATCH, 200, &batch(&[true, true]));
    let args = ["send", "--to", "a@b.c", "--to", "d@e.f", "--subject", "S", "--content", "c", "--json"];
    assert_eq!(sandbox.run(&args).json(), batch(&[true, true]));
}

#[test]
fn the_rows_of_a_file_can_be_waited_for() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    people(&sandbox, 2);
    let line = format!("GET /task/{ID}");
    stub.on(BATCH, 200, &batch(&[true, true])).on(&line, 200, &task("succeeded"));
    stub.refuse_for_now(&line, 429, "rate_limited", 0).on(&line, 200, &task("failed"));

    let end = sandbox.run(&send(&["--wait", "--json"]));

    assert_eq!(end.code, 8, "{}", end.err);
    assert_eq!(end.json()["tasks"], json!([task("succeeded"), task("failed")]));
}

#[test]
fn a_bulk_send_waits_as_the_service_asks_and_goes_on() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    people(&sandbox, 1);
    stub.refuse_for_now(BATCH, 429, "rate_limited", 0).refuse_for_now(BATCH, 429, "rate_limited", 0);
    stub.on(BATCH, 200, &batch(&[true]));
    stub.refuse_for_now(BATCH, 503, "unavailable", 0).on(BATCH, 200, &batch(&[true]));

    let limited = sandbox.run(&send(&[]));
    let away = sandbox.run(&send(&["--idempotency-key", "k"]));

    assert_eq!((limited.code, limited.out.as_str()), (0, "1 accepted\n"), "{}", limited.err);
    assert_eq!((away.code, away.out.as_str()), (0, "1 accepted\n"), "{}", away.err);
    assert_eq!(stub.asked().last().unwrap().idempotency.as_deref(), Some("k"));
}

/// After a 503 nobody knows whether the chunk was taken: without a key it could go out twice.
#[test]
fn a_bulk_send_without_a_key_is_not_repeated_when_its_outcome_is_unknown() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    people(&sandbox, 1);
    stub.refuse_for_now(BATCH, 503, "unavailable", 0);

    let end = sandbox.run(&send(&[]));

    assert_eq!(end.code, 7, "{}", end.err);
    assert_eq!(stub.asked().len(), 1);
}

#[test]
fn a_bulk_send_waits_neither_for_ever_nor_for_long() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    people(&sandbox, 1);
    stub.refuse_for_now(BATCH, 429, "rate_limited", 3600);

    let long = sandbox.run(&send(&[]));
    for _ in 0..6 {
        stub.refuse_for_now(BATCH, 429, "rate_limited", 0);
    }
    let often = sandbox.run(&send(&[]));

    assert_eq!((long.code, often.code), (6, 6), "{}{}", long.err, often.err);
    assert!(long.err.contains("wait 1 h 0 min"), "{}", long.err);
    assert_eq!(stub.asked().len(), 7);
}
