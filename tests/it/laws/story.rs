//! One story over everything a store keeps: it is all there again after closing, and after not even that.

use gomail::{
    domain::{Frequency, IdempotencyKey, State, Verdict},
    store::{Captured, CodeCheck, Enqueue, Enqueued, Posted, Refusal, SubscriptionFilter, TaskFilter},
};

use super::newsletter::{
    NO_LIMIT, create_news, fan_out_all, join, news, next_hour, run_hour, run_of, series_at, subscriptions,
};
use crate::helpers::{
    build::{HOUR, account, address, code_key, message, nth, otp, page, rules, schedule},
    store::TestStore,
    verbs::{posting, retry_after},
};

/// All that can be read, in one text.
async fn everything(t: &TestStore) -> String {
    let (store, owner, all) = (&t.store, &account(), page(1000));
    let stats = t.stats().await;
    let tasks = store.tasks(owner, &TaskFilter::default(), &all).await.unwrap();
    let runs = store.runs(owner, None, &all).await.unwrap();
    let issue = store.issue(runs.items[0].id).await.unwrap();
    format!(
        "{tasks:#?} {runs:#?} {issue:#?} {:#?} {:#?} {:#?} {:#?} {:#?} {:#?} {:#?} {:#?} {:#?} {:#?} {:#?} {:#?}",
        store.accounts(&all).await.unwrap(),
        store.current_jti(owner).await.unwrap(),
        store.contents(owner, &all).await.unwrap(),
        store.suppressions(owner, &all).await.unwrap(),
        store.outbox(owner, &all).await.unwrap(),
        subscriptions(t, &SubscriptionFilter::default()).await,
        store.series().await.unwrap(),
        store.live_code(&code_key("code@example.com")).await.unwrap(),
        store.next_due().await.unwrap(),
        (stats.ended, stats.gauges, stats.attempts),
        (stats.lanes, stats.missed_periods),
        store.undelivered(owner, runs.items[0].id, &all).await.unwrap(),
    )
}

/// Fills a store with some of everything.
async fn fill(t: &TestStore) {
    t.store.sign_up(&account(), "jti").await.unwrap();
    create_news(t).await;
    for n in 0..4 {
        join(t, &nth(n), Frequency::Hourly).await;
    }
    t.store.suppress(&account(), &address("gone@example.com"), "manual").await.unwrap();
    let period = next_hour(t).await;
    let run = run_hour(t, period).await;
    fan_out_all(t, run, 3).await;
    let leased = t.lease(2).await;
    t.settle(&leased[0], Verdict::Succeeded).await;
    t.settle(&leased[1], Verdict::Skipped { reason: gomail::domain::Reason::Unsubscribed }).await;

    let mut later = message("later@example.com");
    schedule(&mut later, t.now().await.plus(HOUR));
    t.post(later).await;
    let code = t.post(otp("code@example.com")).await;
    t.store.check_code(&code_key("code@example.com"), code, false, &rules()).await.unwrap();
    let retried = t.lease(2).await;
    t.settle_all(&retried, retry_after(HOUR)).await;
    let captured = t.post(message("captured@example.com")).await;
    let mail = Captured {
        account: account(),
        id: captured,
        to: "captured@example.com".to_owned(),
        subject: "Hello".to_owned(),
        raw: b"Subject: Hello\r\n\r\n".to_vec(),
    };
    t.store.capture(mail).await.unwrap();
    t.store.enqueue(keyed()).await.unwrap();
}

/// A post under one key; like a client's repetition it holds a new task each time.
fn keyed() -> Enqueue {
    let key = IdempotencyKey::parse("key", "digest".to_owned()).unwrap();
    Enqueue { idempotency: Some(key), ..posting(vec![message("keyed@example.com")]) }
}

pub(crate) async fn everything_is_there_again_after_closing(t: &mut TestStore) {
    fill(t).await;
    let before = everything(t).await;

    t.reopen().await;

    pretty_equal(&everything(t).await, &before);
    assert!(matches!(t.store.enqueue(keyed()).await.unwrap(), Enqueued::Replayed(_)));
    let refused = t.try_post(message("gone@example.com")).await;
    assert_eq!(refused, Posted::Refused(Refusal::Suppressed));
    let key = code_key("code@example.com");
    let live = t.store.live_code(&key).await.unwrap().expect("the code still works");
    assert_eq!(t.store.check_code(&key, live.task, true, &rules()).await.unwrap(), CodeCheck::Verified);
    let next = next_hour(t).await;
    let run = run_hour(t, next).await;
    assert_eq!(t.store.fan_out(run, 10, NO_LIMIT).await.unwrap().created, 4);
    assert_eq!(run_of(t, run).await.content_type, news());
    assert!(series_at(t, Frequency::Hourly).await.unwrap().last_period.is_some());
}

pub(crate) async fn everything_is_there_without_closing(t: &mut TestStore) {
    fill(t).await;
    let before = everything(t).await;

    // No close: what was accepted must not depend on a clean stop. The old store lives on as a dead process' file
    // would not, but nothing is flushed or told to it.
    let fresh = t.second().await;
    let left_open = std::mem::replace(&mut t.store, fresh);

    pretty_equal(&everything(t).await, &before);
    t.check_books().await;
    assert_eq!(t.stats().await.gauge(State::Running), 0);
    left_open.close().await;
}

/// Two texts are the same; else the first line that differs.
fn pretty_equal(after: &str, before: &str) {
    for (after, before) in after.lines().zip(before.lines()) {
        assert_eq!(after, before);
    }
    assert_eq!(after.lines().count(), before.lines().count());
}
