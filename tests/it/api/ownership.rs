//! Everything belongs to an account; to another one it is not there.

use std::time::Duration;

use gomail::{
    domain::{AccountId, Address, ContentTypeName, Frequency, Period, Reason, RunId, TaskId, Verdict},
    store::{Captured, Settled, SubscriptionChange, Tick, Ticked},
};
use serde_json::json;

use crate::helpers::app::TestApp;

fn owner() -> AccountId {
    AccountId::parse("me@example.com").unwrap()
}

/// A run of [`owner`]'s newsletter, which exists, to one subscriber who refused the mail.
async fn refused_run(app: &TestApp) -> RunId {
    let store = &app.store.store;
    let change = SubscriptionChange {
        account: owner(),
        recipient: Address::parse("reader@example.com").unwrap(),
        content_type: ContentTypeName::parse("news").unwrap(),
        frequency: Some(Frequency::Hourly),
        order: 1,
        accepted_at: app.store.now().await,
    };
    store.apply_subscription(&change).await.unwrap();
    let now = app.store.advance(Duration::from_hours(1)).await;
    let period = Period::containing(Frequency::Hourly, now, chrono_tz::UTC).start;
    let series = store.series().await.unwrap().remove(0);
    let Ticked::Run(run) = store.tick(&Tick { series, period, send: true, missed: 0 }).await.unwrap() else {
        panic!("a run was due");
    };
    assert!(store.fan_out(run, 10, 10).await.unwrap().is_done);
    let leased = app.store.lease_one().await;
    let refused = Verdict::Failed { reason: Reason::Refused, suppress: false };
    assert_eq!(app.store.settle(&leased, refused).await, Settled::Done);
    run
}

#[tokio::test]
async fn what_is_anothers_is_not_there() {
    let app = TestApp::start().await;
    let (mine, yours) = (app.sign_up("me@example.com").await, app.sign_up("you@example.com").await);
    let content = json!({"content_type": "news", "subject": "S", "content": "C"});
    app.post("/task/subscriptionContent", &mine, &content).await;
    app.post("/suppressions", &mine, &json!({"email": "bad@example.com"})).await;
    let task = json!({"task": "t", "type": "message", "retries": 0,
        "payload": {"userId": "x@example.com", "subject": "S", "content": "C", "tags": ["a"]}});
    let id = app.post("/task", &mine, &task).await.json()["id"].as_str().unwrap().to_owned();
    let captured = Captured {
        account: owner(),
        id: TaskId::from_text(&id).unwrap(),
        to: "x@example.com".to_owned(),
        subject: "S".to_owned(),
        raw: b"Subject: S\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nC\r\n".to_vec(),
    };
    app.store.store.capture(captured).await.unwrap();

    for (method, path, code) in [
        ("GET", format!("/task/{id}"), "not_found"),
        ("DELETE", format!("/task/{id}"), "not_found"),
        ("POST", format!("/task/{id}/retry"), "not_found"),
        ("GET", format!("/outbox/{id}"), "not_found"),
        ("GET", "/task/subscriptionContent/news".to_owned(), "unknown_content_type"),
        ("DELETE", "/task/subscriptionContent/news".to_owned(), "unknown_content_type"),
        ("POST", "/task/subscriptionContent/news/preview".to_owned(), "unknown_content_type"),
        ("DELETE", "/suppressions/bad@example.com".to_owned(), "not_found"),
        ("GET", "/task/not-an-id".to_owned(), "not_found"),
        ("GET", "/task/%ff".to_owned(), "not_found"),
    ] {
        let answer = app.send(app.request(method, &path, Some(&yours))).await;
        assert_eq!(answer.refusal(), (404, code.to_owned(), None), "{method} {path}");
    }
    for (path, list) in [
        ("/task", "tasks"),
        ("/task/subscriptionContent", "contents"),
        ("/suppressions", "suppressions"),
        ("/outbox", "outbox"),
    ] {
        assert_eq!(app.get(path, &yours).await.json()[list], json!([]), "{path}");
        assert_eq!(app.get(path, &mine).await.json()[list].as_array().unwrap().len(), 1, "{path}");
    }
    let update = app.call("PUT", "/task/subscriptionContent", &yours, &content).await;
    assert_eq!(update.refusal(), (404, "unknown_content_type".to_owned(), None));
    let mail = app.get(&format!("/outbox/{id}"), &mine).await.json();
    assert_eq!((&mail["to"], &mail["html"]), (&json!("x@example.com"), &json!(null)));
    assert_eq!(mail["text"].as_str().unwrap().trim_end(), "C");
    app.finish().await;
}

#[tokio::test]
async fn a_run_and_its_subscribers_are_anothers() {
    let app = TestApp::start().await;
    let (mine, yours) = (app.sign_up("me@example.com").await, app.sign_up("you@example.com").await);
    let content = json!({"content_type": "news", "subject": "S", "content": "C"});
    app.post("/task/subscriptionContent", &mine, &content).await;
    // Also who has a newsletter of that name sees nothing of the other's.
    app.post("/task/subscriptionContent", &yours, &content).await;
    let run = format!("/task/runs/{}", refused_run(&app).await);

    for (method, path) in [("GET", run.clone()), ("POST", format!("{run}/retry"))] {
        let answer = app.send(app.request(method, &path, Some(&yours))).await;
        assert_eq!(answer.refusal(), (404, "not_found".to_owned(), None), "{method} {path}");
    }
    for list in ["runs", "subscriptions"] {
        for path in [format!("/task/{list}"), format!("/task/{list}?content_type=news")] {
            assert_eq!(app.get(&path, &yours).await.json()[list], json!([]), "{path}");
            assert_eq!(app.get(&path, &mine).await.json()[list].as_array().unwrap().len(), 1, "{path}");
        }
    }

    let shown = app.get(&run, &mine).await.json();
    assert_eq!((&shown["failed"], &shown["not_delivered"][0]["state"]), (&json!(1), &json!("failed")), "{shown}");
    assert_eq!(app.send(app.request("POST", &format!("{run}/retry"), Some(&mine))).await.json()["retried"], 1);
    app.finish().await;
}

#[tokio::test]
async fn without_an_outbox_there_is_none() {
    let app = TestApp::start_with(|parts| parts.has_outbox = false).await;
    let key = app.sign_up("me@example.com").await;

    assert_eq!(app.get("/outbox", &key).await.refusal(), (404, "not_found".to_owned(), None));
    app.finish().await;
}
