//! One-time codes: the newest counts, once, and guessing is bounded.

use std::{sync::Arc, time::Duration};

use gomail::{
    domain::{CodeLength, CodeRules, NewTask, Purpose, TaskId},
    store::{CodeCheck, CodeKey, Enqueue, Enqueued, LiveCode, Posted, Refusal},
};
use tokio::{sync::Barrier, task::JoinSet};

use crate::helpers::{
    build::{HOUR, MINUTE, code_key, fresh_id, otp, otp_for, rules, stranger},
    store::TestStore,
    verbs::{accepted, posting},
};

const SECOND: Duration = Duration::from_secs(1);

async fn check(t: &TestStore, key: &CodeKey, task: TaskId, matched: bool) -> CodeCheck {
    t.store.check_code(key, task, matched, &rules()).await.unwrap()
}

async fn guess_wrong(t: &TestStore, key: &CodeKey, task: TaskId, times: u32) {
    for _ in 0..times {
        assert_eq!(check(t, key, task, false).await, CodeCheck::Refused);
    }
}

async fn live(t: &TestStore, key: &CodeKey) -> Option<TaskId> {
    t.store.live_code(key).await.unwrap().map(|code| code.task)
}

async fn post_under(t: &TestStore, rules: CodeRules, task: NewTask) -> Posted {
    let Enqueued::Accepted(posted) = t.store.enqueue(Enqueue { rules, ..posting(vec![task]) }).await.unwrap() else {
        panic!("a post without a key")
    };
    posted[0].clone()
}

/// The wait of a refusal of that kind.
fn wait_of(posted: &Posted, limited: bool) -> Duration {
    match *posted {
        Posted::Refused(Refusal::Cooldown { wait_ms }) if !limited => Duration::from_millis(wait_ms),
        Posted::Refused(Refusal::RateLimited { wait_ms }) if limited => Duration::from_millis(wait_ms),
        ref other => panic!("limited: {limited}, but {other:?}"),
    }
}

fn about(wait: Duration, wanted: Duration) {
    assert!(wait <= wanted && wait > wanted.saturating_sub(10 * SECOND), "{wait:?} is not about {wanted:?}");
}

pub(crate) async fn the_newest_code_counts(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let first = t.post(otp("a@example.com")).await;
    let length = CodeLength::parse(6).unwrap();
    assert_eq!(t.store.live_code(&key).await.unwrap(), Some(LiveCode { task: first, length }));

    t.advance(MINUTE).await;
    let second = t.post(otp("a@example.com")).await;

    assert_eq!(live(t, &key).await, Some(second));
    assert_eq!(check(t, &key, first, true).await, CodeCheck::Refused, "the replaced one is void");
    assert_eq!(check(t, &key, second, true).await, CodeCheck::Verified);
}

pub(crate) async fn a_code_works_once(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let task = t.post(otp("a@example.com")).await;

    assert_eq!(check(t, &key, task, true).await, CodeCheck::Verified);
    assert_eq!(check(t, &key, task, true).await, CodeCheck::Refused);
    assert_eq!(live(t, &key).await, None);

    t.reopen().await;
    assert_eq!(check(t, &key, task, true).await, CodeCheck::Refused, "used is used, durably");
}

pub(crate) async fn a_code_ends_one_ttl_after_its_acceptance(t: &mut TestStore) {
    let (early, late) = (code_key("early@example.com"), code_key("late@example.com"));
    let first = t.post(otp("early@example.com")).await;
    let second = t.post(otp("late@example.com")).await;

    t.advance(Duration::from_secs(9 * 60 + 30)).await;
    assert_eq!(check(t, &early, first, true).await, CodeCheck::Verified);

    t.advance(30 * SECOND).await;
    assert_eq!(live(t, &late).await, None);
    assert_eq!(check(t, &late, second, true).await, CodeCheck::Refused);
}

pub(crate) async fn what_is_unknown_is_refused(t: &mut TestStore) {
    let key = code_key("nobody@example.com");

    assert_eq!(live(t, &key).await, None);
    assert_eq!(check(t, &key, fresh_id(), true).await, CodeCheck::Refused);
    assert_eq!(check(t, &key, fresh_id(), false).await, CodeCheck::Refused);
}

