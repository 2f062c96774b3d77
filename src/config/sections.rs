//! The settings as the rooms receive them: parsed, checked, with units in their types.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use chrono_tz::Tz;
use secrecy::SecretString;

use crate::domain::{Address, CatchUp, CodeRules, Mailbox, Secret};

/// All settings in force.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where tasks are kept.
    pub store: StoreSettings,
    /// The relay; `None` without `smtp_server`.
    pub smtp: Option<SmtpSettings>,
    /// What every mail carries.
    pub mail: MailSettings,
    /// The HTTP API.
    pub http: HttpSettings,
    /// Accounts and secrets.
    pub accounts: AccountSettings,
    /// One-time codes.
    pub otp: OtpSettings,
    /// The worker.
    pub worker: WorkerSettings,
    /// The scheduler.
    pub scheduler: SchedulerSettings,
    /// Logs.
    pub log: LogSettings,
    /// `GOMAIL_METRICS_LISTEN`: where probes and metrics are served by themselves.
    pub metrics_listen: Option<SocketAddr>,
    /// `GOMAIL_TEST_CLOCK`: whether time can be moved.
    pub test_clock: bool,
    /// Names in environment and `.env` that look like settings and are none.
    pub unknown_names: Vec<String>,
}

/// Where the store is.
#[derive(Debug, Clone)]
pub enum StoreLocation {
    /// One SQLite file in the data folder.
    Sqlite,
    /// Redis or Valkey, `redis_uri` as given, in one of the forms that [`RedisAddress`](super::RedisAddress) reads.
    Redis {
        /// The address; may hold a password.
        uri: SecretString,
    },
}

/// How much an acknowledgement promises over Redis, `GOMAIL_DURABILITY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// What the store itself is set to.
    Store,
    /// Also wait for one replica.
    Replicated,
}

/// The store's settings.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// Which store, and where.
    pub location: StoreLocation,
    /// `GOMAIL_DATA`, made when absent: the SQLite file, and each worker's journal.
    pub data: PathBuf,
    /// `GOMAIL_DURABILITY`.
    pub durability: Durability,
    /// `GOMAIL_NAMESPACE`: the hash tag in front of every Redis key, `gomail` by default.
    pub namespace: String,
    /// `GOMAIL_RETENTION`: how long ended tasks are kept.
    pub retention: Duration,
}

/// How the link to the relay is protected, `GOMAIL_SMTP_TLS` with `auto` already resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS, required.
    StartTls,
    /// STARTTLS when offered, else plain; only towards loopback.
    Opportunistic,
    /// Plain.
    None,
}

/// The relay.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// `smtp_user` and `smtp_pass`, when both are given.
    pub credentials: Option<(String, SecretString)>,
    /// Protection of the link.
    pub tls: TlsMode,
    /// `GOMAIL_SMTP_CA`: a PEM file with one more trusted root.
    pub ca: Option<PathBuf>,
    /// `GOMAIL_SMTP_TIMEOUT`: of each step.
    pub timeout: Duration,
    /// `GOMAIL_SMTP_DATA_TIMEOUT`: of the wait after the final dot.
    pub data_timeout: Duration,
}

impl SmtpSettings {
    /// `host:port`, as attempts and logs name the relay.
    #[must_use]
    pub fn relay(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// What every mail carries.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// `GOMAIL_FROM`: author, envelope sender, and the domain of `Message-ID`.
    pub from: Mailbox,
    /// `GOMAIL_DKIM_*`; `None` when mails are not signed.
    pub dkim: Option<DkimSettings>,
    /// `GOMAIL_PUBLIC_URL`, without a trailing slash: where unsubscribe links point.
    pub public_url: String,
    /// `GOMAIL_UNSUBSCRIBE_MAILTO`: an address named in `List-Unsubscribe` beside the link.
    pub unsubscribe_mailto: Option<Address>,
}

/// DKIM signing.
#[derive(Debug, Clone)]
pub struct DkimSettings {
    /// `d=`.
    pub domain: String,
    /// `s=`; with two keys, two selectors in the order of the keys.
    pub selectors: Vec<String>,
    /// PEM files that [`SigningKey`](super::SigningKey) reads.
    pub keys: Vec<PathBuf>,
}

/// A rate such as `100/s`, `30/m`, `10/h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub count: u32,
    /// In which time.
    pub per: Duration,
}

/// The HTTP API.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// `GOMAIL_LISTEN`.
    pub listen: SocketAddr,
    /// `GOMAIL_MAX_BODY`, bytes.
    pub max_body: usize,
    /// `GOMAIL_RATE_LIMIT`: requests per key; `None` is off.
    pub rate_limit: Option<Rate>,
    /// `GOMAIL_AUTH_RATE`: sign-ups per client address; `None` is off.
    pub auth_rate: Option<Rate>,
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Anyone; deregistering needs no key either (only `up` on loopback without an admin key: the original's way).
    OpenLocal,
    /// Anyone, since it was asked for; deregistering needs a key.
    Open,
    /// Whoever holds the admin key.
    Admin,
    /// Nobody: no admin key is set.
    Closed,
}

/// Accounts and secrets.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// `GOMAIL_ADMIN_KEY`.
    pub admin_key: Option<SecretString>,
    /// Who may sign up.
    pub registration: Registration,
    /// `GOMAIL_SECRET`; `None`: made once and kept in the store.
    pub secret: Option<Secret>,
    /// `GOMAIL_SECRET_PREVIOUS`.
    pub previous_secret: Option<Secret>,
    /// `GOMAIL_KEY_TTL`; `None`: keys do not expire.
    pub key_ttl: Option<Duration>,
}

/// One-time codes.
#[derive(Debug, Clone, Copy)]
pub struct OtpSettings {
    /// `GOMAIL_OTP_TTL`, `_ATTEMPTS`, `_COOLDOWN`, `_PER_HOUR`.
    pub rules: CodeRules,
}

/// The worker.
#[derive(Debug, Clone, Copy)]
pub struct WorkerSettings {
    /// `GOMAIL_CONCURRENCY`: SMTP connections.
    pub concurrency: usize,
    /// `GOMAIL_LEASE`.
    pub lease: Duration,
    /// `GOMAIL_RETRY_BASE`.
    pub retry_base: Duration,
    /// `GOMAIL_OTP_RETRY_BASE`.
    pub otp_retry_base: Duration,
    /// `GOMAIL_RETRY_MAX`.
    pub retry_max: Duration,
    /// `GOMAIL_MAX_AGE`.
    pub max_age: Duration,
}

impl WorkerSettings {
    /// The connections kept for one-time codes: one in eight, at least one from two up.
    #[must_use]
    pub fn reserved_for_codes(&self) -> usize {
        if self.concurrency < 2 { 0 } else { (self.concurrency / 8).max(1) }
    }
}

/// The scheduler.
#[derive(Debug, Clone, Copy)]
pub struct SchedulerSettings {
    /// `GOMAIL_TIMEZONE`.
    pub zone: Tz,
    /// `GOMAIL_CATCH_UP`.
    pub catch_up: CatchUp,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, Elastic Common Schema.
    Json,
    /// For people.
    Pretty,
}

/// Logs.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// `GOMAIL_LOG_FILE`; `None` when empty: no file.
    pub file: Option<PathBuf>,
    /// `GOMAIL_LOG_FORMAT`.
    pub format: LogFormat,
    /// `RUST_LOG`.
    pub filter: String,
}
