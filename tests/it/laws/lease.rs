//! Leasing: who gets what, in which order, for how long.

use std::{collections::HashSet, sync::Arc, time::Duration};

use gomail::{
    domain::{Frequency, LANES, Lane, NewTask, State, Verdict, Work},
    store::{Begun, LEASED_BYTES, LeaseRequest, Leased, Posted},
};
use tokio::{sync::Barrier, task::JoinSet};

use super::newsletter::{create_news, waiting_issues};
use crate::helpers::{
    build::{HOUR, LEASE, MINUTE, message, messages, nth, otp, schedule, subscribe, unsubscribe},
    store::TestStore,
    verbs::{accepted, any, drain, ids, retry_after},
};

/// How many of a batch are in each lane.
fn by_lane(leased: &[Leased]) -> [usize; 3] {
    LANES.map(|lane| leased.iter().filter(|leased| leased.lane == lane).count())
}

pub(crate) async fn nothing_due_leases_nothing(t: &mut TestStore) {
    assert_eq!(t.lease(10).await, []);
    assert_eq!(t.store.next_due().await.unwrap(), None);
}

pub(crate) async fn a_leased_task_is_running_and_invisible(t: &mut TestStore) {
    let id = t.post(message("a@example.com")).await;

    let leased = t.lease_one().await;

    assert_eq!(leased.id, id);
    assert_eq!(t.state(id).await, State::Running);
    assert_eq!(t.lease(10).await, []);
}

pub(crate) async fn a_lease_tells_all_the_worker_needs(t: &mut TestStore) {
    let before = t.now().await;
    let posted = message("Ann@Example.com");
    let leased = t.post_and_lease(posted.clone()).await;

    assert_eq!(leased.account, crate::helpers::build::account());
    assert_eq!(leased.recipient.as_str(), "Ann@example.com");
    assert_eq!((leased.lane, leased.retries, leased.tries_used, leased.failures), (Lane::Message, 3, 0, 0));
    assert!(TestStore::near(leased.created_at, before));
    assert!(TestStore::near(leased.due_at, before));
    assert!(TestStore::near(leased.leased_at, before));
    assert_eq!((leased.expires_at, leased.duplicate_possible, leased.is_suspect), (None, false, false));
    let gomail::store::Job::Posted { work, .. } = leased.job else { panic!("a posted task") };
    assert_eq!(work, posted.work);
}

pub(crate) async fn racing_workers_never_hold_the_same_task(t: &mut TestStore) {
    let posted = t.post_all(messages(200)).await;
    let all: HashSet<_> = posted.iter().map(accepted).collect();
    let start = Arc::new(Barrier::new(8));
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let (store, start) = (Arc::clone(&t.store), Arc::clone(&start));
        workers.spawn(async move {
            start.wait().await;
            drain(&store, 7).await
        });
    }

    let leased: Vec<_> = workers.join_all().await.into_iter().flatten().collect();

    assert_eq!(leased.len(), 200, "each task is held once");
    assert_eq!(ids(&leased).into_iter().collect::<HashSet<_>>(), all, "and none is forgotten");
}

pub(crate) async fn two_processes_never_hold_the_same_task(t: &mut TestStore) {
    t.post_all(messages(100)).await;
    let other = t.second().await;

    let (ours, theirs) = tokio::join!(drain(&t.store, 5), drain(&other, 5));

    let held: HashSet<_> = ids(&ours).into_iter().chain(ids(&theirs)).collect();
    assert_eq!((held.len(), ours.len() + theirs.len()), (100, 100));
    other.close().await;
}

pub(crate) async fn the_oldest_of_a_lane_goes_first(t: &mut TestStore) {
    let mut posted = t.post_all(messages(3)).await;
    posted.push(t.try_post(message("later@example.com")).await);
    t.advance(Duration::from_millis(5)).await;
    posted.push(t.try_post(message("last@example.com")).await);

    let mut leased = t.lease(2).await;
    leased.extend(t.lease(10).await);

    assert_eq!(ids(&leased), posted.iter().map(accepted).collect::<Vec<_>>(), "in the order of acceptance");
}

pub(crate) async fn due_time_goes_before_acceptance(t: &mut TestStore) {
    let now = t.now().await;
    let mut in_two = message("two@example.com");
    schedule(&mut in_two, now.plus(2 * HOUR));
    let mut in_one = message("one@example.com");
    schedule(&mut in_one, now.plus(HOUR));
    let in_two = t.post(in_two).await;
    let in_one = t.post(in_one).await;

    t.advance(3 * HOUR).await;
    let at_once = t.post(message("now@example.com")).await;

    assert_eq!(ids(&t.lease(10).await), [in_one, in_two, at_once]);
}

