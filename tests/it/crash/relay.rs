//! A relay in trouble, seen from outside.

use std::{collections::BTreeSet, time::Duration};

use gomail::{
    clock::{Clock as _, SystemClock},
    domain::Timestamp,
};
use serde_json::{Value, json};

use super::{Bench, LIMIT, is_drained, message, post_messages, post_messages_from, state, until, within};
use crate::helpers::{
    peer::{Act, Gate, PeerOptions, Rule, Step},
    process::{Account, Gomail},
};

/// Retries within moments.
fn set_short_waits(bench: &mut Bench) {
    for name in ["GOMAIL_RETRY_BASE", "GOMAIL_OTP_RETRY_BASE"] {
        bench.set(name, "100ms");
    }
    bench.set("GOMAIL_RETRY_MAX", "500ms");
    bench.set("GOMAIL_SMTP_TIMEOUT", "2s");
    bench.set("GOMAIL_SMTP_DATA_TIMEOUT", "2s");
}

/// Posts `count` messages to `u0@…` that have one try.
pub(super) async fn post_with_one_try(account: &Account, count: usize) {
    for n in 0..count {
        let mut task = message(&format!("u{n}@example.com"));
        task["retries"] = json!(0);
        assert_eq!(account.post("/task", &task).await["status"], true);
    }
}

async fn post_code(account: &Account, to: &str) {
    account.task("generateOtp", json!({ "userId": to, "length": 6 })).await;
}

/// The one task for `to`.
async fn task_for(account: &Account, to: &str) -> Value {
    account.get(&format!("/task?recipient={to}")).await["tasks"][0].clone()
}

#[tokio::test]
async fn crash_free_refusals_end_as_the_table_says() {
    let mut bench = Bench::over_sqlite();
    bench.peer.rule(Rule::reply(Step::Rcpt, "550 5.1.1 no such user").to("u0@"));
    bench.peer.rule(Rule::reply(Step::Rcpt, "451 4.3.0 later").to("u1@").times(1));
    bench.peer.rule(Rule::reply(Step::Rcpt, "554 5.7.1 policy").to("u2@"));
    bench.set("GOMAIL_RETRY_BASE", "100ms");
    let (_gomail, account) = bench.up().await;
    post_messages(&account, 4).await;

    let metrics =
        until(&account, "all ended", |metrics| state(metrics, "succeeded") + state(metrics, "failed") == 4).await;

    assert_eq!((state(&metrics, "succeeded"), state(&metrics, "failed")), (2, 2), "{metrics}");
    assert_eq!(metrics["Total Jobs Executed"], 4);
    let gone = task_for(&account, "u0@example.com").await;
    assert_eq!((&gone["reason"], &gone["attempts"][0]["enhanced_code"]), (&json!("refused"), &json!("5.1.1")));
    assert_eq!(task_for(&account, "u1@example.com").await["attempts"].as_array().unwrap().len(), 2);
    let suppressed = account.get("/suppressions").await;
    assert_eq!(suppressed["suppressions"].as_array().unwrap().len(), 1, "only 5.1.x suppresses: {suppressed}");
    assert_eq!(suppressed["suppressions"][0]["email"], "u0@example.com");
}

#[tokio::test]
async fn crash_free_stalls_up_to_data_cost_a_try_and_no_mail() {
    let mut bench = Bench::over_sqlite();
    set_short_waits(&mut bench);
    bench.peer.rule(Rule::at(Step::Mail, Act::Stall).times(1));
    bench.peer.rule(Rule::at(Step::Rcpt, Act::Stall).to("u1@").times(1));
    bench.peer.rule(Rule::at(Step::Data, Act::Stall).to("u2@").times(1));
    let (gomail, account) = bench.up().await;
    post_messages(&account, 10).await;

    let metrics = until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 10).await;

    assert!(metrics["attempts"]["lost"].as_u64().unwrap() >= 3, "{metrics}");
    for to in ["u1@example.com", "u2@example.com"] {
        let task = task_for(&account, to).await;
        assert_eq!(
            (&task["attempts"][0]["outcome"], &task["duplicate_possible"]),
            (&json!("lost"), &json!(false)),
            "{task}"
        );
    }
    assert_eq!(bench.ledger().values().copied().collect::<Vec<_>>(), [1; 10]);
    assert!(gomail.stop().success());
}

