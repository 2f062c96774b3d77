//! Runs: one per series and period, fanned out in steps that may be repeated.

use std::{collections::HashSet, sync::Arc};

use gomail::{
    domain::{Frequency, RunId, State, TaskId, TaskType, Verdict},
    store::{Cancelled, FanOut, Job, TaskFilter, Tick, Ticked},
};
use tokio::{sync::Barrier, task::JoinSet};

use super::newsletter::{
    NO_LIMIT, accept_changes, apply, change_all, create_news, fan_out_all, join, news, next_hour, queued_issues, quit,
    run_hour, run_of, sees_nothing, sending, series_at, waiting_issues,
};
use crate::helpers::{
    build::{HOUR, RETENTION, account, nth, page, stranger, subject, subscribe},
    store::TestStore,
    verbs::{drain, ids},
};

/// Hourly subscribers, and the start of a period that began after they came.
async fn hourly(t: &TestStore, count: u64) -> gomail::domain::Timestamp {
    create_news(t).await;
    change_all(t, (0..count).map(|n| subscribe(&nth(n), "news", Frequency::Hourly)).collect()).await;
    next_hour(t).await
}

pub(crate) async fn racing_schedulers_make_one_run(t: &mut TestStore) {
    let period = hourly(t, 3).await;
    let series = series_at(t, Frequency::Hourly).await.unwrap();
    let start = Arc::new(Barrier::new(8));
    let mut schedulers = JoinSet::new();
    for _ in 0..8 {
        let (store, start, tick) = (Arc::clone(&t.store), Arc::clone(&start), sending(&series, period));
        schedulers.spawn(async move {
            start.wait().await;
            store.tick(&tick).await.unwrap()
        });
    }

    let ticked = schedulers.join_all().await;

    assert_eq!(ticked.iter().filter(|ticked| matches!(ticked, Ticked::Run(_))).count(), 1);
    assert_eq!(ticked.iter().filter(|ticked| **ticked == Ticked::Taken).count(), 7);
    assert_eq!(t.store.runs(&account(), None, &page(10)).await.unwrap().items.len(), 1);
    assert_eq!(series_at(t, Frequency::Hourly).await.unwrap().last_period, Some(period));
}

pub(crate) async fn a_period_is_dealt_with_once(t: &mut TestStore) {
    let period = hourly(t, 1).await;
    run_hour(t, period).await;
    let series = series_at(t, Frequency::Hourly).await.unwrap();

    for again in [period, period.minus(HOUR)] {
        assert_eq!(t.store.tick(&sending(&series, again)).await.unwrap(), Ticked::Taken, "not later than the last");
    }

    assert_eq!(series_at(t, Frequency::Hourly).await.unwrap(), series);
    let next = next_hour(t).await;
    run_hour(t, next).await;
}

pub(crate) async fn a_period_to_come_is_refused(t: &mut TestStore) {
    let period = hourly(t, 1).await;
    let series = series_at(t, Frequency::Hourly).await.unwrap();

    assert_eq!(t.store.tick(&sending(&series, period.plus(HOUR))).await.unwrap(), Ticked::Future);

    assert_eq!(series_at(t, Frequency::Hourly).await.unwrap(), series, "nothing changed");
    run_hour(t, period).await;
}

pub(crate) async fn a_period_before_the_first_subscriber_passes(t: &mut TestStore) {
    create_news(t).await;
    let period = next_hour(t).await;
    join(t, "a@example.com", Frequency::Hourly).await;
    let series = series_at(t, Frequency::Hourly).await.unwrap();

    assert_eq!(t.store.tick(&sending(&series, period)).await.unwrap(), Ticked::Passed);

    assert_eq!(series_at(t, Frequency::Hourly).await.unwrap().last_period, Some(period), "it is dealt with");
    assert!(t.store.runs(&account(), None, &page(10)).await.unwrap().items.is_empty());
}

