//! Everything belongs to an account; to another one it is not there.

use gomail::{domain::TaskId, store::Captured};
use serde_json::json;

use crate::helpers::app::TestApp;

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
    let account = gomail::domain::AccountId::parse("me@example.com").unwrap();
    let captured = Captured {
        account,
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
        ("GET", "/task/runs/r1".to_owned(), "not_found"),
        ("POST", "/task/runs/nothing/retry".to_owned(), "not_found"),
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
async fn without_an_outbox_there_is_none() {
    let app = TestApp::start_with(|parts| parts.has_outbox = false).await;
    let key = app.sign_up("me@example.com").await;

    assert_eq!(app.get("/outbox", &key).await.refusal(), (404, "not_found".to_owned(), None));
    app.finish().await;
}