/// Every courier for mails of all kinds is busy until the gate opens, and the worker holds as much as it may.
async fn full_worker(bench: &mut Bench) -> (Gomail, Account, Gate) {
    let gate = Gate::new();
    bench.set("GOMAIL_CONCURRENCY", "8");
    bench.peer.rule(Rule::at(Step::Dot, Act::Hold(gate.clone())).to("u"));
    let (gomail, account) = bench.up().await;
    post_messages(&account, 200).await;
    gate.wait_for(7).await;
    until(&account, "the worker is full", |metrics| state(metrics, "running") >= 56).await;
    (gomail, account, gate)
}

/// A code goes out all the same.
async fn a_code_passes_a_full_worker(mut bench: Bench) {
    let (gomail, account, gate) = full_worker(&mut bench).await;

    for to in ["a@example.com", "b@example.com", "c@example.com"] {
        post_code(&account, to).await;
        within(LIMIT, "the code is out while no mail is", || bench.peer.mails().iter().any(|mail| mail.to == to)).await;
    }
    assert_eq!(task_for(&account, "u0@example.com").await["state"], "running");
    gate.open();
    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 203).await;
    assert!(gomail.stop().success());
}

/// More codes than a full worker has room for: as some go out, others are taken, though nothing hints at them any more.
#[tokio::test]
async fn crash_free_wave_of_codes_passes_a_full_worker() {
    // A third of what it takes when they are found by polling.
    const SOON: Duration = Duration::from_secs(20);
    let mut bench = Bench::over_sqlite();
    let (gomail, account, gate) = full_worker(&mut bench).await;

    let to = (0..1000).map(|n| json!({ "userId": format!("c{n}@example.com"), "length": 6 }));
    let code = |to: Value| json!({ "task": "otp", "type": "generateOtp", "retries": 0, "payload": to });
    account.post("/task/batch", &json!({ "tasks": to.map(code).collect::<Vec<_>>() })).await;

    let out = || bench.peer.mails().iter().filter(|mail| mail.to.starts_with('c')).count();
    within(SOON, "the codes are out while no mail is", || out() == 1000).await;
    gate.open();
    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 1200).await;
    assert!(gomail.stop().success());
}

/// Its turn comes late: it was marked, and its envelope is open, when the mail in front of it is answered.
#[tokio::test]
async fn crash_free_code_that_expires_behind_a_slow_mail_is_not_sent() {
    const TTL: Duration = Duration::from_secs(3);
    let mut bench = Bench::over_sqlite();
    let gate = Gate::new();
    bench.set("GOMAIL_CONCURRENCY", "1");
    bench.set("GOMAIL_OTP_TTL", "3s");
    bench.peer.rule(Rule::at(Step::Dot, Act::Hold(gate.clone())).to("u0@"));
    let (gomail, account) = bench.up().await;
    let code = |to: &str| json!({ "task": "otp", "type": "generateOtp", "retries": 0, "payload": { "userId": to, "length": 6 } });
    account.post("/task/batch", &json!({ "tasks": [code("u0@example.com"), code("u1@example.com")] })).await;
    gate.wait_for(1).await;
    until(&account, "both are in hand", |metrics| state(metrics, "running") == 2).await;
    let code = task_for(&account, "u1@example.com").await;
    let end = Timestamp::parse(code["created_at"].as_str().unwrap()).unwrap().plus(TTL);
    // Later than the end: the worker's clock may be a fraction of a millisecond behind.
    within(LIMIT, "the code has expired", || SystemClock.now() > end).await;
    gate.open();

    let metrics = until(&account, "both ended", |metrics| state(metrics, "running") == 0).await;

    assert_eq!((state(&metrics, "succeeded"), state(&metrics, "skipped")), (1, 1), "{metrics}");
    assert_eq!(task_for(&account, "u1@example.com").await["reason"], "expired");
    assert_eq!(bench.peer.mails().len(), 1);
    assert!(gomail.stop().success());
}

