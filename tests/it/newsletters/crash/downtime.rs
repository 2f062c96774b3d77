//! A scheduler that is away for more than a day.

use std::{collections::BTreeMap, time::Duration};

use gomail::domain::{Frequency, Period};

use crate::{
    helpers::{build::HOUR, peer::SmtpPeer},
    newsletters::house::{House, LIMIT, owner, series, subscribe, tally, until_dealt_with, until_drained},
};

async fn after_twenty_six_hours_each_series_is_sent_once_and_the_rest_counted(mut house: House) {
    let peer = SmtpPeer::start();
    house.send_to(peer.port());
    let server = house.start("serve");
    let owner = owner(&server.url, "Hi {{ email }}").await;
    let store = house.store().await;
    // Twenty past ten, wherever the day stands: then 26 hours hold one midnight.
    let now = store.now().await.unwrap();
    let today = Period::containing(Frequency::Daily, now, chrono_tz::UTC);
    let morning = today.next(chrono_tz::UTC).start.plus(10 * HOUR + Duration::from_mins(20));
    store.advance_clock(morning.since(now)).await.unwrap();
    subscribe(&store, "hourly", 1, Frequency::Hourly).await;
    subscribe(&store, "daily", 1, Frequency::Daily).await;
    let worker = house.start("worker");
    let scheduler = house.start("scheduler");
    let newest = |now| Period::containing(Frequency::Hourly, now, chrono_tz::UTC);
    let first = newest(store.advance_clock(HOUR).await.unwrap());
    until_dealt_with(&store, Frequency::Hourly, first.start).await;
    until_drained(&store, LIMIT).await;

    scheduler.kill();
    let last = newest(store.advance_clock(26 * HOUR).await.unwrap());
    let scheduler = house.start("scheduler");
    until_dealt_with(&store, Frequency::Hourly, last.start).await;
    let day = Period::containing(Frequency::Daily, last.start, chrono_tz::UTC);
    until_dealt_with(&store, Frequency::Daily, day.start).await;
    until_drained(&store, LIMIT).await;

    let mail = |to: &str, period: Period| ((to.to_owned(), format!("News {}", period.label(chrono_tz::UTC))), 1);
    let wanted =
        [mail("daily0@example.com", day), mail("hourly0@example.com", first), mail("hourly0@example.com", last)];
    assert_eq!(tally(&peer), BTreeMap::from(wanted));
    assert_eq!(series(&store, Frequency::Hourly).await.last_period, Some(last.start));
    assert_eq!(owner.get("/health/metrics").await["missed_periods"], 25, "of 26 hours");
    let exposition = reqwest::get(format!("{}/metrics", server.url)).await.unwrap().text().await.unwrap();
    assert!(exposition.contains("\ngomail_missed_periods_total 25\n"), "{exposition}");
    for process in [scheduler, worker, server] {
        assert!(process.stop().success());
    }
}

on_both_stores! { after_twenty_six_hours_each_series_is_sent_once_and_the_rest_counted }
