//! Bad input, one by one: the status, the code and the field; nothing is stored and the process lives on.

use serde_json::{Value, json};

use crate::helpers::app::TestApp;

fn message() -> Value {
    json!({"task": "t", "type": "message", "retries": 3,
        "payload": {"userId": "you@example.com", "subject": "Hi", "content": "Hello"}})
}

fn with(path: &str, value: Value) -> Value {
    let mut task = message();
    *task.pointer_mut(path).unwrap() = value;
    task
}

fn without(parent: &str, field: &str) -> Value {
    let mut task = message();
    task.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field);
    task
}

fn otp(length: &Value) -> Value {
    json!({"task": "t", "type": "generateOtp", "retries": 0, "payload": {"userId": "you@example.com", "length": length}})
}

#[tokio::test]
async fn every_bad_task_is_refused_by_name_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let mut late_code = otp(&json!(6));
    late_code["send_at"] = json!("2026-12-01T00:00:00Z");
    let mut unknown = message();
    unknown["priority"] = json!(1);
    let mut unknown_in_payload = message();
    unknown_in_payload["payload"]["bcc"] = json!("x@example.com");
    let subscribe = |name: &str| {
        json!({"task": "t", "type": "subscribe", "retries": 0,
            "payload": {"userId": "a@b.example", "content_type": name, "frequency": "@daily"}})
    };
    let mut bad_template = subscribe("new");
    bad_template["payload"]["subject"] = json!("S");
    bad_template["payload"]["content"] = json!("a\n{{ nobody }}");
    let mut bad_subject = subscribe("new");
    bad_subject["payload"]["subject"] = json!("S\r\nBcc: a@b.example");
    let mut bad_code_subject = otp(&json!(6));
    bad_code_subject["payload"]["subject"] = json!("S\r\nBcc: a@b.example");
    let mut bad_code = otp(&json!(6));
    bad_code["payload"]["content"] = json!("{{ otp }} for {{ nobody }}");
    let code_saying = |subject: &str, content: &str| {
        let mut code = otp(&json!(6));
        code["payload"]["subject"] = json!(subject);
        code["payload"]["content"] = json!(content);
        code.to_string()
    };
    let with_variables = |content: &str, variables: Value| {
        let mut task = with("/payload/content", json!(content));
        task["payload"]["variables"] = variables;
        task.to_string()
    };
    let mut text_of_nul = message();
    text_of_nul["payload"]["text"] = json!("{{ '\\u0000' }}");
    text_of_nul["payload"]["variables"] = json!({});
    let mut absent_variable = with("/payload/content", json!("{{ name }}"));
    absent_variable["payload"]["variables"] = json!({});
    for (body, code, field) in [
        ("not json".to_owned(), "invalid_json", ""),
        (bad_subject.to_string(), "invalid_field", "payload.subject"),
        (bad_code_subject.to_string(), "invalid_field", "payload.subject"),
        (code_saying("S", "{{ otp }} {{ '\\u0000' }}"), "invalid_field", "payload.content"),
        (with("/payload/content", json!("a\u{0}b")).to_string(), "invalid_field", "payload.content"),
        (with_variables("{{ a }}", json!({"a": "\u{0}"})), "invalid_field", "payload.variables.a"),
        (with_variables("{{ a.b[1] }}", json!({"a": {"b": ["", "x\u{0}"]}})), "invalid_field", "payload.variables.a"),
        (
            with_variables("{% for x in a %}{{ x }}{% endfor %}", json!({"a": {"\u{0}": 1}})),
            "invalid_field",
            "payload.variables.a",
        ),
        (with_variables("{{ '\\u0000' }}", json!({})), "invalid_field", "payload.content"),
        (text_of_nul.to_string(), "invalid_field", "payload.text"),
        (code_saying("S", "{{ otp }} {% if"), "invalid_field", "payload.content"),
        (code_saying("{{ otp", "{{ otp }}"), "invalid_field", "payload.subject"),
        (code_saying("{{ nobody }}", "{{ otp }}"), "invalid_field", "payload.subject"),
        (String::new(), "invalid_json", ""),
        ("  ".to_owned(), "invalid_json", ""),
        ("[]".to_owned(), "invalid_json", ""),
        ("\"x\"".to_owned(), "invalid_json", ""),
        ("{\"task\":\"\\ud800\"}".to_owned(), "invalid_json", ""),
        ("[".repeat(10_000), "invalid_json", ""),
        (message().to_string() + "x", "invalid_json", ""),
        (without("", "task").to_string(), "missing_field", "task"),
        (without("", "type").to_string(), "missing_field", "type"),
        (without("", "retries").to_string(), "missing_field", "retries"),
        (without("", "payload").to_string(), "missing_field", "payload"),
        (without("/payload", "userId").to_string(), "missing_field", "payload.userId"),
        (without("/payload", "subject").to_string(), "missing_field", "payload.subject"),
        (without("/payload", "content").to_string(), "missing_field", "payload.content"),
        (unknown.to_string(), "unknown_field", "priority"),
        (unknown_in_payload.to_string(), "unknown_field", "payload.bcc"),
        (with("/task", json!(5)).to_string(), "invalid_field", "task"),
        (with("/type", json!("newsletter")).to_string(), "invalid_field", "type"),
        (with("/retries", json!("3")).to_string(), "invalid_field", "retries"),
        (with("/retries", json!(21)).to_string(), "invalid_field", "retries"),
        (with("/payload", json!("x")).to_string(), "invalid_field", "payload"),
        (with("/payload/userId", json!("nobody")).to_string(), "invalid_field", "payload.userId"),
        (with("/payload/subject", json!("a\r\nBcc: x@y.z")).to_string(), "invalid_field", "payload.subject"),
        (absent_variable.to_string(), "invalid_field", "payload.content"),
        (otp(&json!(3)).to_string(), "invalid_field", "payload.length"),
        (otp(&json!(9)).to_string(), "invalid_field", "payload.length"),
        (otp(&json!("6")).to_string(), "invalid_field", "payload.length"),
        (late_code.to_string(), "invalid_field", "send_at"),
        (bad_code.to_string(), "invalid_field", "payload.content"),
        (subscribe("nothing").to_string(), "unknown_content_type", "payload.content_type"),
        (bad_template.to_string(), "invalid_field", "payload.content"),
    ] {
        let answer = app.send(app.request("POST", "/task", Some(&key)).body(body.clone())).await;

        let field = (!field.is_empty()).then(|| field.to_owned());
        assert_eq!(answer.refusal(), (400, code.to_owned(), field), "{}", &body[..body.len().min(200)]);
        assert!(!answer.text.contains("nobody") || body.contains("{{ nobody"), "the value is not repeated");
    }
    let utf8 = app.send(app.request("POST", "/task", Some(&key)).body(b"{\"task\":\"\xff\"}".to_vec())).await;
    assert_eq!(utf8.refusal(), (400, "invalid_json".to_owned(), None));

    assert_eq!(app.stored().await, 0);
    assert_eq!(app.post("/task", &key, &message()).await.status, 200);
    app.finish().await;
}

