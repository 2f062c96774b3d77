//! Taking back leases that ran out: the worker died, or lost the store.

use super::{
    super::{
        codec::{self, Numbered as _},
        sql::Sql as _,
        tx::Tx,
    },
    task::Task,
};
use crate::{
    domain::{AFTER_UNKNOWN, Attempt, LANES, Outcome, RECLAIMS_ALONE, Reason, State, TaskType, Timestamp},
    store::{StoreError, lost::Lost},
};

/// Leases that one call takes back per lane.
const AT_ONCE: i64 = 1000;

/// What was taken back, to be told once it is committed. One that cannot be read must not keep the others from being leased.
pub(super) type TakenBack = Vec<Result<Lost, StoreError>>;

/// Takes back what expired.
pub(super) fn reclaim(tx: &mut Tx<'_>) -> Result<TakenBack, StoreError> {
    let mut taken = TakenBack::new();
    for lane in LANES {
        let expired = tx.conn.all(
            "SELECT ord FROM task INDEXED BY task_waiting WHERE state < 4 AND state = ?1 AND lane = ?2 AND at <= ?3
             ORDER BY at LIMIT ?4",
            [State::Running.number(), lane.number(), tx.now.millis(), AT_ONCE],
            |row| Ok(row.get::<_, i64>(0)?),
        )?;
        for ord in expired {
            if let Some(mut task) = Task::at(tx, ord)? {
                let (began, attempt) = (task.mark, task.failures + 1);
                take_back(tx, &mut task)?;
                taken.push(lost(&task, began, attempt, tx.now));
            }
        }
    }
    Ok(taken)
}

fn lost(task: &Task, began: Option<Timestamp>, attempt: u32, now: Timestamp) -> Result<Lost, StoreError> {
    Ok(Lost {
        id: task.id()?,
        task_type: task.kind,
        lane: task.lane,
        recipient: codec::address(&task.recipient)?,
        attempt,
        began,
        now,
        state: task.state,
    })
}

fn take_back(tx: &mut Tx<'_>, task: &mut Task) -> Result<(), StoreError> {
    let now = tx.now;
    let Some(began) = task.mark else {
        task.reclaims += 1;
        return if task.reclaims > RECLAIMS_ALONE {
            task.move_to(tx, State::Failed, now, Some(Reason::Poison))
        } else {
            let due = task.due;
            task.move_to(tx, State::Queued, due, None)
        };
    };
    let attempt = Attempt {
        n: 0,
        started_at: began,
        finished_at: now,
        outcome: Outcome::Lost,
        stage: None,
        relay: None,
        tls: None,
        smtp_code: None,
        enhanced_code: None,
        message: None,
    };
    task.record(tx, &attempt)?;
    task.failures += 1;
    if task.kind == TaskType::Message && !task.duplicate {
        task.duplicate = true;
        task.move_to(tx, State::Retrying, now.plus(AFTER_UNKNOWN), None)
    } else {
        task.move_to(tx, State::Uncertain, now, Some(Reason::OutcomeUnknown))
    }
}
