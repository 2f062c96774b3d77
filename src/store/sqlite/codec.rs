//! How domain values are kept in columns: small numbers by place in the domain's lists, which therefore only grow at
//! their ends.

use rusqlite::Row;
use uuid::Uuid;

use super::fault::broken;
use crate::{
    domain::{
        Address, Attempt, Frequency, LANES, Lane, Outcome, Reason, RunId, Stage, State, TaskId, TaskType, Timestamp,
    },
    store::StoreError,
};

/// Reasons by their number.
const REASONS: [Reason; 11] = [
    Reason::Refused,
    Reason::RetriesExhausted,
    Reason::TooOld,
    Reason::Poison,
    Reason::Unbuildable,
    Reason::UnknownContentType,
    Reason::Suppressed,
    Reason::Unsubscribed,
    Reason::Expired,
    Reason::OutcomeUnknown,
    Reason::Cancelled,
];

/// Stages by their number.
const STAGES: [Stage; 12] = [
    Stage::Build,
    Stage::Connect,
    Stage::Banner,
    Stage::Ehlo,
    Stage::Tls,
    Stage::Auth,
    Stage::Mail,
    Stage::Rcpt,
    Stage::Data,
    Stage::Body,
    Stage::FinalDot,
    Stage::Outbox,
];

/// A value kept as its place in a list.
pub(super) trait Numbered: Copy + PartialEq + 'static {
    /// The list.
    const ALL: &'static [Self];
    /// What it is called when it cannot be read.
    const WHAT: &'static str;

    /// Its number.
    fn number(self) -> i64 {
        let place = Self::ALL.iter().position(|each| *each == self).expect("the list holds every value");
        i64::try_from(place).expect("a list is short")
    }

    /// The value of that number.
    fn of_number(number: i64) -> Result<Self, StoreError> {
        let place = usize::try_from(number).ok();
        place.and_then(|place| Self::ALL.get(place)).copied().ok_or_else(|| broken(Self::WHAT))
    }
}

macro_rules! numbered {
    ($($value:ty, $all:expr, $what:literal;)*) => {
        $(impl Numbered for $value {
            const ALL: &'static [Self] = &$all;
            const WHAT: &'static str = $what;
        })*
    };
}

numbered! {
    State, State::ALL, "a state";
    TaskType, TaskType::ALL, "a task type";
    Lane, LANES, "a lane";
    Frequency, Frequency::ALL, "a frequency";
    Reason, REASONS, "a reason";
    Stage, STAGES, "a stage";
}

/// An unsigned value as SQLite keeps it.
pub(super) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A count out of a column; never negative.
pub(super) fn uint(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A small count out of a column.
pub(super) fn small(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A moment out of a column.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}

/// A moment, or none, out of a column.
pub(super) fn maybe_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column).map(|millis| millis.map(Timestamp::from_millis))
}

/// An address out of a column.
pub(super) fn address(text: &str) -> Result<Address, StoreError> {
    Address::parse(text).map_err(|_| broken("an address"))
}

/// A task's id out of its three columns.
pub(super) fn task_id(uuid: Option<[u8; 16]>, run: Option<i64>, seq: Option<i64>) -> Result<TaskId, StoreError> {
    match (uuid, run, seq) {
        (Some(uuid), _, _) => Ok(TaskId::Posted(Uuid::from_bytes(uuid))),
        (None, Some(run), Some(seq)) => Ok(TaskId::Issue { run: RunId(uint(run)), seq: uint(seq) }),
        _ => Err(broken("a task without an id")),
    }
}

/// An attempt out of the columns `n, started, finished, outcome, stage, relay, tls, code, enhanced, message`.
pub(super) fn attempt(row: &Row<'_>) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        n: small(row.get(0)?),
        started_at: time(row, 1)?,
        finished_at: time(row, 2)?,
        outcome: Outcome::from_name(&row.get::<_, String>(3)?).ok_or_else(|| broken("an outcome"))?,
        stage: row.get::<_, Option<i64>>(4)?.map(Stage::of_number).transpose()?,
        relay: row.get(5)?,
        tls: row.get(6)?,
        smtp_code: row.get(7)?,
        enhanced_code: row.get(8)?,
        message: row.get(9)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every value of `T` and the number that files of older versions hold for it.
    fn assert_numbers<T: Numbered + std::fmt::Debug>(numbers: &[(i64, T)]) {
        assert_eq!(numbers.len(), T::ALL.len(), "every value is here: {:?}", T::ALL);
        for (number, value) in numbers {
            assert_eq!((value.number(), T::of_number(*number).unwrap()), (*number, *value));
        }
        let next = i64::try_from(T::ALL.len()).unwrap();
        assert!(T::of_number(next).is_err() && T::of_number(-1).is_err());
    }

    #[test]
    fn every_number_means_its_value_for_good() {
        assert_numbers(&[
            (0, State::Scheduled),
            (1, State::Queued),
            (2, State::Running),
            (3, State::Retrying),
            // The schema calls 4 and more an end.
            (4, State::Succeeded),
            (5, State::Failed),
            (6, State::Skipped),
            (7, State::Cancelled),
            (8, State::Uncertain),
        ]);
        assert_numbers(&[
            (0, TaskType::Message),
            (1, TaskType::GenerateOtp),
            (2, TaskType::Subscribe),
            (3, TaskType::Unsubscribe),
            (4, TaskType::Newsletter),
        ]);
        assert_numbers(&[(0, Lane::Otp), (1, Lane::Message), (2, Lane::Newsletter)]);
        assert_numbers(&[
            (0, Frequency::Hourly),
            (1, Frequency::Daily),
            (2, Frequency::Weekly),
            (3, Frequency::Monthly),
        ]);
        assert_numbers(&[
            (0, Reason::Refused),
            (1, Reason::RetriesExhausted),
            (2, Reason::TooOld),
            (3, Reason::Poison),
            (4, Reason::Unbuildable),
            (5, Reason::UnknownContentType),
            (6, Reason::Suppressed),
            (7, Reason::Unsubscribed),
            (8, Reason::Expired),
            (9, Reason::OutcomeUnknown),
            (10, Reason::Cancelled),
        ]);
        assert_numbers(&[
            (0, Stage::Build),
            (1, Stage::Connect),
            (2, Stage::Banner),
            (3, Stage::Ehlo),
            (4, Stage::Tls),
            (5, Stage::Auth),
            (6, Stage::Mail),
            (7, Stage::Rcpt),
            (8, Stage::Data),
            (9, Stage::Body),
            (10, Stage::FinalDot),
            (11, Stage::Outbox),
        ]);
    }
}
