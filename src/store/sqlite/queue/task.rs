//! A task's row, as the writing verbs need it, and the steps they share.

use rusqlite::{CachedStatement, Row, params};

use super::super::{
    codec::{Numbered as _, int, small, task_id, uint},
    sql::Sql as _,
    tx::{Counted, Tx},
};
use crate::{
    domain::{Attempt, Lane, Reason, RunId, State, TaskId, TaskType, Timestamp},
    store::StoreError,
};

/// The columns of a [`Task`], in its order.
macro_rules! task_columns {
    () => {
        "SELECT ord, owner, kind, lane, state, token, settled, reclaims, duplicate, mark, attempts, due, run, recipient,
         retries, tries, failures, created, expires, uuid, seq, at"
    };
}

/// Where a leased task is, and what stays as it was at the lease.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Place {
    pub(super) ord: i64,
    pub(super) counted: Counted,
    /// Attempts recorded so far.
    pub(super) attempts: i64,
}

/// A task.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) ord: i64,
    pub(super) owner: i64,
    pub(super) kind: TaskType,
    pub(super) lane: Lane,
    pub(super) state: State,
    pub(super) token: i64,
    pub(super) settled: i64,
    pub(super) reclaims: u32,
    pub(super) duplicate: bool,
    pub(super) mark: Option<Timestamp>,
    pub(super) attempts: i64,
    pub(super) due: Timestamp,
    pub(super) run: Option<RunId>,
    pub(super) recipient: String,
    pub(super) retries: u8,
    pub(super) tries: u32,
    pub(super) failures: u32,
    pub(super) created: Timestamp,
    pub(super) expires: Option<Timestamp>,
    pub(super) uuid: Option<[u8; 16]>,
    pub(super) seq: Option<i64>,
    /// When its state ends by itself: of a running one, its lease.
    pub(super) at: Timestamp,
}

impl Task {
    /// Its id.
    pub(super) fn id(&self) -> Result<TaskId, StoreError> {
        task_id(self.uuid, self.run.map(|run| int(run.0)), self.seq)
    }

    /// The task of that id.
    pub(super) fn find(tx: &Tx<'_>, id: TaskId) -> Result<Option<Self>, StoreError> {
        match id {
            TaskId::Posted(uuid) => {
                tx.conn.first(concat!(task_columns!(), " FROM task WHERE uuid = ?1"), [uuid.as_bytes()], Self::read)
            }
            TaskId::Issue { run, seq } => tx.conn.first(
                concat!(task_columns!(), " FROM task WHERE run = ?1 AND seq = ?2"),
                [int(run.0), int(seq)],
                Self::read,
            ),
        }
    }

    /// The task at that place in the order of acceptance.
    pub(super) fn at(tx: &Tx<'_>, ord: i64) -> Result<Option<Self>, StoreError> {
        tx.conn.first(concat!(task_columns!(), " FROM task WHERE ord = ?1"), [ord], Self::read)
    }

    /// A statement for [`Task::whole`].
    pub(super) fn whole_statement<'c>(tx: &Tx<'c>) -> Result<CachedStatement<'c>, StoreError> {
        Ok(tx.conn.prepare_cached(concat!(
            task_columns!(),
            ", (SELECT o.account FROM owner o WHERE o.id = task.owner)",
            ", (SELECT w.body FROM work w WHERE w.ord = task.ord) FROM task WHERE ord = ?1"
        ))?)
    }

    /// The task at that place, with its owner and its work.
    pub(super) fn whole(
        statement: &mut CachedStatement<'_>,
        ord: i64,
    ) -> Result<Option<(Self, String, Option<String>)>, StoreError> {
        let mut rows = statement.query([ord])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some((Self::read(row)?, row.get(22)?, row.get(23)?)))
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            ord: row.get(0)?,
            owner: row.get(1)?,
            kind: TaskType::of_number(row.get(2)?)?,
            lane: Lane::of_number(row.get(3)?)?,
            state: State::of_number(row.get(4)?)?,
            token: row.get(5)?,
            settled: row.get(6)?,
            reclaims: small(row.get(7)?),
            duplicate: row.get(8)?,
            mark: row.get::<_, Option<i64>>(9)?.map(Timestamp::from_millis),
            attempts: row.get(10)?,
            due: Timestamp::from_millis(row.get(11)?),
            run: row.get::<_, Option<i64>>(12)?.map(|run| RunId(uint(run))),
            recipient: row.get(13)?,
            retries: row.get(14)?,
            tries: small(row.get(15)?),
            failures: small(row.get(16)?),
            created: Timestamp::from_millis(row.get(17)?),
            expires: row.get::<_, Option<i64>>(18)?.map(Timestamp::from_millis),
            uuid: row.get(19)?,
            seq: row.get(20)?,
            at: Timestamp::from_millis(row.get(21)?),
        })
    }

    /// What is remembered while it is leased.
    pub(super) fn place(&self) -> Place {
        Place { ord: self.ord, counted: self.counted(), attempts: self.attempts }
    }

    /// What counters know of it.
    pub(super) fn counted(&self) -> Counted {
        Counted { kind: self.kind, lane: self.lane, run: self.run }
    }

    /// Moves it to `to`, where `at` is its time, and counts the way. The mark ends with the attempt it belongs to.
    pub(super) fn move_to(
        &mut self,
        tx: &mut Tx<'_>,
        to: State,
        at: Timestamp,
        reason: Option<Reason>,
    ) -> Result<(), StoreError> {
        tx.conn.run(
            "UPDATE task SET state = ?2, at = ?3, reason = ?4, settled = ?5, tries = ?6, failures = ?7, reclaims = ?8,
             duplicate = ?9, due = ?10, attempts = ?11, mark = NULL WHERE ord = ?1",
            params![
                self.ord,
                to.number(),
                at.millis(),
                reason.map(Reason::number),
                self.settled,
                self.tries,
                self.failures,
                self.reclaims,
                self.duplicate,
                self.due.millis(),
                self.attempts
            ],
        )?;
        moved(tx, self.ord, self.counted(), self.state, to);
        self.state = to;
        self.mark = None;
        Ok(())
    }

    /// Records an attempt under the next number, which [`Task::move_to`] writes.
    pub(super) fn record(&mut self, tx: &mut Tx<'_>, attempt: &Attempt) -> Result<(), StoreError> {
        self.attempts += 1;
        record(tx, self.ord, self.attempts, attempt)
    }
}

/// Counts the way of the task at `ord`, and lets go of its work where it ends.
pub(super) fn moved(tx: &mut Tx<'_>, ord: i64, task: Counted, from: State, to: State) {
    tx.moved(task, Some(from), Some(to));
    // An operator may still put the other two ends back.
    if to.is_end() && !to.is_retryable() && task.run.is_none() {
        tx.spend(ord);
    }
}

/// Records attempt number `n` of the task at `ord`.
pub(super) fn record(tx: &mut Tx<'_>, ord: i64, n: i64, attempt: &Attempt) -> Result<(), StoreError> {
    tx.conn.run(
        "INSERT INTO attempt (ord, n, started, finished, outcome, stage, relay, tls, code, enhanced, message)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            ord,
            n,
            attempt.started_at.millis(),
            attempt.finished_at.millis(),
            attempt.outcome.as_str(),
            attempt.stage.map(super::super::codec::Numbered::number),
            attempt.relay,
            attempt.tls,
            attempt.smtp_code,
            attempt.enhanced_code,
            attempt.message
        ],
    )?;
    tx.attempted(attempt.outcome);
    Ok(())
}
