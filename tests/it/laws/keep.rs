//! What a store keeps beside tasks: accounts, content types, suppressions, the outbox, the secret, its clock.

use std::{sync::Arc, time::Duration};

use gomail::{
    domain::{AccountId, Frequency, TaskId, Verdict},
    store::{Captured, ContentDeleted, OUTBOX_MAX, Page, SubscriptionFilter},
};
use tokio::task::JoinSet;

use super::newsletter::{create_news, join, news, series_at, subscriptions};
use crate::helpers::{
    build::{HOUR, RETENTION, account, address, content_type, fresh_id, message, page, stranger, subject},
    store::TestStore,
};

/// Reads all pages of two.
async fn read_all<T>(mut read: impl AsyncFnMut(Option<String>) -> Page<T>) -> Vec<T> {
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let page = read(cursor).await;
        assert!(page.items.len() <= 2);
        found.extend(page.items);
        if page.next_cursor.is_none() {
            return found;
        }
        cursor = page.next_cursor;
    }
}

fn id(text: &str) -> AccountId {
    AccountId::parse(text).unwrap()
}

pub(crate) async fn an_account_signs_up_once(t: &mut TestStore) {
    assert_eq!(t.store.current_jti(&account()).await.unwrap(), None);

    assert!(t.store.sign_up(&account(), "first").await.unwrap());
    assert!(!t.store.sign_up(&account(), "second").await.unwrap());

    assert_eq!(t.store.current_jti(&account()).await.unwrap().as_deref(), Some("first"), "the key is not replaced");
    assert_eq!(t.store.current_jti(&stranger()).await.unwrap(), None);
}

pub(crate) async fn racing_sign_ups_give_one_account(t: &mut TestStore) {
    let other = t.second().await;
    let (account, store) = (account(), Arc::clone(&t.store));
    let (a, b) = tokio::join!(store.sign_up(&account, "a"), other.sign_up(&account, "b"));

    let (a, b) = (a.unwrap(), b.unwrap());
    assert!(a != b, "one of the two");
    let wanted = if a { "a" } else { "b" };
    assert_eq!(t.store.current_jti(&account).await.unwrap().as_deref(), Some(wanted));
    other.close().await;
}

pub(crate) async fn deregistering_ends_the_key_and_keeps_the_rest(t: &mut TestStore) {
    create_news(t).await;
    let task = t.post(message("a@example.com")).await;
    t.store.sign_up(&account(), "first").await.unwrap();

    assert!(t.store.deregister(&account()).await.unwrap());
    assert!(!t.store.deregister(&account()).await.unwrap());

    assert_eq!(t.store.current_jti(&account()).await.unwrap(), None);
    assert!(t.store.content(&account(), &news()).await.unwrap().is_some());
    assert_eq!(t.lease_one().await.id, task, "waiting tasks go on");
    assert!(t.store.sign_up(&account(), "second").await.unwrap());
    assert_eq!(t.store.current_jti(&account()).await.unwrap().as_deref(), Some("second"));
}

pub(crate) async fn accounts_are_listed_by_id(t: &mut TestStore) {
    let names = ["c@example.com", "a@example.com", "e@example.com", "b@example.com", "d@example.com"];
    for name in names {
        t.store.sign_up(&id(name), "jti").await.unwrap();
    }
    t.store.deregister(&id("d@example.com")).await.unwrap();

    let request = |cursor| gomail::store::PageRequest { limit: 2, cursor };
    let found = read_all(async |cursor| t.store.accounts(&request(cursor)).await.unwrap()).await;

    let listed: Vec<_> = found.iter().map(|account| account.id.as_str()).collect();
    assert_eq!(listed, ["a@example.com", "b@example.com", "c@example.com", "e@example.com"]);
    assert!(TestStore::near(found[0].created_at, t.now().await));
}

pub(crate) async fn a_content_type_is_created_once_and_updated(t: &mut TestStore) {
    let (owner, name) = (account(), news());
    assert!(!t.store.update_content(&owner, &name, &subject("No"), "none").await.unwrap(), "there is none");
    assert!(t.store.create_content(&owner, &name, &subject("First"), "one").await.unwrap());
    assert!(!t.store.create_content(&owner, &name, &subject("Second"), "two").await.unwrap());
    let first = t.store.content(&owner, &name).await.unwrap().unwrap();
    assert_eq!((first.subject.as_str(), first.content.as_str()), ("First", "one"));
    assert_eq!(first.created_at, first.updated_at);

    t.advance(HOUR).await;
    assert!(t.store.update_content(&owner, &name, &subject("Third"), "three").await.unwrap());

    let third = t.store.content(&owner, &name).await.unwrap().unwrap();
    assert_eq!((third.subject.as_str(), third.content.as_str()), ("Third", "three"));
    assert_eq!(third.created_at, first.created_at);
    assert!(TestStore::near(third.updated_at, first.updated_at.plus(HOUR)));
    assert_eq!(t.store.content(&stranger(), &name).await.unwrap(), None);
    assert!(!t.store.update_content(&stranger(), &name, &subject("Mine"), "mine").await.unwrap());
}

