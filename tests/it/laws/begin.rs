//! The fence and the mark right before DATA.

use std::time::Duration;

use gomail::{
    domain::{Reason, State, Verdict},
    store::{Begin, Begun},
};

use crate::helpers::{
    build::{HOUR, account, address, message, messages, otp, stranger},
    store::TestStore,
};

pub(crate) async fn begin_goes_and_may_be_repeated(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;

    assert_eq!(t.begin(&leased).await, Begun::Go);
    assert_eq!(t.begin(&leased).await, Begun::Go, "a verb may be repeated");

    assert_eq!(t.state(leased.id).await, State::Running);
    assert!(t.view(leased.id).await.attempts.is_empty());
}

pub(crate) async fn begin_is_late_from_not_after_on(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;
    let now = t.now().await;
    let until = |not_after| Begin { id: leased.id, token: leased.token, not_after };

    let begun = t.store.begin(&[until(now), until(now.minus(HOUR))]).await.unwrap();
    assert_eq!(begun, [Begun::Late, Begun::Late]);

    t.lose_leases().await;
    assert_eq!(t.lease_one().await.id, leased.id, "no mark was written: it is just queued");
}

pub(crate) async fn a_code_is_late_at_its_end(t: &mut TestStore) {
    let id = t.post(otp("a@example.com")).await;
    let accepted_at = t.view(id).await.created_at;
    t.advance(Duration::from_mins(9)).await;
    let leased = t.lease_one().await;
    let expires_at = leased.expires_at.expect("a code has an end");
    assert_eq!(expires_at, accepted_at.plus(Duration::from_mins(10)), "one ttl from its acceptance");

    let begin = Begin { id, token: leased.token, not_after: expires_at };
    t.store.extend(&[(id, leased.token)], HOUR).await.unwrap();
    assert_eq!(t.store.begin(&[begin]).await.unwrap(), [Begun::Go]);
    t.advance(Duration::from_mins(1)).await;
    assert_eq!(t.store.begin(&[begin]).await.unwrap(), [Begun::Late]);
}

pub(crate) async fn begin_with_a_stale_token_is_stale(t: &mut TestStore) {
    let stale = t.post_and_lease(message("a@example.com")).await;
    t.lose_leases().await;
    let current = t.lease_one().await;

    assert_eq!(t.begin(&stale).await, Begun::Stale);
    t.lose_leases().await;

    assert_eq!(t.lease_one().await.id, current.id, "no mark was written");
    assert_eq!(t.begin(&current).await, Begun::Stale);
}

pub(crate) async fn begin_after_the_lease_is_stale(t: &mut TestStore) {
    let late = t.post_and_lease(otp("a@example.com")).await;
    t.lose_leases().await;

    assert_eq!(t.begin(&late).await, Begun::Stale, "though nobody has taken it back yet");

    assert_eq!(t.lease_one().await.id, late.id, "no mark was written");
}

pub(crate) async fn begin_after_release_is_stale(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;
    t.settle(&leased, Verdict::Release).await;

    assert_eq!(t.begin(&leased).await, Begun::Stale);
}

pub(crate) async fn begin_skips_who_was_suppressed_meanwhile(t: &mut TestStore) {
    let message = t.post_and_lease(message("Ann@example.com")).await;
    let code = t.post_and_lease(otp("Ann@example.com")).await;
    t.store.suppress(&account(), &address("ann@example.com"), "manual").await.unwrap();

    assert_eq!(t.begin(&message).await, Begun::Skip(Reason::Suppressed));
    assert_eq!(t.begin(&code).await, Begun::Skip(Reason::Suppressed));

    t.lose_leases().await;
    assert_eq!(t.lease(10).await.len(), 2, "no mark was written");
}

pub(crate) async fn another_accounts_suppression_stops_nobody(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;
    t.store.suppress(&stranger(), &address("a@example.com"), "manual").await.unwrap();

    assert_eq!(t.begin(&leased).await, Begun::Go);
}

pub(crate) async fn begin_answers_for_each(t: &mut TestStore) {
    t.post_all(messages(40)).await;
    let leased = t.lease(40).await;
    let now = t.now().await;
    t.store.suppress(&account(), &leased[3].recipient, "manual").await.unwrap();
    let mut begins: Vec<_> =
        leased.iter().map(|leased| Begin { id: leased.id, token: leased.token, not_after: now.plus(HOUR) }).collect();
    begins[1].not_after = now;
    begins[2].token += 1000;

    let begun = t.store.begin(&begins).await.unwrap();

    assert_eq!(begun[..4], [Begun::Go, Begun::Late, Begun::Stale, Begun::Skip(Reason::Suppressed)]);
    assert_eq!(begun[4..], [Begun::Go; 36]);
}