#[tokio::test]
async fn other_bad_bodies_name_their_field_too() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    for (method, path, body, code, field) in [
        ("POST", "/auth/signup", json!({}), "missing_field", "id"),
        ("POST", "/auth/signup", json!({"id": "nobody"}), "invalid_field", "id"),
        ("POST", "/auth/signup", json!({"id": 5}), "invalid_field", "id"),
        ("POST", "/auth/signup", json!({"id": "a@b.example", "x": 1}), "unknown_field", "x"),
        ("POST", "/auth/deregister", json!({}), "missing_field", "id"),
        ("POST", "/task/verify", json!({"otp": "1"}), "missing_field", "userEmail"),
        ("POST", "/task/verify", json!({"userEmail": "a@b.example"}), "missing_field", "otp"),
        ("POST", "/task/verify", json!({"userEmail": "a@b.example", "otp": 1}), "invalid_field", "otp"),
        ("POST", "/task/batch", json!({}), "missing_field", "tasks"),
        ("POST", "/task/batch", json!({"tasks": []}), "invalid_field", "tasks"),
        ("POST", "/task/batch", json!({"tasks": vec![0; 1001]}), "invalid_field", "tasks"),
        ("POST", "/task/subscriptionContent", json!({"content_type": "n"}), "missing_field", "subject"),
        (
            "POST",
            "/task/subscriptionContent",
            json!({"content_type": "n", "subject": "{{ x }}", "content": "c"}),
            "invalid_field",
            "subject",
        ),
        (
            "PUT",
            "/task/subscriptionContent",
            json!({"content_type": "n", "subject": "s", "content": "{% if %}"}),
            "invalid_field",
            "content",
        ),
        ("POST", "/suppressions", json!({"email": "x"}), "invalid_field", "email"),
    ] {
        let answer = app.call(method, path, &key, &body).await;
        assert_eq!(answer.refusal(), (400, code.to_owned(), Some(field.to_owned())), "{method} {path} {body}");
    }
    for (path, code, field) in [
        ("/task?state=asleep", "invalid_field", "state"),
        ("/task?type=letter", "invalid_field", "type"),
        ("/task?recipient=x", "invalid_field", "recipient"),
        ("/task?tag=a%20b", "invalid_field", "tag"),
        ("/task?limit=0", "invalid_field", "limit"),
        ("/task?state=bogus&state=failed", "invalid_field", "state"),
        ("/task?limit=1&limit=2", "invalid_field", "limit"),
        ("/task?limit=1001", "invalid_field", "limit"),
        ("/task?limit=x", "invalid_field", "limit"),
        ("/task?states=queued", "unknown_field", "states"),
        ("/task/runs?content_type=a%2Fb", "invalid_field", "content_type"),
        ("/task/subscriptions?recipient=x", "invalid_field", "recipient"),
    ] {
        let answer = app.get(path, &key).await;
        assert_eq!(answer.refusal(), (400, code.to_owned(), Some(field.to_owned())), "{path}");
    }
    assert_eq!(app.get("/task?state=&type=&recipient=&tag=&limit=&cursor=", &key).await.status, 200);
    app.finish().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_whether_it_is_announced_or_not() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let large = with("/payload/content", json!("x".repeat(65 * 1024))).to_string();

    let announced = app.send(app.request("POST", "/task", Some(&key)).body(large.clone())).await;
    assert_eq!(announced.refusal(), (413, "too_large".to_owned(), None));
    let huge = app.send(app.request("POST", "/task", Some(&key)).body("x".repeat(3 * 1024 * 1024))).await;
    assert_eq!(huge.refusal(), (413, "too_large".to_owned(), None));
    let head = format!("POST /task HTTP/1.1\r\nhost: x\r\nauthorization: {key}\r\nconnection: close\r\n");
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    assert!(app.raw(chunked.as_bytes()).await.starts_with("HTTP/1.1 413 "));
    // The connection goes on: its sender gets to the answer, however much was still on its way.
    let rest = "GET /health/ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let head_kept = head.replace("connection: close\r\n", "");
    let size = 200 * 1024;
    let kept = format!("{head_kept}content-length: {size}\r\n\r\n{}{rest}", "x".repeat(size));
    assert!(app.raw(kept.as_bytes()).await.ends_with(r#"{"message":"pong"}"#));
    let expecting = format!("{head}expect: 100-continue\r\ncontent-length: 99999999\r\n\r\n");
    assert!(app.raw(expecting.as_bytes()).await.starts_with("HTTP/1.1 413 "));

    assert_eq!(app.stored().await, 0);
    app.finish().await;
}

#[tokio::test]
async fn a_foreign_origin_is_refused_and_the_own_one_is_not() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let own = format!("http://{}", app.address);

    for (origin, status) in
        [("https://evil.example", 403), ("null", 403), (&own, 200), ("https://mail.example.com", 200)]
    {
        let request = app.request("POST", "/task", Some(&key)).header("origin", origin);
        let answer = app.send(request.body(message().to_string())).await;
        assert_eq!(answer.status, status, "{origin}");
        if status == 403 {
            assert_eq!(answer.refusal().1, "forbidden");
        }
    }
    app.finish().await;
}

