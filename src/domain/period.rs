//! Periods: the hour, day, week or month an issue is for, and what to do about missed ones.

use std::time::Duration;

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime, TimeZone as _, Timelike as _, Weekday};
use chrono_tz::Tz;

use super::{Frequency, Timestamp};

/// How late a period's issue still counts as on time, for [`CatchUp::Skip`].
const ON_TIME: Duration = Duration::from_mins(5);

/// One period of a frequency.
///
/// `@hourly` is the UTC hour. Day, week (from Sunday) and month begin at midnight in the configured zone, or at the
/// first moment after it where a clock change leaves midnight out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// The frequency it belongs to.
    pub frequency: Frequency,
    /// Its first moment.
    pub start: Timestamp,
}

impl Period {
    /// The period that `at` falls in.
    #[must_use]
    pub fn containing(frequency: Frequency, at: Timestamp, zone: Tz) -> Self {
        let utc = at.to_utc();
        let day = utc.with_timezone(&zone).date_naive();
        let start = match frequency {
            Frequency::Hourly => {
                let into_hour = utc.minute() * 60 + utc.second();
                let whole = at.millis() - at.millis().rem_euclid(1000);
                Timestamp::from_millis(whole).minus(Duration::from_secs(into_hour.into()))
            }
            Frequency::Daily => midnight(day, zone),
            Frequency::Weekly => midnight(day - Days::new(day.weekday().num_days_from_sunday().into()), zone),
            Frequency::Monthly => midnight(day.with_day(1).unwrap_or(day), zone),
        };
        Self { frequency, start }
    }

    /// The period after this one.
    #[must_use]
    pub fn next(self, zone: Tz) -> Self {
        let day = self.start.to_utc().with_timezone(&zone).date_naive();
        let start = match self.frequency {
            Frequency::Hourly => self.start.plus(Duration::from_hours(1)),
            Frequency::Daily => midnight(day + Days::new(1), zone),
            Frequency::Weekly => midnight(day + Days::new(7), zone),
            Frequency::Monthly => midnight(day + Months::new(1), zone),
        };
        Self { frequency: self.frequency, start }
    }

    /// What `{{ period }}` shows: `2026-11-24 10:00 UTC`, `2026-11-24` (day, and first day of a week), `2026-11`.
    #[must_use]
    pub fn label(self, zone: Tz) -> String {
        let local = self.start.to_utc().with_timezone(&zone);
        match self.frequency {
            Frequency::Hourly => self.start.to_utc().format("%Y-%m-%d %H:%M UTC").to_string(),
            Frequency::Daily | Frequency::Weekly => local.format("%Y-%m-%d").to_string(),
            Frequency::Monthly => local.format("%Y-%m").to_string(),
        }
    }
}

/// The first moment of `day` in `zone`.
fn midnight(day: NaiveDate, zone: Tz) -> Timestamp {
    let start = day.and_time(NaiveTime::MIN);
    // Where the clock jumps over midnight the day begins later: in steps of a quarter hour, the first that exists.
    for quarter in 0..=96 {
        let candidate = start + chrono::Duration::minutes(15 * quarter);
        if let Some(time) = zone.from_local_datetime(&candidate).earliest() {
            return time.to_utc().into();
        }
    }
    start.and_utc().into()
}

/// What to do about periods that began while no scheduler ran, `GOMAIL_CATCH_UP`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatchUp {
    /// Send the newest missed period once.
    Coalesce,
    /// Send every missed period within the window.
    All,
    /// Send none of them.
    Skip,
}

impl CatchUp {
    /// The setting's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Coalesce => "coalesce",
            Self::All => "all",
            Self::Skip => "skip",
        }
    }
}

/// How old a period's start may be for its issue still to be sent.
const fn window(frequency: Frequency) -> Duration {
    let hours = match frequency {
        Frequency::Hourly => 6,
        Frequency::Daily => 24,
        Frequency::Weekly => 3 * 24,
        Frequency::Monthly => 7 * 24,
    };
    Duration::from_hours(hours)
}

