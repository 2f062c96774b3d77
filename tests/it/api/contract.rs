//! What clients of the original service send, and what they must get back.

use serde_json::json;

use crate::helpers::app::TestApp;

#[tokio::test]
async fn the_originals_requests_get_the_originals_answers() {
    let app = TestApp::start().await;
    let key = app.sign_up("user@example.com").await;
    assert!(key.starts_with("eyJ"));
    let again = app.send(app.request("POST", "/auth/signup", None).body(r#"{"id":"user@example.com"}"#)).await;
    assert_eq!(again.refusal(), (409, "already_registered".to_owned(), None));

    let content = json!({"content_type": "news", "subject": "News {{ period }}", "content": "<p>{{ email }}</p>"});
    let answer = app.post("/task/subscriptionContent", &key, &content).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"status": true, "msg": "Content Type created successfully"}))
    );
    let answer = app.call("PUT", "/task/subscriptionContent", &key, &content).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"status": true, "msg": "Content Type updated successfully"}))
    );

    for (task_type, payload) in [
        ("message", json!({"userId": "you@example.com", "subject": "Hi", "content": "Hello"})),
        ("generateOtp", json!({"userId": "you@example.com", "length": 6})),
        ("subscribe", json!({"userId": "you@example.com", "content_type": "news", "frequency": "@daily"})),
        ("unsubscribe", json!({"userId": "you@example.com", "content_type": "news"})),
    ] {
        let task = json!({"task": "t", "type": task_type, "retries": 3, "payload": payload});
        let answer = app.post("/task/", &key, &task).await;
        let mut body = answer.json();
        let id = body["id"].take();
        assert_eq!(body, json!({"status": true, "msg": "Task enqueued successfully", "id": null, "state": "queued"}));
        assert_eq!(&id.as_str().unwrap()[14..15], "7", "a UUID of version 7");
    }

    let guess = json!({"userEmail": "you@example.com", "otp": "000"});
    let answer = app.post("/task/verify", &format!("Bearer {key}"), &guess).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"type": "otp verification", "verified": false})));
    let answer = app.send(app.request("GET", "/health/ping", None)).await;
    assert_eq!(answer.json(), json!({"message": "pong"}));
    let body = app.send(app.request("GET", "/health/metrics", None)).await.json();
    assert_eq!((&body["status"], &body["Total Jobs Executed"]), (&json!(true), &json!(0)));
    assert_eq!((&body["Jobs Successful"], &body["Jobs Failed"]), (&json!(0), &json!(0)));

    let answer = app.post("/auth/deregister", &key, &json!({"id": "user@example.com"})).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"status": true, "msg": "Deregistered successfully!"})));
    let answer = app.send(app.request("POST", "/auth/deregister", None).body(r#"{"id":"user@example.com"}"#)).await;
    assert_eq!(answer.refusal(), (404, "not_registered".to_owned(), None));
    app.finish().await;
}

#[tokio::test]
async fn every_route_takes_what_the_document_says_and_nothing_else() {
    let app = TestApp::start().await;
    let document = app.send(app.request("GET", "/openapi.json", None)).await.json();

    for (path, methods) in document["paths"].as_object().unwrap() {
        let concrete =
            path.replace("{content_type}", "x").replace("{id}", "x").replace("{email}", "x").replace("{token}", "x");
        let answer = app.send(app.request("PATCH", &format!("{concrete}/"), None)).await;

        assert_eq!(answer.refusal(), (405, "method_not_allowed".to_owned(), None), "{path}");
        let allow = answer.headers["allow"].to_str().unwrap().to_ascii_lowercase();
        let mut allowed: Vec<&str> = allow.split(',').filter(|method| *method != "head").collect();
        let mut described: Vec<&str> = methods.as_object().unwrap().keys().map(String::as_str).collect();
        allowed.sort_unstable();
        described.sort_unstable();
        assert_eq!(allowed, described, "{path}");
    }
    let answer = app.send(app.request("GET", "/nowhere", None)).await;
    assert_eq!(answer.refusal(), (404, "not_found".to_owned(), None));
    app.finish().await;
}

#[tokio::test]
async fn probes_and_numbers_need_no_key() {
    let app = TestApp::start().await;

    for path in ["/health/ping", "/health/live", "/health/ready", "/health/metrics", "/metrics", "/openapi.json"] {
        let answer = app.send(app.request("GET", path, None)).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
    let answer = app.send(app.request("GET", "/metrics", None)).await;
    assert!(answer.text.contains("gomail_http_request_duration_seconds"), "{}", answer.text);
    assert!(answer.text.contains(r#"route="/health/ready""#), "{}", answer.text);
    let answer = app.send(app.request("GET", "/health/ping", None).header("x-request-id", "mine-1")).await;
    assert_eq!(answer.headers["x-request-id"], "mine-1");
    app.finish().await;
}