/// DNS rebinding: the page's name leads to this machine, so that the browser takes both for one origin.
#[tokio::test]
async fn on_loopback_a_host_is_no_proof_of_an_origin() {
    let app = TestApp::start().await;
    let port = app.address.port();
    let sign_up = async |host: &str, origin: String| {
        let body = json!({"id": format!("{}@example.com", host.trim_matches(['[', ']']).replace(':', "."))});
        let request = app.request("POST", "/auth/signup", None).header("host", format!("{host}:{port}"));
        app.send(request.header("origin", origin).body(body.to_string())).await.status
    };

    for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1"] {
        assert_eq!(sign_up(host, format!("http://{host}:{port}")).await, 403, "{host}");
    }
    for host in ["localhost", "127.0.0.1", "127.0.0.2", "app.localhost", "mail.example.com"] {
        assert_eq!(sign_up(host, format!("http://{host}:{port}")).await, 200, "{host}");
    }
    assert_eq!(sign_up("proxy", "https://mail.example.com".to_owned()).await, 200);
    app.finish().await;
}

#[tokio::test]
async fn a_cursor_that_a_list_has_not_given_out_is_refused() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    for list in ["/task", "/task/subscriptionContent", "/task/subscriptions", "/task/runs", "/suppressions"] {
        let answer = app.get(&format!("{list}?cursor=garbage"), &key).await;
        assert_eq!(answer.refusal(), (400, "invalid_field".to_owned(), Some("cursor".to_owned())), "{list}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_cursor_of_one_list_is_none_of_another() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    for n in 0..2 {
        app.post("/task", &key, &message()).await;
        app.post("/suppressions", &key, &json!({"email": format!("gone{n}@example.com")})).await;
        let content = json!({"content_type": format!("n{n}"), "subject": "S", "content": "C"});
        app.post("/task/subscriptionContent", &key, &content).await;
    }
    let lists = ["/task", "/task/subscriptionContent", "/suppressions"];
    let others = ["/task/subscriptions", "/task/runs", "/outbox"];

    for given in lists {
        let cursor = app.get(&format!("{given}?limit=1"), &key).await.json()["next_cursor"].clone();
        for asked in lists.iter().chain(&others) {
            let answer = app.get(&format!("{asked}?cursor={}", cursor.as_str().unwrap()), &key).await;
            assert_eq!(answer.status, if *asked == given { 200 } else { 400 }, "{cursor} at {asked}");
        }
    }
    app.finish().await;
}