/// It ends every session at once: whoever connects again as quickly as possible is soon blocked.
#[tokio::test]
async fn crash_free_a_relay_that_takes_nothing_is_left_in_peace() {
    let mut bench = Bench::over_sqlite();
    bench.peer.rule(Rule::at(Step::Mail, Act::ReplyThenClose("421 4.3.2 busy".to_owned())));
    set_short_waits(&mut bench);
    let (gomail, account) = bench.up().await;
    post_messages(&account, 500).await;
    until(&account, "it has complained", |metrics| metrics["attempts"]["throttled"].as_u64() > Some(0)).await;

    // Each rest is twice the one before, from half a second on.
    within(LIMIT, "it is left alone for a second", || bench.peer.longest_pause() >= Duration::from_secs(1)).await;
    assert!(bench.peer.connections() < 200, "{} connections", bench.peer.connections());
    bench.peer.behave();
    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 500).await;
    assert!(gomail.stop().success());
}

#[tokio::test]
async fn crash_free_mail_in_a_workers_hands_is_cancelled_until_it_begins() {
    let mut bench = Bench::over_sqlite();
    let gate = Gate::new();
    bench.set("GOMAIL_CONCURRENCY", "1");
    bench.peer.rule(Rule::at(Step::Dot, Act::Hold(gate.clone())).to("u0@"));
    let (gomail, account) = bench.up().await;
    post_messages(&account, 6).await;
    gate.wait_for(1).await;
    until(&account, "the worker holds all", |metrics| state(metrics, "running") == 6).await;

    let (first, last) = (task_for(&account, "u0@example.com").await, task_for(&account, "u5@example.com").await);
    assert_eq!(account.delete(&format!("/task/{}", first["id"].as_str().unwrap())).await["error"], "not_cancellable");
    assert_eq!(account.delete(&format!("/task/{}", last["id"].as_str().unwrap())).await["state"], "cancelled");
    gate.open();

    let metrics = until(&account, "the others are out", |metrics| state(metrics, "succeeded") == 5).await;
    assert_eq!((state(&metrics, "cancelled"), state(&metrics, "running")), (1, 0), "{metrics}");
    assert!(bench.peer.mails().iter().all(|mail| mail.to != "u5@example.com"));
    assert!(gomail.stop().success());
}

#[tokio::test]
async fn crash_free_code_passes_a_full_worker_over_sqlite() {
    a_code_passes_a_full_worker(Bench::over_sqlite()).await;
}

#[tokio::test]
async fn crash_free_code_passes_a_full_worker_over_redis() {
    a_code_passes_a_full_worker(Bench::over_redis().await).await;
}

/// What stalls before the mail has a session costs no try, and what has only one try goes out.
async fn stall_before_a_session(step: Step) {
    let login = ("ann".to_owned(), "secret".to_owned());
    let mut bench = Bench::new(PeerOptions { login: Some(login), ..PeerOptions::default() }, None);
    set_short_waits(&mut bench);
    bench.set("smtp_user", "ann");
    bench.set("smtp_pass", "secret");
    bench.peer.rule(Rule::at(step, Act::Stall).times(1));
    let (gomail, account) = bench.up().await;
    post_with_one_try(&account, 5).await;

    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 5).await;

    assert_eq!(bench.ledger().values().copied().collect::<Vec<_>>(), [1; 5], "{step:?}");
    let task = task_for(&account, "u0@example.com").await;
    assert_eq!(task["attempts"].as_array().unwrap().len(), 1, "{step:?}: {task}");
    assert!(gomail.stop().success());
}

#[tokio::test]
async fn crash_free_stalls_before_a_session_cost_nothing() {
    tokio::join!(
        stall_before_a_session(Step::Banner),
        stall_before_a_session(Step::Ehlo),
        stall_before_a_session(Step::Auth)
    );
}

