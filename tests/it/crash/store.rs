//! A Redis that is frozen, full, or loses its replicas, under running roles.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use gomail::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::{Bench, is_drained, message, post_messages, state, until, within};
use crate::helpers::{
    app::Answer,
    peer::{Act, Rule, Step},
    process::Account,
};

/// How long the API may take to say that it cannot.
const REFUSAL: Duration = Duration::from_secs(2);
/// How long after the store's return things may still stand.
const RECOVERY: Duration = Duration::from_secs(3);

async fn post(account: &Account, to: &str) -> Answer {
    account.try_post("/task", &message(to), None).await.expect("an answer")
}

/// A post that the store does not take is answered in time, with a time to come back.
async fn refused_in_time(account: &Account, to: &str) {
    let asked = Instant::now();
    let answer = post(account, to).await;
    let took = asked.elapsed();
    assert_eq!(answer.refusal(), (503, "unavailable".to_owned(), None));
    assert!(took < REFUSAL, "refused after {took:?}");
}

async fn accepted_within(account: &Account, limit: Duration, to: &str) {
    let began = Instant::now();
    while post(account, to).await.status != 200 {
        assert!(began.elapsed() < limit, "not taken within {limit:?}");
    }
}

#[tokio::test]
async fn crash_free_freeze_of_redis_begins_nothing_and_loses_nothing() {
    const FREEZE: Duration = Duration::from_secs(15);
    const COUNT: usize = 1500;
    const CODES: usize = 100;
    const COURIERS: u64 = 8;
    let mut bench = Bench::over_redis().await;
    bench.set("GOMAIL_CONCURRENCY", &COURIERS.to_string());
    bench.peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_millis(20))));
    let (server, account) = bench.serve().await;
    post_messages(&account, COUNT).await;
    for n in 0..CODES {
        account.task("generateOtp", json!({ "userId": format!("c{n}@example.com"), "length": 6 })).await;
    }
    let worker = bench.start("worker");
    bench.peer.wait_for(200).await;

    bench.redis().freeze();
    let (frozen, frozen_at) = (Instant::now(), SystemClock.now().to_utc());
    refused_in_time(&account, "early@example.com").await;
    // What had begun goes to its end: the relay is not kept waiting for a body.
    within(2 * REFUSAL, "no mail is open", || bench.begun() == bench.peer.mails().len()).await;
    let (begun, taken) = (bench.begun(), bench.peer.mails().len());
    while frozen.elapsed() < FREEZE {
        refused_in_time(&account, "amid@example.com").await;
    }
    assert_eq!((bench.begun(), bench.peer.mails().len()), (begun, taken), "no mail begins while the store is away");
    bench.redis().thaw();

    let thawed = Instant::now();
    within(RECOVERY, "mails flow again", || bench.begun() > begun && bench.peer.mails().len() > taken).await;
    accepted_within(&account, RECOVERY.saturating_sub(thawed.elapsed()), "late@example.com").await;
    // What Redis had marked when it stopped, and had not said yet, is in doubt: a mark of each courier at most.
    let metrics = until(&account, "drained", |metrics| {
        is_drained(metrics) && state(metrics, "retrying") + state(metrics, "uncertain") <= COURIERS
    })
    .await;
    assert_eq!(state(&metrics, "failed") + state(&metrics, "skipped"), 0, "{metrics}");
    let mut doubtful = Vec::new();
    for state in ["retrying", "uncertain"] {
        let found = account.get(&format!("/task?state={state}")).await;
        doubtful.extend(found["tasks"].as_array().unwrap().clone());
    }
    for task in &doubtful {
        let marked: DateTime<Utc> = task["attempts"][0]["started_at"].as_str().unwrap().parse().unwrap();
        assert!(marked <= frozen_at, "nothing is marked while the store is away: {task}");
    }
    let doubtful: Vec<&str> = doubtful.iter().filter_map(|task| task["recipient"].as_str()).collect();
    let ledger = bench.ledger();
    let ours = (0..COUNT).map(|n| format!("u{n}@example.com")).chain((0..CODES).map(|n| format!("c{n}@example.com")));
    for to in ours.chain(["late@example.com".to_owned()]) {
        let times = ledger.get(&to).copied().unwrap_or(0);
        assert!(times == 1 || (times == 0 && doubtful.contains(&to.as_str())), "{to} came {times} times");
    }
    assert!(worker.stop().success());
    assert!(server.stop().success());
}

/// Work makes room: what is delivered keeps no body.
#[tokio::test]
async fn crash_free_full_redis_refuses_posts_and_is_emptied_by_the_workers() {
    let bench = Bench::over_redis().await;
    let (_server, account) = bench.serve().await;
    let limit = bench.redis().info("used_memory") + 4 * 1024 * 1024;
    bench.redis().cli(&["config", "set", "maxmemory", &limit.to_string()]);
    let (mut posted, mut refused) = (0, 0);
    // Refused for good: one that is small enough may still find room.
    while refused < 5 {
        let mut task = message(&format!("u{posted}@example.com"));
        task["payload"]["content"] = Value::from("x".repeat(32 * 1024));
        let asked = Instant::now();
        let answer = account.try_post("/task", &task, None).await.unwrap();
        if answer.status == 200 {
            (posted, refused) = (posted + 1, 0);
        } else {
            assert_eq!(answer.refusal(), (503, "unavailable".to_owned(), None));
            assert!(asked.elapsed() < REFUSAL, "refused after {:?}", asked.elapsed());
            refused += 1;
        }
        assert!(posted < 1000, "the store is never full");
    }

    let worker = bench.start("worker");

    bench.holds(&account, posted, 0).await;
    accepted_within(&account, RECOVERY, "late@example.com").await;
    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == posted as u64 + 1).await;
    assert!(bench.ledger().values().all(|times| *times == 1));
    assert!(worker.stop().success());
}