pub(crate) async fn a_task_for_later_waits_for_its_time(t: &mut TestStore) {
    let due = t.now().await.plus(HOUR);
    let mut task = message("a@example.com");
    schedule(&mut task, due);
    let posted = t.try_post(task).await;
    let id = accepted(&posted);

    assert_eq!(posted, Posted::Accepted { id, state: State::Scheduled });
    assert_eq!(t.state(id).await, State::Scheduled);
    assert_eq!(t.view(id).await.next_attempt_at, Some(due));
    assert_eq!(t.lease(10).await, []);
    assert_eq!(t.store.next_due().await.unwrap(), Some(due));

    t.advance(HOUR + MINUTE).await;
    let leased = t.lease_one().await;

    assert_eq!((leased.id, leased.due_at), (id, due), "its age counts from when it was due");
}

pub(crate) async fn a_time_past_is_at_once(t: &mut TestStore) {
    let mut task = message("a@example.com");
    schedule(&mut task, t.now().await.minus(HOUR));

    let posted = t.try_post(task).await;

    assert_eq!(posted, Posted::Accepted { id: accepted(&posted), state: State::Queued });
    assert_eq!(t.lease(10).await.len(), 1);
}

pub(crate) async fn promotion_is_counted(t: &mut TestStore) {
    let mut tasks = messages(3);
    for task in &mut tasks {
        schedule(task, t.now().await.plus(HOUR));
    }
    t.post_all(tasks).await;
    assert_eq!(t.stats().await.gauge(State::Scheduled), 3);

    t.advance(2 * HOUR).await;
    assert_eq!(t.lease(1).await.len(), 1);

    let stats = t.stats().await;
    assert_eq!(
        (stats.gauge(State::Scheduled), stats.gauge(State::Queued), stats.gauge(State::Running)),
        (0, 2, 1),
        "all that is due is promoted, one is leased"
    );
}

pub(crate) async fn lanes_share_by_weight(t: &mut TestStore) {
    waiting_issues(t, 40).await;
    t.post_all((0..40).map(|n| otp(&nth(n))).collect()).await;
    t.post_all(messages(40)).await;

    assert_eq!(by_lane(&t.lease(13).await), [8, 4, 1], "one round");
    let mut singles = Vec::new();
    for _ in 0..13 {
        singles.extend(t.lease(1).await);
    }

    assert_eq!(by_lane(&singles), [8, 4, 1], "and one by one");
    assert_eq!(by_lane(&t.lease(26).await), [16, 8, 2]);
}

pub(crate) async fn an_unused_share_goes_to_the_most_urgent(t: &mut TestStore) {
    waiting_issues(t, 40).await;
    t.post_all((0..3).map(|n| otp(&nth(n))).collect()).await;
    t.post_all(messages(20)).await;

    assert_eq!(by_lane(&t.lease(13).await), [3, 9, 1], "five shares of the codes go to the messages");
    assert_eq!(by_lane(&t.lease(13).await), [0, 11, 2], "then to the newsletters");
    assert_eq!(by_lane(&t.lease(13).await), [0, 0, 13], "a lone lane gets all");
}

/// A message of so many MiB.
fn large(mib: usize) -> NewTask {
    let mut task = message(&nth(mib as u64));
    let Work::Message(message) = &mut task.work else { panic!("a message") };
    message.content = "x".repeat(mib << 20);
    task
}

pub(crate) async fn large_works_come_a_few_at_a_time(t: &mut TestStore) {
    // What is larger than a lease alone, and what fits three times.
    let posted = t.post_all([20, 5, 5, 5, 5].map(large).to_vec()).await;

    let leases = [t.lease(10).await, t.lease(10).await, t.lease(10).await];

    assert_eq!(leases.each_ref().map(Vec::len), [1, 3, 1]);
    let bytes = |leased: &[Leased]| leased.iter().map(|leased| leased.bytes).sum::<usize>();
    assert!(bytes(&leases[0]) > LEASED_BYTES && leases[1..].iter().all(|leased| bytes(leased) <= LEASED_BYTES));
    assert_eq!(ids(&leases.concat()), posted.iter().map(accepted).collect::<Vec<_>>(), "in their order");
}

/// They are leased last, and have no work of their own.
pub(crate) async fn large_works_leave_newsletters_their_share(t: &mut TestStore) {
    waiting_issues(t, 3).await;
    t.post_all([5; 5].map(large).to_vec()).await;

    assert_eq!(by_lane(&t.lease(8).await), [0, 3, 3]);
    assert_eq!(by_lane(&t.lease(8).await), [0, 2, 0]);
}

pub(crate) async fn the_share_for_codes_takes_only_codes(t: &mut TestStore) {
    let only_codes = LeaseRequest { any: 0, codes: 5, lease: LEASE };
    t.post_all(messages(10)).await;
    assert_eq!(t.store.lease(only_codes).await.unwrap(), []);

    t.post_all((0..8).map(|n| otp(&nth(n))).collect()).await;
    assert_eq!(by_lane(&t.store.lease(only_codes).await.unwrap()), [5, 0, 0]);

    let both = LeaseRequest { any: 2, codes: 4, lease: LEASE };
    assert_eq!(by_lane(&t.store.lease(both).await.unwrap()), [3, 2, 0], "what it cannot fill is no one else's");
}

