//! Subscriptions: in the order of acceptance, one per recipient and newsletter.

use gomail::{
    domain::{Frequency, NewTask},
    store::{Applied, ContentDeleted, SubscriptionFilter},
};

use super::newsletter::{
    accept_changes, apply, change_all, create_news, frequency_of, join, news, quit, sees_nothing, series_at,
    subscriptions,
};
use crate::helpers::{
    build::{HOUR, account, content_type, nth, page, stranger, subject, subscribe, unsubscribe},
    store::TestStore,
};

/// All orders of `items`.
fn permutations<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    (0..items.len())
        .flat_map(|at| {
            let mut rest = items.to_vec();
            let first = rest.remove(at);
            permutations(&rest).into_iter().map(move |mut order| {
                order.insert(0, first.clone());
                order
            })
        })
        .collect()
}

/// Applies four changes in each of their 24 orders, each for another recipient: the last accepted wins.
async fn last_accepted_wins(t: &TestStore, frequencies: [Option<Frequency>; 4]) {
    create_news(t).await;
    for (n, order) in permutations(&[0, 1, 2, 3]).into_iter().enumerate() {
        let recipient = nth(n as u64);
        let tasks: Vec<NewTask> = frequencies
            .iter()
            .map(|frequency| match frequency {
                Some(frequency) => subscribe(&recipient, "news", *frequency),
                None => unsubscribe(&recipient, "news"),
            })
            .collect();
        let changes = accept_changes(t, tasks).await;

        let mut newest = None;
        for place in &order {
            let applied = apply(t, &changes[*place]).await;
            let wanted = if newest > Some(*place) { Applied::Superseded } else { Applied::Done };
            assert_eq!(applied, wanted, "{place} of {order:?}");
            newest = newest.max(Some(*place));
        }

        assert_eq!(frequency_of(t, &recipient).await, frequencies[3], "{order:?}");
    }
}

pub(crate) async fn the_last_accepted_subscription_wins_in_any_order(t: &mut TestStore) {
    last_accepted_wins(t, [Some(Frequency::Daily), None, Some(Frequency::Hourly), Some(Frequency::Weekly)]).await;
}

pub(crate) async fn the_last_accepted_unsubscription_wins_in_any_order(t: &mut TestStore) {
    last_accepted_wins(t, [Some(Frequency::Daily), Some(Frequency::Daily), Some(Frequency::Weekly), None]).await;
}

pub(crate) async fn a_change_may_be_applied_again(t: &mut TestStore) {
    create_news(t).await;
    let change = join(t, "a@example.com", Frequency::Daily).await;
    let before = subscriptions(t, &SubscriptionFilter::default()).await;

    assert_eq!(apply(t, &change).await, Applied::Done, "it already was in force");

    assert_eq!(subscriptions(t, &SubscriptionFilter::default()).await, before);
}

pub(crate) async fn a_subscription_tells_when_it_was_accepted(t: &mut TestStore) {
    create_news(t).await;
    let changes = accept_changes(t, vec![subscribe("Ann@example.com", "news", Frequency::Daily)]).await;
    t.advance(HOUR).await;
    apply(t, &changes[0]).await;

    let found = subscriptions(t, &SubscriptionFilter::default()).await;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].recipient.key().as_str(), found[0].frequency), ("ann@example.com", Frequency::Daily));
    assert_eq!((&found[0].content_type, found[0].created_at), (&news(), changes[0].accepted_at));
}

pub(crate) async fn a_deleted_content_type_takes_no_subscription(t: &mut TestStore) {
    create_news(t).await;
    let changes = accept_changes(t, vec![subscribe("a@example.com", "news", Frequency::Daily)]).await;
    let deleted = t.store.delete_content(&account(), &news(), false).await.unwrap();
    assert_eq!(deleted, ContentDeleted::Done, "a waiting task is no subscription yet");

    assert_eq!(apply(t, &changes[0]).await, Applied::UnknownContentType);
    assert!(subscriptions(t, &SubscriptionFilter::default()).await.is_empty());
}

