//! Lists and the commands around them.

use serde_json::{Value, json};

use super::{ID, Sandbox};
use crate::helpers::stub::Stub;

fn suppression(n: u32) -> Value {
    json!({ "email": format!("u{n}@example.com"), "reason": "5.1.1", "created_at": "2026-11-24T10:00:00.000Z" })
}

fn run_body() -> Value {
    json!({ "id": "rt2b4xc", "content_type": "weekly", "frequency": "@weekly", "period": "2026-11-22T00:00:00.000Z",
        "state": "done", "total": 3, "succeeded": 1, "failed": 1, "skipped": 1, "cancelled": 0, "uncertain": 0,
        "waiting": 0, "created_at": "2026-11-22T00:00:01.000Z" })
}

#[test]
fn a_list_is_followed_to_its_end_and_is_one_answer() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let page = |n, next: Value| json!({ "suppressions": [suppression(n)], "next_cursor": next });
    stub.on("GET /suppressions?limit=1000", 200, &page(1, json!("c 1")));
    stub.on("GET /suppressions?limit=1000&cursor=c+1", 200, &page(2, Value::Null));

    let end = sandbox.run(&["suppressions", "list", "--json"]);

    assert_eq!(end.code, 0, "{}", end.err);
    assert_eq!(end.json(), json!({ "suppressions": [suppression(1), suppression(2)], "next_cursor": null }));
}

/// A server looks at so many tasks a page, and a filter may fit none of them.
#[test]
fn an_empty_page_that_goes_on_is_not_the_end() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on("GET /suppressions?limit=1000", 200, &json!({ "suppressions": [], "next_cursor": "c1" }));
    let last = json!({ "suppressions": [suppression(1)], "next_cursor": null });
    stub.on("GET /suppressions?limit=1000&cursor=c1", 200, &last);

    let end = sandbox.run(&["suppressions", "list", "--json"]);

    assert_eq!(end.json(), last);
}

#[test]
fn a_limit_ends_a_list_and_says_where_it_goes_on() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let page = json!({ "suppressions": [suppression(1)], "next_cursor": "c1" });
    stub.on("GET /suppressions?limit=1&cursor=c0", 200, &page);

    let end = sandbox.run(&["suppressions", "list", "--limit", "1", "--cursor", "c0"]);

    assert_eq!(
        end.out,
        "email            reason   since (UTC)\n\
         u1@example.com   5.1.1    2026-11-24 10:00:00\n"
    );
    assert_eq!(end.err, "more: --cursor c1\n");
}

#[test]
fn filters_travel_under_the_apis_names() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on("GET /task", 200, &json!({ "tasks": [], "next_cursor": null }));

    let end = sandbox.run(&["task", "list", "--state", "failed", "--type", "message", "--to", "a+b@c.d", "--tag", "t"]);

    assert_eq!((end.code, end.out.as_str()), (0, "no tasks\n"));
    assert_eq!(stub.asked()[0].line, "GET /task?limit=1000&state=failed&type=message&recipient=a%2Bb%40c.d&tag=t");
}

#[test]
fn names_are_escaped_in_paths() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let content = json!({ "content_type": "a b?", "subject": "S", "content": "C",
        "created_at": "2026-11-24T10:00:00.000Z", "updated_at": "2026-11-24T10:00:00.000Z" });
    stub.on("GET /task/subscriptionContent/a%20b%3F", 200, &content);
    stub.on("DELETE /task/subscriptionContent/weekly?force=true", 200, &json!({ "status": true, "msg": "m" }));
    stub.on("DELETE /suppressions/a@b.c", 200, &json!({ "status": true }));

    assert_eq!(sandbox.run(&["content", "get", "a b?", "--json"]).json(), content);
    assert_eq!(sandbox.run(&["content", "delete", "weekly", "--force"]).out, "deleted weekly\n");
    assert_eq!(sandbox.run(&["suppressions", "remove", "a@b.c"]).code, 0);
}

