//! The end of an attempt: each verdict, the fence, and the success that always counts.

use std::time::Duration;

use gomail::{
    domain::{Outcome, Reason, State, TaskType, Verdict},
    store::{Begun, Cancelled, Settled},
};

use crate::helpers::{
    build::{HOUR, MINUTE, account, fresh_id, message, messages, otp, stranger},
    store::TestStore,
    verbs::{retry_after, settlement},
};

/// Every verdict but success.
fn unsuccessful() -> [Verdict; 6] {
    [
        retry_after(MINUTE),
        Verdict::Failed { reason: Reason::Refused, suppress: false },
        Verdict::Failed { reason: Reason::Refused, suppress: true },
        Verdict::Skipped { reason: Reason::Expired },
        Verdict::Uncertain,
        Verdict::Release,
    ]
}

pub(crate) async fn success_ends_a_task(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;
    t.begin(&leased).await;

    assert_eq!(t.settle(&leased, Verdict::Succeeded).await, Settled::Done);

    let view = t.view(leased.id).await;
    assert_eq!((view.state, view.reason, view.next_attempt_at), (State::Succeeded, None, None));
    assert!(TestStore::near(view.finished_at.unwrap(), t.now().await));
    assert_eq!((view.attempts.len(), view.attempts[0].outcome), (1, Outcome::Delivered));
    let stats = t.stats().await;
    assert_eq!(stats.ended[&(TaskType::Message, State::Succeeded)], 1);
    assert_eq!((stats.gauge(State::Succeeded), stats.gauge(State::Running)), (1, 0));
    assert_eq!(stats.attempts["delivered"], 1);
    t.advance(48 * HOUR).await;
    assert_eq!(t.lease(1).await, [], "for good");
}

pub(crate) async fn retry_waits_and_burns_a_try(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;

    assert_eq!(t.settle(&leased, retry_after(10 * MINUTE)).await, Settled::Done);

    let view = t.view(leased.id).await;
    assert_eq!((view.state, view.finished_at, view.reason), (State::Retrying, None, None));
    assert!(TestStore::near(view.next_attempt_at.unwrap(), t.now().await.plus(10 * MINUTE)));
    t.advance(9 * MINUTE).await;
    assert_eq!(t.lease(1).await, []);
    t.advance(MINUTE + Duration::from_secs(1)).await;
    let again = t.lease_one().await;
    assert_eq!((again.tries_used, again.failures, again.duplicate_possible), (1, 1, false));
    assert_eq!(again.due_at, leased.due_at, "its age goes on");
}

pub(crate) async fn retry_may_spare_the_try_and_flag_the_duplicate(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;

    let spared = Verdict::Retry { after: MINUTE, burns_try: false, duplicate_possible: true };
    t.settle(&leased, spared).await;
    t.advance(2 * MINUTE).await;

    let again = t.lease_one().await;
    assert_eq!((again.tries_used, again.failures, again.duplicate_possible), (0, 1, true));
    t.settle(&again, retry_after(MINUTE)).await;
    assert!(t.view(leased.id).await.duplicate_possible, "once possible, always possible");
}

pub(crate) async fn failure_ends_a_task(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;

    t.settle(&leased, Verdict::Failed { reason: Reason::RetriesExhausted, suppress: false }).await;

    let view = t.view(leased.id).await;
    assert_eq!((view.state, view.reason), (State::Failed, Some(Reason::RetriesExhausted)));
    assert!(view.finished_at.is_some() && view.next_attempt_at.is_none());
    assert_eq!(t.stats().await.ended_as(State::Failed), 1);
    assert!(t.suppressed(&account()).await.is_empty());
}

pub(crate) async fn a_refused_address_is_suppressed_for_its_owner_only(t: &mut TestStore) {
    let leased = t.post_and_lease(message("Gone@example.com")).await;

    t.settle(&leased, Verdict::Failed { reason: Reason::Refused, suppress: true }).await;

    assert_eq!(t.suppressed(&account()).await, ["gone@example.com"]);
    assert!(t.suppressed(&stranger()).await.is_empty());
}

