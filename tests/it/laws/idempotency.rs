//! Idempotency keys: the first answer again, and one mail.

use std::sync::Arc;

use gomail::{
    domain::{Frequency, IDEMPOTENCY_WINDOW, IdempotencyKey, NewTask, State},
    store::{Enqueue, Enqueued, Posted, Refusal},
};
use tokio::{sync::Barrier, task::JoinSet};

use crate::helpers::{
    build::{HOUR, MINUTE, account, address, content_type, message, messages, otp, stranger, subject, subscribe},
    store::TestStore,
    verbs::{accepted, posting},
};

fn keyed(key: &str, digest: &str, tasks: Vec<NewTask>) -> Enqueue {
    let idempotency = Some(IdempotencyKey::parse(key, digest.to_owned()).unwrap());
    Enqueue { idempotency, ..posting(tasks) }
}

async fn post(t: &TestStore, key: &str, digest: &str, tasks: Vec<NewTask>) -> Enqueued {
    t.store.enqueue(keyed(key, digest, tasks)).await.unwrap()
}

fn first_answer(enqueued: &Enqueued) -> Vec<Posted> {
    let Enqueued::Accepted(posted) = enqueued else { panic!("the first time: {enqueued:?}") };
    posted.clone()
}

pub(crate) async fn a_replay_gives_the_first_answers(t: &mut TestStore) {
    let first = first_answer(&post(t, "k", "d", messages(3)).await);

    assert_eq!(post(t, "k", "d", messages(3)).await, Enqueued::Replayed(first.clone()));
    t.lease(3).await;
    assert_eq!(post(t, "k", "d", messages(3)).await, Enqueued::Replayed(first), "word for word, whatever came since");
    assert_eq!(t.stats().await.gauges.iter().sum::<u64>(), 3);
}

pub(crate) async fn a_replay_repeats_refusals_too(t: &mut TestStore) {
    t.store.suppress(&account(), &address("gone@example.com"), "manual").await.unwrap();
    let tasks = || vec![message("a@example.com"), message("gone@example.com")];
    let first = first_answer(&post(t, "k", "d", tasks()).await);
    assert_eq!(first[1], Posted::Refused(Refusal::Suppressed));

    t.store.unsuppress(&account(), &address("gone@example.com")).await.unwrap();

    assert_eq!(post(t, "k", "d", tasks()).await, Enqueued::Replayed(first));
}

pub(crate) async fn a_replay_repeats_what_content_types_decided(t: &mut TestStore) {
    let create = async |name: &str| {
        t.store.create_content(&account(), &content_type(name), &subject("S"), "C").await.unwrap();
    };
    let daily = |name: &str| subscribe("a@example.com", name, Frequency::Daily);
    let tasks = || vec![daily("there"), daily("missing"), message("a@example.com")];
    create("there").await;
    let first = first_answer(&post(t, "k", "d", tasks()).await);
    assert_eq!(first[1], Posted::Refused(Refusal::UnknownContentType));

    t.store.delete_content(&account(), &content_type("there"), true).await.unwrap();
    create("missing").await;

    assert_eq!(post(t, "k", "d", tasks()).await, Enqueued::Replayed(first));
}

pub(crate) async fn another_body_under_the_same_key_is_a_mismatch(t: &mut TestStore) {
    post(t, "k", "d", messages(1)).await;

    assert_eq!(post(t, "k", "other", messages(1)).await, Enqueued::Mismatch);
    assert_eq!(t.stats().await.gauge(State::Queued), 1, "nothing stored");
}

pub(crate) async fn an_empty_post_asks_about_its_key_only(t: &mut TestStore) {
    let first = first_answer(&post(t, "k", "d", messages(1)).await);

    assert_eq!(post(t, "k", "other", vec![]).await, Enqueued::Mismatch);
    assert_eq!(post(t, "k", "d", vec![]).await, Enqueued::Replayed(first));
    assert_eq!(post(t, "fresh", "d", vec![]).await, Enqueued::Accepted(vec![]));
    first_answer(&post(t, "fresh", "other", messages(1)).await);
}

pub(crate) async fn fifty_at_once_make_one_task(t: &mut TestStore) {
    let start = Arc::new(Barrier::new(50));
    let mut clients = JoinSet::new();
    for _ in 0..50 {
        let (store, start) = (Arc::clone(&t.store), Arc::clone(&start));
        clients.spawn(async move {
            start.wait().await;
            store.enqueue(keyed("k", "d", vec![message("a@example.com")])).await.unwrap()
        });
    }

    let answers = clients.join_all().await;

    let firsts = answers.iter().filter(|answer| matches!(answer, Enqueued::Accepted(_))).count();
    assert_eq!(firsts, 1);
    let first: Vec<_> = answers
        .iter()
        .map(|answer| match answer {
            Enqueued::Accepted(posted) | Enqueued::Replayed(posted) => accepted(&posted[0]),
            Enqueued::Mismatch => panic!("the digests are the same"),
        })
        .collect();
    assert!(first.windows(2).all(|pair| pair[0] == pair[1]), "all are told the same id");
    assert_eq!(t.stats().await.gauge(State::Queued), 1);
}

pub(crate) async fn a_key_is_its_accounts_own(t: &mut TestStore) {
    post(t, "k", "d", messages(1)).await;

    let theirs = Enqueue { account: stranger(), ..keyed("k", "other", messages(1)) };

    first_answer(&t.store.enqueue(theirs).await.unwrap());
}

pub(crate) async fn keys_are_apart(t: &mut TestStore) {
    first_answer(&post(t, "k", "d", messages(1)).await);
    first_answer(&post(t, "K", "d", messages(1)).await);
}

pub(crate) async fn a_key_survives_reopening(t: &mut TestStore) {
    let first = first_answer(&post(t, "k", "d", messages(1)).await);

    t.reopen().await;

    assert_eq!(post(t, "k", "d", messages(1)).await, Enqueued::Replayed(first));
}

pub(crate) async fn a_key_is_remembered_for_a_day(t: &mut TestStore) {
    let first = first_answer(&post(t, "k", "d", messages(1)).await);

    t.advance(IDEMPOTENCY_WINDOW.saturating_sub(HOUR)).await;
    t.store.prune(1000).await.unwrap();
    assert_eq!(post(t, "k", "d", messages(1)).await, Enqueued::Replayed(first), "pruning takes it not early");

    t.advance(HOUR + MINUTE).await;
    first_answer(&post(t, "k", "other", messages(1)).await);
}

pub(crate) async fn a_replay_meets_no_cooldown(t: &mut TestStore) {
    let first = first_answer(&post(t, "k", "d", vec![otp("a@example.com")]).await);

    assert_eq!(post(t, "k", "d", vec![otp("a@example.com")]).await, Enqueued::Replayed(first));
}

pub(crate) async fn a_post_all_refused_is_not_remembered(t: &mut TestStore) {
    t.store.suppress(&account(), &address("a@example.com"), "manual").await.unwrap();
    let refused = first_answer(&post(t, "k", "d", vec![message("a@example.com")]).await);
    assert_eq!(refused, [Posted::Refused(Refusal::Suppressed)]);

    t.store.unsuppress(&account(), &address("a@example.com")).await.unwrap();

    accepted(&first_answer(&post(t, "k", "other", vec![message("a@example.com")]).await)[0]);
}
