//! What becomes of a task whose worker died: before the mark, after it, and time and again.

use std::time::Duration;

use gomail::{
    domain::{Lane, Outcome, Reason, State, TaskType, Verdict},
    store::{Begun, Leased},
};

use super::newsletter::waiting_issues;
use crate::helpers::{
    build::{HOUR, LEASE, MINUTE, message, messages, otp},
    store::TestStore,
    verbs::{ids, retry_after},
};

/// How long a message that may be out waits.
const PARKED: Duration = Duration::from_mins(15);

/// Leases the one due task, marks it, and lets the lease run out.
async fn die_in_data(t: &TestStore) -> Leased {
    let leased = t.lease_one().await;
    assert_eq!(t.begin(&leased).await, Begun::Go);
    t.lose_leases().await;
    leased
}

pub(crate) async fn an_expired_lease_returns_to_the_queue(t: &mut TestStore) {
    let first = t.post_and_lease(message("a@example.com")).await;

    t.lose_leases().await;
    let again = t.lease_one().await;

    assert_eq!(again.id, first.id);
    assert!(again.token > first.token);
    assert_eq!((again.tries_used, again.failures), (0, 0), "a crash costs no attempt");
    assert!(!again.duplicate_possible);
    assert_eq!(again.due_at, first.due_at, "its age goes on");
    assert_eq!((t.state(first.id).await, t.stats().await.gauge(State::Running)), (State::Running, 1));
}

pub(crate) async fn a_lease_lasts_until_its_end(t: &mut TestStore) {
    t.post_and_lease(message("a@example.com")).await;
    let instant = t.shortest_step();

    t.advance(LEASE.checked_sub(instant).unwrap()).await;
    assert_eq!(t.lease(1).await, []);

    t.advance(instant).await;
    assert_eq!(t.lease(1).await.len(), 1, "at `now + lease` it may go to someone else");
}

pub(crate) async fn many_expired_leases_return_together(t: &mut TestStore) {
    t.post_all(messages(50)).await;
    assert_eq!(t.lease(50).await.len(), 50);

    t.lose_leases().await;

    assert_eq!(t.lease(100).await.len(), 50);
}

pub(crate) async fn a_task_reclaimed_three_times_comes_alone(t: &mut TestStore) {
    let poison = t.post(message("poison@example.com")).await;
    for _ in 0..3 {
        let leased = t.lease_one().await;
        assert_eq!((leased.id, leased.is_suspect), (poison, false));
        t.lose_leases().await;
    }
    t.post_all(messages(5)).await;

    let mut batches = Vec::new();
    loop {
        let batch = t.lease(10).await;
        if batch.is_empty() {
            break;
        }
        batches.push(batch);
    }

    let alone: Vec<_> = batches.iter().filter(|batch| batch.iter().any(|leased| leased.is_suspect)).collect();
    assert_eq!(alone.len(), 1);
    assert_eq!(ids(alone[0]), [poison], "nothing else in its batch");
    assert_eq!(batches.iter().flatten().count(), 6, "and it holds nobody up");
}

pub(crate) async fn reclaimed_once_more_it_is_poison(t: &mut TestStore) {
    let id = t.post(message("poison@example.com")).await;
    for _ in 0..4 {
        assert_eq!(t.lease_one().await.id, id);
        t.lose_leases().await;
    }

    assert_eq!(t.lease(10).await, []);

    let view = t.view(id).await;
    assert_eq!((view.state, view.reason), (State::Failed, Some(Reason::Poison)));
    assert!(view.finished_at.is_some());
    assert_eq!(t.stats().await.ended[&(TaskType::Message, State::Failed)], 1);
}

pub(crate) async fn poison_put_back_by_an_operator_is_tried_afresh(t: &mut TestStore) {
    let id = t.post(message("poison@example.com")).await;
    for _ in 0..4 {
        t.lease_one().await;
        t.lose_leases().await;
    }
    assert_eq!(t.lease(1).await, []);

    t.retry(id).await;
    assert!(!t.lease_one().await.is_suspect, "its reclaims are forgotten");
    t.lose_leases().await;

    assert_eq!(t.lease_one().await.id, id, "one crash more is not the end");
}