pub(crate) async fn skipping_ends_a_task(t: &mut TestStore) {
    let leased = t.post_and_lease(otp("a@example.com")).await;

    t.settle(&leased, Verdict::Skipped { reason: Reason::Expired }).await;

    let view = t.view(leased.id).await;
    assert_eq!((view.state, view.reason, view.attempts.len()), (State::Skipped, Some(Reason::Expired), 0));
    assert_eq!(t.stats().await.ended[&(TaskType::GenerateOtp, State::Skipped)], 1);
}

pub(crate) async fn uncertainty_ends_a_task(t: &mut TestStore) {
    let leased = t.post_and_lease(otp("a@example.com")).await;

    t.settle(&leased, Verdict::Uncertain).await;

    let view = t.view(leased.id).await;
    assert_eq!((view.state, view.reason), (State::Uncertain, Some(Reason::OutcomeUnknown)));
    assert_eq!(t.stats().await.ended_as(State::Uncertain), 1);
}

pub(crate) async fn a_release_leaves_no_trace(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;

    assert_eq!(t.settle(&leased, Verdict::Release).await, Settled::Done);

    let view = t.view(leased.id).await;
    assert_eq!((view.state, view.attempts.len(), view.reason), (State::Queued, 0, None));
    let again = t.lease_one().await;
    assert_eq!((again.tries_used, again.failures, again.due_at), (0, 0, leased.due_at));
}

pub(crate) async fn many_releases_cost_nothing(t: &mut TestStore) {
    let id = t.post(message("a@example.com")).await;
    for _ in 0..6 {
        let leased = t.lease_one().await;
        assert_eq!((leased.id, leased.is_suspect), (id, false), "giving back is no crash");
        t.settle(&leased, Verdict::Release).await;
    }
}

pub(crate) async fn a_stale_token_is_refused_for_every_other_verdict(t: &mut TestStore) {
    let stale = t.post_and_lease(message("a@example.com")).await;
    t.lose_leases().await;
    let current = t.lease_one().await;
    let before = t.stats().await.ended;

    for verdict in unsuccessful() {
        assert_eq!(t.settle(&stale, verdict).await, Settled::Stale, "{verdict:?}");
        assert_eq!(t.state(stale.id).await, State::Running);
    }

    assert!(t.view(stale.id).await.attempts.is_empty() && t.suppressed(&account()).await.is_empty());
    assert_eq!(t.stats().await.ended, before);
    assert_eq!(t.settle(&current, Verdict::Succeeded).await, Settled::Done, "the holder is not disturbed");
}

pub(crate) async fn a_stale_token_is_refused_after_the_end(t: &mut TestStore) {
    let stale = t.post_and_lease(message("a@example.com")).await;
    t.lose_leases().await;
    let current = t.lease_one().await;
    t.settle(&current, Verdict::Succeeded).await;

    for verdict in unsuccessful() {
        assert_eq!(t.settle(&stale, verdict).await, Settled::Stale, "{verdict:?}");
    }

    assert_eq!(t.state(stale.id).await, State::Succeeded);
    assert_eq!(t.begin(&stale).await, Begun::Stale);
}

pub(crate) async fn an_unknown_task_is_stale(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;
    let mut unknown = settlement(&leased, Verdict::Succeeded);
    unknown.id = fresh_id();

    assert_eq!(t.store.settle(&[unknown]).await.unwrap(), [Settled::Stale]);
}