pub(crate) async fn a_period_may_be_passed_over_and_missed_ones_are_counted(t: &mut TestStore) {
    let period = hourly(t, 1).await;
    let series = series_at(t, Frequency::Hourly).await.unwrap();
    let tick = Tick { series, period, send: false, missed: 3 };

    assert_eq!(t.store.tick(&tick).await.unwrap(), Ticked::Passed);
    assert_eq!(t.stats().await.missed_periods, 3);
    assert_eq!(t.store.tick(&tick).await.unwrap(), Ticked::Taken);
    assert_eq!(t.stats().await.missed_periods, 3, "a tick that changes nothing counts nothing");

    let next = next_hour(t).await;
    let series = series_at(t, Frequency::Hourly).await.unwrap();
    let ticked = t.store.tick(&Tick { missed: 2, ..sending(&series, next) }).await.unwrap();
    assert!(matches!(ticked, Ticked::Run(_)), "{ticked:?}");
    assert_eq!(t.stats().await.missed_periods, 5);
}

pub(crate) async fn a_series_gone_is_taken(t: &mut TestStore) {
    let period = hourly(t, 1).await;
    let series = series_at(t, Frequency::Hourly).await.unwrap();
    quit(t, &nth(0)).await;

    assert_eq!(t.store.tick(&sending(&series, period)).await.unwrap(), Ticked::Taken);
}

pub(crate) async fn a_run_sends_the_content_of_its_making(t: &mut TestStore) {
    let period = hourly(t, 2).await;
    let run = run_hour(t, period).await;
    t.store.update_content(&account(), &news(), &subject("Later"), "later").await.unwrap();
    fan_out_all(t, run, 10).await;

    let issue = t.store.issue(run).await.unwrap().expect("the run's issue");

    assert_eq!((issue.subject.as_str(), issue.content.as_str()), ("News", "Hello {{ email }}"));
    assert_eq!((issue.run, issue.account, issue.content_type), (run, account(), news()));
    assert_eq!((issue.frequency, issue.period), (Frequency::Hourly, period));
    assert!(TestStore::near(issue.created_at, t.now().await));
    assert_eq!(t.store.issue(RunId(run.0 + 1)).await.unwrap(), None);
}

pub(crate) async fn a_run_outlives_its_content_type(t: &mut TestStore) {
    let run = waiting_issues(t, 1).await;
    t.store.delete_content(&account(), &news(), true).await.unwrap();

    assert_eq!(t.store.issue(run).await.unwrap().unwrap().subject.as_str(), "News");
}

pub(crate) async fn each_subscription_gets_one_mail(t: &mut TestStore) {
    let period = hourly(t, 25).await;
    let run = run_hour(t, period).await;
    assert_eq!(t.store.open_runs().await.unwrap(), [run]);
    assert!(run_of(t, run).await.is_fanning_out);

    assert_eq!(t.store.fan_out(run, 10, NO_LIMIT).await.unwrap(), FanOut { created: 10, is_done: false });
    assert_eq!(run_of(t, run).await.totals.total, 10);
    assert_eq!(fan_out_all(t, run, 10).await, 15);

    assert!(t.store.open_runs().await.unwrap().is_empty());
    let made = run_of(t, run).await;
    assert_eq!((made.totals.total, made.totals.waiting, made.is_fanning_out), (25, 25, false));
    assert_eq!((made.content_type, made.frequency, made.period), (news(), Frequency::Hourly, period));
    let leased = drain(&t.store, 10).await;
    let recipients: HashSet<_> = leased.iter().map(|leased| leased.recipient.key()).collect();
    assert_eq!(recipients, (0..25).map(nth).collect());
    assert_eq!(leased.len(), 25);
    for mail in leased {
        assert!(matches!(mail.id, TaskId::Issue { run: of, .. } if of == run), "{}", mail.id);
        assert_eq!((mail.job, mail.account), (Job::Issue(run), account()));
    }
}

pub(crate) async fn fan_out_waits_at_the_high_water_mark(t: &mut TestStore) {
    let period = hourly(t, 25).await;
    let run = run_hour(t, period).await;

    for created in [10, 10, 0, 0] {
        assert_eq!(t.store.fan_out(run, 10, 15).await.unwrap(), FanOut { created, is_done: false });
    }
    assert_eq!(queued_issues(t).await, 20);

    let leased = t.lease(10).await;
    t.settle_all(&leased, Verdict::Succeeded).await;
    assert_eq!(t.store.fan_out(run, 10, 15).await.unwrap().created, 5);
}