pub(crate) async fn changes_are_leased_past_everything_else(t: &mut TestStore) {
    create_news(t).await;
    t.post_all(messages(20)).await;
    t.post(otp("a@example.com")).await;
    let first = t.post(subscribe("b@example.com", "news", Frequency::Daily)).await;
    let second = t.post(unsubscribe("b@example.com", "news")).await;

    let leased = t.store.lease_changes(1, LEASE).await.unwrap();
    assert_eq!(ids(&leased), [first]);
    let others = t.store.lease_changes(10, LEASE).await.unwrap();
    assert_eq!(ids(&others), [second]);
    t.settle(&leased[0], Verdict::Succeeded).await;
    t.settle(&others[0], Verdict::Release).await;
    let again = t.store.lease_changes(10, LEASE).await.unwrap();
    assert_eq!(ids(&again), [second], "given back, it comes again");
    t.lose_leases().await;
    assert_eq!(ids(&t.store.lease_changes(10, LEASE).await.unwrap()), [second], "and when its lease was lost");
    t.lose_leases().await;
    let everything = drain(&t.store, 100).await;
    assert_eq!(everything.len(), 22, "who asks for anything gets them too");
    assert_eq!(t.store.lease_changes(10, LEASE).await.unwrap(), []);
}

pub(crate) async fn an_extended_lease_holds_on(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;
    let (held, end) = ([(leased.id, leased.token)], leased.leased_at.plus(LEASE));
    assert!(TestStore::near(t.store.next_due().await.unwrap().unwrap(), end), "a lease's end is due by itself");

    t.advance(Duration::from_secs(20)).await;
    assert_eq!(t.store.extend(&held, 2 * LEASE).await.unwrap(), [true]);
    t.advance(Duration::from_secs(40)).await;
    assert_eq!(t.lease(1).await, [], "from the extension on it counts anew");

    t.advance(Duration::from_secs(21)).await;
    assert_eq!(t.lease_one().await.id, leased.id);
    assert_eq!(t.store.extend(&held, LEASE).await.unwrap(), [false], "and the old token is stale");
}

pub(crate) async fn a_lease_that_has_ended_is_not_extended(t: &mut TestStore) {
    let leased = t.post_and_lease(message("a@example.com")).await;
    t.advance(LEASE).await;

    // Nobody has taken it back yet. Whoever comes this late may have been given up, and a `begin` behind it too.
    assert_eq!(t.store.extend(&[(leased.id, leased.token)], LEASE).await.unwrap(), [false]);
    assert_eq!(t.begin(&leased).await, Begun::Stale);

    assert_eq!(t.lease_one().await.id, leased.id);
}

pub(crate) async fn extending_answers_for_each(t: &mut TestStore) {
    t.post_all(messages(3)).await;
    let leased = t.lease(3).await;
    t.settle_all(&leased[1..2], retry_after(HOUR)).await;

    let held: Vec<_> = leased.iter().map(|leased| (leased.id, leased.token)).collect();
    let unknown = (crate::helpers::build::fresh_id(), 1);
    let extended = t.store.extend(&[&held[..], &[unknown]].concat(), LEASE).await.unwrap();

    assert_eq!(extended, [true, false, true, false]);
}

pub(crate) async fn tokens_grow_with_every_lease(t: &mut TestStore) {
    let id = t.post(message("a@example.com")).await;
    let mut last = 0;
    for _ in 0..3 {
        let leased = t.lease_one().await;
        assert_eq!(leased.id, id);
        assert!(leased.token > last);
        last = leased.token;
        t.settle(&leased, gomail::domain::Verdict::Release).await;
    }
}

pub(crate) async fn next_due_is_the_nearest(t: &mut TestStore) {
    let now = t.now().await;
    for hours in [3, 1, 2] {
        let mut task = message("a@example.com");
        schedule(&mut task, now.plus(hours * HOUR));
        t.post(task).await;
    }
    assert_eq!(t.store.next_due().await.unwrap(), Some(now.plus(HOUR)));

    let leased = t.post_and_lease(message("b@example.com")).await;
    t.settle(&leased, retry_after(10 * MINUTE)).await;

    let next = t.store.next_due().await.unwrap().unwrap();
    assert!(TestStore::near(next, now.plus(10 * MINUTE)), "a retry is due by itself: {next}");
}

pub(crate) async fn work_wakes_those_who_wait(t: &mut TestStore) {
    let mut hints = t.store.wake().subscribe();

    t.post(message("a@example.com")).await;

    let hint = tokio::time::timeout(MINUTE, hints.changed()).await;
    assert!(hint.is_ok(), "a post gives the hint");
    assert_eq!(t.store.lease(any(1)).await.unwrap().len(), 1);
}
