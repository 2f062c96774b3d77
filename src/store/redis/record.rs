//! A task's record, one text (`lua/task.lua` tells its parts): read here, and made for new tasks.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{fault::broken, row::place_of};
use crate::{
    domain::{
        AccountId, Address, Attempt, LANES, Lane, NewTask, Outcome, RECLAIMS_ALONE, Reason, Stage, State, Tag, TaskId,
        TaskName, TaskType, Timestamp, Work,
    },
    store::{Job, Leased, StoreError, TaskView, lost::Lost},
};

/// The numbers and names of a record's first line.
struct Head<'a> {
    state: State,
    reclaims: u32,
    task_type: TaskType,
    lane: Lane,
    at: Option<Timestamp>,
    account: &'a str,
    recipient: Address,
    reason: Option<&'a str>,
    tries: u32,
    failures: u32,
    duplicate_possible: bool,
    retries: u8,
    due: Timestamp,
    created: Timestamp,
    order: u64,
    expires: Option<Timestamp>,
}

impl<'a> Head<'a> {
    fn read(line: &'a str) -> Result<Self, StoreError> {
        let mut parts = Parts(line.split(' '));
        Ok(Self {
            state: parts.one_of(&State::ALL)?,
            reclaims: parts.number()?,
            task_type: parts.one_of(&TaskType::ALL)?,
            lane: parts.one_of(&LANES)?,
            at: parts.text().and_then(|_token| parts.time())?,
            account: parts.text()?,
            recipient: Address::parse(parts.text()?).map_err(|_| broken("an address"))?,
            reason: Some(parts.text()?).filter(|reason| *reason != "-"),
            tries: parts.number()?,
            failures: parts.number()?,
            duplicate_possible: parts.number::<u8>()? == 1,
            retries: parts.number()?,
            due: Timestamp::from_millis(parts.number()?),
            created: Timestamp::from_millis(parts.number()?),
            order: parts.number()?,
            expires: parts.time()?,
        })
    }
}

/// A line's parts, read from the front.
struct Parts<'a>(std::str::Split<'a, char>);

impl<'a> Parts<'a> {
    fn text(&mut self) -> Result<&'a str, StoreError> {
        self.0.next().ok_or_else(|| broken("a short record"))
    }

    fn number<T: FromStr>(&mut self) -> Result<T, StoreError> {
        self.text()?.parse().map_err(|_| broken("a number"))
    }

    /// A moment; 0 is none.
    fn time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let millis = self.number()?;
        Ok((millis != 0).then(|| Timestamp::from_millis(millis)))
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> Result<T, StoreError> {
        list.get(self.number::<usize>()?).copied().ok_or_else(|| broken("a state, type or lane"))
    }
}

/// The parts of a new task's record that its post decides: its middle, from `reclaims` to `retries`, and its end, from
/// `name` on.
pub(super) fn parts_of(account: &AccountId, task: &NewTask) -> (String, String) {
    let kind = place_of(&TaskType::ALL, &task.work.task_type());
    let lane = task.work.lane().index();
    let middle = format!("0 {kind} {lane} 0 0 {account} {} - 0 0 0 {}", task.recipient, task.retries);
    let tags = task.tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(" ");
    (middle, format!("{}\n{tags}", task.name.as_str()))
}

/// Reads a task leased under `token`; `work` is `None` for a newsletter mail. `None` when the lease is over by now: the task
/// was cancelled, or reclaimed, between the lease and the reading.
pub(super) fn leased(
    id: TaskId,
    token: u64,
    record: &str,
    work: Option<&str>,
    leased_at: Timestamp,
) -> Result<Option<Leased>, StoreError> {
    let head = Head::read(record.lines().next().unwrap_or_default())?;
    // What is leased is recorded as queued.
    if head.state != State::Queued {
        return Ok(None);
    }
    let bytes = work.map_or(0, str::len);
    let job = match (id, work) {
        (TaskId::Issue { run, .. }, _) => Job::Issue(run),
        (TaskId::Posted(_), Some(work)) => Job::Posted {
            order: head.order,
            work: Work::from_json(head.task_type, work).map_err(|_| broken("a task's work"))?,
        },
        (TaskId::Posted(_), None) => return Err(broken("a waiting task without its work")),
    };
    Ok(Some(Leased {
        id,
        account: AccountId::trusted(head.account.to_owned()),
        token,
        lane: head.lane,
        recipient: head.recipient,
        retries: head.retries,
        tries_used: head.tries,
        failures: head.failures,
        created_at: head.created,
        due_at: head.due,
        leased_at,
        expires_at: head.expires,
        duplicate_possible: head.duplicate_possible,
        is_suspect: head.reclaims >= RECLAIMS_ALONE,
        bytes,
        job,
    }))
}

