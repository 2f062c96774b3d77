//! A stop amid an attempt: what has not begun is given back, and the process ends without the grace.

use serde_json::{Value, json};

use super::{Bench, LIMIT, post_messages, state, until, within};
use crate::helpers::{
    peer::{Act, Gate, Rule, Step},
    process::{Account, Gomail},
};

/// Starts a server alone, where nothing is delivered: what a stop left.
async fn left_behind(bench: &Bench, account: &Account) -> (Gomail, Account, Value) {
    let server = bench.start("serve");
    let account = account.at(&server.url);
    let metrics = account.get("/health/metrics").await;
    (server, account, metrics)
}

/// Stops a process while the relay does not answer at `step`, and starts it again.
async fn stop_at(bench: Bench, step: Step) {
    let gate = Gate::new();
    let held = Rule::at(step, Act::Hold(gate.clone()));
    // The first connection only looks whether the relay is ready.
    bench.peer.rule(if step == Step::Banner { held.after(1) } else { held });
    let (gomail, account) = bench.up().await;
    post_messages(&account, 100).await;
    gate.wait_for(2).await;

    assert!(gomail.stop().success(), "{step:?}");

    let (server, account, metrics) = left_behind(&bench, &account).await;
    assert_eq!((state(&metrics, "queued"), &metrics["attempts"]), (100, &json!({})), "{step:?}: {metrics}");
    assert!(server.stop().success());
    bench.peer.behave();
    let gomail = bench.start("up");
    let account = account.at(&gomail.url);
    let metrics = until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 100).await;
    assert_eq!(metrics["attempts"], json!({ "delivered": 100 }), "{step:?}");
    assert_eq!(bench.ledger().values().copied().collect::<Vec<_>>(), [1; 100], "{step:?}");
    assert!(gomail.stop().success());
}

#[tokio::test]
async fn crash_free_stop_gives_back_what_waits_for_a_connection() {
    stop_at(Bench::over_sqlite(), Step::Banner).await;
}

#[tokio::test]
async fn crash_free_stop_gives_back_what_waits_for_its_envelope_over_sqlite() {
    for step in [Step::Mail, Step::Rcpt, Step::Data] {
        stop_at(Bench::over_sqlite(), step).await;
    }
}

#[tokio::test]
async fn crash_free_stop_gives_back_what_waits_for_its_envelope_over_redis() {
    stop_at(Bench::over_redis().await, Step::Data).await;
}

/// One connection, two mails: the second's envelope left with the first's body.
async fn pipelined(rule: Rule, gate: &Gate) -> (Bench, Gomail, Account) {
    let mut bench = Bench::over_sqlite();
    bench.set("GOMAIL_CONCURRENCY", "1");
    bench.peer.rule(rule);
    let (gomail, account) = bench.up().await;
    post_messages(&account, 2).await;
    gate.wait_for(1).await;
    (bench, gomail, account)
}

/// The first mail is delivered, the second as if nothing had been.
async fn only_the_first_is_out(bench: &Bench, account: &Account) {
    let (server, _, metrics) = left_behind(bench, account).await;
    assert_eq!((state(&metrics, "succeeded"), state(&metrics, "queued")), (1, 1), "{metrics}");
    assert_eq!(metrics["attempts"], json!({ "delivered": 1 }));
    assert_eq!((bench.times("u0@example.com"), bench.times("u1@example.com")), (1, 0));
    assert!(server.stop().success());
}

#[tokio::test]
async fn crash_free_stop_does_not_wait_for_the_replies_to_the_next_envelope() {
    let gate = Gate::new();
    let rule = Rule::at(Step::Rcpt, Act::Hold(gate.clone())).to("u1@");
    let (bench, gomail, account) = pipelined(rule, &gate).await;

    assert!(gomail.stop().success());

    only_the_first_is_out(&bench, &account).await;
}

#[tokio::test]
async fn crash_free_stop_finishes_a_body_and_begins_no_other() {
    let gate = Gate::new();
    let (bench, gomail, account) = pipelined(Rule::at(Step::Dot, Act::Hold(gate.clone())), &gate).await;

    gomail.terminate();
    within(LIMIT, "it is stopping", || gomail.logged("stopping") > 0).await;
    gate.open();

    assert!(gomail.ended().success());
    only_the_first_is_out(&bench, &account).await;
}
