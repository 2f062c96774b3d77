//! Acceptance: each task judged alone, all in one step.

use gomail::{
    domain::{Frequency, State},
    store::{Enqueue, Enqueued, Job, Posted, Refusal},
};

use crate::helpers::{
    build::{
        HOUR, account, address, content_type, message, messages, otp, schedule, stranger, subject, subscribe,
        subscribe_creating, unsubscribe,
    },
    store::TestStore,
    verbs::{accepted, ids, posting},
};

pub(crate) async fn a_post_is_answered_in_order(t: &mut TestStore) {
    let mut tasks = messages(5);
    schedule(&mut tasks[2], t.now().await.plus(HOUR));
    let wanted: Vec<_> = tasks
        .iter()
        .map(|task| {
            let state = if task.send_at().is_some() { State::Scheduled } else { State::Queued };
            Posted::Accepted { id: task.id, state }
        })
        .collect();

    assert_eq!(t.post_all(tasks).await, wanted);
}

pub(crate) async fn an_empty_post_is_accepted(t: &mut TestStore) {
    assert_eq!(t.post_all(Vec::new()).await, []);
}

pub(crate) async fn a_thousand_at_once(t: &mut TestStore) {
    let posted = t.post_all(messages(1000)).await;

    assert_eq!(posted.len(), 1000);
    assert_eq!(t.stats().await.gauge(State::Queued), 1000);
}

pub(crate) async fn a_refused_task_harms_no_other(t: &mut TestStore) {
    t.store.suppress(&account(), &address("gone@example.com"), "manual").await.unwrap();
    let tasks = vec![
        message("a@example.com"),
        message("Gone@example.com"),
        subscribe("b@example.com", "nowhere", Frequency::Daily),
        otp("c@example.com"),
        otp("c@example.com"),
        unsubscribe("b@example.com", "nowhere"),
        message("d@example.com"),
    ];
    let (first, code, last) = (tasks[0].id, tasks[3].id, tasks[6].id);

    let posted = t.post_all(tasks.clone()).await;

    assert_eq!(accepted(&posted[0]), first);
    assert_eq!(posted[1], Posted::Refused(Refusal::Suppressed));
    assert_eq!(posted[2], Posted::Refused(Refusal::UnknownContentType));
    assert_eq!(accepted(&posted[3]), code);
    assert!(matches!(posted[4], Posted::Refused(Refusal::Cooldown { .. })), "{:?}", posted[4]);
    assert_eq!(posted[5], Posted::Refused(Refusal::UnknownContentType));
    assert_eq!(accepted(&posted[6]), last);
    assert_eq!(t.stats().await.gauge(State::Queued), 3);
    for refused in [1, 2, 4, 5] {
        assert_eq!(t.store.task(&account(), tasks[refused].id).await.unwrap(), None, "nothing of it is stored");
    }
}

pub(crate) async fn a_suppressed_address_still_subscribes(t: &mut TestStore) {
    t.store.suppress(&account(), &address("a@example.com"), "manual").await.unwrap();
    t.store.create_content(&account(), &content_type("news"), &subject("News"), "text").await.unwrap();

    assert_eq!(t.try_post(message("A@example.com")).await, Posted::Refused(Refusal::Suppressed));
    assert_eq!(t.try_post(otp("A@example.com")).await, Posted::Refused(Refusal::Suppressed));
    accepted(&t.try_post(subscribe("a@example.com", "news", Frequency::Daily)).await);
    accepted(&t.try_post(unsubscribe("a@example.com", "news")).await);
}

pub(crate) async fn a_suppression_is_the_owners_own(t: &mut TestStore) {
    t.store.suppress(&stranger(), &address("a@example.com"), "manual").await.unwrap();

    accepted(&t.try_post(message("a@example.com")).await);
}

pub(crate) async fn a_refused_code_is_not_the_newest(t: &mut TestStore) {
    t.store.suppress(&account(), &address("a@example.com"), "manual").await.unwrap();
    assert_eq!(t.try_post(otp("a@example.com")).await, Posted::Refused(Refusal::Suppressed));
    let key = crate::helpers::build::code_key("a@example.com");
    assert_eq!(t.store.live_code(&key).await.unwrap(), None);

    t.store.unsuppress(&account(), &address("a@example.com")).await.unwrap();
    accepted(&t.try_post(otp("a@example.com")).await);
}

