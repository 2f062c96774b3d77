//! The mails of a run: checked once more before sending, and added up at every stage.

use gomail::{
    domain::{Frequency, Reason, State, TaskType, Verdict},
    store::{Begun, Cancelled, RUN_RETENTION, Retried, RunTotals},
};

use super::newsletter::{
    create_news, fan_out_all, issue_ids, join, news, next_hour, quit, run_hour, run_of, waiting_issues,
};
use crate::helpers::{
    build::{HOUR, MINUTE, RETENTION, account, address, nth, page, stranger},
    store::TestStore,
    verbs::retry_after,
};

const SKIP: Begun = Begun::Skip(Reason::Unsubscribed);

pub(crate) async fn a_subscriber_gets_the_mail(t: &mut TestStore) {
    waiting_issues(t, 1).await;
    let leased = t.lease_one().await;

    assert_eq!(t.begin(&leased).await, Begun::Go);
    t.settle(&leased, Verdict::Succeeded).await;

    assert_eq!(t.stats().await.ended[&(TaskType::Newsletter, State::Succeeded)], 1);
}

pub(crate) async fn who_unsubscribed_after_the_fan_out_is_skipped(t: &mut TestStore) {
    waiting_issues(t, 1).await;
    let leased = t.lease_one().await;
    t.store.unsubscribe(&account(), &nth(0), &news()).await.unwrap();

    assert_eq!(t.begin(&leased).await, SKIP);
}

pub(crate) async fn who_changed_the_frequency_after_the_fan_out_is_skipped(t: &mut TestStore) {
    waiting_issues(t, 1).await;
    let leased = t.lease_one().await;
    join(t, &nth(0), Frequency::Daily).await;

    assert_eq!(t.begin(&leased).await, SKIP);
}

pub(crate) async fn who_came_back_after_the_fan_out_is_skipped(t: &mut TestStore) {
    waiting_issues(t, 1).await;
    let leased = t.lease_one().await;
    quit(t, &nth(0)).await;
    join(t, &nth(0), Frequency::Hourly).await;

    assert_eq!(t.begin(&leased).await, SKIP, "a new subscription starts with its next period");
}

pub(crate) async fn who_subscribed_again_the_same_way_gets_the_mail(t: &mut TestStore) {
    waiting_issues(t, 1).await;
    let leased = t.lease_one().await;
    join(t, &nth(0), Frequency::Hourly).await;

    assert_eq!(t.begin(&leased).await, Begun::Go);
}

pub(crate) async fn a_deleted_newsletter_is_skipped(t: &mut TestStore) {
    waiting_issues(t, 1).await;
    let leased = t.lease_one().await;
    t.store.delete_content(&account(), &news(), true).await.unwrap();

    assert_eq!(t.begin(&leased).await, SKIP, "its subscriptions went with it");
}

pub(crate) async fn a_suppressed_subscriber_is_skipped(t: &mut TestStore) {
    waiting_issues(t, 1).await;
    let leased = t.lease_one().await;
    t.store.suppress(&account(), &address(&nth(0)), "manual").await.unwrap();

    assert_eq!(t.begin(&leased).await, Begun::Skip(Reason::Suppressed));
}

pub(crate) async fn a_newsletter_mail_is_retried_like_any_other(t: &mut TestStore) {
    let run = waiting_issues(t, 1).await;
    let first = t.lease_one().await;
    t.settle(&first, retry_after(10 * MINUTE)).await;
    assert_eq!(t.state(first.id).await, State::Retrying);
    assert_eq!(run_of(t, run).await.totals.waiting, 1);

    t.advance(11 * MINUTE).await;
    let again = t.lease_one().await;

    assert_eq!((again.id, again.tries_used, again.failures), (first.id, 1, 1));
    assert_eq!((again.job, again.due_at, again.created_at), (first.job, first.due_at, first.created_at));
    let view = t.view(again.id).await;
    assert_eq!((view.state, view.attempts.len()), (State::Running, 1));
}

