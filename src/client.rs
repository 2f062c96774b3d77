//! The typed HTTP client: one method per path of the API, each a single request.
//!
//! No retries and no redirects: the caller decides what to do about a failure, and a key follows nobody elsewhere.

use std::{error::Error as _, net::IpAddr, time::Duration};

use reqwest::{Method, RequestBuilder, Response, StatusCode, Url, header, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    domain::{Reason, State, TaskId},
    wire::answer::{
        BatchAccepted, ContentBody, Done, ErrorBody, MetricsBody, OutboxMail, Preview, RunBody, SignedUp,
        SuppressionBody, TaskAccepted, TaskBody, TaskChanged, Verification,
    },
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);

/// Why a request has no answer to show.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No answer came: start the service, or look at the network. The request may still have been carried out.
    #[error("cannot reach {server}: {why}")]
    Unreachable {
        /// The base URL.
        server: String,
        /// `connection refused`, `timed out`, …
        why: String,
    },
    /// The service refused; `body` says why.
    #[error("{}", body.msg)]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The API's error.
        body: ErrorBody,
        /// How long to wait before the next try, when the service says so (`Retry-After`, RFC 9110 §10.2.3).
        retry_after: Option<Duration>,
    },
    /// Something answered, but not as gomail does: most likely a proxy, or the wrong address.
    #[error("{server} does not answer like gomail: {why}")]
    Protocol {
        /// The base URL.
        server: String,
        /// The HTTP status, when there was one.
        status: Option<u16>,
        /// What was wrong with it.
        why: String,
    },
}

impl ClientError {
    /// Whether the same question may be answered soon: the service is starting anew, or its store is.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        // A proxy says so in its own words.
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Refused { status: 503, .. }
                | Self::Protocol { status: Some(502..=504), .. }
        )
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// A mail of a run that did not arrive.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NotDelivered {
    /// Its task.
    pub id: TaskId,
    /// Who did not get it.
    pub recipient: String,
    /// How it ended.
    pub state: State,
    /// Why.
    pub reason: Option<Reason>,
}

/// A run, and a page of those who did not get it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunDetail {
    /// The run.
    #[serde(flatten)]
    pub run: RunBody,
    /// Who did not get it.
    pub not_delivered: Vec<NotDelivered>,
    /// Where the next page of them begins.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// The answer to a run's retry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunRetried {
    /// Always `true`.
    pub status: bool,
    /// Mails put back.
    pub retried: u64,
}

/// A client of one service.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    key: Option<SecretString>,
}

impl Client {
    /// A client of the service at `base`, which must be an http or https URL; a path in it is kept as a prefix.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] when TLS cannot be set up on this machine.
    pub fn new(base: Url, key: Option<SecretString>) -> Result<Self, ClientError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("gomail/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .redirect(redirect::Policy::none());
        if is_loopback(&base) {
            // A proxy elsewhere cannot reach this machine's loopback.
            builder = builder.no_proxy();
        }
        if base.scheme() == "http" {
            // Reading the system's certificates costs time and fails where there are none.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| unreachable(&base, &error))?;
        Ok(Self { http, base, key })
    }

    /// The base URL, without a trailing slash.
    #[must_use]
    pub fn server(&self) -> String {
        shown(&self.base)
    }

    /// Signs up `id`. The client's key must be the admin key where registration asks for one.
    ///
    /// # Errors
    /// [`ClientError`], as in every method.
    pub async fn sign_up(&self, id: &str) -> Result<SignedUp, ClientError> {
        self.post(&["auth", "signup"], &json!({ "id": id })).await
    }

    /// Ends the access of `id`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn deregister(&self, id: &str) -> Result<Done, ClientError> {
        self.post(&["auth", "deregister"], &json!({ "id": id })).await
    }

