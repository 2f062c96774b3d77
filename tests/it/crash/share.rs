//! Several workers and servers over one Redis.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::task::JoinSet;

use super::{Bench, is_drained, message, post_messages, post_messages_from, state, until, within};
use crate::helpers::{
    app::Answer,
    process::{Account, Gomail},
    size::from_environment,
};

/// Three workers share `SHARED_TASKS` (6,000), posted to two servers. All of them, as they are counted in the field:
/// `SHARED_TASKS=20000 cargo nextest run crash_free_share`.
#[tokio::test]
async fn crash_free_share_of_a_queue_is_delivered_once_by_all_workers() {
    let count = usize::try_from(from_environment("SHARED_TASKS", 6_000)).unwrap();
    let bench = Bench::over_redis().await;
    let (_one, account) = bench.serve().await;
    let two = bench.start("serve");
    let start = |n: usize| bench.start_with("worker", &[("GOMAIL_FROM", &format!("w{n}@example.com"))]);
    let workers: Vec<Gomail> = (0..3).map(start).collect();
    // All three are at work before the first task comes.
    within(Duration::from_secs(30), "every worker has looked at the relay", || bench.peer.connections() >= 3).await;

    let (half, other) = (account.clone(), account.at(&two.url));
    tokio::join!(post_messages(&half, count / 2), post_messages_from(&other, count / 2, count));

    let metrics =
        until(&account, "drained", |metrics| is_drained(metrics) && state(metrics, "succeeded") == count as u64).await;
    assert_eq!(metrics["Total Jobs Executed"], count, "{metrics}");
    let ledger = bench.ledger();
    assert_eq!(ledger.len(), count);
    assert!(ledger.values().all(|times| *times == 1), "nothing came twice");
    let mut parts: BTreeMap<String, usize> = BTreeMap::new();
    for mail in bench.peer.mails() {
        *parts.entry(mail.from).or_default() += 1;
    }
    println!("{parts:?}");
    assert_eq!(parts.len(), 3, "{parts:?}");
    assert!(parts.values().all(|part| *part > count / 10), "everyone has a tenth at least: {parts:?}");
    for worker in workers {
        assert!(worker.stop().success());
    }
}

#[tokio::test]
async fn crash_free_equal_posts_to_two_servers_make_one_mail() {
    let bench = Bench::over_redis().await;
    let (_one, account) = bench.serve().await;
    let two = bench.start("serve");
    let worker = bench.start("worker");
    let other = account.at(&two.url);

    let mut posting = JoinSet::new();
    for n in 0..50 {
        let account = if n % 2 == 0 { account.clone() } else { other.clone() };
        posting.spawn(async move { account.try_post("/task", &message("u0@example.com"), Some("one key")).await });
    }
    let answers: Vec<Answer> = posting.join_all().await.into_iter().map(Option::unwrap).collect();

    let ids: Vec<_> = answers.iter().map(|answer| answer.json()["id"].clone()).collect();
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert!(ids.iter().all(|id| *id == ids[0]), "one task: {ids:?}");
    let first = answers.iter().filter(|answer| !answer.headers.contains_key("idempotent-replayed")).count();
    assert_eq!(first, 1, "all but one are told that they are replays");
    bench.holds(&account, 1, 0).await;
    assert!(worker.stop().success());
}

#[tokio::test]
async fn crash_free_revoked_key_stops_at_every_server_within_a_second() {
    let bench = Bench::over_redis().await;
    let (_one, account) = bench.serve().await;
    let two = bench.start("serve");
    let other = account.at(&two.url);
    let ping = async |account: &Account| account.try_post("/task", &json!({}), None).await.unwrap().status;
    // Both servers know the key, and go on trusting it for their moment.
    assert_eq!((ping(&account).await, ping(&other).await), (400, 400));

    let gone = account.post("/auth/deregister", &json!({ "id": "me@example.com" })).await;
    let revoked = Instant::now();
    assert_eq!(gone["status"], true, "{gone}");

    assert_eq!(ping(&account).await, 401, "at once where it was revoked");
    while ping(&other).await != 401 {
        assert!(revoked.elapsed() < Duration::from_secs(1), "the other server still takes the key");
    }
    for server in [&account, &other] {
        for _ in 0..20 {
            assert_eq!(ping(server).await, 401, "and it stays so");
        }
    }
}
