//! Replicas that are cut off, and one that is promoted, in replicated mode.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Bench, is_drained, message, post_messages, post_messages_from, state, until};
use crate::{
    helpers::{
        peer::{Act, PeerOptions, Rule, Step},
        process::Account,
    },
    redis::server::{self, Server},
};

/// How long a primary's end may be felt: noticed, voted on, replicas turned round.
const FAILOVER: Duration = Duration::from_secs(30);
const CONNECTIONS: usize = 4;
/// What a connection can have under way: the mail whose body is out, the next one, and what is being recorded.
const OPEN_PER_CONNECTION: usize = 6;

/// Posts a message under a key of its own until it is accepted; its id.
async fn post_until_accepted(account: &Account, to: &str) -> Value {
    let began = Instant::now();
    loop {
        if let Some(answer) = account.try_post("/task", &message(to), Some(to)).await {
            if answer.status == 200 {
                return answer.json()["id"].clone();
            }
            assert_eq!(answer.refusal(), (503, "unavailable".to_owned(), None));
        }
        assert!(began.elapsed() < FAILOVER, "{to} is not accepted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A primary, two replicas that follow it, and a sentinel that knows them all.
async fn replicated() -> (Server, [Server; 2], Server) {
    let primary = Server::start(&[]).await;
    let port = primary.port.to_string();
    let follow = ["--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"];
    let replicas = [Server::start(&follow).await, Server::start(&follow).await];
    let config = format!(
        "sentinel monitor main 127.0.0.1 {port} 1\nsentinel down-after-milliseconds main 500\n\
         sentinel failover-timeout main 2000\n"
    );
    let sentinel = Server::sentinel(&config).await;
    is_whole(&replicas, &sentinel).await;
    (primary, replicas, sentinel)
}

/// Waits until the replicas follow and the sentinel thinks well of both.
async fn is_whole(replicas: &[Server; 2], sentinel: &Server) {
    let follows = |replica: &Server| replica.cli(&["info", "replication"]).contains("master_link_status:up");
    server::within(FAILOVER, async || {
        let known = sentinel.cli(&["sentinel", "replicas", "main"]);
        let is_well = known.matches("slave-repl-offset").count() == 2
            && !known.contains("s_down")
            && !known.contains("disconnected");
        (is_well && replicas.iter().all(follows)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn crash_of_a_primary_loses_nothing_that_was_accepted() {
    const COUNT: usize = 400;
    let (primary, replicas, sentinel) = replicated().await;
    let mut bench = Bench::new(PeerOptions::default(), None);
    bench.set("redis_uri", &format!("redis+sentinel://127.0.0.1:{}/main", sentinel.port));
    bench.set("GOMAIL_DURABILITY", "replicated");
    bench.set("GOMAIL_CONCURRENCY", &CONNECTIONS.to_string());
    bench.peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_millis(20))));
    let (_server, account) = bench.serve().await;
    post_messages(&account, COUNT).await;
    let worker = bench.start("worker");
    bench.peer.wait_for(50).await;

    for replica in &replicas {
        replica.freeze();
    }
    let asked = Instant::now();
    let refused = account.try_post("/task", &message("cut@example.com"), Some("cut@example.com")).await.unwrap();
    assert_eq!(refused.refusal(), (503, "unavailable".to_owned(), None));
    assert!(asked.elapsed() < Duration::from_secs(2), "refused after {:?}", asked.elapsed());
    for replica in &replicas {
        replica.thaw();
    }
    let cut = post_until_accepted(&account, "cut@example.com").await;
    is_whole(&replicas, &sentinel).await;

    post_messages_from(&account, COUNT, 2 * COUNT).await;
    bench.peer.wait_for(COUNT + 100).await;
    primary.freeze();
    let moved = post_until_accepted(&account, "moved@example.com").await;
    let promoted = replicas.iter().filter(|replica| replica.cli(&["role"]).starts_with("master")).count();
    assert_eq!(promoted, 1, "a replica took over");
    // It comes back as one who does not know that it was replaced.
    primary.thaw();
    let late = post_until_accepted(&account, "late@example.com").await;

    let metrics = until(&account, "drained", is_drained).await;
    let tasks = account.tasks().await;
    assert_eq!(tasks.len(), 2 * COUNT + 3, "what was accepted is there, once: {metrics}");
    assert_eq!(state(&metrics, "succeeded") + state(&metrics, "retrying"), tasks.len() as u64, "{metrics}");
    for id in [cut, moved, late] {
        assert!(tasks.iter().any(|task| task["id"] == id), "{id} is lost");
    }
    let ledger = bench.ledger();
    for task in &tasks {
        let to = task["recipient"].as_str().unwrap();
        assert!(ledger.contains_key(to) || task["duplicate_possible"] == true, "never came: {task}");
    }
    let twice: Vec<_> = ledger.iter().filter(|(_, times)| **times > 1).collect();
    assert!(ledger.values().all(|times| *times <= 2), "{twice:?}");
    assert!(twice.len() <= CONNECTIONS * OPEN_PER_CONNECTION, "only what was under way then came twice: {twice:?}");
    println!("{} in doubt, {} twice", state(&metrics, "retrying"), twice.len());
    assert!(worker.stop().success());
}