pub(crate) async fn a_change_from_before_a_deletion_does_not_count_after_it(t: &mut TestStore) {
    create_news(t).await;
    let before = accept_changes(t, vec![subscribe("a@example.com", "news", Frequency::Daily)]).await;
    t.store.delete_content(&account(), &news(), false).await.unwrap();
    create_news(t).await;
    let after = accept_changes(t, vec![subscribe("b@example.com", "news", Frequency::Daily)]).await;

    assert_eq!(apply(t, &before[0]).await, Applied::UnknownContentType, "it was for another of that name");
    assert_eq!(apply(t, &after[0]).await, Applied::Done);

    let found = subscriptions(t, &SubscriptionFilter::default()).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].recipient.as_str(), "b@example.com");
}

pub(crate) async fn subscribing_again_doubles_nothing(t: &mut TestStore) {
    create_news(t).await;
    join(t, "a@example.com", Frequency::Daily).await;
    let before = subscriptions(t, &SubscriptionFilter::default()).await;
    t.advance(HOUR).await;

    join(t, "A@example.com", Frequency::Daily).await;

    let after = subscriptions(t, &SubscriptionFilter::default()).await;
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].created_at, before[0].created_at, "nothing changed but the order");
}

pub(crate) async fn subscribing_again_replaces_the_frequency(t: &mut TestStore) {
    create_news(t).await;
    join(t, "a@example.com", Frequency::Daily).await;

    join(t, "A@example.com", Frequency::Weekly).await;

    assert_eq!(frequency_of(t, "a@example.com").await, Some(Frequency::Weekly));
    assert_eq!(series_at(t, Frequency::Daily).await, None);
}

pub(crate) async fn subscriptions_are_found_by_what_and_who(t: &mut TestStore) {
    create_news(t).await;
    let other = content_type("other");
    t.store.create_content(&account(), &other, &subject("Other"), "text").await.unwrap();
    change_all(
        t,
        vec![
            subscribe("b@example.com", "other", Frequency::Daily),
            subscribe("b@example.com", "news", Frequency::Daily),
            subscribe("a@example.com", "news", Frequency::Weekly),
        ],
    )
    .await;

    let places = |found: Vec<gomail::store::Subscription>| -> Vec<_> {
        found.into_iter().map(|found| (found.content_type.to_string(), found.recipient.key())).collect()
    };
    let of = |what: &str, who: &str| (what.to_owned(), who.to_owned());
    let all = places(subscriptions(t, &SubscriptionFilter::default()).await);
    assert_eq!(all, [of("news", "a@example.com"), of("news", "b@example.com"), of("other", "b@example.com")]);
    let by_what = SubscriptionFilter { content_type: Some(other), recipient: None };
    assert_eq!(places(subscriptions(t, &by_what).await), [of("other", "b@example.com")]);
    let by_who = SubscriptionFilter { content_type: None, recipient: Some("b@example.com".to_owned()) };
    let found = places(subscriptions(t, &by_who).await);
    assert_eq!(found, [of("news", "b@example.com"), of("other", "b@example.com")]);
    let by_both = SubscriptionFilter { content_type: Some(news()), recipient: Some("b@example.com".to_owned()) };
    assert_eq!(places(subscriptions(t, &by_both).await), [of("news", "b@example.com")]);
    assert!(sees_nothing(t, &stranger()).await);
}

pub(crate) async fn subscriptions_are_paged_without_gap_or_repeat(t: &mut TestStore) {
    create_news(t).await;
    change_all(t, (0..25).map(|n| subscribe(&nth(n), "news", Frequency::Daily)).collect()).await;

    let mut found = Vec::new();
    let mut request = page(10);
    loop {
        let page = t.store.subscriptions(&account(), &SubscriptionFilter::default(), &request).await.unwrap();
        assert!(page.items.len() <= 10);
        found.extend(page.items.into_iter().map(|subscription| subscription.recipient.key()));
        if page.next_cursor.is_none() {
            break;
        }
        request.cursor = page.next_cursor;
    }

    assert_eq!(found, (0..25).map(nth).collect::<Vec<_>>());
}