pub(crate) async fn a_hundred_right_guesses_verify_once(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let task = t.post(otp("a@example.com")).await;
    let start = Arc::new(Barrier::new(100));
    let mut clients = JoinSet::new();
    for _ in 0..100 {
        let (store, start, key) = (Arc::clone(&t.store), Arc::clone(&start), key.clone());
        clients.spawn(async move {
            start.wait().await;
            store.check_code(&key, task, true, &rules()).await.unwrap()
        });
    }

    let checks = clients.join_all().await;

    assert_eq!(checks.iter().filter(|check| **check == CodeCheck::Verified).count(), 1);
    t.advance(MINUTE).await;
    let next = t.post(otp("a@example.com")).await;
    assert_eq!(check(t, &key, next, true).await, CodeCheck::Verified, "right but late is no wrong try: no lock");
}

pub(crate) async fn a_resend_waits_for_the_cooldown(t: &mut TestStore) {
    t.post(otp("a@example.com")).await;

    about(wait_of(&t.try_post(otp("A@example.com")).await, false), 30 * SECOND);
    t.advance(20 * SECOND).await;
    about(wait_of(&t.try_post(otp("a@example.com")).await, false), 10 * SECOND);

    t.advance(10 * SECOND).await;
    t.post(otp("a@example.com")).await;
}

pub(crate) async fn a_refused_resend_replaces_nothing(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let first = t.post(otp("a@example.com")).await;
    wait_of(&t.try_post(otp("a@example.com")).await, false);

    assert_eq!(check(t, &key, first, true).await, CodeCheck::Verified);
}

pub(crate) async fn a_used_code_still_cools_down(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let first = t.post(otp("a@example.com")).await;
    check(t, &key, first, true).await;

    wait_of(&t.try_post(otp("a@example.com")).await, false);
}

pub(crate) async fn codes_per_hour_are_limited_per_recipient(t: &mut TestStore) {
    let few = CodeRules { per_hour: 3, ..rules() };
    for purpose in ["login", "reset", "login"] {
        accepted(&post_under(t, few, otp_for("a@example.com", purpose)).await);
        t.advance(10 * MINUTE).await;
    }

    let wait = wait_of(&post_under(t, few, otp_for("A@example.com", "other")).await, true);
    about(wait, 30 * MINUTE);
    accepted(&post_under(t, few, otp("b@example.com")).await);
    let theirs = Enqueue { account: stranger(), rules: few, ..posting(vec![otp("a@example.com")]) };
    let Enqueued::Accepted(posted) = t.store.enqueue(theirs).await.unwrap() else { panic!("no key") };
    accepted(&posted[0]);

    t.advance(wait).await;
    accepted(&post_under(t, few, otp_for("a@example.com", "other")).await);
    wait_of(&post_under(t, few, otp_for("a@example.com", "more")).await, true);
}

pub(crate) async fn five_wrong_tries_lock(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let task = t.post(otp("a@example.com")).await;
    t.advance(MINUTE).await;
    guess_wrong(t, &key, task, 1).await;
    t.advance(2 * MINUTE).await;
    guess_wrong(t, &key, task, 4).await;

    assert_eq!(check(t, &key, task, true).await, CodeCheck::Refused, "verification is locked");
    let wait = wait_of(&t.try_post(otp("a@example.com")).await, true);
    about(wait, 8 * MINUTE);

    t.advance(wait.saturating_sub(20 * SECOND)).await;
    wait_of(&t.try_post(otp("a@example.com")).await, true);
    t.advance(20 * SECOND).await;
    let next = t.post(otp("a@example.com")).await;
    assert_eq!(check(t, &key, next, true).await, CodeCheck::Verified, "one ttl after the first wrong try it is over");
}

pub(crate) async fn the_lock_goes_before_the_cooldown(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let task = t.post(otp("a@example.com")).await;
    guess_wrong(t, &key, task, 5).await;

    about(wait_of(&t.try_post(otp("a@example.com")).await, true), rules().ttl);
}