pub(crate) async fn contents_are_listed_by_name(t: &mut TestStore) {
    for name in ["d", "a b", "c", "é", "B"] {
        t.store.create_content(&account(), &content_type(name), &subject("S"), "text").await.unwrap();
    }

    let request = |cursor| gomail::store::PageRequest { limit: 2, cursor };
    let found = read_all(async |cursor| t.store.contents(&account(), &request(cursor)).await.unwrap()).await;

    let listed: Vec<_> = found.iter().map(|content| content.content_type.as_str()).collect();
    assert_eq!(listed, ["B", "a b", "c", "d", "é"]);
    assert!(t.store.contents(&stranger(), &page(10)).await.unwrap().items.is_empty());
}

pub(crate) async fn a_content_type_in_use_is_deleted_only_by_force(t: &mut TestStore) {
    create_news(t).await;
    join(t, "a@example.com", Frequency::Daily).await;
    let delete = async |account, force| t.store.delete_content(&account, &news(), force).await.unwrap();

    assert_eq!(delete(stranger(), true).await, ContentDeleted::Unknown);
    assert_eq!(delete(account(), false).await, ContentDeleted::InUse);
    assert!(t.store.content(&account(), &news()).await.unwrap().is_some());
    assert_eq!(delete(account(), true).await, ContentDeleted::Done);
    assert_eq!(delete(account(), true).await, ContentDeleted::Unknown);

    assert!(subscriptions(t, &SubscriptionFilter::default()).await.is_empty());
    assert_eq!(series_at(t, Frequency::Daily).await, None);
    create_news(t).await;
    assert!(subscriptions(t, &SubscriptionFilter::default()).await.is_empty(), "a new one begins without subscribers");
}

pub(crate) async fn an_unused_content_type_is_deleted(t: &mut TestStore) {
    create_news(t).await;
    join(t, "a@example.com", Frequency::Daily).await;
    t.store.unsubscribe(&account(), "a@example.com", &news()).await.unwrap();

    assert_eq!(t.store.delete_content(&account(), &news(), false).await.unwrap(), ContentDeleted::Done);
    assert_eq!(t.store.content(&account(), &news()).await.unwrap(), None);
}

pub(crate) async fn suppressions_come_and_go(t: &mut TestStore) {
    let ann = address("Ann@example.com");
    let first = t.store.suppress(&account(), &ann, "manual").await.unwrap();
    assert_eq!((first.email.as_str(), first.reason.as_str()), ("ann@example.com", "manual"));
    assert!(TestStore::near(first.created_at, t.now().await));

    let second = t.store.suppress(&account(), &address("ANN@example.com"), "bounced").await.unwrap();
    assert_eq!((second.email.as_str(), second.reason.as_str()), ("ann@example.com", "bounced"));
    assert_eq!(t.suppressed(&account()).await, ["ann@example.com"], "once");

    assert!(t.store.unsuppress(&account(), &address("aNN@example.com")).await.unwrap());
    assert!(!t.store.unsuppress(&account(), &ann).await.unwrap());
    assert!(t.suppressed(&account()).await.is_empty());
    t.post(message("ann@example.com")).await;
}

pub(crate) async fn suppressions_are_listed_by_address(t: &mut TestStore) {
    for name in ["c@example.com", "a@example.com", "b@example.com"] {
        t.store.suppress(&account(), &address(name), "manual").await.unwrap();
    }
    t.store.suppress(&stranger(), &address("d@example.com"), "manual").await.unwrap();

    let request = |cursor| gomail::store::PageRequest { limit: 2, cursor };
    let found = read_all(async |cursor| t.store.suppressions(&account(), &request(cursor)).await.unwrap()).await;

    let listed: Vec<_> = found.iter().map(|found| found.email.as_str()).collect();
    assert_eq!(listed, ["a@example.com", "b@example.com", "c@example.com"]);
    assert_eq!(t.suppressed(&stranger()).await, ["d@example.com"]);
}

fn captured(id: TaskId, title: &str) -> Captured {
    Captured {
        account: account(),
        id,
        to: "Ann@example.com".to_owned(),
        subject: title.to_owned(),
        raw: format!("Subject: {title}\r\n\r\n\0\u{ff}").into_bytes(),
    }
}

async fn capture(t: &TestStore, id: TaskId, title: &str) {
    t.store.capture(captured(id, title)).await.unwrap();
}

