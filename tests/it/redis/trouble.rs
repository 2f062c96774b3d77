//! A server that is away, frozen, full, or comes back empty-handed: 503 within two seconds, at work within three.

use std::time::Duration;

use gomail::{
    config::Durability,
    domain::{State, Verdict},
    store::{Accounts as _, Begin, Begun, Queue as _, Settled, Store, StoreError, redis::RedisStore},
};
use tokio::time::{Instant, timeout};

use super::{
    SETUP, open, open_with,
    server::{Server, free_port, within},
};
use crate::helpers::{
    build::{account, message, messages},
    verbs::{any, posting, settlement},
};

/// How long a verb may take to say that it cannot.
const REFUSAL: Duration = Duration::from_secs(2);
/// How long after a server's return verbs may still fail.
const RECOVERY: Duration = Duration::from_secs(3);

async fn post(store: &RedisStore) -> Result<(), StoreError> {
    store.enqueue(posting(vec![message("a@example.com")])).await.map(drop)
}

async fn refused_in_time(store: &RedisStore) -> String {
    let started = Instant::now();
    let Err(StoreError::Unavailable(why)) = post(store).await else { panic!("it was taken") };
    assert!(started.elapsed() < REFUSAL, "{why} after {:?}", started.elapsed());
    why
}

async fn recovers(store: &RedisStore) {
    within(RECOVERY, async || post(store).await.ok()).await;
}

#[tokio::test]
async fn a_store_opened_before_its_server_recovers() {
    let port = free_port();
    let store = open(&format!("127.0.0.1:{port}"));

    assert!(refused_in_time(&store).await.contains("cannot be reached"));
    assert!(matches!(store.check().await, Err(StoreError::Unavailable(_))));

    let _server = Server::start_on(port, &[]).await;
    recovers(&store).await;
    store.close().await;
}

#[tokio::test]
async fn a_killed_server_loses_nothing_accepted() {
    let mut server = Server::start(&[]).await;
    let store = open(&server.uri());
    store.enqueue(posting(messages(20))).await.unwrap();
    let leased = store.lease(any(5)).await.unwrap();

    server.kill();
    refused_in_time(&store).await;
    assert!(store.lease(any(5)).await.is_err(), "a lease is never made up");
    server.restart().await;

    // The new server knows no script yet.
    let settlements: Vec<_> = leased.iter().map(|leased| settlement(leased, Verdict::Succeeded)).collect();
    let settled = within(RECOVERY, async || store.settle(&settlements).await.ok()).await;
    assert_eq!(settled, [Settled::Done; 5]);
    let stats = store.stats().await.unwrap();
    assert_eq!((stats.gauge(State::Queued), stats.gauge(State::Succeeded)), (15, 5));
    assert_eq!(stats.gauges, store.recount().await.unwrap());
    store.close().await;
}

#[tokio::test]
async fn a_frozen_server_is_away_and_gets_no_more_leases() {
    let server = Server::start(&[]).await;
    let store = open(&server.uri());
    store.enqueue(posting(messages(20))).await.unwrap();

    server.freeze();
    refused_in_time(&store).await;
    for _ in 0..5 {
        let started = Instant::now();
        assert!(store.lease(any(1)).await.is_err());
        assert!(started.elapsed() < REFUSAL);
    }
    server.thaw();

    recovers(&store).await;
    let stats = store.stats().await.unwrap();
    assert_eq!(stats.gauge(State::Running), 0, "what was asked of a frozen server does not run on its return");
    store.close().await;
}

/// A server, and in replicated mode the replica that follows it.
async fn primary(durability: Durability) -> (Server, Option<Server>, RedisStore) {
    let server = Server::start(&[]).await;
    let store = open_with(&server.uri(), durability);
    let replica = match durability {
        Durability::Store => None,
        Durability::Replicated => {
            let follow = ["--replicaof", "127.0.0.1", &server.port.to_string(), "--repl-diskless-sync-delay", "0"];
            Some(Server::start(&follow).await)
        }
    };
    within(SETUP, async || post(&store).await.ok()).await;
    (server, replica, store)
}

const DURABILITIES: [Durability; 2] = [Durability::Store, Durability::Replicated];