pub(crate) async fn a_crash_between_steps_is_harmless(t: &mut TestStore) {
    let period = hourly(t, 25).await;
    let run = run_hour(t, period).await;
    t.reopen().await;
    assert_eq!(t.store.open_runs().await.unwrap(), [run]);
    let mut made = 0;
    for _ in 0..4 {
        made += t.store.fan_out(run, 7, NO_LIMIT).await.unwrap().created;
        t.reopen().await;
    }

    assert_eq!(made, 25);
    assert_eq!(t.store.fan_out(run, 7, NO_LIMIT).await.unwrap(), FanOut { created: 0, is_done: true });
    assert_eq!(t.store.fan_out(RunId(run.0 + 1), 7, NO_LIMIT).await.unwrap(), FanOut { created: 0, is_done: true });
    let series = series_at(t, Frequency::Hourly).await.unwrap();
    assert_eq!(series.last_period, Some(period));
    assert_eq!(run_of(t, run).await.totals.total, 25);
}

pub(crate) async fn racing_fan_outs_make_each_mail_once(t: &mut TestStore) {
    let period = hourly(t, 60).await;
    let run = run_hour(t, period).await;
    let other = t.second().await;
    let work = async |store: Arc<dyn gomail::store::Store>| {
        let mut made = 0;
        loop {
            let step = store.fan_out(run, 7, NO_LIMIT).await.unwrap();
            made += step.created;
            if step.is_done {
                return made;
            }
        }
    };

    let (ours, theirs) = tokio::join!(work(Arc::clone(&t.store)), work(Arc::clone(&other)));

    assert_eq!(ours + theirs, 60);
    let held: HashSet<_> = ids(&drain(&t.store, 50).await).into_iter().collect();
    assert_eq!(held.len(), 60);
    other.close().await;
}

pub(crate) async fn who_comes_in_or_after_the_period_waits_for_the_next(t: &mut TestStore) {
    let first = hourly(t, 1).await;
    join(t, "late@example.com", Frequency::Hourly).await;
    let run = run_hour(t, first).await;
    join(t, "later@example.com", Frequency::Hourly).await;

    assert_eq!(fan_out_all(t, run, 10).await, 1);
    assert_eq!(t.lease_one().await.recipient.key(), nth(0));

    let second = next_hour(t).await;
    let run = run_hour(t, second).await;
    assert_eq!(fan_out_all(t, run, 1).await, 3, "steps of one get past those who came late");
}

pub(crate) async fn who_was_accepted_in_time_gets_the_issue(t: &mut TestStore) {
    create_news(t).await;
    join(t, "a@example.com", Frequency::Hourly).await;
    let waiting = accept_changes(t, vec![subscribe("b@example.com", "news", Frequency::Hourly)]).await;
    let period = next_hour(t).await;
    apply(t, &waiting[0]).await;
    join(t, "a@example.com", Frequency::Hourly).await;

    let run = run_hour(t, period).await;

    assert_eq!(fan_out_all(t, run, 10).await, 2, "acceptance counts; subscribing again the same way changes nothing");
}

pub(crate) async fn a_new_frequency_starts_with_its_next_period(t: &mut TestStore) {
    let period = hourly(t, 2).await;
    join(t, &nth(0), Frequency::Daily).await;
    join(t, &nth(0), Frequency::Hourly).await;

    let run = run_hour(t, period).await;
    assert_eq!(fan_out_all(t, run, 10).await, 1);

    let next = next_hour(t).await;
    let run = run_hour(t, next).await;
    assert_eq!(fan_out_all(t, run, 10).await, 2);
}

