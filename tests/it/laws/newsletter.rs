//! What the newsletter laws share: a newsletter, its subscribers, its runs.

use gomail::{
    domain::{AccountId, ContentTypeName, Frequency, NewTask, Period, RunId, State, TaskId, Timestamp, Verdict, Work},
    store::{Applied, FanOut, Job, Run, Series, Subscription, SubscriptionChange, SubscriptionFilter, Tick, Ticked},
};

use crate::helpers::{
    build::{MINUTE, account, content_type, nth, page, subject, subscribe, unsubscribe},
    store::TestStore,
};

/// Never reached: no law waits for room.
pub(crate) const NO_LIMIT: u64 = 1_000_000;

/// The newsletter of these laws.
pub(crate) fn news() -> ContentTypeName {
    content_type("news")
}

/// Creates the newsletter.
pub(crate) async fn create_news(t: &TestStore) {
    assert!(t.store.create_content(&account(), &news(), &subject("News"), "Hello {{ email }}").await.unwrap());
}

/// Posts subscription tasks in one post and lets them succeed as tasks; the changes they ask for, in the order of
/// acceptance, are the caller's to apply. Nothing else may be due in the message lane.
pub(crate) async fn accept_changes(t: &TestStore, tasks: Vec<NewTask>) -> Vec<SubscriptionChange> {
    let count = tasks.len();
    t.post_all(tasks).await;
    let leased = t.lease(u32::try_from(count).unwrap()).await;
    assert_eq!(leased.len(), count);
    t.settle_all(&leased, Verdict::Succeeded).await;
    let mut changes: Vec<_> = leased
        .into_iter()
        .map(|leased| {
            let Job::Posted { order, work } = leased.job else { panic!("a posted task") };
            let (content_type, frequency) = match work {
                Work::Subscribe { content_type, frequency, .. } => (content_type, Some(frequency)),
                Work::Unsubscribe { content_type } => (content_type, None),
                other => panic!("no subscription change: {other:?}"),
            };
            SubscriptionChange {
                account: leased.account,
                recipient: leased.recipient,
                content_type,
                frequency,
                order,
                accepted_at: leased.created_at,
            }
        })
        .collect();
    changes.sort_by_key(|change| change.order);
    changes
}

/// Applies a change.
pub(crate) async fn apply(t: &TestStore, change: &SubscriptionChange) -> Applied {
    t.store.apply_subscription(change).await.unwrap()
}

/// Accepts and applies changes in their order; each must be done.
pub(crate) async fn change_all(t: &TestStore, tasks: Vec<NewTask>) -> Vec<SubscriptionChange> {
    let changes = accept_changes(t, tasks).await;
    for change in &changes {
        assert_eq!(apply(t, change).await, Applied::Done, "{change:?}");
    }
    changes
}

/// Subscribes one recipient to the newsletter.
pub(crate) async fn join(t: &TestStore, recipient: &str, frequency: Frequency) -> SubscriptionChange {
    change_all(t, vec![subscribe(recipient, "news", frequency)]).await.remove(0)
}

/// Unsubscribes one recipient.
pub(crate) async fn quit(t: &TestStore, recipient: &str) {
    change_all(t, vec![unsubscribe(recipient, "news")]).await;
}

/// The owner's subscriptions that fit.
pub(crate) async fn subscriptions(t: &TestStore, filter: &SubscriptionFilter) -> Vec<Subscription> {
    t.store.subscriptions(&account(), filter, &page(1000)).await.unwrap().items
}

/// The frequency at which a recipient is subscribed to the newsletter.
pub(crate) async fn frequency_of(t: &TestStore, recipient: &str) -> Option<Frequency> {
    let recipient = Some(recipient.to_owned());
    let found = subscriptions(t, &SubscriptionFilter { recipient, content_type: Some(news()) }).await;
    assert!(found.len() <= 1, "never doubled: {found:?}");
    found.first().map(|subscription| subscription.frequency)
}

