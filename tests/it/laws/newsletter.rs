//! Subscriptions in the order accepted, one run per period, one mail per subscription.

use gomail::{
    domain::{Frequency, Period, Reason, RunId, State, TaskId, Verdict},
    store::{Applied, Begun, Series, Subscription, SubscriptionChange, SubscriptionFilter, Tick, Ticked},
};

use crate::helpers::{
    build::{HOUR, account, address, content_type, nth, page, subject},
    store::TestStore,
};

const NEWS: &str = "news";

async fn change(t: &TestStore, recipient: &str, frequency: Option<Frequency>, order: u64) -> Applied {
    let change = SubscriptionChange {
        account: account(),
        recipient: address(recipient),
        content_type: content_type(NEWS),
        frequency,
        order,
        accepted_at: t.now().await,
    };
    t.store.apply_subscription(&change).await.unwrap()
}

async fn create(t: &TestStore) {
    assert!(t.store.create_content(&account(), &content_type(NEWS), &subject("Hi"), "first").await.unwrap());
}

async fn subscribers(t: &TestStore, count: u64) {
    create(t).await;
    for n in 0..count {
        assert_eq!(change(t, &nth(n), Some(Frequency::Hourly), n + 1).await, Applied::Done);
    }
}

async fn in_force(t: &TestStore) -> Vec<Subscription> {
    t.store.subscriptions(&account(), &SubscriptionFilter::default(), &page(1000)).await.unwrap().items
}

async fn the_series(t: &TestStore) -> Series {
    let series = t.store.series().await.unwrap();
    assert_eq!(series.len(), 1);
    series[0].clone()
}

/// The tick that sends the current hour.
async fn due_tick(t: &TestStore) -> Tick {
    let period = Period::containing(Frequency::Hourly, t.now().await, chrono_tz::Tz::UTC).start;
    Tick { series: the_series(t).await, period, send: true, missed: 0 }
}

async fn begin_run(t: &TestStore) -> RunId {
    t.advance(HOUR).await;
    match t.store.tick(&due_tick(t).await).await.unwrap() {
        Ticked::Run(run) => run,
        other => panic!("{other:?} instead of a run"),
    }
}

async fn fan_out(t: &TestStore, run: RunId) -> u64 {
    let mut created = 0;
    loop {
        let step = t.store.fan_out(run, 7, 100_000).await.unwrap();
        created += step.created;
        if step.done {
            return created;
        }
    }
}

/// Puts `count` newsletter mails into the queue.
pub(super) async fn waiting_issues(t: &TestStore, count: u64) {
    subscribers(t, count).await;
    let run = begin_run(t).await;
    assert_eq!(fan_out(t, run).await, count);
}

pub(crate) async fn the_last_accepted_change_wins_in_any_order(t: &mut TestStore) {
    create(t).await;
    let changes = [(1, Some(Frequency::Hourly)), (2, None), (3, Some(Frequency::Weekly))];
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    for (n, order) in orders.into_iter().enumerate() {
        let recipient = nth(n as u64);
        for place in order {
            let (accepted, frequency) = changes[place];
            let applied = change(t, &recipient, frequency, accepted).await;
            assert!(matches!(applied, Applied::Done | Applied::Superseded), "{order:?}: {applied:?}");
        }
    }

    let in_force = in_force(t).await;
    assert_eq!(in_force.len(), orders.len());
    assert!(in_force.iter().all(|subscription| subscription.frequency == Frequency::Weekly), "{in_force:?}");
}

pub(crate) async fn a_subscription_to_an_unknown_content_type_is_told(t: &mut TestStore) {
    assert_eq!(change(t, "a@example.com", Some(Frequency::Daily), 1).await, Applied::UnknownContentType);
}

pub(crate) async fn subscribing_again_replaces_and_never_doubles(t: &mut TestStore) {
    create(t).await;
    change(t, "a@example.com", Some(Frequency::Hourly), 1).await;
    change(t, "A@example.com", Some(Frequency::Daily), 2).await;

    let subscriptions = in_force(t).await;
    assert_eq!(subscriptions.len(), 1);
    assert_eq!(subscriptions[0].frequency, Frequency::Daily);
    assert_eq!(the_series(t).await.frequency, Frequency::Daily);
}

pub(crate) async fn one_click_unsubscribes_once_and_twice_is_fine(t: &mut TestStore) {
    subscribers(t, 1).await;

    for _ in 0..2 {
        t.store.unsubscribe(&account(), &nth(0), &content_type(NEWS)).await.unwrap();
        assert_eq!(in_force(t).await, []);
    }
    assert_eq!(t.store.series().await.unwrap(), []);
}

pub(crate) async fn racing_schedulers_make_one_run(t: &mut TestStore) {
    subscribers(t, 3).await;
    t.advance(HOUR).await;
    let tick = due_tick(t).await;

    let (one, other) = tokio::join!(t.store.tick(&tick), t.store.tick(&tick));

    let ticked = [one.unwrap(), other.unwrap()];
    assert_eq!(ticked.iter().filter(|ticked| matches!(ticked, Ticked::Run(_))).count(), 1, "{ticked:?}");
    assert_eq!(ticked.iter().filter(|ticked| **ticked == Ticked::Taken).count(), 1, "{ticked:?}");
    assert_eq!(the_series(t).await.last_period, Some(tick.period));
}

