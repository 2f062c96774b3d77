//! Roles that die amid their work, and roles that stop.

use std::time::{Duration, Instant};

use gomail::domain::{CodeLength, Secret, TaskId};
use serde_json::{Value, json};

use super::{Bench, LIMIT, is_drained, message, post_messages, state, until, within};
use crate::helpers::{
    peer::{Act, PeerOptions, Rule, Step},
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

/// A relay that quotes what it was given, in refusals (Postfix does), in a 2xx, and where a 354 is due.
#[tokio::test]
async fn what_a_relay_quotes_is_in_no_log_and_a_code_in_no_attempt() {
    const SECRET: &str = "a secret that must not be logged ever";
    let mut bench = Bench::over_sqlite();
    for (name, value) in [("GOMAIL_SECRET", SECRET), ("RUST_LOG", "debug"), ("GOMAIL_RETRY_BASE", "100ms")] {
        bench.set(name, value);
    }
    for (step, code, to) in [
        (Step::Rcpt, "550 5.1.1", "gone"),
        (Step::Data, "250 2.0.0", "odd"),
        (Step::Dot, "554 5.7.1", "refused"),
        (Step::Dot, "554 5.1.1", "blocked"),
    ] {
        bench.peer.rule(Rule::at(step, Act::Quote(code.to_owned())).to(to).times(2));
    }
    let (gomail, account) = bench.up().await;
    let names = ["gone", "odd", "refused"];
    for to in names {
        let payload = json!({ "userId": format!("{to}@example.com"), "subject": "Sesame", "content": "open it" });
        account.task("message", payload).await;
    }
    let length = CodeLength::parse(6).unwrap();
    let code_of = |id: &str| Secret::parse(SECRET).unwrap().keys().code(TaskId::from_text(id).unwrap(), length);
    let plain = json!({ "userId": "refused.code@example.com", "length": 6 });
    let apart = json!({ "userId": "blocked.code@example.com", "length": 6, "subject": "Your code",
                        "content": "It is {{ otp|join('-') }}." });
    let codes = [account.task("generateOtp", plain).await, account.task("generateOtp", apart).await];

    until(&account, "all ended", |metrics| state(metrics, "succeeded") + state(metrics, "failed") == 5).await;

    // What was said of a message is kept whole.
    let tasks = account.tasks().await;
    for to in names {
        let task = tasks.iter().find(|task| task["recipient"] == format!("{to}@example.com")).unwrap();
        let said = task["attempts"][0]["message"].as_str().unwrap();
        assert!(said.contains(&format!("<{to}@example.com>")), "{task}");
        assert_eq!(said.contains("[Sesame] open it"), to == "refused", "{task}");
    }
    for (id, shown) in codes.iter().zip(["[Your code is ***] Your code is:", "It is ***."]) {
        let attempt = &account.get(&format!("/task/{id}")).await["attempts"][0];
        let said = attempt["message"].as_str().unwrap();
        assert!(said.contains(shown), "{attempt}");
        assert!(!digits(said).contains(&code_of(id)), "{attempt}");
    }
    let log_file = gomail.log_file();
    assert!(gomail.stop().success());
    let log = std::fs::read_to_string(log_file).unwrap();
    for secret in ["Sesame", "open it", "@EXAMPLE.COM", "***@example.com>", "not "] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    for name in ["gone", "odd", "refused", "blocked"] {
        assert!(!log.contains(&format!("{name}@")) && !log.contains(&format!("{name}.code@")), "{name} is in the log");
    }
    for id in &codes {
        assert!(!log.contains(&code_of(id)), "a code is in the log");
    }
    let refused = log.lines().find(|line| line.contains("task failed") && line.contains("g***@example.com")).unwrap();
    let refused: Value = serde_json::from_str(refused).unwrap();
    assert_eq!(
        (&refused["smtp.response.code"], &refused["smtp.response.enhanced_code"], &refused["error.message"]),
        (&json!(550), &json!("5.1.1"), &Value::Null)
    );
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[tokio::test]
async fn a_login_that_the_relay_quotes_is_masked_in_the_logs() {
    let login = ("ann@example.com".to_owned(), "secret".to_owned());
    let mut bench = Bench::new(PeerOptions { login: Some(login), ..PeerOptions::default() }, None);
    bench.set("smtp_user", "ann@example.com");
    bench.set("smtp_pass", "secret");
    bench.peer.rule(Rule::reply(Step::Auth, "535 5.7.8 <ann@example.com> may not log in"));
    let (gomail, account) = bench.up().await;
    post_messages(&account, 1).await;

    // The first is a courier's, the second the probe's.
    within(LIMIT, "two refusals", || gomail.logged("may not log in") >= 2).await;

    let log = std::fs::read_to_string(gomail.log_file()).unwrap();
    assert!(log.contains("<a***@example.com> may not log in"), "{log}");
    assert!(!log.contains("ann@example.com"), "{log}");
}
