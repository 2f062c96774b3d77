//! The same request twice is one task.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::helpers::app::{Answer, TestApp};

fn message(subject: &str) -> Value {
    json!({"task": "t", "type": "message", "retries": 3,
        "payload": {"userId": "you@example.com", "subject": subject, "content": "Hello"}})
}

async fn post(app: &TestApp, path: &str, key: &str, idempotency: &str, body: &Value) -> Answer {
    let request = app.request("POST", path, Some(key)).header("idempotency-key", idempotency);
    app.send(request.body(body.to_string())).await
}

#[tokio::test]
async fn the_same_request_gets_the_first_answer_again() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;

    let first = post(&app, "/task", &key, "k", &message("a")).await;
    let again = post(&app, "/task/task/", &key, "k", &message("a")).await;
    assert_eq!((first.json(), first.headers.get("idempotent-replayed")), (again.json(), None));
    assert_eq!(again.headers["idempotent-replayed"], "true");

    let rewritten = r#"{"type": "message", "task": "t", "retries": 3,
        "payload": {"subject": "a", "userId": "you@example.com", "content": "Hello"}}"#;
    let request = app.request("POST", "/task", Some(&key)).header("idempotency-key", "k").body(rewritten);
    assert_eq!(app.send(request).await.json(), first.json(), "the order of keys is no difference");
    let other = post(&app, "/task", &key, "k", &message("b")).await;
    assert_eq!(other.refusal(), (409, "idempotency_mismatch".to_owned(), None));
    let yours = app.sign_up("you@example.com").await;
    assert!(!post(&app, "/task", &yours, "k", &message("a")).await.headers.contains_key("idempotent-replayed"));
    assert_eq!(app.stored().await, 2);
    app.finish().await;
}

#[tokio::test]
async fn fifty_at_once_are_one_task() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let request =
            app.request("POST", "/task", Some(&key)).header("idempotency-key", "k").body(message("a").to_string());
        calls.spawn(async move {
            let response = request.send().await.unwrap();
            let replayed = response.headers().contains_key("idempotent-replayed");
            (response.json::<Value>().await.unwrap()["id"].clone(), replayed)
        });
    }

    let answers = calls.join_all().await;

    assert!(answers.iter().all(|(id, _)| *id == answers[0].0));
    assert_eq!(answers.iter().filter(|(_, replayed)| !replayed).count(), 1);
    assert_eq!(app.stored().await, 1);
    app.finish().await;
}

#[tokio::test]
async fn a_refused_request_is_not_remembered_and_a_batch_is() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;

    assert_eq!(post(&app, "/task", &key, "k", &json!({})).await.status, 400);
    assert_eq!(post(&app, "/task", &key, "k", &message("a")).await.status, 200);
    let batch = json!({"tasks": [message("a"), {}, message("b")]});
    let first = post(&app, "/task/batch", &key, "b", &batch).await;
    let again = post(&app, "/task/batch", &key, "b", &batch).await;
    assert_eq!(first.json(), again.json());
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(app.stored().await, 3);
    for bad in ["", &"x".repeat(257)] {
        let answer = post(&app, "/task", &key, bad, &message("a")).await;
        assert_eq!(answer.refusal(), (400, "invalid_field".to_owned(), Some("Idempotency-Key".to_owned())));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_used_key_with_a_faulty_body_is_a_mismatch() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    post(&app, "/task", &key, "k", &message("a")).await;

    for (path, body) in [
        ("/task", json!({})),
        ("/task", json!([])),
        ("/task", message("")),
        ("/task/batch", json!({"tasks": [{}, 5]})),
        ("/task/batch", json!({"tasks": 5})),
    ] {
        let answer = post(&app, path, &key, "k", &body).await;
        assert_eq!(answer.refusal(), (409, "idempotency_mismatch".to_owned(), None), "{path} {body}");
    }
    let request = app.request("POST", "/task", Some(&key)).header("idempotency-key", "k").body("{");
    assert_eq!(app.send(request).await.status, 409);
    let batch = post(&app, "/task/batch", &key, "new", &json!({"tasks": [{}, 5]})).await;
    assert_eq!((batch.status, &batch.json()["status"]), (200, &json!(false)), "a fresh key tells what is wrong");
    assert_eq!(post(&app, "/task", &key, "new", &message("b")).await.status, 200, "and is not used up by it");
    app.finish().await;
}

#[tokio::test]
async fn a_replayed_code_meets_no_cool_down() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let otp = json!({"task": "t", "type": "generateOtp", "retries": 0, "payload": {"userId": "you@example.com", "length": 6}});

    assert_eq!(post(&app, "/task", &key, "k", &otp).await.status, 200);
    assert_eq!(post(&app, "/task", &key, "k", &otp).await.headers["idempotent-replayed"], "true");
    assert_eq!(app.post("/task", &key, &otp).await.refusal(), (429, "cooldown".to_owned(), None));
    app.finish().await;
}

/// Whether a content type is there decides about a subscribe whose own templates are faulty: at the first post, not again.
#[tokio::test]
async fn a_replay_does_not_look_at_the_content_types_of_today() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let content = |name: &str| json!({"content_type": name, "subject": "S", "content": "C"});
    let subscribe = |name: &str| {
        json!({"task": "t", "type": "subscribe", "retries": 0, "payload": {"userId": "you@example.com",
            "content_type": name, "frequency": "@daily", "subject": "S", "content": "{{ nobody }}"}})
    };
    let batch = json!({"tasks": [subscribe("there"), subscribe("missing"), {}, message("a")]});
    app.post("/task/subscriptionContent", &key, &content("there")).await;
    let first = post(&app, "/task/batch", &key, "b", &batch).await.json();
    let single = post(&app, "/task", &key, "s", &subscribe("there")).await.json();
    let taken: Vec<&Value> = first["results"].as_array().unwrap().iter().map(|item| &item["status"]).collect();
    assert_eq!(taken, [true, false, false, true], "{first}");
    assert_eq!(first["results"][1]["field"], "payload.content");

    app.send(app.request("DELETE", "/task/subscriptionContent/there?force=true", Some(&key))).await;
    app.post("/task/subscriptionContent", &key, &content("missing")).await;

    for (path, idempotency, body, first) in
        [("/task/batch", "b", &batch, &first), ("/task", "s", &subscribe("there"), &single)]
    {
        let again = post(&app, path, &key, idempotency, body).await;
        assert_eq!((&again.json(), again.status), (first, 200));
        assert_eq!(again.headers["idempotent-replayed"], "true");
    }
    app.finish().await;
}
