//! Tasks on their way in, looked at, cancelled, retried; codes verified.

use std::time::Duration;

use gomail::domain::{CodeLength, Reason, TaskId, Verdict};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::helpers::app::TestApp;

fn message(to: &str, tags: &[&str]) -> Value {
    json!({"task": "t", "type": "message", "retries": 3,
        "payload": {"userId": to, "subject": "Hi", "content": "Hello", "tags": tags}})
}

fn otp(to: &str) -> Value {
    json!({"task": "t", "type": "generateOtp", "retries": 0, "payload": {"userId": to, "length": 6}})
}

#[tokio::test]
async fn a_task_is_shown_whole() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let id = app.post("/task", &key, &message("You@Example.com", &["a", "b"])).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();

    let mut body = app.get(&format!("/task/{id}/"), &key).await.json();

    assert_eq!(body["message_id"], format!("<{id}@sender.example>"));
    for moving in ["id", "message_id", "created_at", "next_attempt_at"] {
        assert!(body[moving].is_string(), "{moving}");
        body.as_object_mut().unwrap().remove(moving);
    }
    assert_eq!(
        body,
        json!({"task": "t", "type": "message", "lane": "message", "state": "queued", "recipient": "You@example.com",
            "retries": 3, "attempts": [], "finished_at": null, "reason": null, "duplicate_possible": false,
            "tags": ["a", "b"]})
    );
    app.finish().await;
}

#[tokio::test]
async fn one_bad_item_never_harms_the_rest() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    app.post("/suppressions", &key, &json!({"email": "bad@example.com"})).await;
    let mut faulty = otp("c@example.com");
    faulty["payload"]["length"] = json!(3);
    let mut with_id = message("a@example.com", &[]);
    with_id["id"] = json!("");
    let batch = json!({"tasks": [with_id, faulty, 5, message("bad@example.com", &[]), otp("d@example.com")]});

    let answer = app.post("/task/batch", &key, &batch).await;

    let body = answer.json();
    assert_eq!((answer.status, &body["status"]), (200, &json!(false)));
    let seen: Vec<_> = body["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["status"].as_bool().unwrap(), item["error"].clone(), item["field"].clone()))
        .collect();
    assert_eq!(
        seen,
        [
            (true, Value::Null, Value::Null),
            (false, json!("invalid_field"), json!("payload.length")),
            (false, json!("invalid_field"), json!("tasks[2]")),
            (false, json!("recipient_suppressed"), json!("payload.userId")),
            (true, Value::Null, Value::Null),
        ]
    );
    assert_eq!(body["results"][2]["msg"], "tasks[2] must be a JSON object");
    assert_eq!(app.stored().await, 2);
    let answer = app.post("/task", &key, &message("BAD@example.com", &[])).await;
    assert_eq!(answer.refusal(), (422, "recipient_suppressed".to_owned(), Some("payload.userId".to_owned())));
    let all = app.post("/task/batch", &key, &json!({"tasks": vec![message("a@example.com", &[]); 1000]})).await;
    assert_eq!(
        (all.status, all.json()["status"].clone()),
        (413, json!(false)),
        "the body's limit holds for batches too"
    );
    app.finish().await;
}

#[tokio::test]
async fn a_codes_words_may_use_what_the_documents_promise() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let mut code = otp("you@example.com");
    code["payload"]["purpose"] = json!("login");
    code["payload"]["subject"] = json!("{{ purpose }} {{ otp }}");
    code["payload"]["content"] = json!("{{ otp }} for {{ purpose }}, {{ minutes }} minutes");

    let answer = app.post("/task", &key, &code).await;

    assert_eq!((answer.status, answer.json()["state"].clone()), (200, json!("queued")));
    app.finish().await;
}

