//! Roles that die amid their work, and roles that stop.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Bench, is_drained, message, post_messages, state, until};
use crate::helpers::{
    peer::{Act, Rule, Step},
    process::Gomail,
};

#[tokio::test]
async fn crash_of_everything_amid_sends_loses_nothing() {
    let bench = Bench::over_sqlite();
    bench.peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_millis(20))));
    let (gomail, account) = bench.up().await;
    post_messages(&account, 2000).await;

    bench.peer.wait_for(300).await;
    gomail.kill();
    let gomail = bench.start("up");

    bench.holds(&account.at(&gomail.url), 2000, 1).await;
    assert!(gomail.stop().success());
}

#[tokio::test]
async fn crash_of_workers_over_redis_loses_nothing() {
    let bench = Bench::over_redis().await;
    bench.peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_millis(20))));
    let (_server, account) = bench.serve().await;
    post_messages(&account, 2000).await;

    let mut workers: Vec<Gomail> = (0..2).map(|_| bench.start("worker")).collect();
    for killed in 1..=3 {
        bench.peer.wait_for(300 * killed).await;
        workers.remove(0).kill();
        workers.push(bench.start("worker"));
    }

    bench.holds(&account, 2000, 3).await;
    for worker in workers {
        assert!(worker.stop().success());
    }
}

#[tokio::test]
async fn crash_of_redis_and_its_return_lose_nothing() {
    let mut bench = Bench::over_redis().await;
    bench.peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_millis(20))));
    let (_server, account) = bench.serve().await;
    post_messages(&account, 1000).await;
    let worker = bench.start("worker");

    bench.peer.wait_for(200).await;
    bench.redis.as_mut().unwrap().kill();
    let asked = Instant::now();
    let away = account.post("/task", &message("late@example.com")).await;
    assert_eq!(away["error"], "unavailable", "{away}");
    assert!(asked.elapsed() < Duration::from_secs(3), "an answer within two seconds, not {:?}", asked.elapsed());
    bench.redis.as_mut().unwrap().restart().await;

    bench.holds(&account, 1000, 1).await;
    assert!(worker.stop().success());
}

#[tokio::test]
async fn crash_free_stop_waits_for_a_late_reply() {
    let bench = Bench::over_sqlite();
    bench.peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_secs(3))));
    let (gomail, account) = bench.up().await;
    post_messages(&account, 1).await;
    until(&account, "running", |metrics| state(metrics, "running") == 1).await;
    while !bench.peer.commands().iter().any(|(_, command)| command.starts_with("DATA")) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    assert!(gomail.stop().success());

    let gomail = bench.start("up");
    let account = account.at(&gomail.url);
    let metrics = until(&account, "succeeded", |metrics| state(metrics, "succeeded") == 1).await;
    assert!(is_drained(&metrics), "{metrics}");
    assert_eq!(bench.ledger().values().copied().collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn nothing_secret_is_in_the_logs() {
    let mut bench = Bench::over_sqlite();
    bench.set("GOMAIL_SECRET", "a secret that must not be logged ever");
    bench.set("RUST_LOG", "debug");
    let (gomail, account) = bench.up().await;
    account
        .task("message", json!({ "userId": "someone@example.com", "subject": "Sesame", "content": "open it" }))
        .await;
    account.task("generateOtp", json!({ "userId": "guest@example.com", "length": 8 })).await;
    let mails = bench.peer.wait_for(2).await;
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
