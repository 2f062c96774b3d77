//! A service that gives canned answers, and remembers what it was asked.

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::Request,
    http::StatusCode,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// One request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// `POST /task?x=y`.
    pub(crate) line: String,
    /// The `Authorization` header.
    pub(crate) key: Option<String>,
    /// The `Idempotency-Key` header.
    pub(crate) idempotency: Option<String>,
    /// The body; `Null` when it is no JSON.
    pub(crate) body: Value,
}

#[derive(Debug, Default)]
struct Script {
    answers: VecDeque<(String, u16, String)>,
    asked: Vec<Asked>,
}

/// The service; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Stub {
    script: Arc<Mutex<Script>>,
    url: String,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Stub {
    /// Starts on a free port of loopback.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script::default()));
        let stop = CancellationToken::new();
        let (shared, stopped) = (Arc::clone(&script), stop.clone());
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let router = Router::new().fallback(move |request: Request| answer(Arc::clone(&shared), request));
                let serve = axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned());
                serve.await.unwrap();
            });
        });
        Self { script, url, stop, thread: Some(thread) }
    }

    /// The next request of `line` (`GET /task/x`; without a query any query will do) is answered so, once.
    pub(crate) fn on(&self, line: &str, status: u16, body: &Value) -> &Self {
        self.script.lock().unwrap().answers.push_back((line.to_owned(), status, body.to_string()));
        self
    }

    /// Refuses the next request of `line` as the API does.
    pub(crate) fn refuse(&self, line: &str, status: u16, code: &str) -> &Self {
        let msg = format!("it was {code}");
        let body = serde_json::json!({ "status": false, "error": code, "msg": msg, "request_id": "r1" });
        self.on(line, status, &body)
    }

    /// Its base URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Everything it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script.lock().unwrap().asked.clone()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn answer(script: Arc<Mutex<Script>>, request: Request) -> (StatusCode, String) {
    let (parts, body) = request.into_parts();
    let line = format!("{} {}", parts.method, parts.uri);
    let header = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let (key, idempotency) = (header("authorization"), header("idempotency-key"));
    let body: Bytes = to_bytes(body, usize::MAX).await.unwrap();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let mut script = script.lock().unwrap();
    let is_meant = |meant: &str| line == meant || (!meant.contains('?') && line.split('?').next() == Some(meant));
    let place = script.answers.iter().position(|(meant, ..)| is_meant(meant));
    script.asked.push(Asked { line: line.clone(), key, idempotency, body });
    match place.and_then(|place| script.answers.remove(place)) {
        Some((_, status, body)) => (StatusCode::from_u16(status).unwrap(), body),
        None => (StatusCode::IM_A_TEAPOT, format!("no answer is left for {line}")),
    }
}
