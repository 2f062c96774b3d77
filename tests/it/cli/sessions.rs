//! The saved key: where it is kept, and to whom it is sent.

use serde_json::json;

use super::{Sandbox, ended};
use crate::helpers::stub::Stub;

const METRICS: &str = "GET /task";

fn sign_up(stub: &Stub, sandbox: &Sandbox, id: &str, key: &str) {
    stub.on("POST /auth/signup", 200, &json!({ "apiKey": key }));
    let end = sandbox.run(&["register", id, "--server", stub.url()]);
    assert_eq!(end.code, 0, "{}", end.err);
    assert!(end.out.starts_with(&format!("registered {id} at {}\nkey saved in ", stub.url())), "{}", end.out);
    assert!(!end.out.contains(key), "{}", end.out);
}

fn key_sent(stub: &Stub, command: &mut assert_cmd::Command) -> Option<String> {
    stub.on(METRICS, 200, &json!({ "tasks": [], "next_cursor": null }));
    let end = ended(command);
    assert_eq!(end.code, 0, "{}", end.err);
    stub.asked().pop().unwrap().key
}

#[test]
fn register_keeps_the_key_for_its_server_alone() {
    let (one, other) = (Stub::start(), Stub::start());
    let sandbox = Sandbox::new();
    sign_up(&one, &sandbox, "me@example.com", "eyJone");
    sign_up(&other, &sandbox, "me@example.com", "eyJother");

    let list = ["task", "list", "--server", one.url()];
    assert_eq!(key_sent(&one, &mut sandbox.command(&list)).as_deref(), Some("eyJone"));
    assert_eq!(key_sent(&other, &mut sandbox.command(&["task", "list"])).as_deref(), Some("eyJother"));
    assert_eq!(key_sent(&one, sandbox.command(&list).env("GOMAIL_API_KEY", "eyJenv")).as_deref(), Some("eyJenv"));
    sandbox.write("key", "eyJfile\n");
    let list = ["task", "list", "--server", one.url(), "--api-key-file", "key"];
    assert_eq!(key_sent(&one, sandbox.command(&list).env("GOMAIL_API_KEY", "x")).as_deref(), Some("eyJfile"));
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_saved_key() {
    use std::os::unix::fs::PermissionsExt as _;

    let stub = Stub::start();
    let sandbox = Sandbox::new();
    sign_up(&stub, &sandbox, "me@example.com", "eyJ");

    let mode = |path: &str| std::fs::metadata(sandbox.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(".config/gomail/sessions.json"), 0o600);
    assert_eq!(mode(".config/gomail"), 0o700);
}

#[test]
fn the_admin_key_signs_up_and_is_not_kept() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.on("POST /auth/signup", 200, &json!({ "apiKey": "eyJ" }));

    let end = ended(sandbox.command(&["register", "me@example.com", "--json"]).env("GOMAIL_ADMIN_KEY", "master"));

    assert_eq!((end.code, end.json()), (0, json!({ "apiKey": "eyJ" })));
    let asked = &stub.asked()[0];
    assert_eq!((asked.key.as_deref(), &asked.body), (Some("master"), &json!({ "id": "me@example.com" })));
    assert_eq!(key_sent(&stub, &mut sandbox.command(&["task", "list"])).as_deref(), Some("eyJ"));
}

#[test]
fn a_key_that_is_given_signs_up_and_a_saved_one_does_not() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    sandbox.write("key", "eyJfile\n");
    let signing_up = |settings: &[(&str, &str)], args: &[&str]| {
        stub.on("POST /auth/signup", 200, &json!({ "apiKey": "eyJsaved" }));
        let mut command = sandbox.command(&[&["register", "me@example.com"], args].concat());
        assert_eq!(ended(command.envs(settings.iter().copied())).code, 0);
        stub.asked().pop().unwrap().key
    };
    let (admin, given) = (("GOMAIL_ADMIN_KEY", "master"), ("GOMAIL_API_KEY", "eyJenv"));

    assert_eq!(signing_up(&[given], &[]).as_deref(), Some("eyJenv"));
    assert_eq!(signing_up(&[given], &["--api-key-file", "key"]).as_deref(), Some("eyJfile"));
    assert_eq!(signing_up(&[admin, given], &["--api-key-file", "key"]).as_deref(), Some("master"));
    assert_eq!(signing_up(&[], &[]), None, "what an account is let in with makes no other account");
}

