//! A real API server on a free loopback port, over a real store.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use gomail::{
    api::{ApiParts, ApiState, Limits, serve},
    auth::Keyring,
    clock::SystemClock,
    config::{AccountSettings, HttpSettings, OtpSettings, Registration},
    domain::{Address, CodeRules, Secret},
    telemetry::metrics,
};
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::store::TestStore;

/// The admin key of apps that have one.
pub(crate) const ADMIN: &str = "the-admin-key-of-the-tests";

/// The server under test.
pub(crate) struct TestApp {
    /// Its store.
    pub store: TestStore,
    /// Its keys.
    pub keyring: Arc<Keyring>,
    /// Where it listens.
    pub address: SocketAddr,
    http: reqwest::Client,
    stop: CancellationToken,
    server: TaskTracker,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Status, error code and field of a refusal, whose shape is checked.
    pub(crate) fn refusal(&self) -> (u16, String, Option<String>) {
        let body = self.json();
        let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("{name} in {self:?}")).to_owned();
        assert_eq!(body["status"], false, "{self:?}");
        assert!(!text("msg").is_empty());
        assert_eq!(text("request_id"), self.headers["x-request-id"].to_str().unwrap());
        assert_eq!(self.headers["content-type"], "application/json");
        let known = ["status", "error", "msg", "field", "request_id"];
        assert!(body.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{self:?}");
        if self.status == 429 || self.status == 503 {
            let wait: u64 = self.headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!(wait >= 1);
        }
        (self.status, text("error"), body["field"].as_str().map(str::to_owned))
    }
}

impl TestApp {
    /// An app as `gomail up` has it on loopback: anyone signs up.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// An app whose parts are changed first.
    pub(crate) async fn start_with(change: impl FnOnce(&mut ApiParts)) -> Self {
        let store = TestStore::sqlite().await;
        let keyring = Arc::new(Keyring::new(&Secret::parse(&"s".repeat(32)).unwrap(), None));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let rules =
            CodeRules { ttl: Duration::from_mins(10), attempts: 5, cooldown: Duration::from_secs(30), per_hour: 10 };
        let mut parts = ApiParts {
            store: store.store.clone(),
            keyring: keyring.clone(),
            http: HttpSettings { listen: address, max_body: 64 * 1024, rate_limit: None, auth_rate: None },
            accounts: AccountSettings {
                admin_key: None,
                registration: Registration::OpenLocal,
                secret: None,
                previous_secret: None,
                key_ttl: None,
            },
            otp: OtpSettings { rules },
            from: Address::parse("news@sender.example").unwrap(),
            public_url: "https://mail.example.com".to_owned(),
            zone: chrono_tz::Tz::UTC,
            has_outbox: true,
            test_clock: false,
            clock: Arc::new(SystemClock),
            exposition: metrics::install(),
            // The machine of the tests may be busy; one test shortens this.
            limits: Limits { store: Duration::from_secs(20), grace: Duration::from_secs(5), ..Limits::default() },
        };
        change(&mut parts);
        let keyring = parts.keyring.clone();
        let (stop, server) = (CancellationToken::new(), TaskTracker::new());
        server.spawn(serve(listener, ApiState::new(parts), stop.clone()));
        server.close();
        Self { store, keyring, address, http: reqwest::Client::new(), stop, server }
    }

    /// A request that is not sent yet.
    pub(crate) fn request(&self, method: &str, path: &str, key: Option<&str>) -> reqwest::RequestBuilder {
        let method: Method = method.parse().unwrap();
        let request = self.http.request(method, format!("http://{}{path}", self.address));
        match key {
            Some(key) => request.header("authorization", key),
            None => request,
        }
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        assert!(headers.contains_key("x-request-id"), "every answer has its id: {status} {text}");
        Answer { status, headers, text }
    }

    /// `GET` with a key.
    pub(crate) async fn get(&self, path: &str, key: &str) -> Answer {
        self.send(self.request("GET", path, Some(key))).await
    }

    /// A JSON body with a key.
    pub(crate) async fn call(&self, method: &str, path: &str, key: &str, body: &Value) -> Answer {
        self.send(self.request(method, path, Some(key)).body(body.to_string())).await
    }

    /// `POST` JSON with a key.
    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.call("POST", path, key, body).await
    }

    /// Signs up and returns the key.
    pub(crate) async fn sign_up(&self, id: &str) -> String {
        let body = serde_json::json!({ "id": id }).to_string();
        let answer = self.send(self.request("POST", "/auth/signup", None).body(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.json()["apiKey"].as_str().unwrap().to_owned()
    }

    /// Writes raw bytes on a connection of its own and returns what comes back until the server hangs up.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await.unwrap().unwrap();
        String::from_utf8(answer).unwrap()
    }

    /// How many tasks the store holds, in any state.
    pub(crate) async fn stored(&self) -> u64 {
        self.store.store.stats().await.unwrap().gauges.iter().sum()
    }

    /// Stops the server, which must end by itself, and checks the store's books.
    pub(crate) async fn finish(self) {
        self.stop.cancel();
        tokio::time::timeout(Duration::from_secs(20), self.server.wait()).await.expect("the server ends");
        self.store.finish().await;
    }
}