pub(crate) async fn a_message_lost_in_data_waits_a_quarter_hour(t: &mut TestStore) {
    let id = t.post(message("a@example.com")).await;
    let lost = die_in_data(t).await;
    let now = t.now().await;

    assert_eq!(t.lease(10).await, []);

    let view = t.view(id).await;
    assert_eq!((view.state, view.duplicate_possible), (State::Retrying, true));
    assert!(TestStore::near(view.next_attempt_at.unwrap(), now.plus(PARKED)), "{:?}", view.next_attempt_at);
    assert_eq!(view.attempts.len(), 1, "the lost attempt is recorded");
    assert_eq!((view.attempts[0].n, view.attempts[0].outcome), (1, Outcome::Lost));
    assert!(TestStore::near(view.attempts[0].started_at, lost.leased_at));
    assert_eq!(t.stats().await.attempts["lost"], 1);

    t.advance(14 * MINUTE).await;
    assert_eq!(t.lease(10).await, []);
    t.advance(MINUTE + Duration::from_secs(1)).await;
    let again = t.lease_one().await;
    assert!(again.duplicate_possible, "the worker knows");
    assert!(!again.is_suspect, "the mark is no reclaim");
}

pub(crate) async fn a_message_lost_in_data_twice_is_uncertain(t: &mut TestStore) {
    let id = t.post(message("a@example.com")).await;
    die_in_data(t).await;
    assert_eq!(t.lease(10).await, []);
    t.advance(PARKED).await;
    die_in_data(t).await;

    assert_eq!(t.lease(10).await, []);

    let view = t.view(id).await;
    assert_eq!((view.state, view.reason), (State::Uncertain, Some(Reason::OutcomeUnknown)));
    assert!(view.duplicate_possible && view.finished_at.is_some() && view.next_attempt_at.is_none());
    assert_eq!(view.attempts.iter().map(|attempt| attempt.n).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(t.stats().await.ended[&(TaskType::Message, State::Uncertain)], 1);
}

pub(crate) async fn a_code_lost_in_data_is_uncertain(t: &mut TestStore) {
    let id = t.post(otp("a@example.com")).await;
    die_in_data(t).await;

    assert_eq!(t.lease(10).await, []);

    let view = t.view(id).await;
    assert_eq!((view.state, view.reason), (State::Uncertain, Some(Reason::OutcomeUnknown)));
    assert_eq!(view.attempts[0].outcome, Outcome::Lost);
    assert_eq!(t.stats().await.ended[&(TaskType::GenerateOtp, State::Uncertain)], 1);
}

pub(crate) async fn a_newsletter_lost_in_data_is_uncertain(t: &mut TestStore) {
    waiting_issues(t, 1).await;
    let lost = die_in_data(t).await;
    assert_eq!(lost.lane, Lane::Newsletter);

    assert_eq!(t.lease(10).await, []);

    assert_eq!(t.state(lost.id).await, State::Uncertain);
    assert_eq!(t.view(lost.id).await.attempts[0].outcome, Outcome::Lost);
    assert_eq!(t.stats().await.ended[&(TaskType::Newsletter, State::Uncertain)], 1);
}

pub(crate) async fn a_code_lost_before_data_is_sent_again(t: &mut TestStore) {
    let first = t.post_and_lease(otp("a@example.com")).await;

    t.lose_leases().await;

    let again = t.lease_one().await;
    assert_eq!((again.id, again.expires_at), (first.id, first.expires_at));
}

pub(crate) async fn a_mark_ends_with_its_lease(t: &mut TestStore) {
    let first = t.post_and_lease(message("a@example.com")).await;
    assert_eq!(t.begin(&first).await, Begun::Go);
    t.settle(&first, retry_after(MINUTE)).await;
    t.advance(2 * MINUTE).await;

    let second = t.lease_one().await;
    t.lose_leases().await;

    let third = t.lease_one().await;
    assert_eq!((third.id, third.duplicate_possible), (second.id, false), "no mark in the second lease: just queued");
}

pub(crate) async fn release_takes_the_mark_back(t: &mut TestStore) {
    let first = t.post_and_lease(otp("a@example.com")).await;
    assert_eq!(t.begin(&first).await, Begun::Go);
    t.settle(&first, Verdict::Release).await;

    let second = t.lease_one().await;
    t.lose_leases().await;

    assert_eq!(t.lease_one().await.id, second.id);
}

pub(crate) async fn a_mark_survives_reopening(t: &mut TestStore) {
    let leased = t.post_and_lease(otp("a@example.com")).await;
    assert_eq!(t.begin(&leased).await, Begun::Go);

    t.reopen().await;
    t.lose_leases().await;

    assert_eq!(t.lease(10).await, []);
    assert_eq!(t.state(leased.id).await, State::Uncertain);
}

pub(crate) async fn a_lost_attempt_delays_nobody_else(t: &mut TestStore) {
    t.post(message("a@example.com")).await;
    die_in_data(t).await;
    let other = t.post(message("b@example.com")).await;

    assert_eq!(t.lease_one().await.id, other);
    assert!(t.store.next_due().await.unwrap().unwrap() < t.now().await.plus(HOUR));
}
