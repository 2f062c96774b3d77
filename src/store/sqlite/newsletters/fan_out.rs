//! Making a run's tasks, a range of subscriptions at a time; tasks and cursor change in one transaction.

use rusqlite::params;

use super::super::{
    codec::{Numbered as _, int, uint},
    sql::Sql as _,
    tx::{Counted, Tx, counter},
};
use crate::{
    domain::{ISSUE_RETRIES, Lane, RunId, State, TaskType},
    store::{FanOut, StoreError},
};

/// Makes the tasks of the next at most `limit` subscriptions.
pub(super) fn step(tx: &mut Tx<'_>, run: RunId, limit: i64, high_water: u64) -> Result<FanOut, StoreError> {
    let found = tx.conn.first(
        "SELECT owner, series, period, upper, cursor FROM run WHERE id = ?1 AND done = 0",
        [int(run.0)],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, row.get(3)?, row.get(4)?)),
    )?;
    let Some((owner, series, period, upper, cursor)) = found else {
        return Ok(FanOut { created: 0, is_done: true });
    };
    if uint(tx.counter(counter::queued(Lane::Newsletter))?) >= high_water {
        return Ok(FanOut { created: 0, is_done: false });
    }
    let upper: i64 = upper;
    let (seen, newest) = tx
        .conn
        .first(
            "SELECT count(*), max(seq) FROM (SELECT seq FROM subscription
             WHERE series = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4)",
            [series, cursor, upper, limit],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?)),
        )?
        .unwrap_or_default();
    let done = seen < limit || newest == Some(upper);
    let created = match newest {
        Some(newest) => make_tasks(tx, &Range { run, owner, series, period, after: cursor, up_to: newest, seen })?,
        None => 0,
    };
    tx.conn.run(
        "UPDATE run SET cursor = ?2, done = ?3 WHERE id = ?1",
        params![int(run.0), newest.unwrap_or(cursor), done],
    )?;
    Ok(FanOut { created: uint(created), is_done: done })
}

/// Subscriptions to make tasks for.
struct Range {
    run: RunId,
    owner: i64,
    series: i64,
    period: i64,
    after: i64,
    up_to: i64,
    /// How many there are.
    seen: i64,
}

fn make_tasks(tx: &mut Tx<'_>, range: &Range) -> Result<i64, StoreError> {
    let (lane, kind, now) = (Lane::Newsletter, TaskType::Newsletter, tx.now.millis());
    let first = tx.next_ords(range.seen)?;
    // One statement for all: a row costs a few microseconds this way. The cross join keeps the order of the sequence.
    let created = tx.conn.run(
        "INSERT INTO task (ord, owner, kind, lane, state, at, created, due, recipient, retries, run, seq, hidden)
         SELECT ?1 - 1 + row_number() OVER (ORDER BY seq), ?2, ?3, ?4, ?5, ?6, ?6, ?6, recipient, ?7, ?8, seq, 1
         FROM subscription WHERE series = ?9 AND seq > ?10 AND seq <= ?11 AND accepted < ?12 ORDER BY seq",
        params![
            first,
            range.owner,
            kind.number(),
            lane.number(),
            State::Queued.number(),
            now,
            ISSUE_RETRIES,
            int(range.run.0),
            range.series,
            range.after,
            range.up_to,
            range.period
        ],
    )?;
    let created = int(created as u64);
    if created > 0 {
        tx.moved_many(Counted { kind, lane, run: Some(range.run) }, None, Some(State::Queued), created);
        tx.wake = true;
    }
    Ok(created)
}
