//! Crashes, with real processes, a real Redis and a ledger-keeping relay.
//!
//! The oracle: every accepted task is in one visible state, and every accepted mail is in the relay's ledger once, or is
//! one of the few whose DATA was open when a process died.

mod attempt;
mod login;
mod random;
mod relay;
mod replicas;
mod roles;
mod share;
mod stop;
mod store;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    helpers::{
        peer::{PeerOptions, SmtpPeer},
        process::{Account, Gomail},
    },
    redis::server::Server,
};

/// Longest wait for what must happen; it ends a broken test and is never slept through.
const LIMIT: Duration = Duration::from_mins(1);

/// What a dying worker leaves in doubt: of each of its 32 connections up to three mails that are marked (a quick relay's;
/// else two), and three outcomes on their way to the store.
pub(crate) const IN_DOUBT: usize = 6 * 32;

/// The lease of every worker: how long after a death its tasks come back.
const LEASE: &str = "2s";

/// A relay, a folder, perhaps a Redis: where roles are started.
struct Bench {
    peer: SmtpPeer,
    redis: Option<Server>,
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
}

impl Bench {
    /// Roles keep their queue in SQLite.
    fn over_sqlite() -> Self {
        Self::new(PeerOptions::default(), None)
    }

    /// Roles share a Redis that syncs every write.
    async fn over_redis() -> Self {
        Self::over(Server::start(&[]).await)
    }

    /// Roles share this Redis.
    fn over(redis: Server) -> Self {
        Self::new(PeerOptions::default(), Some(redis))
    }

    fn new(options: PeerOptions, redis: Option<Server>) -> Self {
        let peer = SmtpPeer::with(options);
        let mut settings = vec![
            ("smtp_server", "127.0.0.1".to_owned()),
            ("smtp_port", peer.port().to_string()),
            ("GOMAIL_FROM", "sender@example.com".to_owned()),
            ("GOMAIL_LEASE", LEASE.to_owned()),
            ("GOMAIL_REGISTRATION", "open".to_owned()),
        ];
        if let Some(redis) = &redis {
            settings.push(("redis_uri", redis.uri()));
        }
        Self { peer, redis, folder: tempfile::tempdir().unwrap(), settings }
    }

    /// A setting of all roles started from now on.
    fn set(&mut self, name: &'static str, value: &str) {
        self.settings.push((name, value.to_owned()));
    }

    fn redis(&self) -> &Server {
        self.redis.as_ref().unwrap()
    }

    fn start(&self, role: &str) -> Gomail {
        self.start_with(role, &[])
    }

    /// Starts a role that has a few settings to itself.
    fn start_with(&self, role: &str, own: &[(&str, &str)]) -> Gomail {
        let common = self.settings.iter().map(|(name, value)| (*name, value.as_str()));
        let settings: Vec<(&str, &str)> = common.chain(own.iter().copied()).collect();
        Gomail::start(role, self.folder.path(), &settings)
    }

    /// Starts a server and signs up there.
    async fn serve(&self) -> (Gomail, Account) {
        let server = self.start("serve");
        let account = Account::sign_up(&server.url, "me@example.com").await;
        (server, account)
    }

    /// Starts one process with all roles and signs up there.
    async fn up(&self) -> (Gomail, Account) {
        let gomail = self.start("up");
        let account = Account::sign_up(&gomail.url, "me@example.com").await;
        (gomail, account)
    }

    /// How often each recipient is in the ledger.
    fn ledger(&self) -> BTreeMap<String, usize> {
        let mut ledger = BTreeMap::new();
        for mail in self.peer.mails() {
            *ledger.entry(mail.to).or_default() += 1;
        }
        ledger
    }

    /// How often `to` is in the ledger.
    fn times(&self, to: &str) -> usize {
        self.peer.mails().iter().filter(|mail| mail.to == to).count()
    }

    /// How often a client wanted to begin a mail.
    fn begun(&self) -> usize {
        self.peer.commands().iter().filter(|(_, command)| command == "DATA").count()
    }

    /// Every mail once, but for those that `deaths` of a worker left in doubt: these wait, said to be possible duplicates.
    async fn holds(&self, account: &Account, accepted: usize, deaths: usize) {
        let metrics = until(account, "drained", is_drained).await;
        let parked = account.get("/task?state=retrying&limit=1000").await["tasks"].as_array().unwrap().clone();
        assert!(parked.iter().all(|task| task["duplicate_possible"] == true), "{parked:?}");
        assert!(parked.len() <= deaths * IN_DOUBT, "{} tasks are in doubt", parked.len());
        assert_eq!(state(&metrics, "succeeded") + state(&metrics, "retrying"), accepted as u64, "{metrics}");

        let ledger = self.ledger();
        assert!(ledger.values().all(|times| *times == 1), "nothing came twice");
        let parked: Vec<&str> = parked.iter().map(|task| task["recipient"].as_str().unwrap()).collect();
        for n in 0..accepted {
            let to = format!("u{n}@example.com");
            assert!(ledger.contains_key(&to) || parked.contains(&to.as_str()), "{to} is lost");
        }
    }
}

/// A message to `to`, tried six times.
fn message(to: &str) -> Value {
    json!({ "task": "t", "type": "message", "retries": 5,
            "payload": { "userId": to, "subject": "Hi", "content": format!("Hello {to}") } })
}

/// Posts messages to `u0@example.com`, `u1@…`.
async fn post_messages(account: &Account, count: usize) {
    post_messages_from(account, 0, count).await;
}

/// The same from `u{first}` to before `u{end}`.
async fn post_messages_from(account: &Account, first: usize, end: usize) {
    for first in (first..end).step_by(500) {
        let numbers = first..end.min(first + 500);
        let tasks: Vec<Value> = numbers.map(|n| message(&format!("u{n}@example.com"))).collect();
        let answer = account.post("/task/batch", &json!({ "tasks": tasks })).await;
        assert_eq!(answer["status"], true, "{answer}");
    }
}

/// Waits until `done` holds of `/health/metrics`; the metrics then.
async fn until(account: &Account, what: &str, done: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let metrics = account.get("/health/metrics").await;
        if metrics["status"] == true && done(&metrics) {
            return metrics;
        }
        assert!(began.elapsed() < LIMIT, "never {what}: {metrics}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits for what only looking tells.
///
/// # Panics
/// When it has not come within `limit`.
async fn within(limit: Duration, what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn state(metrics: &Value, name: &str) -> u64 {
    metrics["states"][name].as_u64().unwrap()
}

fn is_drained(metrics: &Value) -> bool {
    state(metrics, "queued") + state(metrics, "running") + state(metrics, "scheduled") == 0
}