pub(crate) async fn a_subscription_brings_its_content_type(t: &mut TestStore) {
    let id = t.post(subscribe_creating("a@example.com", "news", "First")).await;

    let content = t.store.content(&account(), &content_type("news")).await.unwrap().expect("created in the same step");
    assert_eq!((content.subject.as_str(), content.content.as_str()), ("First", "content of First"));
    assert!(TestStore::near(content.created_at, t.now().await));
    assert_eq!(t.store.content(&stranger(), &content_type("news")).await.unwrap(), None);

    t.post(subscribe_creating("b@example.com", "news", "Second")).await;
    let kept = t.store.content(&account(), &content_type("news")).await.unwrap().unwrap();
    assert_eq!(kept, content, "an existing one is not overwritten");
    assert_eq!(t.lease_one().await.id, id);
}

pub(crate) async fn a_content_type_counts_from_its_place_in_the_post(t: &mut TestStore) {
    let posted = t
        .post_all(vec![
            subscribe("a@example.com", "news", Frequency::Daily),
            subscribe_creating("b@example.com", "news", "News"),
            subscribe("c@example.com", "news", Frequency::Daily),
        ])
        .await;

    assert_eq!(posted[0], Posted::Refused(Refusal::UnknownContentType));
    accepted(&posted[1]);
    accepted(&posted[2]);
}

pub(crate) async fn another_accounts_content_type_is_unknown(t: &mut TestStore) {
    t.store.create_content(&stranger(), &content_type("news"), &subject("News"), "text").await.unwrap();

    let posted = t.try_post(subscribe("a@example.com", "news", Frequency::Daily)).await;

    assert_eq!(posted, Posted::Refused(Refusal::UnknownContentType));
}

pub(crate) async fn the_same_id_is_stored_once(t: &mut TestStore) {
    let task = message("a@example.com");

    let first = t.try_post(task.clone()).await;
    let again = t.try_post(task.clone()).await;

    assert_eq!((first, accepted(&again)), (again.clone(), task.id));
    assert_eq!(t.stats().await.gauge(State::Queued), 1);
    assert_eq!(ids(&t.lease(10).await), [task.id]);

    t.try_post(task.clone()).await;
    assert_eq!(t.state(task.id).await, State::Running, "nor does it start anew");
    assert_eq!(t.lease(10).await, []);
}

pub(crate) async fn order_is_the_order_of_acceptance(t: &mut TestStore) {
    t.store.create_content(&account(), &content_type("news"), &subject("News"), "text").await.unwrap();
    for round in 0..3 {
        let name = format!("r{round}@example.com");
        t.post_all(vec![subscribe(&name, "news", Frequency::Daily), unsubscribe(&name, "news")]).await;
    }
    t.reopen().await;
    t.post(unsubscribe("last@example.com", "news")).await;

    let orders: Vec<_> = t
        .lease(10)
        .await
        .into_iter()
        .map(|leased| match leased.job {
            Job::Posted { order, .. } => order,
            Job::Issue(run) => panic!("no run was made: {run}"),
        })
        .collect();

    assert_eq!(orders.len(), 7);
    assert!(orders.is_sorted_by(|a, b| a < b), "{orders:?}");
}

pub(crate) async fn posts_of_two_accounts_do_not_mix(t: &mut TestStore) {
    let ours = t.post(message("a@example.com")).await;
    let theirs = message("a@example.com");
    let post = Enqueue { account: stranger(), ..posting(vec![theirs.clone()]) };
    assert!(matches!(t.store.enqueue(post).await.unwrap(), Enqueued::Accepted(_)));

    assert_eq!(t.store.task(&stranger(), ours).await.unwrap(), None);
    assert_eq!(t.store.task(&account(), theirs.id).await.unwrap(), None);
    assert_eq!(t.find(&gomail::store::TaskFilter::default()).await, [ours]);
}
