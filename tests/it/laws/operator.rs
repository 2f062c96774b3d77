//! What owners and operators do to tasks: cancel, put back, prune; and that totals only grow.

use gomail::{
    domain::{Frequency, NewTask, Reason, State, TaskId, Verdict},
    store::{Begun, Cancelled, Pruned, Retried, Settled},
};

use super::newsletter::{create_news, run_of, waiting_issues};
use crate::helpers::{
    build::{
        HOUR, MINUTE, RETENTION, fresh_id, message, messages, nth, otp, schedule, stranger, subscribe, unsubscribe,
    },
    store::TestStore,
    verbs::retry_after,
};

const FAILED: Verdict = Verdict::Failed { reason: Reason::RetriesExhausted, suppress: false };

/// Posts a message and settles its first attempt.
async fn ended(t: &TestStore, task: NewTask, verdict: Verdict) -> TaskId {
    let leased = t.post_and_lease(task).await;
    assert_eq!(t.settle(&leased, verdict).await, Settled::Done);
    leased.id
}

pub(crate) async fn what_waits_is_cancelled(t: &mut TestStore) {
    let mut later = message("a@example.com");
    schedule(&mut later, t.now().await.plus(HOUR));
    let retrying = ended(t, message("b@example.com"), retry_after(HOUR)).await;
    let waiting = [t.post(later).await, t.post(message("c@example.com")).await, retrying];

    for id in waiting {
        assert_eq!(t.cancel(id).await, Cancelled::Done);
        let view = t.view(id).await;
        assert_eq!((view.state, view.reason), (State::Cancelled, Some(Reason::Cancelled)));
        assert!(view.finished_at.is_some() && view.next_attempt_at.is_none());
        assert_eq!(t.cancel(id).await, Cancelled::Not(State::Cancelled));
    }

    t.advance(2 * HOUR).await;
    assert_eq!(t.lease(10).await, [], "none of them comes back");
    assert_eq!(t.store.next_due().await.unwrap(), None);
    assert_eq!(t.stats().await.ended_as(State::Cancelled), 3);
}

pub(crate) async fn what_has_begun_or_ended_is_not_cancelled(t: &mut TestStore) {
    let verdicts = [
        (Verdict::Succeeded, State::Succeeded),
        (FAILED, State::Failed),
        (Verdict::Skipped { reason: Reason::Expired }, State::Skipped),
        (Verdict::Uncertain, State::Uncertain),
    ];
    for (verdict, state) in verdicts {
        let id = ended(t, message("a@example.com"), verdict).await;
        assert_eq!(t.cancel(id).await, Cancelled::Not(state));
        assert_eq!(t.state(id).await, state);
    }
    let marked = t.post_and_lease(message("a@example.com")).await;
    t.begin(&marked).await;
    assert_eq!(t.cancel(marked.id).await, Cancelled::Not(State::Running));
    assert_eq!(t.settle(&marked, Verdict::Succeeded).await, Settled::Done);
    create_news(t).await;
    for change in [subscribe("a@example.com", "news", Frequency::Daily), unsubscribe("a@example.com", "news")] {
        let leased = t.post_and_lease(change).await;
        assert_eq!(t.cancel(leased.id).await, Cancelled::Not(State::Running), "it may have taken effect by now");
        t.settle(&leased, Verdict::Succeeded).await;
    }
}

pub(crate) async fn a_leased_mail_without_a_mark_is_cancelled(t: &mut TestStore) {
    let run = waiting_issues(t, 1).await;
    t.post(message("a@example.com")).await;
    t.post(otp("b@example.com")).await;
    let leased = t.lease(3).await;
    assert_eq!(leased.len(), 3);

    for leased in &leased {
        assert_eq!(t.cancel(leased.id).await, Cancelled::Done);
        let view = t.view(leased.id).await;
        assert_eq!((view.state, view.reason), (State::Cancelled, Some(Reason::Cancelled)));
        assert_eq!(t.cancel(leased.id).await, Cancelled::Not(State::Cancelled));

        assert_eq!(t.begin(leased).await, Begun::Stale);
        assert_eq!(t.store.extend(&[(leased.id, leased.token)], HOUR).await.unwrap(), [false]);
        for verdict in [FAILED, retry_after(MINUTE), Verdict::Uncertain, Verdict::Release] {
            assert_eq!(t.settle(leased, verdict).await, Settled::Stale, "{verdict:?}");
        }
        assert_eq!(t.state(leased.id).await, State::Cancelled);
    }

    t.lose_leases().await;
    assert_eq!(t.lease(10).await, [], "none of them comes back");
    assert_eq!(t.store.next_due().await.unwrap(), None);
    assert_eq!(run_of(t, run).await.totals.cancelled, 1);
    assert_eq!(t.stats().await.ended_as(State::Cancelled), 3);
}

