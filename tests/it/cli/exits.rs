//! Exit codes, and what is said with them.

use std::net::{Ipv4Addr, TcpListener};

use serde_json::{Value, json};

use super::{ID, Sandbox};
use crate::helpers::stub::Stub;

#[test]
fn each_refusal_has_its_exit_code_and_the_apis_error_on_standard_error() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let line = format!("GET /task/{ID}");
    let rows = [
        (400, "invalid_field", 2),
        (413, "too_large", 2),
        (422, "recipient_suppressed", 2),
        (404, "not_found", 3),
        (401, "unauthorized", 4),
        (403, "registration_closed", 4),
        (409, "not_cancellable", 5),
        (429, "rate_limited", 6),
        (408, "timeout", 7),
        (503, "unavailable", 7),
        (500, "internal", 1),
    ];
    for (status, code, exit) in rows {
        stub.refuse(&line, status, code).refuse(&line, status, code);

        let plain = sandbox.run(&["task", "get", ID]);
        let json = sandbox.run(&["task", "get", ID, "--json"]);

        assert_eq!((plain.code, json.code), (exit, exit), "{status}");
        assert!(plain.err.starts_with(&format!("error: it was {code}")), "{}", plain.err);
        assert_eq!((plain.out.as_str(), json.out.as_str()), ("", ""));
        let body: Value = serde_json::from_str(&json.err).unwrap();
        assert_eq!(
            body,
            json!({ "status": false, "error": code, "msg": format!("it was {code}"), "request_id": "r1" })
        );
    }
}

#[test]
fn nobody_there_is_7_and_one_friendly_line() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let server = format!("http://127.0.0.1:{port}");

    let plain = Sandbox::new().run(&["--server", &server, "metrics"]);
    let json = Sandbox::new().run(&["metrics", "--json", "--server", &server]);

    assert_eq!((plain.code, json.code), (7, 7));
    let line = format!("cannot reach {server}: connection refused; is `gomail up` running?");
    assert_eq!(plain.err, format!("error: {line}\n"));
    let body: Value = serde_json::from_str(&json.err).unwrap();
    assert_eq!(body, json!({ "status": false, "error": "unreachable", "msg": line }));
}

#[test]
fn a_code_not_verified_is_3_with_the_answer_on_standard_output() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    for verified in [true, false] {
        let answer = json!({ "type": "otp verification", "verified": verified });
        stub.on("POST /task/verify", 200, &answer).on("POST /task/verify", 200, &answer);
        let exit = if verified { 0 } else { 3 };

        let plain = sandbox.run(&["verify", "a@example.com", "123456", "--purpose", "login"]);
        let json = sandbox.run(&["verify", "a@example.com", "123456", "--json"]);

        assert_eq!((plain.code, plain.err.as_str()), (exit, ""));
        assert_eq!(plain.out, if verified { "verified\n" } else { "not verified\n" });
        assert_eq!((json.code, json.json()), (exit, answer));
    }
    let asked = stub.asked();
    assert_eq!(asked[0].body, json!({ "userEmail": "a@example.com", "otp": "123456", "purpose": "login" }));
}

#[test]
fn something_else_that_answers_is_said_to_be_something_else() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on("GET /health/metrics", 200, &json!("hello")).on("GET /health/metrics", 502, &json!("bad gateway"));

    let other = sandbox.run(&["metrics"]);
    let proxy = sandbox.run(&["metrics"]);

    assert_eq!((other.code, proxy.code), (1, 7));
    assert!(other.err.contains("does not answer like gomail"), "{}", other.err);
}

#[test]
fn usage_errors_are_2_and_json_where_json_is_asked_for() {
    let sandbox = Sandbox::new();
    for args in [&["task", "list", "--state", "lost", "--json"][..], &["send", "--json"], &["nonsense", "--json"]] {
        let end = sandbox.run(args);

        assert_eq!((end.code, end.out.as_str()), (2, ""), "{args:?}");
        let body: Value = serde_json::from_str(&end.err).unwrap();
        assert_eq!(body["error"], "usage", "{args:?}");
    }
    assert_eq!(sandbox.run(&["--server", "ftp://x", "metrics"]).code, 2);
    assert_eq!(sandbox.run(&["send", "--to", "a@b.c", "--subject", "S", "oops"]).code, 2);
}

/// Such a part would make the URL of another path.
#[test]
fn an_argument_that_no_url_can_carry_is_a_usage_error_that_names_it() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let commands: [(&[&str], &str); 10] = [
        (&["task", "get"], "<ID>"),
        (&["task", "retry"], "<ID>"),
        (&["task", "cancel"], "<ID>"),
        (&["content", "get"], "<NAME>"),
        (&["content", "delete"], "<NAME>"),
        (&["content", "preview"], "<NAME>"),
        (&["outbox", "get"], "[ID]"),
        (&["suppressions", "remove"], "<EMAIL>"),
        (&["runs", "get"], "<ID>"),
        (&["runs", "retry"], "<ID>"),
    ];
    for (command, argument) in commands {
        for part in ["", ".", ".."] {
            let end = sandbox.run(&[command, &[part]].concat());
            assert_eq!(end.code, 2, "{command:?} {part:?}: {}", end.err);
            assert!(end.err.contains(argument), "{command:?} {part:?}: {}", end.err);
        }
    }
    assert!(stub.asked().is_empty());
}

#[test]
fn a_refusal_says_how_long_to_wait() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    let line = format!("GET /task/{ID}");
    for seconds in [30, 30, 7200] {
        stub.refuse_for_now(&line, 429, "rate_limited", seconds);
    }

    let plain = sandbox.run(&["task", "get", ID]);
    let json = sandbox.run(&["task", "get", ID, "--json"]);
    let long = sandbox.run(&["task", "get", ID]);

    assert_eq!((plain.code, plain.err.as_str()), (6, "error: it was rate_limited; wait 30 s\n"));
    assert_eq!(serde_json::from_str::<Value>(&json.err).unwrap()["retry_after"], 30);
    assert_eq!(long.err, "error: it was rate_limited; wait 2 h 0 min\n");
}

#[test]
fn a_content_type_in_use_is_told_with_the_flag_that_deletes_it() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.refuse("DELETE /task/subscriptionContent/weekly", 409, "content_type_in_use");

    let end = sandbox.run(&["content", "delete", "weekly"]);

    assert_eq!(end.code, 5);
    assert!(end.err.contains("--force"), "{}", end.err);
}