/// The newsletter's series at a frequency.
pub(crate) async fn series_at(t: &TestStore, frequency: Frequency) -> Option<Series> {
    let mut found = t.store.series().await.unwrap();
    found
        .retain(|series| series.frequency == frequency && series.content_type == news() && series.account == account());
    assert!(found.len() <= 1, "one series: {found:?}");
    found.pop()
}

/// Moves to just after the start of the next hour; that period's start.
pub(crate) async fn next_hour(t: &TestStore) -> Timestamp {
    let now = Period::containing(Frequency::Hourly, t.now().await, chrono_tz::UTC);
    let start = now.next(chrono_tz::UTC).start;
    t.advance_to(start.plus(MINUTE)).await;
    start
}

/// Asks to send a period of a series.
pub(crate) fn sending(series: &Series, period: Timestamp) -> Tick {
    Tick { series: series.clone(), period, send: true, missed: 0 }
}

/// Deals with a period of the hourly series; its run.
pub(crate) async fn run_hour(t: &TestStore, period: Timestamp) -> RunId {
    let series = series_at(t, Frequency::Hourly).await.expect("someone is subscribed");
    match t.store.tick(&sending(&series, period)).await.unwrap() {
        Ticked::Run(run) => run,
        other => panic!("a run was due: {other:?}"),
    }
}

/// Fans a run out in steps of `limit` until it is done; how many tasks it made.
pub(crate) async fn fan_out_all(t: &TestStore, run: RunId, limit: u32) -> u64 {
    let mut made = 0;
    for _ in 0..1000 {
        let FanOut { created, is_done } = t.store.fan_out(run, limit, NO_LIMIT).await.unwrap();
        assert!(created <= u64::from(limit), "at most {limit} in one step: {created}");
        made += created;
        if is_done {
            return made;
        }
    }
    panic!("the fan-out of {run} does not end");
}

/// `count` hourly subscribers, their next issue fanned out and waiting. The message lane is empty.
pub(crate) async fn waiting_issues(t: &TestStore, count: u64) -> RunId {
    create_news(t).await;
    change_all(t, (0..count).map(|n| subscribe(&nth(n), "news", Frequency::Hourly)).collect()).await;
    let period = next_hour(t).await;
    let run = run_hour(t, period).await;
    assert_eq!(fan_out_all(t, run, 1000).await, count);
    run
}

/// The owner's run, its totals summed up right.
pub(crate) async fn run_of(t: &TestStore, id: RunId) -> Run {
    let run = t.store.run(&account(), id).await.unwrap().expect("the owner sees the run");
    let totals = run.totals;
    let sum = totals.succeeded + totals.failed + totals.skipped + totals.cancelled + totals.uncertain + totals.waiting;
    assert_eq!(sum, totals.total, "{totals:?}");
    run
}

/// The ids of a run's mails that wait in the queue: leased and given back.
pub(crate) async fn issue_ids(t: &TestStore, run: RunId) -> Vec<TaskId> {
    let leased = t.lease(1000).await;
    let found: Vec<_> = leased.iter().filter(|leased| leased.job == Job::Issue(run)).map(|leased| leased.id).collect();
    t.settle_all(&leased, Verdict::Release).await;
    found
}

/// Whether an account sees nothing of the newsletter.
pub(crate) async fn sees_nothing(t: &TestStore, account: &AccountId) -> bool {
    let filter = SubscriptionFilter::default();
    let subscriptions = t.store.subscriptions(account, &filter, &page(10)).await.unwrap().items;
    let runs = t.store.runs(account, None, &page(10)).await.unwrap().items;
    subscriptions.is_empty() && runs.is_empty()
}

/// How many newsletter mails are queued.
pub(crate) async fn queued_issues(t: &TestStore) -> u64 {
    let stats = t.stats().await;
    assert_eq!(stats.lanes.iter().map(|lane| lane.queued).sum::<u64>(), stats.gauge(State::Queued));
    stats.lanes[2].queued
}
