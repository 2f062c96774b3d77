//! The test clock: it waits for what is in hand before it goes on, and for nothing else.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{
    peer::{Rule, SmtpPeer, Step},
    process::{Account, Gomail},
};

/// An advance that overtook a worker would let its lease end, and count a delivered mail as uncertain first.
#[tokio::test]
async fn no_lease_ends_because_time_was_moved() {
    let folder = tempfile::tempdir().unwrap();
    let gomail = Gomail::start("up", folder.path(), &[("GOMAIL_TEST_CLOCK", "1"), ("RUST_LOG", "info")]);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    let content = json!({ "content_type": "news", "subject": "News", "content": "Hello" });
    account.post("/task/subscriptionContent", &content).await;
    let payload = json!({ "userId": "you@example.com", "content_type": "news", "frequency": "@hourly" });
    account.task("subscribe", payload).await;

    let answer = account.post("/test/clock/advance", &json!({ "by": "2d" })).await;

    assert_eq!(answer["status"], true, "{answer}");
    let metrics = account.get("/health/metrics").await;
    assert_eq!(metrics["attempts"], json!({ "captured": 48 }), "{metrics}");
    assert_eq!(metrics["Jobs Failed"], 0, "{metrics}");
    assert!(gomail.stop().success());
}

/// What only waits for the relay is left behind, at every moment on the way; periods begin all the same.
#[tokio::test]
async fn an_advance_does_not_wait_for_a_relay_that_is_away() {
    let (folder, peer) = (tempfile::tempdir().unwrap(), SmtpPeer::start());
    peer.rule(Rule::reply(Step::Banner, "421 4.3.2 closed"));
    let port = peer.port().to_string();
    let settings = [
        ("GOMAIL_TEST_CLOCK", "1"),
        ("smtp_server", "127.0.0.1"),
        ("smtp_port", &port),
        ("GOMAIL_FROM", "sender@example.com"),
    ];
    let gomail = Gomail::start("up", folder.path(), &settings);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    let content = json!({ "content_type": "news", "subject": "News", "content": "Hello" });
    account.post("/task/subscriptionContent", &content).await;
    let payload = json!({ "userId": "you@example.com", "content_type": "news", "frequency": "@hourly" });
    account.task("subscribe", payload).await;
    let code = account.task("generateOtp", json!({ "userId": "you@example.com", "length": 6 })).await;

    let by = json!({ "by": "3h" });
    let advancing = tokio::time::timeout(Duration::from_secs(40), account.post("/test/clock/advance", &by));
    let answer = advancing.await.expect("an answer");

    assert_eq!(answer["status"], true, "{answer}");
    let metrics = account.get("/health/metrics").await;
    let queued = metrics["states"]["queued"].as_u64().unwrap();
    assert!(queued >= 4 && metrics["missed_periods"] == 0, "the code and an issue for each period: {metrics}");
    peer.behave();
    let task = until_ended(&account, &code).await;
    assert_eq!((&task["state"], &task["reason"]), (&json!("skipped"), &json!("expired")), "{task}");
    assert!(gomail.stop().success());
}

/// The task at its end, within a minute.
async fn until_ended(account: &Account, id: &str) -> Value {
    let ending = async {
        loop {
            let task = account.get(&format!("/task/{id}")).await;
            if !task["finished_at"].is_null() {
                return task;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), ending).await.expect("the task ends")
}