pub(crate) async fn a_late_success_counts_while_the_task_waits(t: &mut TestStore) {
    let late = t.post_and_lease(message("a@example.com")).await;
    t.lose_leases().await;
    let other = t.post(message("b@example.com")).await;
    let leased = t.lease(10).await;
    assert_eq!(leased.len(), 2);
    t.settle_all(&leased, Verdict::Release).await;
    assert_eq!(t.state(late.id).await, State::Queued);

    assert_eq!(t.settle(&late, Verdict::Succeeded).await, Settled::Done);

    assert_eq!(t.state(late.id).await, State::Succeeded);
    assert_eq!(t.lease_one().await.id, other, "the mail is out: not again");
    assert_eq!(t.lease(1).await, []);
}

pub(crate) async fn a_late_success_counts_before_anyone_noticed(t: &mut TestStore) {
    let late = t.post_and_lease(message("a@example.com")).await;
    t.begin(&late).await;
    t.lose_leases().await;

    assert_eq!(t.settle(&late, Verdict::Succeeded).await, Settled::Done);

    assert_eq!(t.state(late.id).await, State::Succeeded);
    assert_eq!(t.lease(1).await, []);
}

pub(crate) async fn a_late_success_counts_under_another_holder(t: &mut TestStore) {
    let late = t.post_and_lease(message("a@example.com")).await;
    t.lose_leases().await;
    let holder = t.lease_one().await;

    assert_eq!(t.settle(&late, Verdict::Succeeded).await, Settled::Done);

    assert_eq!(t.state(late.id).await, State::Succeeded);
    assert_eq!(t.begin(&holder).await, Begun::Stale, "the holder is fenced off");
    assert_eq!(t.settle(&holder, retry_after(MINUTE)).await, Settled::Stale);
    assert_eq!(t.state(late.id).await, State::Succeeded);
    t.lose_leases().await;
    assert_eq!(t.lease(1).await, []);
    assert_eq!(t.stats().await.ended_as(State::Succeeded), 1);
}

pub(crate) async fn a_late_success_counts_while_retrying(t: &mut TestStore) {
    let late = t.post_and_lease(message("a@example.com")).await;
    t.begin(&late).await;
    t.lose_leases().await;
    assert_eq!(t.lease(1).await, []);
    assert_eq!(t.state(late.id).await, State::Retrying);

    assert_eq!(t.settle(&late, Verdict::Succeeded).await, Settled::Done);

    assert_eq!(t.state(late.id).await, State::Succeeded);
    t.advance(HOUR).await;
    assert_eq!(t.lease(1).await, []);
}

pub(crate) async fn a_late_success_counts_after_uncertain(t: &mut TestStore) {
    let late = t.post_and_lease(otp("a@example.com")).await;
    t.begin(&late).await;
    t.lose_leases().await;
    assert_eq!(t.lease(1).await, []);
    assert_eq!(t.state(late.id).await, State::Uncertain);

    assert_eq!(t.settle(&late, Verdict::Succeeded).await, Settled::Done);

    let view = t.view(late.id).await;
    assert_eq!((view.state, view.reason), (State::Succeeded, None));
    let stats = t.stats().await;
    assert_eq!((stats.ended_as(State::Uncertain), stats.ended_as(State::Succeeded)), (1, 1), "totals only grow");
    assert_eq!(stats.gauge(State::Uncertain), 0);
}

pub(crate) async fn a_late_success_counts_after_failed(t: &mut TestStore) {
    let late = t.post_and_lease(message("a@example.com")).await;
    t.lose_leases().await;
    let holder = t.lease_one().await;
    t.settle(&holder, Verdict::Failed { reason: Reason::Refused, suppress: false }).await;

    assert_eq!(t.settle(&late, Verdict::Succeeded).await, Settled::Done);

    assert_eq!(t.state(late.id).await, State::Succeeded);
    assert_eq!(t.stats().await.ended_as(State::Succeeded), 1);
}

