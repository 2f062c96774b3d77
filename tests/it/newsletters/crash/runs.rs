//! What became of a run, from the command line.

use std::{collections::BTreeMap, sync::Arc};

use assert_cmd::Command;
use gomail::{
    domain::{ContentTypeName, Frequency},
    store::Store,
};
use serde_json::{Value, json};

use crate::{
    helpers::{
        build::{HOUR, account},
        peer::{Rule, SmtpPeer, Step},
        process::Account,
    },
    newsletters::house::{House, LIMIT, owner, recipients, runs, subscribe, twenty_past, until_drained},
    redis::server::within,
};

/// What a command says; it must succeed.
fn gomail(house: &House, url: &str, owner: &Account, args: &[&str]) -> String {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("gomail"));
    let command = command.env_clear().env("HOME", house.folder()).env("GOMAIL_SERVER", url);
    let output = command.env("GOMAIL_API_KEY", &owner.key).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn totals(run: &Value) -> BTreeMap<&str, u64> {
    let names = ["total", "succeeded", "failed", "skipped", "cancelled", "uncertain", "waiting"];
    names.into_iter().map(|name| (name, run[name].as_u64().unwrap())).filter(|(_, count)| *count > 0).collect()
}

/// `(recipient, state, reason)` of each who did not get it.
fn missing(detail: &Value) -> Vec<(&str, &str, &str)> {
    let mails = detail["not_delivered"].as_array().unwrap();
    let text = |mail: &'_ Value, name: &str| -> &str { Box::leak(mail[name].as_str().unwrap().to_owned().into()) };
    let mut all: Vec<_> =
        mails.iter().map(|mail| (text(mail, "recipient"), text(mail, "state"), text(mail, "reason"))).collect();
    all.sort_unstable();
    all
}

async fn fan_out(house: &House, store: &Arc<dyn Store>) {
    let scheduler = house.start("scheduler");
    store.advance_clock(HOUR).await.unwrap();
    within(LIMIT, async || runs(store).await.first().is_some_and(|run| !run.is_fanning_out).then_some(())).await;
    assert!(scheduler.stop().success());
}

async fn who_did_not_get_it_is_listed_with_the_reason_and_can_be_sent_it_again(mut house: House) {
    let peer = SmtpPeer::start();
    peer.rule(Rule::reply(Step::Rcpt, "550 5.1.1 no such user").to("r0@"));
    peer.rule(Rule::reply(Step::Rcpt, "554 5.7.1 policy").to("r1@"));
    house.send_to(peer.port());
    let server = house.start("serve");
    let owner = owner(&server.url, "Hi {{ email }}").await;
    let store = house.store().await;
    twenty_past(&store).await;
    subscribe(&store, "r", 6, Frequency::Hourly).await;
    fan_out(&house, &store).await;
    let suppressed = owner.post("/suppressions", &json!({ "email": "r2@example.com" })).await;
    assert_eq!(suppressed["email"], "r2@example.com", "{suppressed}");
    store.unsubscribe(&account(), "r3@example.com", &ContentTypeName::parse("news").unwrap()).await.unwrap();
    let worker = house.start("worker");
    until_drained(&store, LIMIT).await;
    let say = |args: &[&str]| gomail(&house, &server.url, &owner, args);

    let list: Value = serde_json::from_str(&say(&["runs", "list", "--json"])).unwrap();
    let [run] = list["runs"].as_array().unwrap().as_slice() else { panic!("one run: {list}") };
    let id = run["id"].as_str().unwrap();
    assert_eq!(totals(run), BTreeMap::from([("total", 6), ("succeeded", 2), ("failed", 2), ("skipped", 2)]));
    let detail: Value = serde_json::from_str(&say(&["runs", "get", id, "--json"])).unwrap();
    assert_eq!(totals(&detail), totals(run));
    let wanted = [
        ("r0@example.com", "failed", "refused"),
        ("r1@example.com", "failed", "refused"),
        ("r2@example.com", "skipped", "suppressed"),
        ("r3@example.com", "skipped", "unsubscribed"),
    ];
    assert_eq!(missing(&detail), wanted);
    let table = say(&["runs", "get", id]);
    for (recipient, state, reason) in wanted {
        let line = table.lines().find(|line| line.contains(recipient)).unwrap_or_else(|| panic!("{table}"));
        assert!(line.contains(state) && line.contains(reason), "{line}");
    }

    peer.behave();
    assert!(say(&["runs", "retry", id]).contains("2 mails"));
    until_drained(&store, LIMIT).await;

    // The relay said that r0 does not exist: that address is suppressed now, and stays so until someone says otherwise.
    let detail: Value = serde_json::from_str(&say(&["runs", "get", id, "--json"])).unwrap();
    assert_eq!(totals(&detail), BTreeMap::from([("total", 6), ("succeeded", 3), ("skipped", 3)]));
    assert_eq!(missing(&detail)[0], ("r0@example.com", "skipped", "suppressed"));
    let mails = peer.mails();
    let got: Vec<_> = recipients(&mails).into_iter().collect();
    assert_eq!(got, [("r1@example.com", 1), ("r4@example.com", 1), ("r5@example.com", 1)]);
    for process in [worker, server] {
        assert!(process.stop().success());
    }
}

on_both_stores! { who_did_not_get_it_is_listed_with_the_reason_and_can_be_sent_it_again }