#[test]
fn deregister_ends_the_saved_account_and_forgets_its_key() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    sign_up(&stub, &sandbox, "me@example.com", "eyJ");
    stub.on("POST /auth/deregister", 200, &json!({ "status": true, "msg": "Deregistered successfully!" }));

    let end = sandbox.run(&["deregister"]);

    assert_eq!(end.code, 0, "{}", end.err);
    let asked = stub.asked().pop().unwrap();
    assert_eq!((asked.key.as_deref(), asked.body), (Some("eyJ"), json!({ "id": "me@example.com" })));
    assert_eq!(key_sent(&stub, &mut sandbox.command(&["task", "list"])), None);
    assert_eq!(sandbox.run(&["deregister"]).code, 2);
}

/// Its own key may have run out, and then nothing else lets the account be signed up again.
#[test]
fn the_admin_key_ends_also_the_saved_account() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    sign_up(&stub, &sandbox, "me@example.com", "eyJ");
    stub.on("POST /auth/deregister", 200, &json!({ "status": true, "msg": "Deregistered successfully!" }));

    let mut command = sandbox.command(&["deregister", "me@example.com"]);

    assert_eq!(key_sent(&stub, command.env("GOMAIL_ADMIN_KEY", "adm")).as_deref(), Some("adm"));
}

#[test]
fn a_taken_id_is_a_conflict_and_saves_nothing() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    stub.refuse("POST /auth/signup", 409, "already_registered");

    assert_eq!(sandbox.run(&["register", "me@example.com"]).code, 5);
    assert!(!sandbox.path().join(".config").exists());
}

#[test]
fn the_key_of_an_account_that_is_gone_is_forgotten() {
    let stub = Stub::start();
    let sandbox = Sandbox::at(&stub);
    sign_up(&stub, &sandbox, "me@example.com", "eyJ");
    stub.refuse("POST /auth/deregister", 404, "not_found");
    assert_eq!(sandbox.run(&["deregister"]).code, 3);
    stub.refuse("POST /auth/deregister", 404, "not_registered");

    let end = sandbox.run(&["deregister"]);

    assert_eq!(end.code, 3, "{}", end.err);
    assert_eq!(stub.asked().pop().unwrap().key.as_deref(), Some("eyJ"), "another 404 forgets nothing");
    assert_eq!(key_sent(&stub, &mut sandbox.command(&["task", "list"])), None);
}

#[test]
fn config_shows_the_server_and_the_key_that_commands_use() {
    let stub = Stub::start();
    let sandbox = Sandbox::new();
    let shown = |command: &mut assert_cmd::Command| {
        let body = ended(command).json();
        ["GOMAIL_SERVER", "GOMAIL_API_KEY"].map(|name| {
            let row = body["settings"].as_array().unwrap().iter().find(|row| row["setting"] == name).unwrap();
            (row["value"].as_str().unwrap_or("-").to_owned(), row["source"].as_str().unwrap().to_owned())
        })
    };
    let row = |value: &str, source: &str| (value.to_owned(), source.to_owned());
    let config = ["config", "--json"];
    assert_eq!(shown(&mut sandbox.command(&config)), [row("http://127.0.0.1:8080", "default"), row("-", "default")]);

    sign_up(&stub, &sandbox, "me@example.com", "eyJ");

    assert_eq!(shown(&mut sandbox.command(&config)), [row(stub.url(), "saved"), row("***", "saved")]);
    let elsewhere = shown(sandbox.command(&config).env("GOMAIL_SERVER", "http://127.0.0.1:1"));
    assert_eq!(elsewhere, [row("http://127.0.0.1:1", "environment"), row("-", "default")]);
    let given = shown(sandbox.command(&config).env("GOMAIL_API_KEY", "eyJenv"));
    assert_eq!(given, [row(stub.url(), "saved"), row("***", "environment")]);
    sandbox.write("key", "eyJfile\n");
    let from_file = shown(&mut sandbox.command(&["config", "--json", "--api-key-file", "key", "--server", stub.url()]));
    assert_eq!(from_file, [row(stub.url(), "flag"), row("***", "flag")]);
}