/// What a scheduler does about the periods that began after the last one it dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatchUpPlan {
    /// Periods to send, oldest first.
    pub send: Vec<Period>,
    /// The newest period that began; the next tick starts after it. `None` when none began.
    pub newest: Option<Period>,
    /// How many began and are not sent.
    pub missed: u64,
}

/// Until when periods are dealt with in `zone`, when the newest dealt with began at `last`: where the zone was changed since, the
/// day of the same date begins at another moment, and nobody gets its issue twice (of a day, beyond UTC+12, somebody may).
#[must_use]
pub fn dealt_with(frequency: Frequency, last: Timestamp, zone: Tz) -> Timestamp {
    if frequency == Frequency::Hourly || Period::containing(frequency, last, zone).start == last {
        return last;
    }
    // A day that began at `last` has its noon half a day later: at offsets of up to 12 hours, on the same date in UTC. Farther
    // east it is a day too early, which the first day of a week or month shows.
    let day = last.plus(Duration::from_hours(12)).to_utc().date_naive();
    let is_first = |day: NaiveDate| match frequency {
        Frequency::Weekly => day.weekday() == Weekday::Sun,
        Frequency::Monthly => day.day() == 1,
        Frequency::Hourly | Frequency::Daily => true,
    };
    let day = [Some(day), day.succ_opt()].into_iter().flatten().find(|day| is_first(*day)).unwrap_or(day);
    last.max(midnight(day, zone))
}