pub(crate) async fn a_period_in_the_future_is_refused(t: &mut TestStore) {
    subscribers(t, 1).await;
    let mut tick = due_tick(t).await;
    tick.period = t.now().await.plus(HOUR);

    assert_eq!(t.store.tick(&tick).await.unwrap(), Ticked::Future);
    assert_eq!(the_series(t).await.last_period, None);
}

pub(crate) async fn who_subscribes_within_a_period_does_not_get_its_issue(t: &mut TestStore) {
    subscribers(t, 1).await;
    t.advance(HOUR).await;
    change(t, "late@example.com", Some(Frequency::Hourly), 9).await;
    let Ticked::Run(run) = t.store.tick(&due_tick(t).await).await.unwrap() else { panic!("no run") };

    assert_eq!(fan_out(t, run).await, 1);
    assert_eq!(t.lease(9).await[0].recipient, address(&nth(0)));
}

pub(crate) async fn nobody_before_the_period_makes_no_run(t: &mut TestStore) {
    subscribers(t, 1).await;

    assert_eq!(t.store.tick(&due_tick(t).await).await.unwrap(), Ticked::Passed);
    assert_eq!(t.store.open_runs().await.unwrap(), []);
}

pub(crate) async fn missed_periods_are_counted(t: &mut TestStore) {
    subscribers(t, 1).await;
    t.advance(5 * HOUR).await;
    let tick = Tick { missed: 4, ..due_tick(t).await };

    assert!(matches!(t.store.tick(&tick).await.unwrap(), Ticked::Run(_)));
    assert_eq!(t.stats().await.missed_periods, 4);
}

pub(crate) async fn a_run_sends_what_was_there_when_it_began(t: &mut TestStore) {
    subscribers(t, 1).await;
    let run = begin_run(t).await;
    t.store.update_content(&account(), &content_type(NEWS), &subject("Other"), "second").await.unwrap();

    let issue = t.store.issue(run).await.unwrap().unwrap();

    assert_eq!((issue.subject, issue.content.as_str()), (subject("Hi"), "first"));
}

pub(crate) async fn fan_out_makes_one_mail_each_and_rests_at_high_water(t: &mut TestStore) {
    subscribers(t, 20).await;
    let run = begin_run(t).await;

    let first = t.store.fan_out(run, 8, 5).await.unwrap();
    let full = t.store.fan_out(run, 8, 5).await.unwrap();
    assert!(first.created > 0 && !first.done && full.created == 0 && !full.done, "{first:?} {full:?}");
    let rest = fan_out(t, run).await;
    assert_eq!(first.created + rest, 20);
    assert_eq!(fan_out(t, run).await, 0, "again is harmless");

    let mut leased = Vec::new();
    for _ in 0..4 {
        leased.extend(t.lease(9).await);
    }
    let mut recipients: Vec<String> = leased.iter().map(|task| task.recipient.key()).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!(recipients.len(), 20);
    assert!(leased.iter().all(|task| matches!(task.id, TaskId::Issue { run: of, .. } if of == run)));
}

pub(crate) async fn who_left_or_changed_after_the_fan_out_is_skipped(t: &mut TestStore) {
    subscribers(t, 3).await;
    let run = begin_run(t).await;
    fan_out(t, run).await;
    t.store.unsubscribe(&account(), &nth(0), &content_type(NEWS)).await.unwrap();
    change(t, &nth(1), Some(Frequency::Daily), 50).await;

    for task in t.lease(9).await {
        let expected = if task.recipient == address(&nth(2)) { Begun::Go } else { Begun::Skip(Reason::Unsubscribed) };
        assert_eq!(t.begin(&task).await, expected, "{}", task.recipient);
    }
}

pub(crate) async fn a_runs_totals_add_up_and_name_who_did_not_get_it(t: &mut TestStore) {
    subscribers(t, 4).await;
    let run = begin_run(t).await;
    fan_out(t, run).await;
    let leased = t.lease(9).await;
    let refused = Verdict::Failed { reason: Reason::Refused, suppress: false };
    let skipped = Verdict::Skipped { reason: Reason::Unsubscribed };
    for (task, verdict) in leased.iter().zip([Verdict::Succeeded, refused, skipped]) {
        t.settle(task, verdict).await;
    }

    let totals = t.store.run(&account(), run).await.unwrap().unwrap().totals;
    assert_eq!((totals.total, totals.succeeded, totals.failed, totals.skipped, totals.waiting), (4, 1, 1, 1, 1));

    let left = t.store.undelivered(&account(), run, &page(10)).await.unwrap().items;
    let mut why: Vec<_> = left.iter().map(|task| (task.state, task.reason)).collect();
    why.sort_by_key(|(state, _)| *state);
    assert_eq!(why, [(State::Failed, Some(Reason::Refused)), (State::Skipped, Some(Reason::Unsubscribed))]);

    t.retry(leased[1].id).await;
    let totals = t.store.run(&account(), run).await.unwrap().unwrap().totals;
    assert_eq!((totals.failed, totals.waiting), (0, 2));
}
