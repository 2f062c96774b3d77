//! One-time codes posted amid a newsletter's delivery.

use std::time::{Duration, Instant};

use gomail::domain::Frequency;
use serde_json::json;

use super::subscribers;
use crate::{
    helpers::{build::HOUR, peer::SmtpPeer},
    newsletters::house::{House, LIMIT, owner, subscribe, twenty_past},
    redis::server::within,
};

/// Mails that may be ahead of a code: those in the worker's hands, four a connection, when it comes.
const IN_HAND: usize = 4 * 32;

async fn a_code_goes_before_a_newsletters_backlog(mut house: House) {
    let backlog = subscribers(4000);
    let limit = LIMIT.max(Duration::from_millis(10) * u32::try_from(backlog).unwrap());
    let peer = SmtpPeer::start();
    house.send_to(peer.port());
    let server = house.start("serve");
    let owner = owner(&server.url, &"Good morning, {{ email }}. ".repeat(80)).await;
    let store = house.store().await;
    twenty_past(&store).await;
    subscribe(&store, "r", backlog, Frequency::Hourly).await;
    let scheduler = house.start("scheduler");
    store.advance_clock(HOUR).await.unwrap();
    within(limit, async || {
        let queued: u64 = store.stats().await.unwrap().lanes.iter().map(|lane| lane.queued).sum();
        (queued == backlog as u64).then_some(())
    })
    .await;

    let worker = house.start("worker");
    within(limit, async || (peer.taken() > backlog / 20).then_some(())).await;
    let mut waits = Vec::new();
    let mut overtaken = 0;
    for n in 0..(backlog / 500).max(20) {
        let to = format!("code{n}@example.com");
        let (before, posted) = (peer.taken(), Instant::now());
        owner.task("generateOtp", json!({ "userId": to, "length": 6 })).await;
        let began = Instant::now();
        let (place, mail) = loop {
            let found = peer.mails_from(before).into_iter().enumerate().find(|(_, mail)| mail.to == to);
            if let Some(found) = found {
                break found;
            }
            assert!(began.elapsed() < limit, "{to} got no code");
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        waits.push(mail.at - posted);
        overtaken = overtaken.max(place);
        assert!(before + place < backlog, "the backlog outlasts the codes");
        assert!(place <= 2 * IN_HAND, "{place} newsletters went before a code");
    }

    waits.sort_unstable();
    let at = |percent: usize| waits[(waits.len() * percent / 100).min(waits.len() - 1)];
    println!(
        "{} codes amid {backlog} newsletters: p50 {:?}, p99 {:?}, longest {:?}; at most {overtaken} mails went before one",
        waits.len(),
        at(50),
        at(99),
        at(100)
    );
    for process in [scheduler, worker, server] {
        assert!(process.stop().success());
    }
}

on_both_stores! { a_code_goes_before_a_newsletters_backlog }