pub(crate) async fn a_mail_whose_mark_was_taken_back_is_cancelled(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;
    t.begin(&leased).await;
    t.settle(&leased, Verdict::Release).await;
    let again = t.lease_one().await;

    assert_eq!(t.cancel(again.id).await, Cancelled::Done);

    assert_eq!(t.settle(&again, Verdict::Succeeded).await, Settled::Done, "a success always counts");
    assert_eq!(t.state(again.id).await, State::Succeeded);
}

pub(crate) async fn nobody_cancels_or_retries_what_is_not_theirs(t: &mut TestStore) {
    let waiting = t.post(message("a@example.com")).await;
    assert_eq!(t.store.cancel(&stranger(), waiting).await.unwrap(), Cancelled::Unknown);
    assert_eq!(t.cancel(fresh_id()).await, Cancelled::Unknown);
    t.cancel(waiting).await;

    let failed = ended(t, message("b@example.com"), FAILED).await;
    assert_eq!(t.store.retry(&stranger(), failed).await.unwrap(), Retried::Unknown);
    assert_eq!(t.retry(fresh_id()).await, Retried::Unknown);
    assert_eq!(t.state(failed).await, State::Failed);
}

pub(crate) async fn retry_restores_all_tries_and_the_age(t: &mut TestStore) {
    let id = t.post(message("a@example.com")).await;
    for _ in 0..3 {
        let leased = t.lease_one().await;
        t.settle(&leased, retry_after(MINUTE)).await;
        t.advance(HOUR).await;
    }
    let last = t.lease_one().await;
    assert_eq!((last.tries_used, last.failures), (3, 3));
    t.settle(&last, FAILED).await;
    t.advance(HOUR).await;

    assert_eq!(t.retry(id).await, Retried::Done);

    let view = t.view(id).await;
    assert_eq!((view.state, view.reason, view.finished_at), (State::Queued, None, None));
    assert_eq!(view.attempts.len(), 4, "what was tried stays on record");
    let now = t.now().await;
    let leased = t.lease_one().await;
    assert_eq!((leased.id, leased.tries_used), (id, 0), "all its tries");
    assert!(TestStore::near(leased.due_at, now), "its age counts from now");
    assert!(leased.token > last.token);
    t.settle(&leased, Verdict::Succeeded).await;
    assert_eq!(t.view(id).await.attempts.last().unwrap().n, 5);
}

pub(crate) async fn what_is_uncertain_may_be_put_back(t: &mut TestStore) {
    let id = ended(t, otp("a@example.com"), Verdict::Uncertain).await;

    assert_eq!(t.retry(id).await, Retried::Done);

    assert_eq!(t.lease_one().await.id, id);
}

pub(crate) async fn nothing_else_is_put_back(t: &mut TestStore) {
    let queued = t.post(message("a@example.com")).await;
    assert_eq!(t.retry(queued).await, Retried::Not(State::Queued));
    t.cancel(queued).await;
    assert_eq!(t.retry(queued).await, Retried::Not(State::Cancelled));
    let verdicts = [
        (Verdict::Succeeded, State::Succeeded),
        (Verdict::Skipped { reason: Reason::Expired }, State::Skipped),
        (retry_after(HOUR), State::Retrying),
    ];
    for (verdict, state) in verdicts {
        let id = ended(t, message("a@example.com"), verdict).await;
        assert_eq!(t.retry(id).await, Retried::Not(state));
        assert_eq!(t.state(id).await, state);
    }
    let running = t.post_and_lease(message("a@example.com")).await;
    assert_eq!(t.retry(running.id).await, Retried::Not(State::Running));
    let mut later = message("b@example.com");
    schedule(&mut later, t.now().await.plus(HOUR));
    let later = t.post(later).await;
    assert_eq!(t.retry(later).await, Retried::Not(State::Scheduled));
}

pub(crate) async fn a_settlement_from_before_the_retry_is_stale(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;
    t.settle(&leased, Verdict::Uncertain).await;
    t.retry(leased.id).await;
    let again = t.lease_one().await;

    t.settle(&leased, Verdict::Uncertain).await;

    assert_eq!(t.state(leased.id).await, State::Running, "repeated, it reaches nothing new");
    assert_eq!(t.settle(&again, Verdict::Succeeded).await, Settled::Done);
}

