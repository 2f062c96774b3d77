//! Crashes, with real processes, a real Redis and a ledger-keeping relay.
//!
//! The oracle: every accepted task is in one visible state, and every accepted mail is in the relay's ledger once, or is
//! one of the few whose DATA was open when a process died.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    helpers::{
        peer::{Act, Rule, SmtpPeer, Step},
        process::{Account, Gomail},
    },
    redis::server::Server,
};

/// Longest wait for what must happen; it ends a broken test and is never slept through.
const LIMIT: Duration = Duration::from_mins(1);

/// The settings of a role that sends to `peer`.
fn settings(peer: &SmtpPeer, redis: Option<&Server>) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("smtp_server", "127.0.0.1".to_owned()),
        ("smtp_port", peer.port().to_string()),
        ("GOMAIL_FROM", "sender@example.com".to_owned()),
        ("GOMAIL_LEASE", "2s".to_owned()),
        ("GOMAIL_REGISTRATION", "open".to_owned()),
    ];
    if let Some(redis) = redis {
        settings.push(("redis_uri", format!("127.0.0.1:{}", redis.port)));
    }
    settings
}

fn start(role: &str, folder: &Path, settings: &[(&'static str, String)]) -> Gomail {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Gomail::start(role, folder, &settings)
}

async fn post_messages(account: &Account, count: usize) {
    let task = |n: usize| {
        json!({ "task": "t", "type": "message", "retries": 5,
                "payload": { "userId": format!("u{n}@example.com"), "subject": "Hi", "content": format!("Hello {n}") } })
    };
    for first in (0..count).step_by(500) {
        let tasks: Vec<Value> = (first..count.min(first + 500)).map(task).collect();
        let answer = account.post("/task/batch", &json!({ "tasks": tasks })).await;
        assert_eq!(answer["status"], true, "{answer}");
    }
}

/// Waits until `done` holds of `/health/metrics`; the metrics then.
async fn until(account: &Account, what: &str, done: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let metrics = account.get("/health/metrics").await;
        if metrics["status"] == true && done(&metrics) {
            return metrics;
        }
        assert!(began.elapsed() < LIMIT, "never {what}: {metrics}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn state(metrics: &Value, name: &str) -> u64 {
    metrics["states"][name].as_u64().unwrap()
}

fn is_drained(metrics: &Value) -> bool {
    state(metrics, "queued") + state(metrics, "running") + state(metrics, "scheduled") == 0
}

/// How often each recipient is in the ledger.
fn ledger(peer: &SmtpPeer) -> BTreeMap<String, usize> {
    let mut ledger = BTreeMap::new();
    for mail in peer.mails() {
        *ledger.entry(mail.to).or_default() += 1;
    }
    ledger
}

/// Every mail once, but for those whose DATA was open at a crash: these wait, said to be possible duplicates. With
/// PIPELINING a connection has two open: the mail whose body is on its way, and the next one.
async fn holds(account: &Account, peer: &SmtpPeer, accepted: usize, open_at_most: usize) {
    let metrics = until(account, "drained", is_drained).await;
    let parked = account.get("/task?state=retrying&limit=1000").await["tasks"].as_array().unwrap().clone();
    assert!(parked.iter().all(|task| task["duplicate_possible"] == true), "{parked:?}");
    assert!(parked.len() <= open_at_most, "{} tasks were in DATA", parked.len());
    assert_eq!(state(&metrics, "succeeded") + state(&metrics, "retrying"), accepted as u64, "{metrics}");

    let ledger = ledger(peer);
    assert!(ledger.values().all(|times| *times == 1), "nothing came twice");
    let parked: Vec<&str> = parked.iter().map(|task| task["recipient"].as_str().unwrap()).collect();
    for n in 0..accepted {
        let to = format!("u{n}@example.com");
        assert!(ledger.contains_key(&to) || parked.contains(&to.as_str()), "{to} is lost");
    }
}

#[tokio::test]
async fn crash_of_everything_amid_sends_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let peer = SmtpPeer::start();
    peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_millis(20))));
    let settings = settings(&peer, None);
    let gomail = start("up", folder.path(), &settings);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    post_messages(&account, 2000).await;

    peer.wait_for(300).await;
    gomail.kill();
    let gomail = start("up", folder.path(), &settings);

    holds(&account.at(&gomail.url), &peer, 2000, 2 * 32).await;
    assert!(gomail.stop().success());
}

#[tokio::test]
async fn crash_of_workers_over_redis_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let redis = Server::start(&["--appendonly", "yes"]).await;
    let peer = SmtpPeer::start();
    peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_millis(20))));
    let settings = settings(&peer, Some(&redis));
    let server = start("serve", folder.path(), &settings);
    let account = Account::sign_up(&server.url, "me@example.com").await;
    post_messages(&account, 2000).await;

    let mut workers: Vec<Gomail> = (0..2).map(|_| start("worker", folder.path(), &settings)).collect();
    for killed in 1..=3 {
        peer.wait_for(300 * killed).await;
        workers.remove(0).kill();
        workers.push(start("worker", folder.path(), &settings));
    }

    holds(&account, &peer, 2000, 3 * 2 * 32).await;
    for worker in workers {
        assert!(worker.stop().success());
    }
}