#[tokio::test]
async fn crash_free_refused_logins_are_few_and_cost_nothing() {
    let login = ("ann".to_owned(), "secret".to_owned());
    let mut bench = Bench::new(PeerOptions { login: Some(login), ..PeerOptions::default() }, None);
    bench.set("smtp_user", "ann");
    bench.set("smtp_pass", "secret");
    bench.peer.rule(Rule::reply(Step::Auth, "535 5.7.8 wrong user or password"));
    let (gomail, account) = bench.up().await;
    post_with_one_try(&account, 40).await;

    // The second comes after five seconds, the third ten later: not one per mail and courier.
    within(LIMIT, "two logins", || bench.peer.logins() >= 2).await;
    let metrics = until(&account, "waiting", |metrics| state(metrics, "queued") == 40).await;
    assert_eq!((bench.peer.logins(), &metrics["attempts"]), (2, &json!({})), "{metrics}");
    bench.peer.behave();

    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 40).await;
    assert_eq!(bench.ledger().values().copied().collect::<Vec<_>>(), [1; 40]);
    assert!(gomail.stop().success());
}

/// A worker with one connection has no courier for codes, and its own takes them first all the same.
#[tokio::test]
async fn crash_free_code_goes_before_what_waits_for_the_only_connection() {
    let mut bench = Bench::over_sqlite();
    bench.set("GOMAIL_CONCURRENCY", "1");
    let gate = Gate::new();
    bench.peer.rule(Rule::at(Step::Dot, Act::Hold(gate.clone())));
    let (gomail, account) = bench.up().await;
    post_messages(&account, 30).await;
    gate.wait_for(1).await;
    post_code(&account, "code@example.com").await;
    until(&account, "the code is in hand", |metrics| metrics["lanes"]["otp"]["queued"] == 0).await;

    gate.open();
    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 31).await;

    let place = bench.peer.mails().iter().position(|mail| mail.to == "code@example.com").unwrap();
    assert!(place <= 2, "behind the one in DATA and the one that is open: {place}");
    assert!(gomail.stop().success());
}

/// Laying out so much HTML takes seconds here. Every courier for messages does it at once.
#[tokio::test]
async fn crash_free_code_goes_before_mails_that_take_long_to_build() {
    let bench = Bench::over_sqlite();
    let (gomail, account) = bench.up().await;
    let payload = json!({ "userId": "you@example.com", "subject": "Long", "content": "<p>x y z</p>".repeat(40_000) });
    let message = json!({ "task": "long", "type": "message", "retries": 0, "payload": payload });
    account.post("/task/batch", &json!({ "tasks": vec![message; 28] })).await;
    until(&account, "the messages are in hand", |metrics| metrics["lanes"]["message"]["queued"] == 0).await;

    post_code(&account, "code@example.com").await;
    within(LIMIT, "the code has come", || bench.ledger().contains_key("code@example.com")).await;

    let before = bench.peer.mails().len() - 1;
    assert!(before <= 4, "{before} of 28 were built before the code");
    gomail.kill();
}

/// Subscription changes need no relay, and do not wait for mails that do.
#[tokio::test]
async fn crash_free_changes_take_effect_while_every_connection_is_busy() {
    let mut bench = Bench::over_sqlite();
    bench.set("GOMAIL_CONCURRENCY", "2");
    let gate = Gate::new();
    bench.peer.rule(Rule::at(Step::Dot, Act::Hold(gate.clone())));
    let (gomail, account) = bench.up().await;
    post_messages(&account, 100).await;
    gate.wait_for(1).await;
    let content = json!({ "content_type": "news", "subject": "News", "content": "Hello" });
    account.post("/task/subscriptionContent", &content).await;

    for who in ["a@example.com", "b@example.com"] {
        let payload = json!({ "userId": who, "content_type": "news", "frequency": "@daily" });
        account.task("subscribe", payload).await;
    }
    account.task("unsubscribe", json!({ "userId": "a@example.com", "content_type": "news" })).await;

    until(&account, "the changes are applied", |metrics| state(metrics, "succeeded") == 3).await;
    let subscriptions = account.get("/task/subscriptions").await;
    assert_eq!(subscriptions["subscriptions"].as_array().unwrap().len(), 1, "{subscriptions}");
    gate.open();
    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 103).await;
    assert!(gomail.stop().success());
}

