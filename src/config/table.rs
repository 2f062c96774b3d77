//! Every setting as a row of one table: its name, flag, default, and what it is for.

/// Who reads a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The roles: `up`, `serve`, `worker`, `scheduler`. These have flags.
    Service,
    /// The client commands. These have no flag of their own (a key is never an argument).
    Client,
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The heading it stands under in `.env.example`.
    pub section: &'static str,
    /// Its name in the environment. Names in lower case are found in upper case too.
    pub name: &'static str,
    /// Its flag without the dashes: the name without `GOMAIL_`, in kebab case.
    pub flag: &'static str,
    /// What a value looks like, for `--help`.
    pub form: &'static str,
    /// The default as text; empty when there is none, or when it follows from other settings.
    pub default: &'static str,
    /// Whether it is masked wherever it is shown.
    pub secret: bool,
    /// One or two sentences.
    pub doc: &'static str,
    /// Who reads it.
    pub scope: Scope,
}

impl Setting {
    const fn new(
        section: &'static str,
        name: &'static str,
        flag: &'static str,
        form: &'static str,
        default: &'static str,
        doc: &'static str,
    ) -> Self {
        Self { section, name, flag, form, default, secret: false, doc, scope: Scope::Service }
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    const fn client(mut self) -> Self {
        self.scope = Scope::Client;
        self
    }
}

/// Finds a setting by its name.
#[must_use]
pub fn setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

const RELAY: &str = "Relay";
const STORE: &str = "Store";
const HTTP: &str = "HTTP API";
const MAIL: &str = "Mail";
const ACCOUNTS: &str = "Accounts and secrets";
const CODES: &str = "One-time codes";
const WORKER: &str = "Worker";
const SCHEDULER: &str = "Scheduler";
const LOGS: &str = "Logs";
const CLIENT: &str = "Client commands";
const METRICS: &str = "Metrics";
const TESTS: &str = "Tests";

/// The settings, in the order in which people meet them.
pub const SETTINGS: &[Setting] = &[
    Setting::new(RELAY, "smtp_server", "smtp-server", "HOST", "", "SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start."),
    Setting::new(RELAY, "smtp_port", "smtp-port", "PORT", "587", "Port of the SMTP server."),
    Setting::new(RELAY, "smtp_user", "smtp-user", "USER", "", "User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise."),
    Setting::new(RELAY, "smtp_pass", "smtp-pass", "PASSWORD", "", "Password at the SMTP server. Prefer the environment: other users of the machine can read flags.").secret(),
    Setting::new(RELAY, "GOMAIL_SMTP_TLS", "smtp-tls", "MODE", "auto", "auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine."),
    Setting::new(RELAY, "GOMAIL_SMTP_CA", "smtp-ca", "FILE", "", "PEM file with one more certificate authority to trust for the SMTP server."),
    Setting::new(RELAY, "GOMAIL_SMTP_TIMEOUT", "smtp-timeout", "DURATION", "60s", "Longest wait for each SMTP step."),
    Setting::new(RELAY, "GOMAIL_SMTP_DATA_TIMEOUT", "smtp-data-timeout", "DURATION", "600s", "Longest wait for the reply to a mail's final dot."),
    Setting::new(STORE, "redis_uri", "redis-uri", "URI", "", "Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA.").secret(),
    Setting::new(STORE, "GOMAIL_DATA", "data", "FOLDER", "./gomail-data", "Folder of the SQLite store; made when absent."),
    Setting::new(STORE, "GOMAIL_NAMESPACE", "namespace", "NAME", "gomail", "In front of every Redis key, so that several installations can share one Redis."),
    Setting::new(STORE, "GOMAIL_DURABILITY", "durability", "HOW", "store", "store: what the store itself is set to. replicated: over Redis, also wait for a replica."),
    Setting::new(STORE, "GOMAIL_RETENTION", "retention", "DURATION", "7d", "How long ended tasks are kept."),
    Setting::new(HTTP, "GOMAIL_LISTEN", "listen", "ADDRESS", "127.0.0.1:8080", "Address and port of the API."),
    Setting::new(HTTP, "GOMAIL_PUBLIC_URL", "public-url", "URL", "", "Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN."),
    Setting::new(HTTP, "GOMAIL_MAX_BODY", "max-body", "SIZE", "16MiB", "Largest request, a batch included; 16MiB, 16MB or bytes."),
    Setting::new(HTTP, "GOMAIL_RATE_LIMIT", "rate-limit", "RATE", "off", "Requests per key, such as 100/s; off."),
    Setting::new(HTTP, "GOMAIL_AUTH_RATE", "auth-rate", "RATE", "30/m", "Sign-ups per client address, such as 30/m; off."),
    Setting::new(MAIL, "GOMAIL_FROM", "from", "MAILBOX", "", "Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay."),
    Setting::new(MAIL, "GOMAIL_UNSUBSCRIBE_MAILTO", "unsubscribe-mailto", "ADDRESS", "", "Address named in List-Unsubscribe beside the link."),
    Setting::new(MAIL, "GOMAIL_DKIM_DOMAIN", "dkim-domain", "DOMAIN", "", "Domain that signs mails (DKIM d=)."),
    Setting::new(MAIL, "GOMAIL_DKIM_SELECTOR", "dkim-selector", "NAMES", "", "DKIM selector; with two keys two, separated by a comma, in the order of the keys."),
    Setting::new(MAIL, "GOMAIL_DKIM_KEY", "dkim-key", "FILES", "", "PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice."),
    Setting::new(ACCOUNTS, "GOMAIL_ADMIN_KEY", "admin-key", "KEY", "", "Whoever holds it may sign up, deregister and list accounts.").secret(),
    Setting::new(ACCOUNTS, "GOMAIL_REGISTRATION", "registration", "WHO", "", "open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open."),
    Setting::new(ACCOUNTS, "GOMAIL_SECRET", "secret", "TEXT", "", "At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store.").secret(),
    Setting::new(ACCOUNTS, "GOMAIL_SECRET_PREVIOUS", "secret-previous", "TEXT", "", "The secret before, whose keys and links still work.").secret(),
    Setting::new(ACCOUNTS, "GOMAIL_KEY_TTL", "key-ttl", "DURATION", "none", "How long API keys work; none: until deregistered."),
    Setting::new(CODES, "GOMAIL_OTP_TTL", "otp-ttl", "DURATION", "10m", "How long a code works."),
    Setting::new(CODES, "GOMAIL_OTP_ATTEMPTS", "otp-attempts", "NUMBER", "5", "Wrong tries until the lock."),
    Setting::new(CODES, "GOMAIL_OTP_COOLDOWN", "otp-cooldown", "DURATION", "30s", "Shortest time between two codes for one address and purpose; 0 is none."),
    Setting::new(CODES, "GOMAIL_OTP_PER_HOUR", "otp-per-hour", "NUMBER", "10", "Codes per recipient in an hour."),
    Setting::new(WORKER, "GOMAIL_CONCURRENCY", "concurrency", "NUMBER", "32", "SMTP connections per worker; one in eight is kept for one-time codes."),
    Setting::new(WORKER, "GOMAIL_LEASE", "lease", "DURATION", "30s", "A worker's hold on a task, extended while it works; a dead worker's tasks come back after it."),
    Setting::new(WORKER, "GOMAIL_RETRY_BASE", "retry-base", "DURATION", "10s", "Wait after the first failure; it doubles with each."),
    Setting::new(WORKER, "GOMAIL_OTP_RETRY_BASE", "otp-retry-base", "DURATION", "2s", "The same for one-time codes."),
    Setting::new(WORKER, "GOMAIL_RETRY_MAX", "retry-max", "DURATION", "1h", "Longest wait between tries."),
    Setting::new(WORKER, "GOMAIL_MAX_AGE", "max-age", "DURATION", "24h", "Age, from when it was due, at which a task is given up."),
    Setting::new(SCHEDULER, "GOMAIL_TIMEZONE", "timezone", "ZONE", "UTC", "IANA zone in which days, weeks and months begin."),
    Setting::new(SCHEDULER, "GOMAIL_CATCH_UP", "catch-up", "POLICY", "coalesce", "Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none."),
    Setting::new(LOGS, "GOMAIL_LOG_FILE", "log-file", "FILE", "app.log", "Log file, 10 MiB × 3; empty: none."),
    Setting::new(LOGS, "GOMAIL_LOG_FORMAT", "log-format", "FORMAT", "json", "json or pretty."),
    Setting::new(LOGS, "RUST_LOG", "rust-log", "FILTER", "info", "What is logged, such as info or gomail=debug."),
    Setting::new(METRICS, "GOMAIL_METRICS_LISTEN", "metrics-listen", "ADDRESS", "", "Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here."),
    Setting::new(TESTS, "GOMAIL_TEST_CLOCK", "test-clock", "0|1", "off", "1: time can be moved through the API. Only with `gomail up` on this machine."),
    Setting::new(CLIENT, "GOMAIL_SERVER", "server", "URL", "http://127.0.0.1:8080", "The service that client commands talk to. Default: where `gomail register` last signed up, else this.").client(),
    Setting::new(CLIENT, "GOMAIL_API_KEY", "", "KEY", "", "API key of client commands. Default: what `gomail register` saved.").secret().client(),
];