#[test]
fn content_is_created_updated_and_previewed() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let done = json!({ "status": true, "msg": "Content Type created successfully" });
    stub.on("POST /task/subscriptionContent", 200, &done).on("PUT /task/subscriptionContent", 200, &done);
    let preview = json!({ "subject": "S", "html": "<p>h", "text": "h" });
    stub.on("POST /task/subscriptionContent/weekly/preview", 200, &preview);
    sandbox.write("body", "<p>{{ email }}");

    let create = sandbox.run(&["content", "create", "weekly", "--subject", "S", "--file", "body"]);
    let update = sandbox.run(&["content", "update", "weekly", "--subject", "S", "--content", "C", "--json"]);
    let shown = sandbox.run(&["content", "preview", "weekly", "--var", "email=a@b.c"]);

    assert_eq!((create.code, create.out.as_str()), (0, "created weekly\n"));
    assert_eq!(update.json(), done);
    assert_eq!(shown.out, "Subject: S\n\nh\n\n--- HTML ---\n<p>h\n");
    let asked = stub.asked();
    assert_eq!(asked[0].body, json!({ "content_type": "weekly", "subject": "S", "content": "<p>{{ email }}" }));
    assert_eq!(asked[2].body, json!({ "variables": { "email": "a@b.c" } }));
}

#[test]
fn a_run_tells_who_did_not_get_it_and_sends_it_again() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let missed = |n: u32| json!({ "id": format!("rt2b4xc-{n}"), "recipient": format!("u{n}@example.com"), "state": "failed", "reason": "refused" });
    let page = |n, next: Value| {
        let mut body = run_body();
        body["not_delivered"] = json!([missed(n)]);
        body["next_cursor"] = next;
        body
    };
    stub.on("GET /task/runs/rt2b4xc?limit=1000", 200, &page(1, json!("c1")));
    stub.on("GET /task/runs/rt2b4xc?limit=1000&cursor=c1", 200, &page(2, Value::Null));
    stub.on("POST /task/runs/rt2b4xc/retry", 200, &json!({ "status": true, "retried": 2 }));

    let get = sandbox.run(&["runs", "get", "rt2b4xc", "--json"]);
    let retry = sandbox.run(&["runs", "retry", "rt2b4xc"]);

    assert_eq!(get.json()["not_delivered"], json!([missed(1), missed(2)]));
    assert_eq!(get.json()["total"], 3);
    assert_eq!(retry.out, "2 mails of run rt2b4xc are queued again\n");
}

#[test]
fn the_outbox_shows_the_newest_mail_readably_or_raw() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let entry = json!({ "id": ID, "to": "you@example.com", "subject": "Hi", "created_at": "2026-11-24T10:00:00.000Z" });
    let mut mail = entry.clone();
    mail["raw"] = json!("Subject: Hi\r\n\r\nHello\r\n");
    mail["text"] = json!("Hello\r\n\u{1b}[31mred");
    mail["html"] = Value::Null;
    let line = format!("GET /outbox/{ID}");
    let list = json!({ "outbox": [entry], "next_cursor": "c" });
    for _ in 0..2 {
        stub.on("GET /outbox?limit=1", 200, &list).on(&line, 200, &mail);
    }
    stub.on("GET /outbox?limit=1", 200, &json!({ "outbox": [], "next_cursor": null }));

    let newest = sandbox.run(&["outbox", "get"]);
    let raw = sandbox.run(&["outbox", "get", "--raw"]);
    let empty = sandbox.run(&["outbox", "get", "--json"]);

    let head = format!("id:       {ID}\nto:       you@example.com\nsubject:  Hi\ncaptured: 2026-11-24 10:00:00 UTC\n");
    assert_eq!(newest.out, format!("{head}\nHello\n[31mred\n"));
    assert_eq!(raw.out, "Subject: Hi\r\n\r\nHello\r\n");
    assert_eq!((empty.code, empty.out.as_str()), (3, ""));
    assert_eq!(serde_json::from_str::<Value>(&empty.err).unwrap()["error"], "not_found");
}

#[test]
fn retry_and_cancel_say_the_new_state() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on(&format!("POST /task/{ID}/retry"), 200, &json!({ "status": true, "id": ID, "state": "queued" }));
    stub.on(&format!("DELETE /task/{ID}"), 200, &json!({ "status": true, "id": ID, "state": "cancelled" }));

    assert_eq!(sandbox.run(&["task", "retry", ID]).out, format!("queued {ID}\n"));
    assert_eq!(sandbox.run(&["task", "cancel", ID]).out, format!("cancelled {ID}\n"));
}