#[tokio::test]
async fn a_full_server_takes_nothing_and_lets_work_end() {
    for durability in DURABILITIES {
        let (server, _replica, store) = primary(durability).await;
        // A replica that has just come may miss a moment.
        within(SETUP, async || post(&store).await.ok()).await;
        let leased = store.lease(any(1)).await.unwrap().remove(0);
        server.cli(&["config", "set", "maxmemory", "1"]);

        assert!(refused_in_time(&store).await.contains("memory"));
        let Err(StoreError::Unavailable(why)) = store.check().await else { panic!("it was ready") };
        assert!(why.contains("maxmemory"), "{why}");

        let not_after = leased.leased_at.plus(Duration::from_mins(1));
        let begin = Begin { id: leased.id, token: leased.token, not_after };
        assert_eq!(store.begin(&[begin]).await.unwrap(), [Begun::Go]);
        assert_eq!(store.settle(&[settlement(&leased, Verdict::Succeeded)]).await.unwrap(), [Settled::Done]);
        assert_eq!(store.secret_or_insert("a worker can start").await.unwrap(), "a worker can start");
        assert_eq!(store.lease(any(1)).await.unwrap().len(), 1);
        assert_eq!(store.task(&account(), leased.id).await.unwrap().unwrap().state, State::Succeeded);

        server.cli(&["config", "set", "maxmemory", "0"]);
        recovers(&store).await;
        store.check().await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn a_primary_that_misses_its_replicas_takes_nothing() {
    for durability in DURABILITIES {
        let (server, _replica, store) = primary(durability).await;
        let leased = store.lease(any(1)).await.unwrap().remove(0);
        server.cli(&["config", "set", "min-replicas-to-write", "2"]);

        assert!(refused_in_time(&store).await.contains("replicas"));
        let settled = store.settle(&[settlement(&leased, Verdict::Succeeded)]).await;
        assert!(matches!(settled, Err(StoreError::Unavailable(_))), "its worker tries again: {settled:?}");

        server.cli(&["config", "set", "min-replicas-to-write", "0"]);
        recovers(&store).await;
        assert_eq!(store.settle(&[settlement(&leased, Verdict::Succeeded)]).await.unwrap(), [Settled::Done]);
        store.close().await;
    }
}

/// A failover demotes the primary while verbs wait for its replica.
#[tokio::test]
async fn a_verb_that_waits_for_a_demoted_primary_is_unavailable() {
    let (server, replica, store) = primary(Durability::Replicated).await;
    replica.as_ref().unwrap().freeze();
    let waits = server.info("blocked_clients");

    let demoted = async {
        within(RECOVERY, async || (server.info("blocked_clients") > waits).then_some(())).await;
        server.cli(&["replicaof", "127.0.0.1", "1"]);
    };
    let (posted, ()) = tokio::join!(post(&store), demoted);

    assert!(matches!(posted, Err(StoreError::Unavailable(_))), "{posted:?}");
    store.close().await;
}

#[tokio::test]
async fn forgotten_scripts_and_cut_links_go_unnoticed() {
    let server = Server::start(&[]).await;
    let store = open(&server.uri());
    post(&store).await.unwrap();

    server.cli(&["script", "flush"]);
    post(&store).await.unwrap();
    let cut = || server.cli(&["client", "kill", "type", "normal", "skipme", "yes"]);
    cut();
    post(&store).await.unwrap();
    // A request with a key begins with this plain read.
    cut();
    assert_eq!(store.current_jti(&account()).await.unwrap(), None);

    assert_eq!(store.stats().await.unwrap().gauge(State::Queued), 3);
    store.close().await;
}

/// Four lost leases would end a task as poison.
#[tokio::test]
async fn tasks_that_cannot_be_read_after_their_lease_are_given_back() {
    let server = Server::start(&[]).await;
    let store = open(&server.uri());
    store.enqueue(posting(messages(3))).await.unwrap();
    server.cli(&["acl", "setuser", "default", "-mget"]);

    for _ in 0..5 {
        assert!(matches!(store.lease(any(3)).await, Err(StoreError::Unavailable(_))));
        let stats = store.stats().await.unwrap();
        assert_eq!((stats.gauge(State::Queued), stats.gauge(State::Running)), (3, 0));
    }

    server.cli(&["acl", "setuser", "default", "+mget"]);
    let leased = store.lease(any(3)).await.unwrap();
    assert_eq!((leased.len(), leased.iter().any(|leased| leased.is_suspect)), (3, false));
    store.close().await;
}

#[tokio::test]
async fn another_process_is_told_of_work() {
    let server = Server::start(&[]).await;
    let (ours, theirs) = (open(&server.uri()), open(&server.uri()));
    let mut hints = theirs.wake().subscribe();
    within(RECOVERY, async || {
        server.cli(&["pubsub", "numsub", "{test}:wake"]).lines().any(|line| line == "2").then_some(())
    })
    .await;
    hints.mark_unchanged();

    post(&ours).await.unwrap();

    timeout(RECOVERY, hints.changed()).await.expect("a hint").unwrap();
    ours.enqueue(posting(messages(200))).await.unwrap();
    timeout(RECOVERY, hints.changed()).await.expect("a hint of a large batch").unwrap();
    ours.close().await;
    theirs.close().await;
}

#[tokio::test]
async fn a_mail_costs_three_calls_however_small_the_batch() {
    let server = Server::start(&[]).await;
    let store = open(&server.uri());
    post(&store).await.unwrap();
    let leased = store.lease(any(1)).await.unwrap().remove(0);
    server.cli(&["config", "resetstat"]);
    post(&store).await.unwrap();
    let next = store.lease(any(1)).await.unwrap().remove(0);
    let begin = Begin { id: next.id, token: next.token, not_after: next.leased_at.plus(Duration::from_mins(1)) };
    store.begin(&[begin]).await.unwrap();
    store.settle(&[settlement(&leased, Verdict::Succeeded), settlement(&next, Verdict::Succeeded)]).await.unwrap();

    let calls = server.cli(&["info", "commandstats"]);
    let count = |name: &str| {
        let line = calls.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{name}:calls=")));
        line.map_or(0, |line| line.split(',').next().unwrap().parse::<u32>().unwrap())
    };
    // Post, lease, begin and settle; scripts that this server had not seen went as EVAL once.
    assert_eq!(count("evalsha"), 4, "{calls}");
    assert!(count("eval") <= 2, "{calls}");
    store.close().await;
}