pub(crate) async fn four_wrong_tries_lock_nothing(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let first = t.post(otp("a@example.com")).await;
    guess_wrong(t, &key, first, 4).await;
    assert_eq!(check(t, &key, first, true).await, CodeCheck::Verified);

    t.advance(MINUTE).await;
    let second = t.post(otp("a@example.com")).await;
    guess_wrong(t, &key, second, 4).await;
    assert_eq!(check(t, &key, second, true).await, CodeCheck::Verified, "a right one forgets the wrong ones");
}

pub(crate) async fn a_resend_does_not_reset_wrong_tries(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let first = t.post(otp("a@example.com")).await;
    guess_wrong(t, &key, first, 3).await;
    t.advance(MINUTE).await;
    let second = t.post(otp("a@example.com")).await;
    t.reopen().await;
    guess_wrong(t, &key, second, 2).await;

    assert_eq!(check(t, &key, second, true).await, CodeCheck::Refused);
    wait_of(&t.try_post(otp("a@example.com")).await, true);
}

pub(crate) async fn wrong_tries_are_forgotten_after_one_ttl(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let first = t.post(otp("a@example.com")).await;
    guess_wrong(t, &key, first, 4).await;

    t.advance(rules().ttl).await;
    let second = t.post(otp("a@example.com")).await;
    guess_wrong(t, &key, second, 4).await;

    assert_eq!(check(t, &key, second, true).await, CodeCheck::Verified);
}

pub(crate) async fn a_right_guess_too_late_is_no_wrong_try(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let first = t.post(otp("a@example.com")).await;
    t.advance(MINUTE).await;
    let second = t.post(otp("a@example.com")).await;
    for _ in 0..10 {
        assert_eq!(check(t, &key, first, true).await, CodeCheck::Refused);
    }

    assert_eq!(check(t, &key, second, true).await, CodeCheck::Verified);
}

pub(crate) async fn a_guess_at_nothing_is_no_wrong_try(t: &mut TestStore) {
    let key = code_key("a@example.com");
    let first = t.post(otp("a@example.com")).await;
    t.advance(rules().ttl).await;
    guess_wrong(t, &key, first, 10).await;

    let second = t.post(otp("a@example.com")).await;
    assert_eq!(check(t, &key, second, true).await, CodeCheck::Verified);
}

pub(crate) async fn purposes_never_meet(t: &mut TestStore) {
    let login = CodeKey { purpose: Purpose::parse("login").unwrap(), ..code_key("a@example.com") };
    let reset = CodeKey { purpose: Purpose::parse("reset").unwrap(), ..code_key("a@example.com") };
    let first = t.post(otp_for("a@example.com", "login")).await;
    let second = t.post(otp_for("a@example.com", "reset")).await;

    assert_eq!((live(t, &login).await, live(t, &reset).await), (Some(first), Some(second)));
    assert_eq!(live(t, &code_key("a@example.com")).await, None);
    guess_wrong(t, &login, first, 5).await;
    assert_eq!(check(t, &reset, first, true).await, CodeCheck::Refused, "a login code resets no password");
    assert_eq!(check(t, &reset, second, true).await, CodeCheck::Verified, "nor does its lock");
}

pub(crate) async fn accounts_never_meet(t: &mut TestStore) {
    let task = t.post(otp("a@example.com")).await;
    let theirs = CodeKey { account: stranger(), ..code_key("a@example.com") };

    assert_eq!(live(t, &theirs).await, None);
    assert_eq!(check(t, &theirs, task, true).await, CodeCheck::Refused);
    guess_wrong(t, &theirs, task, 5).await;
    assert_eq!(check(t, &code_key("a@example.com"), task, true).await, CodeCheck::Verified);
}

pub(crate) async fn an_address_is_compared_without_case(t: &mut TestStore) {
    let task = t.post(otp("Ann@EXAMPLE.com")).await;

    assert_eq!(check(t, &code_key("ann@example.com"), task, true).await, CodeCheck::Verified);
}

pub(crate) async fn nothing_of_codes_outlives_its_time(t: &mut TestStore) {
    let key = code_key("a@example.com");
    t.post(otp("a@example.com")).await;
    t.advance(2 * HOUR).await;
    t.store.prune(1000).await.unwrap();

    assert_eq!(live(t, &key).await, None);
    t.post(otp("a@example.com")).await;
}
