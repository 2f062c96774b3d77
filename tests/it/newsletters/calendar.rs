//! Months of newsletters in a running service are what a calendar says.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeZone as _, Timelike as _, Utc, Weekday};
use chrono_tz::Tz;

use super::{advance, every_mail, house::House, subscribe_all};
use crate::helpers::process::{Account, Gomail};

/// A service whose time is moved by hand, with days that begin in `zone`.
async fn service(mut house: House, zone: Tz) -> (House, Gomail, Account) {
    house.set("GOMAIL_TEST_CLOCK", "1");
    house.set("GOMAIL_RETENTION", "4000d");
    house.set("GOMAIL_TIMEZONE", zone.name());
    let gomail = house.start("up");
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    (house, gomail, account)
}

/// How many mails each of the four subscribers got so far.
async fn counted(account: &Account) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for mail in every_mail(account).await {
        *count.entry(mail["to"].as_str().unwrap().trim_end_matches("@example.com").to_owned()).or_default() += 1;
    }
    count
}

/// What a calendar on the wall in `zone` says that four subscribers get after `from`, up to `to`.
fn calendar(from: DateTime<Utc>, to: DateTime<Utc>, zone: Tz) -> BTreeMap<String, usize> {
    let (first, last) = (from.with_timezone(&zone).date_naive(), to.with_timezone(&zone).date_naive());
    let days: Vec<NaiveDate> = first.iter_days().skip(1).take_while(|day| *day <= last).collect();
    let hours = usize::try_from(to.timestamp() / 3600 - from.timestamp() / 3600).unwrap();
    let sundays = days.iter().filter(|day| day.weekday() == Weekday::Sun).count();
    let firsts = days.iter().filter(|day| day.day() == 1).count();
    let count = [("hourly", hours), ("daily", days.len()), ("weekly", sundays), ("monthly", firsts)];
    count.into_iter().filter(|(_, n)| *n > 0).map(|(who, n)| (who.to_owned(), n)).collect()
}

/// Moves to twenty past noon in `zone` on `day`, when nobody is subscribed, and subscribes all four; the time then.
///
/// Twenty past, so that no hour begins while the test does something else.
async fn begin_at_noon(account: &Account, day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let noon = NaiveTime::from_hms_opt(12, 20, 0).unwrap();
    let noon = zone.from_local_datetime(&day.and_time(noon)).unwrap().to_utc();
    let wait = noon - advance(account, "0").await;
    advance(account, &format!("{}s", wait.num_seconds())).await;
    subscribe_all(account).await;
    advance(account, "0").await
}

/// The first day from `after` on, and a week at least, that is shorter or longer than 24 hours in `zone`.
fn clock_change(after: NaiveDate, zone: Tz) -> NaiveDate {
    let midnight = |day: NaiveDate| zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).unwrap();
    let is_odd = |day: &NaiveDate| (midnight(day.succ_opt().unwrap()) - midnight(*day)).num_hours() != 24;
    after.iter_days().skip(7).find(is_odd).unwrap()
}

async fn a_month_is_what_a_calendar_says(house: House) {
    let (_house, gomail, account) = service(house, Tz::UTC).await;
    let today = advance(&account, "0").await.date_naive();
    let from = begin_at_noon(&account, today + Days::new(1), Tz::UTC).await;

    let to = advance(&account, "31d").await;

    assert_eq!(counted(&account).await, calendar(from, to, Tz::UTC));
    assert_eq!(account.get("/health/metrics").await["missed_periods"], 0);
    assert!(gomail.stop().success());
}

on_both_stores! { a_month_is_what_a_calendar_says }

#[tokio::test]
async fn a_month_over_a_leap_day_is_what_a_calendar_says() {
    let (_house, gomail, account) = service(House::sqlite().await, Tz::UTC).await;
    let today = advance(&account, "0").await.date_naive();
    let leap_day = today.iter_days().skip(7).find(|day| (day.month(), day.day()) == (2, 29)).unwrap();
    let from = begin_at_noon(&account, leap_day - Days::new(1), Tz::UTC).await;

    let to = advance(&account, "31d").await;

    let wanted = calendar(from, to, Tz::UTC);
    assert_eq!((wanted["daily"], wanted["monthly"]), (31, 1));
    assert_eq!(counted(&account).await, wanted);
    let labels: Vec<String> = every_mail(&account)
        .await
        .iter()
        .filter(|mail| mail["to"] == "daily@example.com")
        .map(|mail| mail["subject"].as_str().unwrap().to_owned())
        .collect();
    assert!(labels.contains(&format!("News {leap_day}")), "{labels:?}");
    assert_eq!(account.get("/health/metrics").await["missed_periods"], 0);
    assert!(gomail.stop().success());
}

/// Five days around each of the next two clock changes: local days have 23 and 25 hours, and UTC hours do not care.
async fn both_clock_changes_are_what_a_calendar_says(zone: Tz) {
    let (_house, gomail, account) = service(House::sqlite().await, zone).await;
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    let mut day = advance(&account, "0").await.date_naive();
    for _ in 0..2 {
        day = clock_change(day, zone);
        let from = begin_at_noon(&account, day - Days::new(2), zone).await;
        let to = advance(&account, "5d").await;
        for (who, count) in calendar(from, to, zone) {
            *wanted.entry(who).or_default() += count;
        }
        assert_eq!(counted(&account).await, wanted, "around {day}");
        let ended = account.delete("/task/subscriptionContent/news?force=true").await;
        assert_eq!(ended["status"], true, "{ended}");
    }

    assert_eq!(wanted["daily"], 10);
    let mut seen = BTreeSet::new();
    for mail in every_mail(&account).await.iter().filter(|mail| mail["to"] == "daily@example.com") {
        let sent: DateTime<Utc> = mail["created_at"].as_str().unwrap().parse().unwrap();
        let sent = sent.with_timezone(&zone);
        assert_eq!(sent.hour(), 0, "a local day's issue goes when it begins: {mail}");
        assert_eq!(mail["subject"], format!("News {}", sent.date_naive()));
        assert!(seen.insert(sent.date_naive()), "{mail} came twice");
    }
    assert!(gomail.stop().success());
}

#[tokio::test]
async fn clock_changes_in_rome_are_what_a_calendar_says() {
    both_clock_changes_are_what_a_calendar_says(chrono_tz::Europe::Rome).await;
}

#[tokio::test]
async fn clock_changes_in_new_york_are_what_a_calendar_says() {
    both_clock_changes_are_what_a_calendar_says(chrono_tz::America::New_York).await;
}
