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
    http::{HeaderMap, StatusCode, header::RETRY_AFTER},
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
    answers: VecDeque<Canned>,
    asked: Vec<Asked>,
}

#[derive(Debug)]
struct Canned {
    line: String,
    status: u16,
    retry_after: Option<u64>,
    body: String,
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
        self.put(Canned { line: line.to_owned(), status, retry_after: None, body: body.to_string() })
    }

    /// Refuses the next request of `line` as the API does.
    pub(crate) fn refuse(&self, line: &str, status: u16, code: &str) -> &Self {
        self.on(line, status, &refusal(code))
    }

    /// Refuses it with `Retry-After`, in seconds.
    pub(crate) fn refuse_for_now(&self, line: &str, status: u16, code: &str, seconds: u64) -> &Self {
        let body = refusal(code).to_string();
        self.put(Canned { line: line.to_owned(), status, retry_after: Some(seconds), body })
    }

    fn put(&self, canned: Canned) -> &Self {
        self.script.lock().unwrap().answers.push_back(canned);
        self
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

fn refusal(code: &str) -> Value {
    serde_json::json!({ "status": false, "error": code, "msg": format!("it was {code}"), "request_id": "r1" })
}

async fn answer(script: Arc<Mutex<Script>>, request: Request) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = request.into_parts();
    let line = format!("{} {}", parts.method, parts.uri);
    let header = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let (key, idempotency) = (header("authorization"), header("idempotency-key"));
    let body: Bytes = to_bytes(body, usize::MAX).await.unwrap();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let mut script = script.lock().unwrap();
    let is_meant = |meant: &str| line == meant || (!meant.contains('?') && line.split('?').next() == Some(meant));
    let place = script.answers.iter().position(|canned| is_meant(&canned.line));
    script.asked.push(Asked { line: line.clone(), key, idempotency, body });
    match place.and_then(|place| script.answers.remove(place)) {
        Some(Canned { status, retry_after, body, .. }) => {
            let headers = retry_after.map(|seconds| (RETRY_AFTER, seconds.into())).into_iter().collect();
            (StatusCode::from_u16(status).unwrap(), headers, body)
        }
        None => (StatusCode::IM_A_TEAPOT, HeaderMap::new(), format!("no answer is left for {line}")),
    }
}