pub(crate) async fn the_outbox_holds_mails_newest_first(t: &mut TestStore) {
    let mut ids = Vec::new();
    for n in 0..5 {
        let id = t.post(message("ann@example.com")).await;
        capture(t, id, &format!("mail {n}")).await;
        ids.insert(0, id);
        t.advance(Duration::from_secs(1)).await;
    }

    let request = |cursor| gomail::store::PageRequest { limit: 2, cursor };
    let found = read_all(async |cursor| t.store.outbox(&account(), &request(cursor)).await.unwrap()).await;

    assert_eq!(found.iter().map(|entry| entry.id).collect::<Vec<_>>(), ids);
    assert!(found.iter().all(|entry| entry.raw.is_empty()), "without their bytes");
    assert_eq!((found[0].to.as_str(), found[0].subject.as_str()), ("Ann@example.com", "mail 4"));
    let whole = t.store.outbox_entry(&account(), ids[1]).await.unwrap().unwrap();
    assert_eq!(whole.raw, "Subject: mail 3\r\n\r\n\0\u{ff}".as_bytes());
    assert!(t.store.outbox(&stranger(), &page(10)).await.unwrap().items.is_empty());
    assert_eq!(t.store.outbox_entry(&stranger(), ids[0]).await.unwrap(), None);
    assert_eq!(t.store.outbox_entry(&account(), fresh_id()).await.unwrap(), None);
}

pub(crate) async fn a_second_capture_replaces_the_first(t: &mut TestStore) {
    let id = t.post(message("ann@example.com")).await;
    capture(t, id, "first").await;
    capture(t, id, "second").await;

    let found = t.store.outbox(&account(), &page(10)).await.unwrap().items;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].subject, "second");
    assert!(t.store.outbox_entry(&account(), id).await.unwrap().unwrap().raw.starts_with(b"Subject: second"));
}

pub(crate) async fn a_captured_mail_outlives_its_task(t: &mut TestStore) {
    let leased = t.post_and_lease(message("ann@example.com")).await;
    capture(t, leased.id, "captured").await;
    t.settle(&leased, Verdict::Succeeded).await;
    t.advance(100 * RETENTION).await;

    assert_eq!(t.store.prune(100).await.unwrap().tasks, 1);
    t.store.prune(100).await.unwrap();

    assert_eq!(t.store.outbox(&account(), &page(10)).await.unwrap().items.len(), 1);
    assert!(t.store.outbox_entry(&account(), leased.id).await.unwrap().is_some());
}

pub(crate) async fn the_outbox_keeps_its_newest_mails(t: &mut TestStore) {
    let (old, again): (Vec<_>, _) = ((0..5).map(|_| fresh_id()).collect(), fresh_id());
    for id in old.iter().chain([&again]) {
        capture(t, *id, "old").await;
    }
    let mut captures = JoinSet::new();
    for _ in 0..OUTBOX_MAX - 1 {
        let store = Arc::clone(&t.store);
        captures.spawn(async move { store.capture(captured(fresh_id(), "new")).await.unwrap() });
    }
    captures.join_all().await;
    // What is captured a second time is new.
    capture(t, again, "again").await;

    t.store.prune(2).await.unwrap();
    assert_eq!(t.store.outbox_entry(&account(), old[1]).await.unwrap(), None);
    assert!(t.store.outbox_entry(&account(), old[2]).await.unwrap().is_some(), "no more than asked for in one step");
    for _ in 0..3 {
        t.store.prune(2).await.unwrap();
    }

    for id in old {
        assert_eq!(t.store.outbox_entry(&account(), id).await.unwrap(), None);
    }
    assert!(t.store.outbox_entry(&account(), again).await.unwrap().is_some());
    let mut left = 0;
    let mut request = page(1000);
    loop {
        let page = t.store.outbox(&account(), &request).await.unwrap();
        left += page.items.len();
        if page.next_cursor.is_none() {
            break;
        }
        request.cursor = page.next_cursor;
    }
    assert_eq!(left, OUTBOX_MAX);
}

pub(crate) async fn the_first_secret_is_kept(t: &mut TestStore) {
    let other = t.second().await;
    let (a, b) = tokio::join!(t.store.secret_or_insert("secret a"), other.secret_or_insert("secret b"));

    let kept = a.unwrap();
    assert_eq!(kept, b.unwrap(), "both are told the same");
    assert!(["secret a", "secret b"].contains(&kept.as_str()));
    t.reopen().await;
    assert_eq!(t.store.secret_or_insert("secret c").await.unwrap(), kept);
    other.close().await;
}

pub(crate) async fn the_clock_stays_where_it_was_moved_to(t: &mut TestStore) {
    let other = t.second().await;
    let before = t.now().await;

    let told = t.advance(7 * 24 * HOUR).await;

    assert!(TestStore::near(told, before.plus(7 * 24 * HOUR)));
    assert!(TestStore::near(t.now().await, told));
    assert!(TestStore::near(other.now().await.unwrap(), told), "for every process");
    t.advance(HOUR).await;
    t.reopen().await;
    assert!(TestStore::near(t.now().await, told.plus(HOUR)), "and after a restart");
    assert!(TestStore::near(t.stats().await.now, told.plus(HOUR)));
    other.close().await;
}

pub(crate) async fn a_store_is_fit_and_says_what_it_is(t: &mut TestStore) {
    t.store.check().await.unwrap();

    assert!(!t.store.describe().is_empty());
}
