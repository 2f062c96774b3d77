//! Forgetting what is past its time, in small steps.

use std::{collections::BTreeSet, time::Duration};

use super::super::{
    codec::{Numbered as _, int, uint},
    sql::Sql as _,
    tx::{Counted, Tx},
};
use crate::{
    domain::{CODES_WINDOW, IDEMPOTENCY_WINDOW, Lane, RunId, State, TaskType},
    store::{OUTBOX_MAX, Pruned, RUN_RETENTION, StoreError, codes::CODE_KEPT},
};

/// Forgets at most `limit` ended tasks, and as many of every other kind.
pub(super) fn prune(tx: &mut Tx<'_>, limit: i64, retention: Duration) -> Result<Pruned, StoreError> {
    let before = tx.now.minus(retention).millis();
    let mut left = limit;
    let mut runs = BTreeSet::new();
    for state in State::ALL.into_iter().filter(|state| state.is_end()) {
        let old = tx.conn.all(
            "SELECT ord, kind, lane, run FROM task INDEXED BY task_ended
             WHERE state >= 4 AND state = ?1 AND at <= ?2 ORDER BY at LIMIT ?3",
            [state.number(), before, left],
            |row| {
                let (kind, lane) = (TaskType::of_number(row.get(1)?)?, Lane::of_number(row.get(2)?)?);
                let run = row.get::<_, Option<i64>>(3)?.map(|run| RunId(uint(run)));
                Ok((row.get::<_, i64>(0)?, Counted { kind, lane, run }))
            },
        )?;
        left -= int(old.len() as u64);
        for (ord, counted) in old {
            tx.conn.run("DELETE FROM task WHERE ord = ?1", [ord])?;
            tx.conn.run("DELETE FROM work WHERE ord = ?1", [ord])?;
            tx.conn.run("DELETE FROM attempt WHERE ord = ?1", [ord])?;
            runs.extend(counted.run);
            tx.moved(counted, Some(state), None);
        }
    }
    for run in runs {
        // The list of runs needs no text, and would hold it for a year.
        tx.conn.run(
            "UPDATE run SET content = '' WHERE id = ?1 AND done = 1
             AND NOT EXISTS (SELECT 1 FROM task WHERE task.run = run.id)",
            [int(run.0)],
        )?;
    }
    let tasks = uint(limit - left);
    let most = tasks.max(prune_rest(tx, limit)?);
    Ok(Pruned { tasks, has_more: most >= uint(limit) })
}

/// Forgets at most `limit` of each other kind; answers how many of the kind of which most went.
fn prune_rest(tx: &Tx<'_>, limit: i64) -> Result<u64, StoreError> {
    let ago = |age: Duration| tx.now.minus(age).millis();
    let answers = tx.conn.run(
        "DELETE FROM idempotency WHERE (owner, key) IN (SELECT owner, key FROM idempotency WHERE created <= ?1 LIMIT ?2)",
        [ago(IDEMPOTENCY_WINDOW), limit],
    )?;
    let codes = tx.conn.run(
        "DELETE FROM code WHERE (owner, recipient, purpose) IN
         (SELECT owner, recipient, purpose FROM code WHERE expires <= ?1 AND 2 * expires - sent <= ?1 LIMIT ?2)",
        [ago(CODE_KEPT), limit],
    )?;
    let sent = tx.conn.run(
        "DELETE FROM code_sent WHERE (owner, recipient, at, ord) IN
         (SELECT owner, recipient, at, ord FROM code_sent WHERE at <= ?1 LIMIT ?2)",
        [ago(CODES_WINDOW), limit],
    )?;
    let captured = tx.conn.run(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id
         LIMIT max(0, min(?2, (SELECT count(*) FROM outbox) - ?1)))",
        [int(OUTBOX_MAX as u64), limit],
    )?;
    // Its tasks end before they are forgotten, so a run without any is finished.
    let runs = tx.conn.run(
        "DELETE FROM run WHERE id IN (SELECT id FROM run WHERE done = 1 AND created <= ?1
         AND NOT EXISTS (SELECT 1 FROM task WHERE task.run = run.id) ORDER BY id LIMIT ?2)",
        [ago(RUN_RETENTION), limit],
    )?;
    Ok([answers, codes, sent, captured, runs].into_iter().max().unwrap_or(0) as u64)
}
