//! Five schedulers that die and come back at random, over Redis.

use std::{collections::BTreeMap, time::Duration};

use gomail::domain::{Frequency, Period, Timestamp};

use crate::{
    helpers::{dice::Dice, peer::SmtpPeer, process::Gomail},
    newsletters::house::{
        House, LIMIT, owner, reader, runs, series, subscribe, tally, until_dealt_with, until_drained,
    },
};

/// Steps of up to three hours: time moves on by about two days.
const STEPS: u32 = 24;
const SCHEDULERS: usize = 5;

/// Every period that began after `first`, up to `last`.
fn periods(frequency: Frequency, first: Timestamp, last: Timestamp) -> Vec<Period> {
    let zone = chrono_tz::UTC;
    let mut period = Period::containing(frequency, first, zone).next(zone);
    let mut all = Vec::new();
    while period.start <= last {
        all.push(period);
        period = period.next(zone);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_schedulers_dying_at_random_make_one_run_a_period() {
    let mut house = House::redis().await;
    let peer = SmtpPeer::start();
    house.send_to(peer.port());
    // Every period counts: with `coalesce` one that all five slept through would rightly be left out.
    house.set("GOMAIL_CATCH_UP", "all");
    let server = house.start("serve");
    owner(&server.url, "Hi {{ email }}").await;
    let store = house.store().await;
    subscribe(&store, "hourly", 20, Frequency::Hourly).await;
    subscribe(&store, "daily", 10, Frequency::Daily).await;
    let began = store.now().await.unwrap();
    let worker = house.start("worker");
    let mut schedulers: Vec<_> = (0..SCHEDULERS).map(|_| house.start("scheduler")).collect();

    let mut dice = Dice(0x676f_6d61_696c);
    let mut kills = 0;
    let mut kill_some = |dice: &mut Dice, most: u64| {
        for _ in 0..dice.roll(most + 1) {
            schedulers.swap_remove(usize::try_from(dice.roll(SCHEDULERS as u64)).unwrap()).kill();
            schedulers.push(house.start("scheduler"));
            kills += 1;
        }
    };
    for _ in 0..STEPS {
        let by = Duration::from_mins(10 + dice.roll(171));
        let now = store.advance_clock(by).await.unwrap();
        kill_some(&mut dice, 2);
        let newest = Period::containing(Frequency::Hourly, now, chrono_tz::UTC).start;
        if dice.roll(2) == 0 {
            // In the midst of it: as soon as the first of several missed hours has its run.
            let before = series(&store, Frequency::Hourly).await.last_period;
            while newest > began
                && series(&store, Frequency::Hourly).await.last_period == before
                && before < Some(newest)
            {
                tokio::task::yield_now().await;
            }
            kill_some(&mut dice, 3);
        }
        for frequency in [Frequency::Hourly, Frequency::Daily] {
            let newest = Period::containing(frequency, now, chrono_tz::UTC).start;
            if newest > began {
                until_dealt_with(&store, frequency, newest).await;
            }
        }
        // An hour that passes at once ends every lease: what is in a worker's hands then is in doubt, and not sent again.
        until_drained(&store, LIMIT).await;
    }
    assert!(kills > 40, "{kills} kills");

    let mut wanted_mails = BTreeMap::new();
    let mut wanted_runs = Vec::new();
    for (frequency, prefix, readers) in [(Frequency::Hourly, "hourly", 20), (Frequency::Daily, "daily", 10)] {
        let last = series(&store, frequency).await.last_period.unwrap();
        for period in periods(frequency, began, last) {
            wanted_runs.push(period);
            let subject = format!("News {}", period.label(chrono_tz::UTC));
            wanted_mails.extend((0..readers).map(|n| ((reader(prefix, n), subject.clone()), 1)));
        }
    }
    let mut made: Vec<_> =
        runs(&store).await.iter().map(|run| Period { frequency: run.frequency, start: run.period }).collect();
    made.sort_unstable();
    wanted_runs.sort_unstable();
    assert_eq!(made, wanted_runs, "one run a period");
    assert_eq!(tally(&peer), wanted_mails, "one mail a subscriber and period");
    assert_eq!(store.stats().await.unwrap().missed_periods, 0);
    // A scheduler may be too young to know the signal.
    schedulers.into_iter().for_each(Gomail::kill);
    for process in [worker, server] {
        assert!(process.stop().success());
    }
}