pub(crate) async fn totals_only_grow(t: &mut TestStore) {
    let id = ended(t, message("a@example.com"), FAILED).await;
    t.retry(id).await;
    let stats = t.stats().await;
    assert_eq!((stats.ended_as(State::Failed), stats.gauge(State::Failed)), (1, 0), "retry takes nothing back");

    let leased = t.lease_one().await;
    t.settle(&leased, FAILED).await;
    assert_eq!(t.stats().await.ended_as(State::Failed), 2, "each ending counts");

    t.advance(RETENTION + HOUR).await;
    assert_eq!(t.store.prune(100).await.unwrap().tasks, 1);
    let stats = t.stats().await;
    assert_eq!((stats.ended_as(State::Failed), stats.gauge(State::Failed)), (2, 0), "nor does pruning");
    assert_eq!(stats.attempts["refused"], 2);
}

pub(crate) async fn pruning_takes_only_what_ended_long_ago(t: &mut TestStore) {
    let ends = [Verdict::Succeeded, FAILED, Verdict::Skipped { reason: Reason::Expired }, Verdict::Uncertain];
    let mut old = Vec::new();
    for verdict in ends {
        old.push(ended(t, message("a@example.com"), verdict).await);
    }
    let cancelled = t.post(message("a@example.com")).await;
    t.cancel(cancelled).await;
    old.push(cancelled);
    let retrying = ended(t, message("a@example.com"), retry_after(3 * RETENTION)).await;
    let mut later = message("a@example.com");
    schedule(&mut later, t.now().await.plus(3 * RETENTION));
    let later = t.post(later).await;
    t.advance(RETENTION.saturating_sub(HOUR)).await;
    assert_eq!(t.store.prune(100).await.unwrap().tasks, 0, "not yet");
    let young = ended(t, message("a@example.com"), Verdict::Succeeded).await;
    let queued = t.post(message("a@example.com")).await;

    t.advance(2 * HOUR).await;
    assert_eq!(t.store.prune(100).await.unwrap().tasks, 5);

    for id in old {
        assert_eq!(t.store.task(&crate::helpers::build::account(), id).await.unwrap(), None);
    }
    for id in [retrying, later, young, queued] {
        t.view(id).await;
    }
    assert_eq!(t.find(&gomail::store::TaskFilter::default()).await.len(), 4);
    assert_eq!(t.stats().await.gauges.iter().sum::<u64>(), 4);
}

pub(crate) async fn pruning_is_bounded(t: &mut TestStore) {
    t.post_all(messages(25)).await;
    let leased = t.lease(25).await;
    t.settle_all(&leased, Verdict::Succeeded).await;
    t.advance(RETENTION + HOUR).await;

    let mut pruned = Vec::new();
    for _ in 0..4 {
        pruned.push(t.store.prune(10).await.unwrap());
        t.check_books().await;
    }

    let expected = [(10, true), (10, true), (5, false), (0, false)];
    assert_eq!(pruned, expected.map(|(tasks, has_more)| Pruned { tasks, has_more }));
}

pub(crate) async fn pruning_goes_on_while_anything_is_left(t: &mut TestStore) {
    t.post_all((0..15).map(|n| otp(&nth(n))).collect()).await;
    // Their places among the codes of the last hour.
    t.advance(2 * HOUR).await;

    let mut pruned = Vec::new();
    for _ in 0..2 {
        pruned.push(t.store.prune(10).await.unwrap());
    }

    assert_eq!(pruned, [true, false].map(|has_more| Pruned { tasks: 0, has_more }));
}

pub(crate) async fn a_pruned_task_is_unknown(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;
    t.settle(&leased, FAILED).await;
    t.advance(RETENTION + HOUR).await;
    t.store.prune(10).await.unwrap();

    assert_eq!(t.settle(&leased, retry_after(MINUTE)).await, Settled::Stale);
    assert_eq!(t.settle(&leased, Verdict::Succeeded).await, Settled::Stale);
    assert_eq!(t.retry(leased.id).await, Retried::Unknown);
    assert_eq!(t.stats().await.ended_as(State::Succeeded), 0);
}

pub(crate) async fn a_task_put_back_is_kept_from_its_last_end(t: &mut TestStore) {
    let id = ended(t, message(&nth(0)), FAILED).await;
    t.advance(RETENTION.saturating_sub(HOUR)).await;
    t.retry(id).await;
    let leased = t.lease_one().await;
    t.settle(&leased, FAILED).await;
    t.advance(2 * HOUR).await;

    assert_eq!(t.store.prune(10).await.unwrap().tasks, 0);
    t.advance(RETENTION).await;
    assert_eq!(t.store.prune(10).await.unwrap().tasks, 1);
}