pub(crate) async fn a_run_adds_up_at_every_stage(t: &mut TestStore) {
    let run = waiting_issues(t, 10).await;
    let totals = async |t: &TestStore| run_of(t, run).await.totals;
    let mut wanted = RunTotals { total: 10, waiting: 10, ..RunTotals::default() };
    assert_eq!(totals(t).await, wanted);
    let ids = issue_ids(t, run).await;
    assert_eq!(t.cancel(ids[0]).await, Cancelled::Done);
    wanted = RunTotals { waiting: 9, cancelled: 1, ..wanted };
    assert_eq!(totals(t).await, wanted);

    let leased = t.lease(20).await;
    assert_eq!((leased.len(), totals(t).await), (9, wanted), "running is waiting");
    t.settle_all(&leased[..2], Verdict::Succeeded).await;
    t.settle_all(&leased[2..4], Verdict::Failed { reason: Reason::Refused, suppress: false }).await;
    t.settle_all(&leased[4..5], Verdict::Skipped { reason: Reason::Unsubscribed }).await;
    t.settle_all(&leased[5..6], Verdict::Uncertain).await;
    t.settle_all(&leased[6..7], retry_after(HOUR)).await;
    t.settle_all(&leased[7..8], Verdict::Release).await;
    wanted = RunTotals { succeeded: 2, failed: 2, skipped: 1, uncertain: 1, waiting: 3, ..wanted };
    assert_eq!(totals(t).await, wanted);

    assert_eq!(t.retry(leased[2].id).await, Retried::Done);
    assert_eq!(t.retry(leased[5].id).await, Retried::Done);
    wanted = RunTotals { failed: 1, uncertain: 0, waiting: 5, ..wanted };
    assert_eq!(totals(t).await, wanted, "put back by an operator");
    let again = t.lease(10).await;
    t.settle_all(&again, Verdict::Succeeded).await;
    wanted.succeeded += again.len() as u64;
    wanted.waiting -= again.len() as u64;
    assert_eq!(totals(t).await, wanted);

    t.settle(&leased[3], Verdict::Succeeded).await;
    t.check_books().await;
    t.reopen().await;
    let stats = t.stats().await;
    assert_eq!(stats.ended[&(TaskType::Newsletter, State::Failed)], 2, "totals only grow");
    run_of(t, run).await;
}

pub(crate) async fn a_late_success_moves_the_runs_totals(t: &mut TestStore) {
    let run = waiting_issues(t, 1).await;
    let late = t.lease_one().await;
    t.begin(&late).await;
    t.lose_leases().await;
    assert_eq!(t.lease(1).await, []);
    assert_eq!(run_of(t, run).await.totals.uncertain, 1);

    t.settle(&late, Verdict::Succeeded).await;

    let totals = run_of(t, run).await.totals;
    assert_eq!((totals.uncertain, totals.succeeded), (0, 1));
}

pub(crate) async fn undelivered_tells_who_and_why(t: &mut TestStore) {
    let run = waiting_issues(t, 7).await;
    let leased = t.lease(6).await;
    t.settle(&leased[0], Verdict::Succeeded).await;
    t.settle(&leased[1], Verdict::Failed { reason: Reason::Refused, suppress: false }).await;
    t.settle(&leased[2], Verdict::Skipped { reason: Reason::Unsubscribed }).await;
    t.settle(&leased[3], Verdict::Uncertain).await;
    t.settle(&leased[4], retry_after(HOUR)).await;
    t.settle(&leased[5], Verdict::Release).await;
    assert_eq!(t.cancel(leased[5].id).await, Cancelled::Done);

    let mut found = Vec::new();
    let mut request = page(2);
    loop {
        let page = t.store.undelivered(&account(), run, &request).await.unwrap();
        assert!(page.items.len() <= 2);
        found.extend(page.items);
        if page.next_cursor.is_none() {
            break;
        }
        request.cursor = page.next_cursor;
    }

    let mut wanted = vec![
        (leased[1].recipient.key(), State::Failed, Some(Reason::Refused)),
        (leased[2].recipient.key(), State::Skipped, Some(Reason::Unsubscribed)),
        (leased[3].recipient.key(), State::Uncertain, Some(Reason::OutcomeUnknown)),
        (leased[5].recipient.key(), State::Cancelled, Some(Reason::Cancelled)),
    ];
    let mut told: Vec<_> = found.into_iter().map(|view| (view.recipient.key(), view.state, view.reason)).collect();
    wanted.sort_by(|a, b| a.0.cmp(&b.0));
    told.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(told, wanted);
    assert!(t.store.undelivered(&stranger(), run, &page(10)).await.unwrap().items.is_empty());

    t.retry(leased[1].id).await;
    let left = t.store.undelivered(&account(), run, &page(10)).await.unwrap().items;
    assert!(left.iter().all(|view| view.id != leased[1].id), "put back, it waits");
}

