//! Tasks as scripts show them, and attempts as they are kept.

use serde::{Deserialize, Serialize};

use super::{fault::broken, row::Row};
use crate::{
    domain::{Attempt, LANES, Reason, Stage, State, Tag, TaskName, TaskType, Timestamp},
    store::{StoreError, TaskView},
};

/// An attempt as it is kept: a JSON list without its number, which is its place.
#[derive(Debug, Serialize, Deserialize)]
struct Packed(
    i64,
    i64,
    String,
    Option<Stage>,
    Option<String>,
    Option<String>,
    Option<u16>,
    Option<String>,
    Option<String>,
);

/// Packs an attempt.
pub(super) fn pack(attempt: &Attempt) -> Result<String, StoreError> {
    let attempt = attempt.clone();
    let packed = Packed(
        attempt.started_at.millis(),
        attempt.finished_at.millis(),
        attempt.outcome,
        attempt.stage,
        attempt.relay,
        attempt.tls,
        attempt.smtp_code,
        attempt.enhanced_code,
        attempt.message,
    );
    serde_json::to_string(&packed).map_err(|error| StoreError::Fault(format!("an attempt cannot be kept: {error}")))
}

fn unpack(text: &str, n: u32) -> Result<Attempt, StoreError> {
    let packed: Packed = serde_json::from_str(text).map_err(|_| broken("an attempt"))?;
    Ok(Attempt {
        n,
        started_at: Timestamp::from_millis(packed.0),
        finished_at: Timestamp::from_millis(packed.1),
        outcome: packed.2,
        stage: packed.3,
        relay: packed.4,
        tls: packed.5,
        smtp_code: packed.6,
        enhanced_code: packed.7,
        message: packed.8,
    })
}

/// Reads a row of `lua/view.lua`: its place in the list, and the task.
pub(super) fn read(fields: Vec<String>) -> Result<(String, TaskView), StoreError> {
    let mut row = Row::new(fields);
    let (place, id) = (row.text()?, row.id()?);
    let (state, task_type, lane) = (row.one_of(&State::ALL)?, row.one_of(&TaskType::ALL)?, row.one_of(&LANES)?);
    let (name, recipient, retries) = (TaskName::trusted(row.text()?), row.address()?, row.number()?);
    let (created_at, next_attempt_at, finished_at) = (row.time()?, row.maybe_time()?, row.maybe_time()?);
    let reason = row.maybe_text()?.map(|name| reason(&name)).transpose()?;
    let duplicate_possible = row.flag()?;
    let tags = row.text()?.split(' ').filter_map(|tag| Tag::parse(tag).ok()).collect();
    let attempts = (1..).zip(row.rest()).map(|(n, text)| unpack(&text, n)).collect::<Result<_, _>>()?;
    let view = TaskView {
        id,
        name,
        task_type,
        lane,
        state,
        recipient,
        retries,
        attempts,
        next_attempt_at,
        created_at,
        finished_at,
        reason,
        duplicate_possible,
        tags,
    };
    Ok((place, view))
}

fn reason(name: &str) -> Result<Reason, StoreError> {
    serde_json::from_value(serde_json::Value::from(name)).map_err(|_| broken("a reason"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_survives_packing() {
        let attempt = Attempt {
            n: 7,
            started_at: Timestamp::from_millis(1_764_000_000_123),
            finished_at: Timestamp::from_millis(1_764_000_000_456),
            outcome: "deferred".to_owned(),
            stage: Some(Stage::FinalDot),
            relay: Some("relay:587".to_owned()),
            tls: None,
            smtp_code: Some(451),
            enhanced_code: Some("4.3.0".to_owned()),
            message: Some("\"later\"".to_owned()),
        };

        assert_eq!(unpack(&pack(&attempt).unwrap(), 7).unwrap(), attempt);
    }
}
