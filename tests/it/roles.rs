//! What a process knows by its role: where its links lead, and whether it has an outbox.

use std::time::Duration;

use serde_json::json;

use crate::helpers::process::{Account, Gomail};

/// Nobody listens on port 1.
const RELAY_AWAY: [(&str, &str); 3] =
    [("smtp_server", "127.0.0.1"), ("smtp_port", "1"), ("GOMAIL_FROM", "news@sender.example")];

/// The port is the system's choice here, so no setting names it.
#[tokio::test]
async fn links_lead_to_the_port_that_was_bound() {
    let folder = tempfile::tempdir().unwrap();
    let gomail = Gomail::start("up", folder.path(), &[("GOMAIL_TEST_CLOCK", "1"), ("GOMAIL_LISTEN", "127.0.0.1:0")]);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    let content = json!({ "content_type": "news", "subject": "News", "content": "Out: {{ unsubscribe_url }}" });
    account.post("/task/subscriptionContent", &content).await;
    let payload = json!({ "userId": "you@example.com", "content_type": "news", "frequency": "@hourly" });
    account.task("subscribe", payload).await;
    account.post("/test/clock/advance", &json!({ "by": "1h" })).await;

    let preview = account.post("/task/subscriptionContent/news/preview", &json!({})).await;
    let newest = account.get("/outbox?limit=1").await["outbox"][0]["id"].clone();
    let mail = account.get(&format!("/outbox/{}", newest.as_str().unwrap())).await;

    let link = format!("Out: {}/unsubscribe/", gomail.url);
    for text in [&preview["text"], &mail["text"]] {
        assert!(text.as_str().unwrap().starts_with(&link), "{text} is not {link}");
    }
    assert!(gomail.stop().success());
}

/// `up` captures mails in its own outbox; a `serve` without a relay only leaves delivery to others.
#[tokio::test]
async fn only_up_without_a_relay_has_an_outbox() {
    for (role, relay, status) in [("up", "", 200), ("up", "127.0.0.1", 404), ("serve", "", 404)] {
        let folder = tempfile::tempdir().unwrap();
        let settings =
            [("GOMAIL_REGISTRATION", "open"), ("smtp_server", relay), ("GOMAIL_FROM", "news@sender.example")];
        let gomail = Gomail::start(role, folder.path(), &settings);
        let account = Account::sign_up(&gomail.url, "me@example.com").await;

        let answer = account.get("/outbox").await;

        let found = if answer["outbox"].is_array() { 200 } else { 404 };
        assert_eq!(found, status, "{role} {relay}: {answer}");
        assert!(gomail.stop().success());
    }
}

#[tokio::test]
async fn a_role_without_an_api_shows_its_metrics_where_it_is_told_to() {
    for role in ["worker", "scheduler"] {
        let folder = tempfile::tempdir().unwrap();
        let settings = [&RELAY_AWAY[..], &[("GOMAIL_METRICS_LISTEN", "127.0.0.1:0")]].concat();
        let gomail = Gomail::start(role, folder.path(), &settings);
        let get = async |path: &str| {
            let answer = reqwest::get(format!("{}{path}", gomail.url)).await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };

        assert_eq!(get("/health/live").await.0, 200);
        assert_eq!(get("/health/ready").await.0, 200);
        let (status, metrics) = get("/metrics").await;
        assert_eq!(status, 200);
        assert!(metrics.contains("gomail_store_up 1\n"), "{metrics}");
        assert!(metrics.contains("gomail_store_call_duration_seconds_count{verb=\"stats\"}"), "{metrics}");
        for path in ["/task", "/auth/accounts", "/health/metrics"] {
            assert_eq!(get(path).await.0, 404, "{role} {path}");
        }
        assert!(gomail.stop().success());
    }
}

#[tokio::test]
async fn a_worker_shows_whether_its_relay_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    let worker = Gomail::start(
        "worker",
        folder.path(),
        &[&RELAY_AWAY[..], &[("GOMAIL_METRICS_LISTEN", "127.0.0.1:0")]].concat(),
    );

    let shows = async {
        while !reqwest::get(format!("{}/metrics", worker.url))
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .contains("gomail_relay_ready 0\n")
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };

    tokio::time::timeout(Duration::from_mins(1), shows).await.expect("it is told");
    assert!(worker.stop().success());
}

#[test]
fn a_worker_without_its_journal_fails() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("gomail-data")).unwrap();
    std::fs::write(folder.path().join("gomail-data/journal"), "not a folder").unwrap();

    let worker = Gomail::start("worker", folder.path(), &RELAY_AWAY);

    assert_eq!(worker.ended().code(), Some(1));
}

#[test]
fn with_nothing_to_send_nobody_waits_for_the_relay() {
    let folder = tempfile::tempdir().unwrap();

    let worker = Gomail::start_with(&["worker", "--until-empty"], folder.path(), &RELAY_AWAY);

    assert!(worker.ended().success());
}