#[tokio::test]
async fn crash_of_redis_and_its_return_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut redis = Server::start(&["--appendonly", "yes", "--appendfsync", "always"]).await;
    let peer = SmtpPeer::start();
    peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_millis(20))));
    let settings = settings(&peer, Some(&redis));
    let server = start("serve", folder.path(), &settings);
    let account = Account::sign_up(&server.url, "me@example.com").await;
    post_messages(&account, 1000).await;
    let worker = start("worker", folder.path(), &settings);

    peer.wait_for(200).await;
    redis.kill();
    let asked = Instant::now();
    let away = account
        .post(
            "/task",
            &json!({ "task": "t", "type": "message", "retries": 0,
        "payload": { "userId": "late@example.com", "subject": "Hi", "content": "Hello" } }),
        )
        .await;
    assert_eq!(away["error"], "unavailable", "{away}");
    assert!(asked.elapsed() < Duration::from_secs(3), "an answer within two seconds, not {:?}", asked.elapsed());
    redis.restart().await;

    holds(&account, &peer, 1000, 2 * 32).await;
    assert!(worker.stop().success());
}

#[tokio::test]
async fn crash_free_stop_waits_for_a_late_reply() {
    let folder = tempfile::tempdir().unwrap();
    let peer = SmtpPeer::start();
    peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_secs(3))));
    let settings = settings(&peer, None);
    let gomail = start("up", folder.path(), &settings);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    post_messages(&account, 1).await;
    until(&account, "running", |metrics| state(metrics, "running") == 1).await;
    while !peer.commands().iter().any(|(_, command)| command.starts_with("DATA")) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    assert!(gomail.stop().success());

    let gomail = start("up", folder.path(), &settings);
    let account = account.at(&gomail.url);
    let metrics = until(&account, "succeeded", |metrics| state(metrics, "succeeded") == 1).await;
    assert!(is_drained(&metrics), "{metrics}");
    assert_eq!(ledger(&peer).values().copied().collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn crash_free_refusals_end_as_the_table_says() {
    let folder = tempfile::tempdir().unwrap();
    let peer = SmtpPeer::start();
    peer.rule(Rule::reply(Step::Rcpt, "550 5.1.1 no such user").to("u0@"));
    peer.rule(Rule::reply(Step::Rcpt, "451 4.3.0 later").to("u1@").times(1));
    peer.rule(Rule::reply(Step::Rcpt, "554 5.7.1 policy").to("u2@"));
    let mut settings = settings(&peer, None);
    settings.push(("GOMAIL_RETRY_BASE", "100ms".to_owned()));
    let gomail = start("up", folder.path(), &settings);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    post_messages(&account, 4).await;

    let metrics =
        until(&account, "all ended", |metrics| state(metrics, "succeeded") + state(metrics, "failed") == 4).await;

    assert_eq!((state(&metrics, "succeeded"), state(&metrics, "failed")), (2, 2), "{metrics}");
    assert_eq!(metrics["Total Jobs Executed"], 4);
    let task = |to: &str| {
        let (account, path) = (account.clone(), format!("/task?recipient={to}"));
        async move { account.get(&path).await["tasks"][0].clone() }
    };
    let gone = task("u0@example.com").await;
    assert_eq!((&gone["reason"], &gone["attempts"][0]["enhanced_code"]), (&json!("refused"), &json!("5.1.1")));
    assert_eq!(task("u1@example.com").await["attempts"].as_array().unwrap().len(), 2);
    let suppressed = account.get("/suppressions").await;
    assert_eq!(suppressed["suppressions"].as_array().unwrap().len(), 1, "only 5.1.x suppresses: {suppressed}");
    assert_eq!(suppressed["suppressions"][0]["email"], "u0@example.com");
}

#[tokio::test]
async fn nothing_secret_is_in_the_logs() {
    let folder = tempfile::tempdir().unwrap();
    let peer = SmtpPeer::start();
    let mut settings = settings(&peer, None);
    settings.push(("GOMAIL_SECRET", "a secret that must not be logged ever".to_owned()));
    settings.push(("RUST_LOG", "debug".to_owned()));
    let gomail = start("up", folder.path(), &settings);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    account
        .task("message", json!({ "userId": "someone@example.com", "subject": "Sesame", "content": "open it" }))
        .await;
    account.task("generateOtp", json!({ "userId": "guest@example.com", "length": 8 })).await;
    let mails = peer.wait_for(2).await;
    let body = mails.iter().find(|mail| mail.to.starts_with("guest")).unwrap().body();
    let code =
        body.lines().map(str::trim).find(|line| line.len() == 8 && line.bytes().all(|b| b.is_ascii_digit())).unwrap();
    let verify = json!({ "userEmail": "guest@example.com", "otp": code });
    assert_eq!(account.post("/task/verify", &verify).await["verified"], true);
    until(&account, "recorded", |metrics| state(metrics, "succeeded") == 2).await;

    let log_file = gomail.log_file();
    assert!(gomail.stop().success());
    let log = std::fs::read_to_string(log_file).unwrap();
    assert!(log.contains("task succeeded") && log.contains("s***@example.com"), "{log}");
    for secret in [code, &account.key, "Sesame", "open it", "someone@example.com", "guest@example.com", "a secret that"]
    {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(
            line["@timestamp"].is_string() && line["log.level"].is_string() && line["message"].is_string(),
            "{line}"
        );
    }
}