/// A relay that takes five connections is no relay that is down: five couriers deliver what there is.
#[tokio::test]
async fn crash_free_relay_that_limits_connections_is_used_up_to_its_limit() {
    let mut bench = Bench::new(PeerOptions { most_connections: Some(5), ..PeerOptions::default() }, None);
    bench.set("GOMAIL_LEASE", "30s");
    bench.peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_millis(20))));
    let (gomail, account) = bench.up().await;
    post_messages(&account, 400).await;
    post_code(&account, "code@example.com").await;

    let metrics = until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 401).await;

    assert_eq!(metrics["attempts"], json!({ "delivered": 401 }), "{metrics}");
    assert_eq!(bench.ledger().values().copied().collect::<Vec<_>>(), [1; 401]);
    let carriers: BTreeSet<usize> = bench.peer.mails().iter().map(|mail| mail.connection).collect();
    assert_eq!(carriers.len(), 5, "{carriers:?}");
    assert_eq!(gomail.logged("the relay is not ready"), 0);
    // The first probe and burst, and one more now and then.
    assert!(bench.peer.connections() <= 20, "{}", bench.peer.connections());
    assert!(gomail.stop().success());
}

/// With its last connection gone, a relay that takes no other is down: tasks wait, and cost no try.
#[tokio::test]
async fn crash_free_relay_that_takes_no_more_connections_is_waited_for() {
    let mut bench = Bench::over_sqlite();
    bench.set("GOMAIL_CONCURRENCY", "2");
    let (gomail, account) = bench.up().await;
    post_with_one_try(&account, 1).await;
    until(&account, "a first mail is out", |metrics| state(metrics, "succeeded") == 1).await;
    bench.peer.rule(Rule::reply(Step::Banner, "421 4.7.0 too many connections"));
    bench.peer.cut_connections();

    post_code(&account, "code@example.com").await;
    within(LIMIT, "the relay is not ready", || gomail.logged("the relay is not ready") > 0).await;
    let metrics = until(&account, "waiting", |metrics| state(metrics, "queued") == 1).await;
    assert_eq!(metrics["attempts"], json!({ "delivered": 1 }), "{metrics}");
    bench.peer.behave();

    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 2).await;
    assert!(gomail.stop().success());
}

#[tokio::test]
async fn crash_free_421_for_a_while_burns_no_try() {
    let mut bench = Bench::over_sqlite();
    set_short_waits(&mut bench);
    bench.peer.rule(Rule::reply(Step::Mail, "421 4.3.2 come back later"));
    let (gomail, account) = bench.up().await;
    post_with_one_try(&account, 20).await;
    post_code(&account, "code@example.com").await;

    let is_throttled = |metrics: &Value| metrics["attempts"]["throttled"].as_u64().unwrap_or_default() >= 60;
    let metrics = until(&account, "refused three times each", is_throttled).await;
    assert_eq!(state(&metrics, "failed"), 0, "{metrics}");
    bench.peer.behave();

    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 21).await;
    assert_eq!(bench.ledger().values().copied().collect::<Vec<_>>(), [1; 21]);
    assert!(gomail.stop().success());
}

/// What is lost after the dot: a message goes once more in 15 minutes, and a third time never; a code does not.
#[tokio::test]
async fn crash_free_lost_replies_double_a_message_once_and_a_code_never() {
    let mut bench = Bench::over_sqlite();
    set_short_waits(&mut bench);
    bench.set("GOMAIL_TEST_CLOCK", "1");
    bench.peer.rule(Rule::at(Step::Dot, Act::TakeThenClose).to("once@").times(1));
    bench.peer.rule(Rule::at(Step::Dot, Act::TakeThenClose).to("twice@"));
    bench.peer.rule(Rule::at(Step::Dot, Act::Close).to("forgotten@").times(1));
    bench.peer.rule(Rule::at(Step::Dot, Act::Stall).to("stalled@").times(1));
    bench.peer.rule(Rule::at(Step::Body, Act::Stall).to("body@").times(1));
    bench.peer.rule(Rule::at(Step::Dot, Act::TakeThenClose).to("code@"));
    bench.peer.rule(Rule::at(Step::Dot, Act::Stall).to("silent@"));
    let (gomail, account) = bench.up().await;
    let messages = ["once", "twice", "forgotten", "stalled", "body"];
    for name in messages {
        assert_eq!(account.post("/task", &message(&format!("{name}@example.com"))).await["status"], true);
    }
    post_code(&account, "code@example.com").await;
    post_code(&account, "silent@example.com").await;

    let in_doubt = |metrics: &Value| state(metrics, "retrying") == 5 && state(metrics, "uncertain") == 2;
    until(&account, "all in doubt", in_doubt).await;
    let doubts = account.get("/task?state=retrying").await;
    assert!(doubts["tasks"].as_array().unwrap().iter().all(|task| task["duplicate_possible"] == true), "{doubts}");

    let advanced = account.post("/test/clock/advance", &json!({ "by": "1d" })).await;
    assert_eq!(advanced["status"], true, "{advanced}");
    let metrics = until(&account, "drained", is_drained).await;
    assert_eq!((state(&metrics, "succeeded"), state(&metrics, "uncertain")), (4, 3), "{metrics}");
    assert_eq!(task_for(&account, "twice@example.com").await["state"], "uncertain");
    let times = messages.map(|name| bench.times(&format!("{name}@example.com")));
    assert_eq!(times, [2, 2, 1, 1, 1], "{messages:?}");
    assert_eq!((bench.times("code@example.com"), bench.times("silent@example.com")), (1, 0));
    assert!(gomail.stop().success());
}