#[tokio::test]
async fn waiting_tasks_are_cancelled_and_dead_ones_put_back() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let post =
        async |to: &str| app.post("/task", &key, &message(to, &[])).await.json()["id"].as_str().unwrap().to_owned();
    let act = async |method: &str, path: String| app.send(app.request(method, &path, Some(&key))).await;

    let waiting = post("a@example.com").await;
    let answer = act("POST", format!("/task/{waiting}/retry")).await;
    assert_eq!(answer.refusal(), (409, "not_retryable".to_owned(), None));
    let answer = act("DELETE", format!("/task/{waiting}")).await;
    assert_eq!(answer.json(), json!({"status": true, "id": waiting, "state": "cancelled"}));
    let answer = act("DELETE", format!("/task/{waiting}")).await;
    assert_eq!(answer.refusal(), (409, "not_cancellable".to_owned(), None));

    let begun = post("c@example.com").await;
    let leased = app.store.lease_one().await;
    app.store.begin(&leased).await;
    let answer = act("DELETE", format!("/task/{begun}")).await;
    assert_eq!(answer.refusal(), (409, "not_cancellable".to_owned(), None));
    app.store.settle(&leased, Verdict::Release).await;
    app.store.lease_one().await;
    let answer = act("DELETE", format!("/task/{begun}")).await;
    assert_eq!(answer.json()["state"], "cancelled", "leased, but not begun");

    let dead = post("b@example.com").await;
    let leased = app.store.lease_one().await;
    app.store.settle(&leased, Verdict::Failed { reason: Reason::Refused, suppress: false }).await;
    assert_eq!(app.get(&format!("/task/{dead}"), &key).await.json()["reason"], "refused");
    let answer = act("POST", format!("/task/{dead}/retry")).await;
    assert_eq!(answer.json(), json!({"status": true, "id": dead, "state": "queued"}));

    let body = app.send(app.request("GET", "/health/metrics", None)).await.json();
    assert_eq!(
        (&body["Total Jobs Executed"], &body["Jobs Failed"]),
        (&json!(1), &json!(1)),
        "a retry takes nothing back"
    );
    assert_eq!((&body["states"]["queued"], &body["states"]["cancelled"]), (&json!(1), &json!(2)));
    app.finish().await;
}

#[tokio::test]
async fn lists_are_filtered_and_come_in_pages() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    for n in 0..5 {
        app.post("/task", &key, &message("a@example.com", &[if n % 2 == 0 { "even" } else { "odd" }])).await;
    }
    app.post("/task", &key, &otp("b@example.com")).await;
    let list = async |query: &str| app.get(&format!("/task?{query}"), &key).await.json();

    for (query, count) in [
        ("", 6),
        ("type=message", 5),
        ("tag=odd", 2),
        ("recipient=B@example.com", 1),
        ("state=queued&type=generateOtp", 1),
        ("state=failed", 0),
    ] {
        assert_eq!(list(query).await["tasks"].as_array().unwrap().len(), count, "{query}");
    }
    let first = list("limit=4").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = list(&format!("limit=4&cursor={cursor}")).await;
    assert_eq!((second["tasks"].as_array().unwrap().len(), &second["next_cursor"]), (2, &Value::Null));
    assert_ne!(first["tasks"][3]["id"], second["tasks"][0]["id"]);
    app.finish().await;
}

#[tokio::test]
async fn of_a_hundred_right_guesses_one_is_verified() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let id = app.post("/task", &key, &otp("You@example.com")).await.json()["id"].as_str().unwrap().to_owned();
    let code = app.keyring.current().code(TaskId::from_text(&id).unwrap(), CodeLength::parse(6).unwrap());
    let guess = |otp: &str, purpose: &str| json!({"userEmail": "you@EXAMPLE.com", "otp": otp, "purpose": purpose});

    for (otp, purpose) in [("nonsense", ""), ("", ""), (code.as_str(), "login")] {
        assert_eq!(
            app.post("/task/verify", &key, &guess(otp, purpose)).await.json()["verified"],
            false,
            "{otp} {purpose}"
        );
    }
    let mut calls = JoinSet::new();
    for _ in 0..100 {
        let request = app.request("POST", "/task/verify", Some(&key)).body(guess(&code, "").to_string());
        calls.spawn(async move { request.send().await.unwrap().json::<Value>().await.unwrap()["verified"] == true });
    }
    assert_eq!(calls.join_all().await.into_iter().filter(|verified| *verified).count(), 1);
    app.finish().await;
}

#[tokio::test]
async fn wrong_tries_lock_verifying_and_sending() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let id = app.post("/task", &key, &otp("you@example.com")).await.json()["id"].as_str().unwrap().to_owned();
    let code = app.keyring.current().code(TaskId::from_text(&id).unwrap(), CodeLength::parse(6).unwrap());

    for _ in 0..5 {
        app.post("/task/verify", &key, &json!({"userEmail": "you@example.com", "otp": "wrong"})).await;
    }
    app.store.advance(Duration::from_secs(31)).await;

    let right = app.post("/task/verify", &key, &json!({"userEmail": "you@example.com", "otp": code})).await;
    assert_eq!(right.json()["verified"], false);
    assert_eq!(
        app.post("/task", &key, &otp("you@example.com")).await.refusal(),
        (429, "rate_limited".to_owned(), None)
    );
    app.finish().await;
}

#[tokio::test]
async fn a_later_message_is_scheduled() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let mut task = message("you@example.com", &[]);
    task["send_at"] = json!("2099-01-01T00:00:00+01:00");

    let body = app.post("/task", &key, &task).await.json();

    assert_eq!(body["state"], "scheduled");
    let shown = app.get(&format!("/task/{}", body["id"].as_str().unwrap()), &key).await.json();
    assert_eq!(shown["next_attempt_at"], "2098-12-31T23:00:00.000Z");
    app.finish().await;
}
