//! Limits of a connection: headers, time, number; and its end.

use std::{sync::Arc, time::Duration};

use gomail::store::Store;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::helpers::app::TestApp;

fn refused(answer: &str, status: u16, code: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    let body: serde_json::Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!((&body["status"], &body["error"]), (&json!(false), &json!(code)), "{answer}");
    assert!(answer.contains(&format!("x-request-id: {}", body["request_id"].as_str().unwrap())), "{answer}");
}

#[tokio::test]
async fn headers_over_the_limit_are_refused_in_shape() {
    let app = TestApp::start().await;

    for size in [17_000, 60_000, 200_000] {
        let request = format!("GET /health/ping HTTP/1.1\r\nhost: x\r\nx-large: {}\r\n\r\n", "x".repeat(size));
        refused(&app.raw(request.as_bytes()).await, 431, "headers_too_large");
    }
    let many = "x-many: y\r\n".repeat(500);
    refused(&app.raw(format!("GET / HTTP/1.1\r\n{many}\r\n").as_bytes()).await, 431, "headers_too_large");
    refused(
        &app.raw(format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(20_000)).as_bytes()).await,
        431,
        "headers_too_large",
    );
    let fitting =
        format!("GET /health/ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-large: {}\r\n\r\n", "x".repeat(15_000));
    assert!(app.raw(fitting.as_bytes()).await.starts_with("HTTP/1.1 200 "));
    app.finish().await;
}

#[tokio::test]
async fn bytes_that_are_no_http_are_refused_in_shape() {
    let app = TestApp::start().await;

    for bytes in ["GET / HTTP/1.1\r\nbad header\r\n\r\n", "\u{1}\u{2}\r\n\r\n", "GET  HTTP/9.9\r\n\r\n"] {
        refused(&app.raw(bytes.as_bytes()).await, 400, "invalid_field");
    }
    app.finish().await;
}

#[tokio::test]
async fn slow_headers_and_slow_bodies_time_out() {
    let app = TestApp::start_with(|parts| {
        parts.limits.headers = Duration::from_millis(300);
        parts.limits.body = Duration::from_millis(300);
    })
    .await;
    let key = app.sign_up("me@example.com").await;

    refused(&app.raw(b"POST /task HTTP/1.1\r\nhost: x\r\n").await, 408, "timeout");
    let half = format!("POST /task HTTP/1.1\r\nhost: x\r\nauthorization: {key}\r\ncontent-length: 100\r\n\r\n{{");
    refused(&app.raw(half.as_bytes()).await, 408, "timeout");
    assert_eq!(app.raw(b"").await, "", "a connection that is only idle is closed without a word");
    app.finish().await;
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_one_to_end() {
    let app = TestApp::start_with(|parts| parts.limits.connections = 1).await;
    let request = b"GET /health/ping HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut first = TcpStream::connect(app.address).await.unwrap();
    first.write_all(request).await.unwrap();
    let mut byte = [0_u8; 1];
    first.read_exact(&mut byte).await.unwrap();

    let mut second = TcpStream::connect(app.address).await.unwrap();
    second.write_all(request).await.unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(200), second.read_exact(&mut byte)).await;
    assert!(waiting.is_err(), "nobody serves the second yet");

    drop(first);
    tokio::time::timeout(Duration::from_secs(20), second.read_exact(&mut byte)).await.unwrap().unwrap();
    drop(second);
    app.finish().await;
}

#[tokio::test]
async fn a_stop_lets_a_request_in_flight_finish() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let body = r#"{"id":"me@example.com"}"#;
    let head = format!(
        "POST /auth/deregister HTTP/1.1\r\nhost: x\r\nauthorization: {key}\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0_u8; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100 "), "the request is in flight");

    let client = async move {
        stream.write_all(body.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let address = app.address;
    let ((), answer) = tokio::join!(app.finish(), client);

    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(TcpStream::connect(address).await.is_err(), "nothing is accepted any more");
}

#[tokio::test]
async fn a_store_that_is_gone_is_never_a_success() {
    let mut app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let store: Arc<dyn Store> = app.store.store.clone();
    store.close().await;
    let task = json!({"task": "t", "type": "message", "retries": 0,
        "payload": {"userId": "x@example.com", "subject": "S", "content": "C"}});

    let answer = app.post("/task", &key, &task).await;
    assert_eq!(answer.refusal(), (503, "unavailable".to_owned(), None));
    let ready = app.send(app.request("GET", "/health/ready", None)).await;
    assert_eq!(ready.refusal().0, 503);
    assert!(ready.json()["msg"].as_str().unwrap().starts_with("The store is unavailable"), "{ready:?}");
    assert_eq!(app.send(app.request("GET", "/health/live", None)).await.status, 200);
    app.store.reopen().await;
    app.finish().await;
}

#[tokio::test]
async fn a_store_that_does_not_answer_in_time_is_told_as_unavailable() {
    let app = TestApp::start_with(|parts| parts.limits.store = Duration::from_millis(300)).await;
    // Another process holds the file's write lock and does not go on.
    let file = app.store.store.describe().strip_prefix("SQLite ").unwrap().to_owned();
    let holder = rusqlite::Connection::open(file).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();

    let answer = app.send(app.request("POST", "/auth/signup", None).body(r#"{"id":"me@example.com"}"#)).await;

    assert_eq!(answer.refusal(), (503, "unavailable".to_owned(), None));
    holder.execute_batch("ROLLBACK").unwrap();
    app.finish().await;
}

#[tokio::test]
async fn an_answer_before_the_body_keeps_the_connection_or_says_that_it_ends() {
    let app = TestApp::start().await;
    let head = |length| format!("POST /task HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
    let large = app.raw(head(1_000_000).as_bytes()).await;
    refused(&large, 401, "unauthorized");
    assert!(large.contains("\r\nconnection: close\r\n"), "{large}");
    let asking = head(10).replace("host: x", "host: x\r\nexpect: 100-continue");
    let asked = app.raw(asking.as_bytes()).await;
    assert!(asked.contains("\r\nconnection: close\r\n"), "nobody may send a body now: {asked}");

    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(head(2).as_bytes()).await.unwrap();
    stream.write_all(b"{}GET /health/ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();

    let (first, second) = answers.split_once("HTTP/1.1 200 ").unwrap_or((&answers, ""));
    assert!(first.starts_with("HTTP/1.1 401 "), "{answers}");
    assert_ne!(first.contains("\r\nconnection: close\r\n"), second.contains("pong"), "{answers}");
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_sends_no_more_gets_its_answer() {
    let app = TestApp::start().await;
    let body = r#"{"id":"me@example.com"}"#;
    let request = format!("POST /auth/signup HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();

    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("apiKey"), "{answer}");
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_reads_nothing_loses_its_connection() {
    let app = TestApp::start_with(|parts| {
        parts.limits.connections = 1;
        parts.limits.write = Duration::from_millis(200);
    })
    .await;
    let mut silent = TcpStream::connect(app.address).await.unwrap();
    // More answers than the kernel buffers on both sides hold.
    silent.write_all("GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(2000).as_bytes()).await.unwrap();

    let answered = tokio::time::timeout(
        Duration::from_secs(20),
        app.raw(b"GET /health/ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
    );

    assert!(answered.await.expect("the only slot is free again").ends_with(r#"{"message":"pong"}"#));
    drop(silent);
    app.finish().await;
}
