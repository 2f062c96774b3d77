//! More than one server: replicas, sentinels, a cluster.

use std::process::Command;

use gomail::{
    config::Durability,
    domain::{State, Verdict},
    store::{Enqueued, Queue as _, Store as _, StoreError, redis::RedisStore},
};

use super::{
    SETUP, open, open_with,
    server::{Server, free_port, within},
};
use crate::helpers::{
    build::messages,
    verbs::{any, posting, settlement},
};

async fn a_task_goes_through(store: &RedisStore) {
    assert!(matches!(store.enqueue(posting(messages(3))).await.unwrap(), Enqueued::Accepted(_)));
    let leased = store.lease(any(3)).await.unwrap();
    let settlements: Vec<_> = leased.iter().map(|leased| settlement(leased, Verdict::Succeeded)).collect();
    assert_eq!(store.settle(&settlements).await.unwrap().len(), 3);
    assert_eq!(store.stats().await.unwrap().gauge(State::Succeeded), 3);
}

#[tokio::test]
async fn replicated_is_refused_without_a_replica_and_taken_with_one() {
    let primary = Server::start(&[]).await;
    let store = open_with(&primary.uri(), Durability::Replicated);

    let Err(StoreError::Unavailable(why)) = store.enqueue(posting(messages(1))).await else { panic!("it was taken") };
    assert!(why.contains("replica"), "{why}");

    let port = primary.port.to_string();
    let replica = Server::start(&["--replicaof", "127.0.0.1", &port]).await;
    within(SETUP, async || store.enqueue(posting(messages(1))).await.ok()).await;
    let copied = replica.cli(&["zcard", "{test}:q1"]);
    assert!(copied.trim().parse::<u32>().unwrap() >= 2, "{copied}");

    let secret = store.secret_or_insert("a secret").await.unwrap();

    // A verb that changes nothing waits too: its first time may not have reached the replica.
    let settled = store.lease(any(1)).await.unwrap().remove(0);
    replica.freeze();
    assert!(store.settle(&[settlement(&settled, Verdict::Succeeded)]).await.is_err());
    assert!(store.settle(&[settlement(&settled, Verdict::Succeeded)]).await.is_err(), "repeated, and still not there");
    assert_eq!(store.secret_or_insert("another").await.unwrap(), secret, "a process may start meanwhile");
    assert!(matches!(store.check().await, Err(StoreError::Unavailable(_))), "nothing is taken, so it is not ready");
    replica.thaw();
    within(SETUP, async || store.settle(&[settlement(&settled, Verdict::Succeeded)]).await.ok()).await;
    assert!(store.check().await.is_ok());
    store.close().await;
}

#[tokio::test]
async fn sentinels_lead_to_the_new_primary() {
    let mut first = Server::start(&[]).await;
    let port = first.port.to_string();
    let second = Server::start(&["--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"]).await;
    within(SETUP, async || second.cli(&["info", "replication"]).contains("master_link_status:up").then_some(())).await;
    let config = format!(
        "sentinel monitor main 127.0.0.1 {port} 1\nsentinel down-after-milliseconds main 500\n\
         sentinel failover-timeout main 2000\n"
    );
    let sentinel = Server::sentinel(&config).await;
    let store = open(&format!("redis+sentinel://127.0.0.1:{}/main", sentinel.port));
    a_task_goes_through(&store).await;
    within(SETUP, async || sentinel.cli(&["sentinel", "replicas", "main"]).contains("slave-repl-offset").then_some(()))
        .await;
    // Replication is behind by nature; what is asked here is that the store finds the new primary.
    let written = first.info("master_repl_offset");
    within(SETUP, async || (second.info("slave_repl_offset") >= written).then_some(())).await;

    first.kill();

    within(SETUP, async || store.enqueue(posting(messages(1))).await.ok()).await;
    assert_eq!(store.stats().await.unwrap().gauge(State::Succeeded), 3, "the replica had it all");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_holds_one_namespace_in_one_slot() {
    let mut nodes = Vec::new();
    for _ in 0..3 {
        // The nodes talk on the port 10,000 above.
        let port = std::iter::repeat_with(free_port).find(|port| *port < 50_000).unwrap();
        nodes.push(Server::start_on(port, &["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]).await);
    }
    let addresses: Vec<String> = nodes.iter().map(Server::uri).collect();
    let made = Command::new("redis-cli").args(["--cluster", "create"]).args(&addresses).arg("--cluster-yes").output();
    assert!(made.unwrap().status.success());
    let ok = |node: &Server| node.cli(&["cluster", "info"]).contains("cluster_state:ok");
    within(SETUP, async || nodes.iter().all(ok).then_some(())).await;

    let store = open(&format!("redis+cluster://{}", addresses.join(",")));
    a_task_goes_through(&store).await;
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    store.close().await;

    let with_keys = nodes.iter().filter(|node| node.cli(&["dbsize"]).trim() != "0").count();
    assert_eq!(with_keys, 1, "one namespace is one slot");
}