pub(crate) async fn one_click_unsubscribes_and_twice_is_fine(t: &mut TestStore) {
    create_news(t).await;
    join(t, "Ann@example.com", Frequency::Daily).await;
    join(t, "b@example.com", Frequency::Daily).await;

    for _ in 0..2 {
        t.store.unsubscribe(&account(), "ann@example.com", &news()).await.unwrap();
        assert_eq!(frequency_of(t, "ann@example.com").await, None);
    }

    assert_eq!(frequency_of(t, "b@example.com").await, Some(Frequency::Daily), "nobody else");
    t.store.unsubscribe(&account(), "never@example.com", &news()).await.unwrap();
    t.store.unsubscribe(&account(), "a@example.com", &content_type("nowhere")).await.unwrap();
}

pub(crate) async fn one_click_is_the_newest_change(t: &mut TestStore) {
    create_news(t).await;
    join(t, "a@example.com", Frequency::Daily).await;
    let waiting = accept_changes(t, vec![subscribe("a@example.com", "news", Frequency::Weekly)]).await;

    t.store.unsubscribe(&account(), "a@example.com", &news()).await.unwrap();
    assert_eq!(apply(t, &waiting[0]).await, Applied::Superseded, "accepted before the click");
    assert_eq!(frequency_of(t, "a@example.com").await, None);

    join(t, "a@example.com", Frequency::Weekly).await;
    assert_eq!(frequency_of(t, "a@example.com").await, Some(Frequency::Weekly), "accepted after it");
}

pub(crate) async fn a_series_lasts_while_someone_is_subscribed(t: &mut TestStore) {
    create_news(t).await;
    assert!(t.store.series().await.unwrap().is_empty());

    join(t, "a@example.com", Frequency::Daily).await;
    let since = t.now().await;
    t.advance(HOUR).await;
    join(t, "b@example.com", Frequency::Daily).await;
    join(t, "b@example.com", Frequency::Hourly).await;
    join(t, "c@example.com", Frequency::Daily).await;

    let daily = series_at(t, Frequency::Daily).await.expect("two subscribers");
    assert_eq!(daily.last_period, None);
    assert!(TestStore::near(daily.since, since), "since its first subscriber: {}", daily.since);
    assert!(series_at(t, Frequency::Hourly).await.is_some());

    quit(t, "a@example.com").await;
    t.store.unsubscribe(&account(), "c@example.com", &news()).await.unwrap();
    assert_eq!(series_at(t, Frequency::Daily).await, None);
    assert_eq!(t.store.series().await.unwrap().len(), 1);

    t.advance(HOUR).await;
    join(t, "d@example.com", Frequency::Daily).await;
    let again = series_at(t, Frequency::Daily).await.expect("it has a subscriber again");
    assert!(TestStore::near(again.since, t.now().await), "after having none it begins anew");
}

pub(crate) async fn series_are_those_of_all_accounts(t: &mut TestStore) {
    create_news(t).await;
    t.store.create_content(&stranger(), &news(), &subject("Theirs"), "text").await.unwrap();
    let ours = join(t, "a@example.com", Frequency::Daily).await;
    let theirs = gomail::store::SubscriptionChange { account: stranger(), order: ours.order + 1, ..ours };
    assert_eq!(apply(t, &theirs).await, Applied::Done);

    let mut owners: Vec<_> = t.store.series().await.unwrap().into_iter().map(|series| series.account).collect();
    owners.sort();
    assert_eq!(owners, [account(), stranger()]);
    assert_eq!(subscriptions(t, &SubscriptionFilter::default()).await.len(), 1);
}