/// What became of a task whose lease, marked at `mark` or `0`, ran out.
pub(super) fn lost(id: &str, mark: &str, record: &str, now: Timestamp) -> Result<Lost, StoreError> {
    let head = Head::read(record.lines().next().unwrap_or_default())?;
    let began: i64 = mark.parse().map_err(|_| broken("a mark"))?;
    let began = (began != 0).then(|| Timestamp::from_millis(began));
    Ok(Lost {
        id: TaskId::from_text(id).ok_or_else(|| broken("a task's id"))?,
        task_type: head.task_type,
        lane: head.lane,
        recipient: head.recipient,
        // The store has counted it by now, but for poison, which is no attempt.
        attempt: head.failures + u32::from(began.is_none()),
        began,
        now,
        state: head.state,
    })
}

/// A leased task's type, and its record after the delivery that ended at `at` and is packed in `attempt`.
pub(super) fn delivered(record: &str, token: u64, at: Timestamp, attempt: &[u8]) -> Result<(u8, Vec<u8>), StoreError> {
    let mut parts = record.splitn(7, ' ');
    let mut part = || parts.next().ok_or_else(|| broken("a short record"));
    let [_, reclaims, kind, lane, _, _, rest] = [part()?, part()?, part()?, part()?, part()?, part()?, part()?];
    let state = place_of(&State::ALL, &State::Succeeded);
    let mut delivered = format!("{state} {reclaims} {kind} {lane} {token} {} {rest}", at.millis()).into_bytes();
    delivered.extend_from_slice(attempt);
    Ok((kind.parse().map_err(|_| broken("a type"))?, delivered))
}

/// Reads a row of `lua/view.lua`: its place in the list, and the task.
pub(super) fn view(row: [String; 4]) -> Result<(String, TaskView), StoreError> {
    let [place, id, record, next] = row;
    let mut lines = record.split('\n');
    let mut line = || lines.next().ok_or_else(|| broken("a short record"));
    let (head, name, tags) = (Head::read(line()?)?, line()?, line()?);
    let next = Some(next).filter(|next| !next.is_empty());
    let next_attempt_at: Option<i64> = next.map(|at| at.parse().map_err(|_| broken("a time"))).transpose()?;
    let next_attempt_at = next_attempt_at.map(Timestamp::from_millis);
    let task = TaskView {
        id: TaskId::from_text(&id).ok_or_else(|| broken("a task's id"))?,
        name: TaskName::trusted(name.to_owned()),
        task_type: head.task_type,
        lane: head.lane,
        state: head.state,
        recipient: head.recipient,
        retries: head.retries,
        attempts: (1..).zip(lines).map(|(n, text)| unpack(text, n)).collect::<Result<_, _>>()?,
        next_attempt_at,
        created_at: head.created,
        finished_at: head.at.filter(|_| head.state.is_end()),
        reason: head.reason.map(reason).transpose()?,
        duplicate_possible: head.duplicate_possible,
        tags: tags.split(' ').filter_map(|tag| Tag::parse(tag).ok()).collect(),
    };
    Ok((place, task))
}

fn reason(name: &str) -> Result<Reason, StoreError> {
    serde_json::from_value(serde_json::Value::from(name)).map_err(|_| broken("a reason"))
}

/// An attempt as it is kept: a JSON list without its number, which is its place. `T` is borrowed text, or owned.
#[derive(Debug, Serialize, Deserialize)]
struct Packed<T>(i64, i64, Outcome, Option<Stage>, Option<T>, Option<T>, Option<u16>, Option<T>, Option<T>);

/// Packs an attempt as a further line of the record, the line break first.
pub(super) fn pack(attempt: &Attempt) -> Result<Vec<u8>, StoreError> {
    let packed = Packed(
        attempt.started_at.millis(),
        attempt.finished_at.millis(),
        attempt.outcome,
        attempt.stage,
        attempt.relay.as_deref(),
        attempt.tls.as_deref(),
        attempt.smtp_code,
        attempt.enhanced_code.as_deref(),
        attempt.message.as_deref(),
    );
    let mut line = b"\n".to_vec();
    serde_json::to_writer(&mut line, &packed)
        .map_err(|error| StoreError::Fault(format!("an attempt cannot be kept: {error}")))?;
    Ok(line)
}

fn unpack(text: &str, n: u32) -> Result<Attempt, StoreError> {
    let packed: Packed<String> = serde_json::from_str(text).map_err(|_| broken("an attempt"))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_survives_packing() {
        let attempt = Attempt {
            n: 7,
            started_at: Timestamp::from_millis(1_764_000_000_123),
            finished_at: Timestamp::from_millis(1_764_000_000_456),
            outcome: Outcome::Deferred,
            stage: Some(Stage::FinalDot),
            relay: Some("relay:587".to_owned()),
            tls: None,
            smtp_code: Some(451),
            enhanced_code: Some("4.3.0".to_owned()),
            message: Some("\"later\"\nmuch".to_owned()),
        };

        let line = String::from_utf8(pack(&attempt).unwrap()).unwrap();
        let (before, packed) = line.split_once('\n').unwrap();

        assert!(before.is_empty() && !packed.contains('\n'), "a record's lines are its parts");
        assert_eq!(unpack(packed, 7).unwrap(), attempt);
    }
}
