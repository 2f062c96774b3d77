//! A relay that wants a login: 530 opens the breaker.

use std::{cell::Cell, path::Path, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Bench, LIMIT, post_messages, relay::post_with_one_try, state, until, within};
use crate::helpers::peer::{Rule, Step};

/// Connections that are on their way when the first mail meets a 530 do not shut the breaker again: one burst, one opening.
#[tokio::test]
async fn crash_free_burst_of_530s_opens_the_breaker_once() {
    const OPENED: &str = "it wants a login (530)";
    let mut bench = Bench::over_sqlite();
    bench.set("GOMAIL_SMTP_TIMEOUT", "5s");
    bench.peer.set_latency(Duration::from_millis(10));
    bench.peer.rule(Rule::reply(Step::Rcpt, "530 5.7.0 log in first"));
    let (gomail, account) = bench.up().await;
    post_with_one_try(&account, 60).await;

    within(LIMIT, "the relay was tried again", || gomail.logged(OPENED) >= 2).await;
    let openings = moments(&gomail.log_file(), OPENED);
    let metrics = until(&account, "waiting", |metrics| state(metrics, "queued") == 60).await;
    assert_eq!(metrics["attempts"], json!({}), "{metrics}");
    bench.peer.behave();

    until(&account, "all succeeded", |metrics| state(metrics, "succeeded") == 60).await;
    let wait = openings[1] - openings[0];
    assert!(wait >= TimeDelta::seconds(4), "a probe comes 5 s later, and nobody before it: {wait}");
    assert_eq!(gomail.logged(OPENED), 2);
    assert_eq!(bench.ledger().values().copied().collect::<Vec<_>>(), [1; 60]);
    assert!(gomail.stop().success());
}

/// A login alone does not show that a relay takes mail again: after the probe one mail tries.
#[tokio::test]
async fn crash_free_probe_after_a_530_is_followed_by_one_mail() {
    let mut bench = Bench::over_sqlite();
    bench.set("RUST_LOG", "info");
    bench.peer.rule(Rule::reply(Step::Mail, "530 5.7.0 log in first"));
    let (gomail, account) = bench.up().await;
    post_messages(&account, 200).await;
    let tries = || bench.peer.commands().iter().filter(|(_, command)| command.starts_with("MAIL")).count();
    let burst = Cell::new(0);
    within(LIMIT, "the relay was probed again", || {
        let is_probed = gomail.logged("the relay is ready") >= 2;
        if !is_probed {
            burst.set(tries());
        }
        is_probed
    })
    .await;

    within(LIMIT, "the relay was tried again", || gomail.logged("it wants a login (530)") >= 2).await;

    assert_eq!(tries() - burst.get(), 1);
    assert!(gomail.stop().success());
}

/// When the lines with `text` were written.
fn moments(log: &Path, text: &str) -> Vec<DateTime<Utc>> {
    let log = std::fs::read_to_string(log).unwrap();
    let lines = log.lines().filter(|line| line.contains(text));
    lines
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["@timestamp"].as_str().unwrap().parse().unwrap())
        .collect()
}
