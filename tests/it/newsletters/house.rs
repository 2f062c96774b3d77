//! One store that several gomail processes and the test itself have open: roles come and go, time moves by hand.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use gomail::{
    clock::SystemClock,
    config::Durability,
    domain::{AccountId, Address, ContentTypeName, Frequency, Period, Timestamp},
    store::{PageRequest, Run, Series, Store, SubscriptionChange, redis::RedisStore, sqlite::SqliteStore},
};
use rusqlite::Connection;
use secrecy::SecretString;
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::{
    helpers::{
        build::{RETENTION, account},
        peer::{Mail, SmtpPeer},
        process::{Account, Gomail},
    },
    redis::server::{Server, within},
};

/// Longest wait for what must happen; it ends a broken test and is never slept through.
pub(super) const LIMIT: Duration = Duration::from_mins(1);
/// Subscriptions applied at a time.
const AT_ONCE: usize = 256;

/// See the module.
pub(super) struct House {
    folder: TempDir,
    redis: Option<Server>,
    settings: Vec<(&'static str, String)>,
}

impl House {
    /// Over one SQLite file.
    pub(super) async fn sqlite() -> Self {
        std::future::ready(Self::new(None)).await
    }

    /// Over a Redis of its own.
    pub(super) async fn redis() -> Self {
        Self::new(Some(Server::start(&["--appendfsync", "everysec"]).await))
    }

    fn new(redis: Option<Server>) -> Self {
        let mut house = Self { folder: tempfile::tempdir().unwrap(), redis, settings: Vec::new() };
        if let Some(redis) = &house.redis {
            let uri = redis.uri();
            house.set("redis_uri", &uri);
        }
        house.set("GOMAIL_REGISTRATION", "open");
        house.set("RUST_LOG", "warn,gomail::cli=info");
        house
    }

    /// A setting of every process started from now on.
    pub(super) fn set(&mut self, name: &'static str, value: &str) {
        self.settings.push((name, value.to_owned()));
    }

    /// Mails go to 127.0.0.1:`port`.
    pub(super) fn send_to(&mut self, port: u16) {
        self.set("smtp_server", "127.0.0.1");
        self.set("smtp_port", &port.to_string());
        self.set("GOMAIL_FROM", "sender@example.com");
    }

    /// Starts a role.
    pub(super) fn start(&self, role: &str) -> Gomail {
        let settings: Vec<(&str, &str)> = self.settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Gomail::start(role, self.folder.path(), &settings)
    }

    /// Where the processes work.
    pub(super) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The store, opened by the test as one more process.
    pub(super) async fn store(&self) -> Arc<dyn Store> {
        if let Some(redis) = &self.redis {
            let uri = SecretString::from(redis.uri());
            return Arc::new(RedisStore::open(&uri, "gomail", Durability::Store, RETENTION).unwrap());
        }
        let data = self.folder.path().join("gomail-data");
        Arc::new(SqliteStore::open(&data, RETENTION, Arc::new(SystemClock)).await.unwrap())
    }

    /// Bytes the store takes: pages in use, or Redis' memory.
    pub(super) fn bytes(&self) -> u64 {
        if let Some(redis) = &self.redis {
            return redis.info("used_memory");
        }
        let file = self.folder.path().join("gomail-data/gomail.db");
        let conn = Connection::open(file).unwrap();
        let number = |pragma: &str| conn.query_row(pragma, [], |row| row.get::<_, i64>(0)).unwrap();
        let pages = number("PRAGMA page_count") - number("PRAGMA freelist_count");
        u64::try_from(pages * number("PRAGMA page_size")).unwrap()
    }
}

/// Signs up the owner of [`account`] and creates its newsletter.
pub(super) async fn owner(url: &str, content: &str) -> Account {
    let owner = Account::sign_up(url, account().as_str()).await;
    let body = json!({ "content_type": "news", "subject": "News {{ period }}", "content": content });
    assert_eq!(owner.post("/task/subscriptionContent", &body).await["status"], true);
    owner
}

/// Subscribes `count` readers `PREFIXn@example.com` to the newsletter, as of now.
pub(super) async fn subscribe(store: &Arc<dyn Store>, prefix: &str, count: usize, frequency: Frequency) {
    let accepted_at = store.now().await.unwrap();
    let mut calls = JoinSet::new();
    for n in 0..count {
        if calls.len() == AT_ONCE {
            calls.join_next().await.unwrap().unwrap();
        }
        let change = SubscriptionChange {
            account: account(),
            recipient: Address::parse(&reader(prefix, n)).unwrap(),
            content_type: ContentTypeName::parse("news").unwrap(),
            frequency: Some(frequency),
            order: n as u64,
            accepted_at,
        };
        let store = Arc::clone(store);
        calls.spawn(async move { store.apply_subscription(&change).await.unwrap() });
    }
    calls.join_all().await;
}

/// Moves to twenty past the next hour, so that none begins by itself while a test lasts.
pub(super) async fn twenty_past(store: &Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let next = Period::containing(Frequency::Hourly, now, chrono_tz::UTC).next(chrono_tz::UTC).start;
    store.advance_clock(next.plus(Duration::from_mins(20)).since(now)).await.unwrap();
}

/// The address of a reader.
pub(super) fn reader(prefix: &str, n: usize) -> String {
    format!("{prefix}{n}@example.com")
}

/// The newsletter's series at a frequency.
pub(super) async fn series(store: &Arc<dyn Store>, frequency: Frequency) -> Series {
    store.series().await.unwrap().into_iter().find(|series| series.frequency == frequency).unwrap()
}

/// Waits until the period that begins at `start`, or a later one, is dealt with.
pub(super) async fn until_dealt_with(store: &Arc<dyn Store>, frequency: Frequency, start: Timestamp) {
    let dealt_with = async || (series(store, frequency).await.last_period >= Some(start)).then_some(());
    within(LIMIT, dealt_with).await;
}

/// Waits until nothing is left to fan out, to send or to change.
pub(super) async fn until_drained(store: &Arc<dyn Store>, limit: Duration) {
    use gomail::domain::State::{Queued, Retrying, Running, Scheduled};

    within(limit, async || {
        let is_fanned_out = store.open_runs().await.unwrap().is_empty();
        let stats = store.stats().await.unwrap();
        let waiting: u64 = [Scheduled, Queued, Running, Retrying].iter().map(|state| stats.gauge(*state)).sum();
        (is_fanned_out && waiting == 0).then_some(())
    })
    .await;
}

/// Every run of the owner, newest first.
pub(super) async fn runs(store: &Arc<dyn Store>) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut page = PageRequest { limit: 100, cursor: None };
    loop {
        let found = store.runs(&AccountId::parse(account().as_str()).unwrap(), None, &page).await.unwrap();
        runs.extend(found.items);
        match found.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => return runs,
        }
    }
}

/// How often each mail came, by `(recipient, subject)`.
pub(super) fn tally(peer: &SmtpPeer) -> BTreeMap<(String, String), usize> {
    let mut tally = BTreeMap::new();
    for mail in peer.mails() {
        let subject = mail.header("Subject").unwrap();
        *tally.entry((mail.to, subject)).or_default() += 1;
    }
    tally
}

/// How often each recipient got a mail.
pub(super) fn recipients(mails: &[Mail]) -> BTreeMap<&str, usize> {
    let mut recipients = BTreeMap::new();
    for mail in mails {
        *recipients.entry(mail.to.as_str()).or_default() += 1;
    }
    recipients
}