    /// Posts one task.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post_task(&self, task: &Value, idempotency: Option<&str>) -> Result<TaskAccepted, ClientError> {
        self.receive(self.repeatable(&["task"], task, idempotency)).await
    }

    /// Posts up to 1000 tasks; each is accepted or refused on its own.
    ///
    /// # Errors
    /// [`ClientError`] when the batch as a whole is refused.
    pub async fn post_batch(&self, tasks: &[Value], idempotency: Option<&str>) -> Result<BatchAccepted, ClientError> {
        self.receive(self.repeatable(&["task", "batch"], &json!({ "tasks": tasks }), idempotency)).await
    }

    /// Checks a one-time code, which uses it up when it is right.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn verify(&self, email: &str, code: &str, purpose: Option<&str>) -> Result<Verification, ClientError> {
        let mut body = json!({ "userEmail": email, "otp": code });
        if let Some(purpose) = purpose {
            body["purpose"] = purpose.into();
        }
        self.post(&["task", "verify"], &body).await
    }

    /// One task with its attempts.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn task(&self, id: &str) -> Result<TaskBody, ClientError> {
        self.get(&["task", id]).await
    }

    /// Cancels a task that has not begun.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn cancel_task(&self, id: &str) -> Result<TaskChanged, ClientError> {
        self.receive(self.request(Method::DELETE, &["task", id])).await
    }

    /// Puts a `failed` or `uncertain` task back.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn retry_task(&self, id: &str) -> Result<TaskChanged, ClientError> {
        self.receive(self.request(Method::POST, &["task", id, "retry"])).await
    }

    /// Creates a content type.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create_content(&self, name: &str, subject: &str, content: &str) -> Result<Done, ClientError> {
        self.post(CONTENT, &json!({ "content_type": name, "subject": subject, "content": content })).await
    }

    /// Replaces a content type.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn update_content(&self, name: &str, subject: &str, content: &str) -> Result<Done, ClientError> {
        let body = json!({ "content_type": name, "subject": subject, "content": content });
        self.receive(self.request(Method::PUT, CONTENT).json(&body)).await
    }

    /// One content type.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn content(&self, name: &str) -> Result<ContentBody, ClientError> {
        self.get(&["task", "subscriptionContent", name]).await
    }

    /// Deletes a content type; with `force` its subscriptions too. Answers the API's own JSON.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn delete_content(&self, name: &str, force: bool) -> Result<Value, ClientError> {
        let request = self.request(Method::DELETE, &["task", "subscriptionContent", name]);
        let request = if force { request.query(&[("force", "true")]) } else { request };
        self.receive_or_null(request).await
    }

    /// Renders a content type with `variables`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn preview_content(&self, name: &str, variables: &Value) -> Result<Preview, ClientError> {
        self.post(&["task", "subscriptionContent", name, "preview"], &json!({ "variables": variables })).await
    }

    /// One page of a list: `path` such as `["task"]`, `field` the name of its array, such as `tasks`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn list<T: DeserializeOwned>(
        &self,
        path: &[&str],
        field: &str,
        query: &[(&str, String)],
    ) -> Result<Listed<T>, ClientError> {
        let mut body: Value = self.receive(self.request(Method::GET, path).query(query)).await?;
        let items = serde_json::from_value(body[field].take()).map_err(|error| self.protocol(None, &error))?;
        let next_cursor = body["next_cursor"].as_str().map(str::to_owned);
        Ok(Listed { items, next_cursor })
    }

    /// A run, and a page of those who did not get it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn run(&self, id: &str, query: &[(&str, String)]) -> Result<RunDetail, ClientError> {
        self.receive(self.request(Method::GET, &["task", "runs", id]).query(query)).await
    }

    /// Sends a run again to those who did not get it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn retry_run(&self, id: &str) -> Result<RunRetried, ClientError> {
        self.receive(self.request(Method::POST, &["task", "runs", id, "retry"])).await
    }

    /// Suppresses an address.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn suppress(&self, email: &str, reason: Option<&str>) -> Result<SuppressionBody, ClientError> {
        let mut body = json!({ "email": email });
        if let Some(reason) = reason {
            body["reason"] = reason.into();
        }
        self.post(&["suppressions"], &body).await
    }

    /// Lifts a suppression. Answers the API's own JSON.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn unsuppress(&self, email: &str) -> Result<Value, ClientError> {
        self.receive_or_null(self.request(Method::DELETE, &["suppressions", email])).await
    }

    /// One captured mail.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn outbox_mail(&self, id: &str) -> Result<OutboxMail, ClientError> {
        self.get(&["outbox", id]).await
    }

    /// The counters.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn metrics(&self) -> Result<MetricsBody, ClientError> {
        self.get(&["health", "metrics"]).await
    }

    /// The metrics in Prometheus' text form.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn prometheus(&self) -> Result<String, ClientError> {
        let response = self.send(self.request(Method::GET, &["metrics"])).await?;
        self.text(response).await
    }

    /// Asks whether the service is ready; a refusal's message names what is wrong.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn ready(&self) -> Result<(), ClientError> {
        self.send(self.request(Method::GET, &["health", "ready"])).await.map(drop)
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, ClientError> {
        self.receive(self.request(Method::GET, path)).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &[&str], body: &Value) -> Result<T, ClientError> {
        self.receive(self.request(Method::POST, path).json(body)).await
    }

    fn repeatable(&self, path: &[&str], body: &Value, idempotency: Option<&str>) -> RequestBuilder {
        let request = self.request(Method::POST, path).json(body);
        match idempotency {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        }
    }

    /// A request with the key. Each part of `path` is one segment, escaped.
    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        url.path_segments_mut().expect("an http URL has a path").pop_if_empty().extend(path);
        let request = self.http.request(method, url);
        match &self.key {
            Some(key) => request.header(header::AUTHORIZATION, key.expose_secret()),
            None => request,
        }
    }

    /// Sends, and turns every refusal into an error.
    async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let response = request.send().await.map_err(|error| unreachable(&self.base, &error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after = response.headers().get(header::RETRY_AFTER).and_then(seconds);
        let text = self.text(response).await?;
        match serde_json::from_str(&text) {
            Ok(body) => Err(ClientError::Refused { status: status.as_u16(), body, retry_after }),
            Err(_) => Err(self.protocol(Some(status), &format_args!("it says {status}"))),
        }
    }

    async fn receive<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        let response = self.send(request).await?;
        let status = response.status();
        let text = self.text(response).await?;
        serde_json::from_str(&text).map_err(|error| self.protocol(Some(status), &error))
    }

    /// As `receive`, for answers that may be empty.
    async fn receive_or_null(&self, request: RequestBuilder) -> Result<Value, ClientError> {
        let response = self.send(request).await?;
        let status = response.status();
        let text = self.text(response).await?;
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| self.protocol(Some(status), &error))
    }

    async fn text(&self, response: Response) -> Result<String, ClientError> {
        response.text().await.map_err(|error| unreachable(&self.base, &error))
    }

    fn protocol(&self, status: Option<StatusCode>, why: &dyn std::fmt::Display) -> ClientError {
        let status = status.map(|status| status.as_u16());
        ClientError::Protocol { server: self.server(), status, why: why.to_string() }
    }
}

const CONTENT: &[&str] = &["task", "subscriptionContent"];

fn shown(base: &Url) -> String {
    base.as_str().trim_end_matches('/').to_owned()
}

/// `Retry-After` in seconds; the form with a date is not one that gomail uses.
fn seconds(header: &header::HeaderValue) -> Option<Duration> {
    header.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

fn is_loopback(base: &Url) -> bool {
    let host = base.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Says in a few words why no answer came: the innermost cause is the one people know.
fn unreachable(base: &Url, error: &reqwest::Error) -> ClientError {
    let mut why = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        why = inner.to_string();
        cause = inner.source();
    }
    if error.is_timeout() {
        "timed out".clone_into(&mut why);
    }
    // "Connection refused (os error 111)": the number helps nobody.
    let why = why.split(" (os error").next().unwrap_or_default().to_lowercase();
    ClientError::Unreachable { server: shown(base), why }
}