/// Plans for the periods that began after `last` (a period's start) up to and including `now`.
#[must_use]
pub fn plan_catch_up(policy: CatchUp, frequency: Frequency, last: Timestamp, now: Timestamp, zone: Tz) -> CatchUpPlan {
    let newest = Period::containing(frequency, now, zone);
    if newest.start <= last {
        return CatchUpPlan::default();
    }
    let mut began = Vec::new();
    let mut period = Period::containing(frequency, last, zone).next(zone);
    while period.start <= now {
        began.push(period);
        period = period.next(zone);
    }
    let total = began.len() as u64;
    let fits = |period: &Period| now.since(period.start) <= window(frequency);
    let send: Vec<Period> = match policy {
        CatchUp::All => began.into_iter().filter(fits).collect(),
        CatchUp::Coalesce => Some(newest).into_iter().filter(fits).collect(),
        CatchUp::Skip => Some(newest).into_iter().filter(|period| now.since(period.start) <= ON_TIME).collect(),
    };
    CatchUpPlan { missed: total - send.len() as u64, send, newest: Some(newest) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn starts(frequency: Frequency, from: &str, zone: Tz, count: usize) -> Vec<String> {
        let mut period = Period::containing(frequency, at(from), zone);
        (0..count)
            .map(|_| {
                period = period.next(zone);
                period.start.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
            })
            .collect()
    }

    #[test]
    fn days_are_right_across_both_clock_changes() {
        let rome = chrono_tz::Europe::Rome;

        assert_eq!(
            starts(Frequency::Daily, "2026-03-28T12:00:00Z", rome, 3),
            ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"]
        );
        assert_eq!(
            starts(Frequency::Daily, "2026-10-24T12:00:00Z", rome, 3),
            ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z"]
        );
    }

    #[test]
    fn weeks_begin_on_sunday_and_months_end_where_they_end() {
        let utc = Tz::UTC;

        assert_eq!(starts(Frequency::Weekly, "2026-11-24T10:00:00Z", utc, 1), ["2026-11-29T00:00:00Z"]);
        assert_eq!(
            starts(Frequency::Monthly, "2028-01-31T10:00:00Z", utc, 3),
            ["2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z", "2028-04-01T00:00:00Z"]
        );
        assert_eq!(
            starts(Frequency::Daily, "2028-02-28T10:00:00Z", utc, 2),
            ["2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"]
        );
    }

    #[test]
    fn a_change_of_zone_repeats_no_period_and_leaves_none_out() {
        let (utc, york, rome) = (Tz::UTC, chrono_tz::America::New_York, chrono_tz::Europe::Rome);
        let date = |frequency, from: &str, to: Tz, now: &str| {
            let last = dealt_with(frequency, at(from), to);
            plan_catch_up(CatchUp::Coalesce, frequency, last, at(now), to).send.first().map(|period| period.label(to))
        };

        for (frequency, from) in [
            (Frequency::Daily, "2027-01-03T00:00:00Z"),
            (Frequency::Weekly, "2027-01-03T00:00:00Z"),
            (Frequency::Monthly, "2027-01-01T00:00:00Z"),
        ] {
            assert_eq!(date(frequency, from, york, "2027-01-03T12:00:00Z"), None, "{frequency}: UTC to New York");
        }
        assert_eq!(date(Frequency::Daily, "2027-01-03T00:00:00Z", york, "2027-01-04T05:00:00Z").unwrap(), "2027-01-04");
        assert_eq!(date(Frequency::Daily, "2027-01-02T23:00:00Z", utc, "2027-01-03T00:00:00Z"), None, "Rome to UTC");
        assert_eq!(date(Frequency::Daily, "2027-01-03T00:00:00Z", rome, "2027-01-03T23:00:00Z").unwrap(), "2027-01-04");
        assert_eq!(date(Frequency::Monthly, "2027-01-01T05:00:00Z", utc, "2027-02-01T00:00:00Z").unwrap(), "2027-02");
        let auckland = [(Frequency::Weekly, "2027-01-02T11:00:00Z"), (Frequency::Monthly, "2026-12-31T11:00:00Z")];
        for (frequency, from) in auckland {
            assert_eq!(date(frequency, from, utc, "2027-01-03T00:00:00Z"), None, "{frequency}: Auckland to UTC");
        }
    }

    #[test]
    fn a_midnight_that_the_clock_skips_begins_the_day_later() {
        // Cuba's clocks jump from 00:00 to 01:00.
        let havana = chrono_tz::America::Havana;

        assert_eq!(starts(Frequency::Daily, "2026-03-07T12:00:00Z", havana, 1), ["2026-03-08T05:00:00Z"]);
    }

    #[test]
    fn after_twenty_six_hours_coalesce_sends_one_and_counts_the_rest() {
        let last = at("2026-11-23T08:00:00Z");
        let now = at("2026-11-24T10:10:00Z");

        let plan = plan_catch_up(CatchUp::Coalesce, Frequency::Hourly, last, now, Tz::UTC);
        assert_eq!((plan.send.len(), plan.missed), (1, 25));
        assert_eq!(plan.send[0].start, at("2026-11-24T10:00:00Z"));

        let plan = plan_catch_up(CatchUp::All, Frequency::Hourly, last, now, Tz::UTC);
        assert_eq!((plan.send.len(), plan.missed), (6, 20));

        let plan = plan_catch_up(CatchUp::Skip, Frequency::Hourly, last, now, Tz::UTC);
        assert_eq!((plan.send.len(), plan.missed), (0, 26));
    }

    #[test]
    fn an_issue_outside_its_window_is_counted_not_sent() {
        let plan = plan_catch_up(
            CatchUp::Coalesce,
            Frequency::Weekly,
            at("2026-11-15T00:00:00Z"),
            at("2026-11-27T00:00:00Z"),
            Tz::UTC,
        );

        assert_eq!((plan.send.len(), plan.missed), (0, 1));
        assert_eq!(plan.newest.unwrap().start, at("2026-11-22T00:00:00Z"));
    }

    proptest! {
        #[test]
        fn periods_cover_time_without_gap_or_overlap(
            millis in 0_i64..4_000_000_000_000, pick in 0_usize..4, zone in prop::sample::select(vec![
                Tz::UTC, chrono_tz::Europe::Rome, chrono_tz::America::New_York, chrono_tz::Asia::Kathmandu,
                chrono_tz::Australia::Lord_Howe, chrono_tz::America::Havana,
            ]),
        ) {
            let moment = Timestamp::from_millis(millis);
            let period = Period::containing(Frequency::ALL[pick], moment, zone);
            let next = period.next(zone);
            prop_assert!(period.start <= moment && moment < next.start);
            prop_assert_eq!(Period::containing(Frequency::ALL[pick], next.start, zone), next);
            prop_assert_eq!(Period::containing(Frequency::ALL[pick], period.start, zone), period);
        }
    }
}
