//! What every handler is given, and the one way to call the store.

use std::{
    net::IpAddr,
    ops::Deref,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono_tz::Tz;
use secrecy::ExposeSecret as _;
use tokio::sync::Semaphore;

use super::{errors::ApiError, extract::foreign_cursor, rates::Buckets};
use crate::{
    auth::{Keyring, Known, Sessions, is_same_secret},
    clock::Clock,
    config::{AccountSettings, HttpSettings, OtpSettings},
    domain::{AccountId, Address, Timestamp},
    store::{SharedStore, StoreError},
    telemetry::metrics::{self, Exposition},
};

/// Bytes that are surely read within some milliseconds.
const SMALL_MAX: usize = 64 * 1024;

/// How long a request waits for its turn at reading more.
const TURN_MAX: Duration = Duration::from_secs(5);

/// Limits of connections and requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a request's headers may take; also how long a kept connection may idle.
    pub headers: Duration,
    /// How large a request's headers may be.
    pub header_bytes: usize,
    /// How long a request's body may take.
    pub body: Duration,
    /// How long a client may take nothing of an answer.
    pub write: Duration,
    /// How long the store may take before the answer is 503.
    pub store: Duration,
    /// Connections at a time; further ones wait to be accepted.
    pub connections: usize,
    /// How long requests in flight may take after a stop was asked for.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(10),
            header_bytes: 16 * 1024,
            body: Duration::from_mins(1),
            write: Duration::from_mins(1),
            // Clients get 503 from a frozen store within two seconds.
            store: Duration::from_millis(1800),
            connections: 4096,
            grace: Duration::from_secs(30),
        }
    }
}

/// What the API is built from.
#[derive(Debug)]
pub struct ApiParts {
    /// Where everything is kept.
    pub store: SharedStore,
    /// Mints and checks keys.
    pub keyring: Arc<Keyring>,
    /// Body size and rates.
    pub http: HttpSettings,
    /// Who may sign up.
    pub accounts: AccountSettings,
    /// Rules of one-time codes.
    pub otp: OtpSettings,
    /// The author of every mail; its domain ends each `Message-ID`.
    pub from: Address,
    /// `GOMAIL_PUBLIC_URL` without a trailing slash.
    pub public_url: String,
    /// Where days begin, for previews.
    pub zone: Tz,
    /// Whether mails are captured in the outbox.
    pub has_outbox: bool,
    /// Whether time can be moved by `POST /test/clock/advance`.
    pub test_clock: bool,
    /// The time, for ids. Whatever ends, ends by the store's.
    pub clock: Arc<dyn Clock>,
    /// This process's metrics.
    pub exposition: Exposition,
    /// Limits of connections and requests.
    pub limits: Limits,
}

/// What every handler is given; cheap to clone.
#[derive(Debug, Clone)]
pub struct ApiState(Arc<Shared>);

/// The one copy behind [`ApiState`].
#[derive(Debug)]
pub struct Shared {
    pub(super) parts: ApiParts,
    pub(super) sessions: Sessions,
    /// Requests per key.
    pub(super) key_rate: Option<Buckets<AccountId>>,
    /// Sign-ups per client address.
    pub(super) sign_up_rate: Option<Buckets<IpAddr>>,
    /// Everything else under `/auth` per client address: guesses at keys.
    pub(super) auth_rate: Option<Buckets<IpAddr>>,
    /// Turns at reading much at a time.
    large: Semaphore,
}

impl Deref for ApiState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl ApiState {
    /// The state of one API server.
    #[must_use]
    pub fn new(parts: ApiParts) -> Self {
        let key_rate = parts.http.rate_limit.map(Buckets::new);
        let sign_up_rate = parts.http.auth_rate.map(Buckets::new);
        let auth_rate = parts.http.auth_rate.map(Buckets::new);
        let large = Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from));
        Self(Arc::new(Shared { parts, sessions: Sessions::default(), key_rate, sign_up_rate, auth_rate, large }))
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &SharedStore {
        &self.parts.store
    }

    /// Reads so many bytes of a client's. If they are many, the templates in them may take a second and much memory: then
    /// few at a time, beside the thread's other requests.
    pub(super) async fn beside<T>(&self, bytes: usize, read: impl FnOnce() -> T) -> Result<T, ApiError> {
        if bytes <= SMALL_MAX {
            return Ok(read());
        }
        let turn = tokio::time::timeout(TURN_MAX, self.large.acquire()).await;
        let _turn = turn.map_err(|_| ApiError::Unavailable)?;
        Ok(tokio::task::block_in_place(read))
    }

    /// Waits for a call to the store, but not longer than a client should: measured, and logged when it fails.
    ///
    /// A call that is given up may still happen; that is why it is an error, never a success.
    pub(super) async fn call<T>(
        &self,
        verb: &'static str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, ApiError> {
        self.call_with(verb, 0, call).await
    }

    /// The same for a call that brings `bytes` along: each 4 MiB of them may take a second more.
    pub(super) async fn call_with<T>(
        &self,
        verb: &'static str,
        bytes: usize,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, ApiError> {
        let started = Instant::now();
        let patience = self.parts.limits.store + Duration::from_millis(bytes as u64 / 4096);
        let outcome = tokio::time::timeout(patience, call).await;
        metrics::store_call(verb, started.elapsed());
        match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(StoreError::Cursor)) => Err(foreign_cursor().into()),
            Ok(Err(StoreError::Fault(fault))) => {
                tracing::error!(verb, error.message = fault, "the store is faulty");
                Err(ApiError::Internal)
            }
            Ok(Err(error)) => {
                tracing::warn!(verb, error.message = %error, "the store takes no work");
                Err(ApiError::Unavailable)
            }
            Err(_) => {
                tracing::warn!(verb, "the store does not answer");
                Err(ApiError::Unavailable)
            }
        }
    }

    /// Whose valid key this is.
    pub(super) async fn account_of(&self, token: &str) -> Result<Option<AccountId>, ApiError> {
        let asked = match self.sessions.find(token) {
            Known::Valid(account) => return Ok(Some(account)),
            Known::Revoked => return Ok(None),
            Known::Nothing(asked) => asked,
        };
        let Some(claims) = self.parts.keyring.check(token) else { return Ok(None) };
        // Most keys have no end: they cost no call for the time.
        if claims.ends_at.is_some() && claims.are_over(self.now().await?) {
            return Ok(None);
        }
        let current = self.call("current_jti", self.store().current_jti(&claims.account)).await?;
        let is_valid = current.is_some_and(|jti| jti == claims.jti);
        // A key that ends is not cached under a test clock, which may jump past its end: the cache ages by real time.
        if claims.ends_at.is_none() || !self.parts.test_clock {
            self.sessions.remember(token, &claims.account, is_valid, asked);
        }
        Ok(is_valid.then_some(claims.account))
    }

    /// Whose key this is, also after its end; not once it was removed or replaced.
    pub(super) async fn owner_of(&self, token: &str) -> Result<Option<AccountId>, ApiError> {
        let Some(claims) = self.parts.keyring.check(token) else { return Ok(None) };
        let current = self.call("current_jti", self.store().current_jti(&claims.account)).await?;
        Ok(current.filter(|jti| *jti == claims.jti).map(|_| claims.account))
    }

    /// The store's time.
    pub(super) async fn now(&self) -> Result<Timestamp, ApiError> {
        self.call("now", self.store().now()).await
    }

    /// Whether this is the admin key.
    pub(super) fn is_admin(&self, key: &str) -> bool {
        self.parts.accounts.admin_key.as_ref().is_some_and(|right| is_same_secret(key, right.expose_secret()))
    }
}