/// A reply may be later than a lease is long: the lease is extended, and nobody else takes the mail.
#[tokio::test]
async fn crash_free_reply_later_than_the_lease_is_waited_for() {
    let bench = Bench::over_redis().await;
    let late = Duration::from_secs(6);
    bench.peer.rule(Rule::at(Step::Dot, Act::Late(late)));
    let (_server, account) = bench.serve().await;
    post_messages(&account, 4).await;
    post_code(&account, "code@example.com").await;
    let workers = [bench.start("worker"), bench.start("worker")];

    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 5).await;

    assert_eq!(bench.ledger().values().copied().collect::<Vec<_>>(), [1; 5]);
    for task in account.tasks().await {
        assert_eq!(
            (task["attempts"].as_array().unwrap().len(), &task["duplicate_possible"]),
            (1, &json!(false)),
            "{task}"
        );
    }
    for worker in workers {
        assert!(worker.stop().success());
    }
}

/// The 250 of a mail must not wait for what the relay makes of the next one's envelope.
#[tokio::test]
async fn crash_free_delivery_is_recorded_while_the_next_envelope_hangs() {
    let mut bench = Bench::over_sqlite();
    let gate = Gate::new();
    bench.set("GOMAIL_CONCURRENCY", "1");
    bench.peer.rule(Rule::at(Step::Data, Act::Hold(gate.clone())).to("u0@"));
    bench.peer.rule(Rule::at(Step::Rcpt, Act::Stall).to("u1@"));
    let (_gomail, account) = bench.up().await;
    post_messages(&account, 1).await;
    gate.wait_for(1).await;
    post_messages_from(&account, 1, 2).await;
    until(&account, "both are leased", |metrics| state(metrics, "running") == 2).await;

    gate.open();

    // The step that hangs may take a minute.
    let recorded = until(&account, "the first succeeded", |metrics| state(metrics, "succeeded") == 1);
    tokio::time::timeout(Duration::from_secs(20), recorded).await.expect("it is recorded at once");
}

/// Whoever got the relay's only connection first, codes or others, both get through.
#[tokio::test]
async fn crash_free_codes_keep_nobody_from_the_relays_only_connection() {
    let mut bench = Bench::new(PeerOptions { most_connections: Some(1), ..PeerOptions::default() }, None);
    bench.set("GOMAIL_CONCURRENCY", "2");
    let (_server, account) = bench.serve().await;
    let mut sent = 0;
    for round in 0..5 {
        let worker = bench.start("worker");
        for n in 0..3 {
            post_code(&account, &format!("code{round}-{n}@example.com")).await;
        }
        sent += 3;
        until(&account, "the codes are out", |metrics| state(metrics, "succeeded") == sent).await;

        post_messages_from(&account, round, round + 1).await;
        sent += 1;

        // A connection that nobody uses ends after half a minute.
        let delivered = until(&account, "the message is out", |metrics| state(metrics, "succeeded") == sent);
        tokio::time::timeout(Duration::from_secs(15), delivered).await.expect("it waits for no idle connection");
        assert!(worker.stop().success());
    }
}