pub(crate) async fn a_runs_totals_outlive_its_pruned_mails(t: &mut TestStore) {
    let run = waiting_issues(t, 5).await;
    let leased = t.lease(5).await;
    t.settle_all(&leased[..4], Verdict::Succeeded).await;
    t.settle_all(&leased[4..], retry_after(2 * RETENTION)).await;

    t.advance(RETENTION + HOUR).await;
    assert_eq!(t.store.prune(1000).await.unwrap().tasks, 5 + 4, "the subscribe tasks and the mails that ended");

    let totals = run_of(t, run).await.totals;
    assert_eq!((totals.total, totals.succeeded, totals.waiting), (5, 4, 1));
    assert!(t.store.issue(run).await.unwrap().is_some(), "a mail still waits for it");
}

pub(crate) async fn a_finished_run_is_kept_for_400_days(t: &mut TestStore) {
    let old = waiting_issues(t, 3).await;
    let leased = t.lease(3).await;
    t.settle_all(&leased, Verdict::Succeeded).await;
    assert!(!t.store.issue(old).await.unwrap().unwrap().content.is_empty());
    t.advance(RUN_RETENTION.saturating_sub(HOUR)).await;
    t.store.prune(1000).await.unwrap();
    assert_eq!(run_of(t, old).await.totals.succeeded, 3, "long after its mails");
    assert!(t.store.issue(old).await.unwrap().unwrap().content.is_empty(), "its text has no more use");
    t.advance(2 * HOUR).await;
    let period = next_hour(t).await;
    let young = run_hour(t, period).await;
    fan_out_all(t, young, 10).await;

    for _ in 0..3 {
        t.store.prune(1000).await.unwrap();
    }

    assert_eq!(t.store.issue(old).await.unwrap(), None);
    assert_eq!(t.store.run(&account(), old).await.unwrap(), None);
    assert!(t.store.issue(young).await.unwrap().is_some());
    let listed = t.store.runs(&account(), None, &page(10)).await.unwrap().items;
    assert_eq!(listed.iter().map(|run| run.id).collect::<Vec<_>>(), [young]);
}

pub(crate) async fn a_run_is_kept_as_long_as_a_task_of_it(t: &mut TestStore) {
    let run = waiting_issues(t, 1).await;
    t.advance(2 * RUN_RETENTION).await;
    t.store.prune(1000).await.unwrap();
    assert!(t.store.issue(run).await.unwrap().is_some_and(|issue| !issue.content.is_empty()), "a mail waits for it");

    let leased = t.lease_one().await;
    t.settle(&leased, Verdict::Succeeded).await;
    t.store.prune(1000).await.unwrap();
    assert!(t.store.run(&account(), run).await.unwrap().is_some(), "its task is listed");

    t.advance(RETENTION + HOUR).await;
    for _ in 0..2 {
        t.store.prune(1000).await.unwrap();
    }
    assert_eq!(t.store.run(&account(), run).await.unwrap(), None);
}

pub(crate) async fn run_ids_are_never_used_again(t: &mut TestStore) {
    create_news(t).await;
    join(t, "a@example.com", Frequency::Hourly).await;
    let mut last = None;
    for _ in 0..3 {
        let period = next_hour(t).await;
        let run = run_hour(t, period).await;
        assert!(Some(run) > last);
        last = Some(run);
        fan_out_all(t, run, 10).await;
        let leased = t.lease_one().await;
        t.settle(&leased, Verdict::Succeeded).await;
        t.advance(2 * RUN_RETENTION).await;
        for _ in 0..2 {
            t.store.prune(1000).await.unwrap();
        }
        assert_eq!(t.store.run(&account(), run).await.unwrap(), None);
    }
}