pub(crate) async fn a_late_success_counts_after_cancelled(t: &mut TestStore) {
    let late = t.post_and_lease(message("a@example.com")).await;
    t.lose_leases().await;
    let holder = t.lease_one().await;
    t.settle(&holder, Verdict::Release).await;
    assert_eq!(t.cancel(late.id).await, Cancelled::Done);

    assert_eq!(t.settle(&late, Verdict::Succeeded).await, Settled::Done);

    assert_eq!(t.state(late.id).await, State::Succeeded, "the mail is out");
    assert_eq!(t.retry(late.id).await, gomail::store::Retried::Not(State::Succeeded));
}

pub(crate) async fn settling_twice_is_harmless(t: &mut TestStore) {
    let verdicts = [
        Verdict::Succeeded,
        retry_after(HOUR),
        Verdict::Failed { reason: Reason::Refused, suppress: true },
        Verdict::Skipped { reason: Reason::Suppressed },
        Verdict::Uncertain,
    ];
    for verdict in verdicts {
        let leased = t.post_and_lease(message(&crate::helpers::build::nth(fresh_number()))).await;
        assert_eq!(t.settle(&leased, verdict).await, Settled::Done);
        let (view, stats) = (t.view(leased.id).await, t.stats().await);

        assert_eq!(t.settle(&leased, verdict).await, Settled::Done, "{verdict:?}");

        assert_eq!(t.view(leased.id).await, view, "{verdict:?}");
        let again = t.stats().await;
        assert_eq!((again.ended, again.gauges, again.attempts), (stats.ended, stats.gauges, stats.attempts));
        t.cancel(leased.id).await;
    }
}

/// A number no other call gave: a suppressed recipient must not meet the next task.
fn fresh_number() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::SeqCst)
}

pub(crate) async fn releasing_twice_is_harmless(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;
    t.settle(&leased, Verdict::Release).await;
    t.settle(&leased, Verdict::Release).await;

    let again = t.lease_one().await;
    t.settle(&leased, Verdict::Release).await;

    assert_eq!(t.state(again.id).await, State::Running, "the next holder keeps it");
    assert_eq!(t.begin(&again).await, Begun::Go);
}

pub(crate) async fn a_batch_is_settled_one_by_one(t: &mut TestStore) {
    t.post_all(messages(6)).await;
    let leased = t.lease(6).await;
    let mut batch: Vec<_> =
        leased.iter().zip(unsuccessful()).map(|(task, verdict)| settlement(task, verdict)).collect();
    batch[4].token += 1000;
    batch.insert(0, settlement(&leased[5], Verdict::Succeeded));

    let settled = t.store.settle(&batch).await.unwrap();

    assert_eq!(settled[..6], [&[Settled::Done; 5][..], &[Settled::Stale]].concat());
    assert_eq!(t.state(leased[0].id).await, State::Retrying);
    assert_eq!(t.state(leased[1].id).await, State::Failed);
    assert_eq!(t.state(leased[3].id).await, State::Skipped);
    assert_eq!(t.state(leased[4].id).await, State::Running, "a bad one harms no other");
    assert_eq!(t.state(leased[5].id).await, State::Succeeded);
}

pub(crate) async fn attempts_are_numbered_from_one(t: &mut TestStore) {
    let id = t.post(message("a@example.com")).await;
    for _ in 0..3 {
        let leased = t.lease_one().await;
        t.settle(&leased, retry_after(MINUTE)).await;
        t.advance(2 * MINUTE).await;
    }
    let leased = t.lease_one().await;
    t.settle(&leased, Verdict::Succeeded).await;

    let attempts = t.view(id).await.attempts;
    assert_eq!(attempts.iter().map(|attempt| attempt.n).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(attempts[2].outcome, Outcome::Deferred);
    assert_eq!(attempts[3].outcome, Outcome::Delivered);
    let mut first = settlement(&leased, Verdict::Succeeded).attempt.unwrap();
    first.n = 4;
    assert_eq!(attempts[3], first, "and kept word for word");
    assert_eq!(t.stats().await.attempts["deferred"], 3);
}