pub(crate) async fn a_waiting_mail_is_found_by_its_id_and_listed_from_its_first_lease(t: &mut TestStore) {
    let run = waiting_issues(t, 2).await;
    let leased = t.lease_one().await;
    let newsletters = TaskFilter { task_type: Some(TaskType::Newsletter), ..TaskFilter::default() };
    assert_eq!(t.find(&newsletters).await, [leased.id]);
    t.settle(&leased, Verdict::Release).await;
    let waiting: Vec<_> = ids(&t.lease(2).await);
    assert_eq!(waiting.len(), 2);

    let second = run_next_unleased(t, run).await;
    let view = t.view(second).await;
    assert_eq!((view.state, view.task_type), (State::Queued, TaskType::Newsletter));
    assert_eq!((view.name.as_str(), view.recipient.key()), ("news", nth(0)));
    assert!(view.attempts.is_empty() && view.next_attempt_at.is_some());
    assert!(!t.find(&TaskFilter::default()).await.contains(&second));
    assert_eq!(t.store.task(&stranger(), second).await.unwrap(), None);

    t.lease(10).await;
    assert!(t.find(&newsletters).await.contains(&second));
    assert_eq!(t.state(second).await, State::Running);
}

pub(crate) async fn a_mail_cancelled_before_its_first_lease_is_listed(t: &mut TestStore) {
    let run = waiting_issues(t, 2).await;
    let TaskId::Issue { seq, .. } = t.lease_one().await.id else { panic!("a newsletter mail") };
    let second = TaskId::Issue { run, seq: seq + 1 };

    assert_eq!(t.cancel(second).await, Cancelled::Done);

    let cancelled =
        TaskFilter { state: Some(State::Cancelled), task_type: Some(TaskType::Newsletter), ..TaskFilter::default() };
    assert_eq!(t.find(&cancelled).await, [second]);
    assert_eq!(run_of(t, run).await.totals.cancelled, 1);
    t.advance(RETENTION + HOUR).await;
    t.store.prune(1000).await.unwrap();
    assert!(t.find(&cancelled).await.is_empty(), "and goes like any other");
}

/// A second run's mail for the first recipient, never leased: its sequence is that of the first run's mail.
async fn run_next_unleased(t: &TestStore, first: RunId) -> TaskId {
    let of_first = TaskFilter { recipient: Some(nth(0)), ..TaskFilter::default() };
    let held = t.find(&TaskFilter { task_type: Some(TaskType::Newsletter), ..of_first }).await;
    let TaskId::Issue { run, seq } = held[0] else { panic!("a newsletter mail") };
    assert_eq!(run, first);
    let period = next_hour(t).await;
    let run = run_hour(t, period).await;
    fan_out_all(t, run, 10).await;
    TaskId::Issue { run, seq }
}

pub(crate) async fn an_unknown_mail_of_a_run_is_none(t: &mut TestStore) {
    let run = waiting_issues(t, 1).await;
    let id = t.lease_one().await.id;
    let TaskId::Issue { seq, .. } = id else { panic!("a newsletter mail") };

    assert_eq!(t.store.task(&account(), TaskId::Issue { run, seq: seq + 1000 }).await.unwrap(), None);
    assert_eq!(t.store.task(&account(), TaskId::Issue { run: RunId(run.0 + 1), seq }).await.unwrap(), None);
}

pub(crate) async fn runs_are_listed_newest_first(t: &mut TestStore) {
    let mut period = hourly(t, 1).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.insert(0, run_hour(t, period).await);
        period = next_hour(t).await;
    }

    let mut found = Vec::new();
    let mut request = page(2);
    loop {
        let page = t.store.runs(&account(), Some(&news()), &request).await.unwrap();
        found.extend(page.items.into_iter().map(|run| run.id));
        if page.next_cursor.is_none() {
            break;
        }
        request.cursor = page.next_cursor;
    }
    assert_eq!(found, made);
    assert_eq!(t.store.open_runs().await.unwrap(), made.into_iter().rev().collect::<Vec<_>>(), "oldest first");
    let other = gomail::domain::ContentTypeName::parse("other").unwrap();
    assert!(t.store.runs(&account(), Some(&other), &page(2)).await.unwrap().items.is_empty());
    assert!(sees_nothing(t, &stranger()).await);
    assert_eq!(t.store.run(&stranger(), found[0]).await.unwrap(), None);
}
