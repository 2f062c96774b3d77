//! What is Redis' own: links that break, servers that refuse, replicas, clusters, and the size of what waits.

pub(crate) mod server;
mod topology;
mod trouble;

use std::{sync::Arc, time::Duration};

use gomail::{
    config::Durability,
    domain::{Frequency, Timestamp, Verdict},
    store::{
        Contents as _, Newsletters as _, Queue as _, Settled, Store as _, StoreError, SubscriptionChange, Tick, Ticked,
        redis::RedisStore,
    },
};
use tokio::task::JoinSet;

use self::server::Server;
use crate::helpers::{
    build::{MINUTE, RETENTION, account, address, content_type, messages, subject},
    verbs::{any, posting, settlement},
};

/// How long a busy machine may take for what is not looked at.
const SETUP: Duration = Duration::from_secs(30);

/// A store on `uri`.
fn open(uri: &str) -> RedisStore {
    open_with(uri, Durability::Store)
}

fn open_with(uri: &str, durability: Durability) -> RedisStore {
    RedisStore::open(&uri.into(), "test", durability, RETENTION).unwrap()
}

#[tokio::test]
async fn an_unfit_server_is_named() {
    let server = Server::start(&[]).await;
    let store = open(&server.uri());
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());

    server.cli(&["config", "set", "appendonly", "no"]);
    assert!(store.check().await.unwrap()[0].contains("AOF"));

    server.cli(&["config", "set", "maxmemory-policy", "allkeys-lru"]);
    let Err(StoreError::Unfit(why)) = store.check().await else { panic!("an evicting server was taken") };
    assert!(why.contains("allkeys-lru"), "{why}");
    server.cli(&["config", "set", "maxmemory-policy", "noeviction"]);

    server.cli(&["replicaof", "127.0.0.1", "1"]);
    let Err(StoreError::Unfit(why)) = store.check().await else { panic!("a replica was taken") };
    assert!(why.contains("replica"), "{why}");
    store.close().await;
}

#[tokio::test]
async fn tasks_of_another_format_are_refused_and_left_alone() {
    let server = Server::start(&[]).await;
    // As the first format had it: whatever accepted something has an order, and no format.
    server.cli(&["hset", "{test}:meta", "order", "5"]);
    server.cli(&["zadd", "{test}:q1", "5", "01a20e2b-1ba1-7970-9fd8-8ac89e6ce048"]);
    let store = open(&server.uri());

    for refused in [store.lease(any(5)).await.map(drop), store.enqueue(posting(messages(1))).await.map(drop)] {
        let Err(StoreError::Unfit(why)) = refused else { panic!("{refused:?}") };
        assert!(why.contains("namespace"), "{why}");
    }
    assert_eq!(server.cli(&["zcard", "{test}:q1"]).trim(), "1");
    store.close().await;
}

/// A store mended by hand must lose no task: whatever is running comes back, at the latest with its lease's end.
#[tokio::test]
async fn a_task_whose_lease_is_missing_comes_back() {
    let server = Server::start(&[]).await;
    let store = open(&server.uri());
    store.enqueue(posting(messages(1))).await.unwrap();
    let leased = store.lease(any(1)).await.unwrap();

    assert_eq!(server.cli(&["del", "{test}:leases"]).trim(), "1");
    store.advance_clock(MINUTE * 60).await.unwrap();

    let again = store.lease(any(1)).await.unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].id, leased[0].id);
    store.close().await;
}

/// A worker with a thousand connections holds more than a script takes at once.
#[tokio::test]
async fn thousands_are_leased_extended_and_settled() {
    const COUNT: usize = 9000;
    let server = Server::start(&[]).await;
    let store = open(&server.uri());
    store.enqueue(posting(messages(COUNT as u64))).await.unwrap();

    let mut leased = Vec::new();
    while leased.len() < COUNT {
        let more = store.lease(any(9000)).await.unwrap();
        assert!(!more.is_empty(), "{} of {COUNT}", leased.len());
        leased.extend(more);
    }

    let held: Vec<_> = leased.iter().map(|leased| (leased.id, leased.token)).collect();
    assert_eq!(store.extend(&held, MINUTE).await.unwrap(), [true; COUNT]);
    let settlements: Vec<_> = leased.iter().map(|leased| settlement(leased, Verdict::Succeeded)).collect();
    assert_eq!(store.settle(&settlements).await.unwrap(), [Settled::Done; COUNT]);
    assert_eq!(store.recount().await.unwrap()[4], 9000);
    store.close().await;
}

#[tokio::test]
async fn two_namespaces_share_a_server_and_nothing_else() {
    let server = Server::start(&[]).await;
    let ours = open(&server.uri());
    let theirs = RedisStore::open(&server.uri().into(), "other", Durability::Store, RETENTION).unwrap();

    assert_eq!(ours.secret_or_insert("ours").await.unwrap(), "ours");
    assert_eq!(theirs.secret_or_insert("theirs").await.unwrap(), "theirs");

    let keys = server.cli(&["keys", "*"]);
    assert!(keys.lines().all(|key| key.starts_with("{test}:") || key.starts_with("{other}:")), "{keys}");
    ours.close().await;
    theirs.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_newsletter_mail_is_small() {
    const COUNT: u64 = 30_000;
    // The log is another file; only memory is looked at.
    let server = Server::start(&["--appendonly", "no"]).await;
    let store = Arc::new(open(&server.uri()));
    let now = subscribe_all(&store, COUNT).await;
    let series = store.series().await.unwrap().remove(0);
    store.advance_clock(Duration::from_mins(1)).await.unwrap();
    let tick = Tick { series, period: now.plus(Duration::from_secs(30)), send: true, missed: 0 };
    let Ticked::Run(run) = store.tick(&tick).await.unwrap() else { panic!("a run") };
    let before = server.info("used_memory");

    let mut made = 0;
    loop {
        let step = store.fan_out(run, 1000, u64::MAX).await.unwrap();
        made += step.created;
        if step.is_done {
            break;
        }
    }

    assert_eq!(made, COUNT);
    // Hash tables still growing count twice; they are done within moments of standing still.
    server::within(SETUP, async || (server.info("used_memory").saturating_sub(before) / COUNT <= 250).then_some(()))
        .await;
    store.close().await;
}

/// Subscribes `count` addresses of 24 characters, many at once; the time before the first.
async fn subscribe_all(store: &Arc<RedisStore>, count: u64) -> Timestamp {
    let now = store.now().await.unwrap();
    store.create_content(&account(), &content_type("news"), &subject("News"), "text").await.unwrap();
    let mut callers = JoinSet::new();
    for caller in 0..16 {
        let store = Arc::clone(store);
        callers.spawn(async move {
            for n in (caller..count).step_by(16) {
                let change = SubscriptionChange {
                    account: account(),
                    recipient: address(&format!("r{n:011}@example.com")),
                    content_type: content_type("news"),
                    frequency: Some(Frequency::Daily),
                    order: n + 1,
                    accepted_at: now,
                };
                store.apply_subscription(&change).await.unwrap();
            }
        });
    }
    callers.join_all().await;
    now
}
