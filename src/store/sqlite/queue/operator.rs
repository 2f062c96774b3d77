//! What owners and operators do to tasks.

use super::{
    super::{
        sql::Sql as _,
        tx::{Tx, owner_of},
    },
    task::Task,
};
use crate::{
    domain::{AccountId, Reason, State, TaskId, TaskType},
    store::{Cancelled, Retried, StoreError},
};

/// The task, if it is the account's.
fn owned(tx: &Tx<'_>, account: &AccountId, id: TaskId) -> Result<Option<Task>, StoreError> {
    let Some(owner) = owner_of(tx.conn, account)? else {
        return Ok(None);
    };
    Ok(Task::find(tx, id)?.filter(|task| task.owner == owner))
}

/// Whether it is a mail in a worker's hands that has not begun. A subscription change takes effect without a mark.
fn is_unmarked_mail(task: &Task) -> bool {
    let is_change = matches!(task.kind, TaskType::Subscribe | TaskType::Unsubscribe);
    task.state == State::Running && task.mark.is_none() && !is_change
}

/// Cancels what has not begun.
pub(super) fn cancel(tx: &mut Tx<'_>, account: &AccountId, id: TaskId) -> Result<Cancelled, StoreError> {
    let Some(mut task) = owned(tx, account, id)? else {
        return Ok(Cancelled::Unknown);
    };
    if !task.state.is_cancellable() && !is_unmarked_mail(&task) {
        return Ok(Cancelled::Not(task.state));
    }
    if task.run.is_some() {
        tx.conn.run("UPDATE task SET hidden = NULL WHERE ord = ?1", [task.ord])?;
    }
    let now = tx.now;
    task.move_to(tx, State::Cancelled, now, Some(Reason::Cancelled))?;
    Ok(Cancelled::Done)
}

/// Puts `failed` or `uncertain` back into the queue, as fresh as on its first day.
pub(super) fn retry(tx: &mut Tx<'_>, account: &AccountId, id: TaskId) -> Result<Retried, StoreError> {
    let Some(mut task) = owned(tx, account, id)? else {
        return Ok(Retried::Unknown);
    };
    if !task.state.is_retryable() {
        return Ok(Retried::Not(task.state));
    }
    // What may have arrived may now arrive twice.
    task.duplicate |= task.state == State::Uncertain;
    (task.tries, task.failures, task.reclaims) = (0, 0, 0);
    task.due = tx.now;
    tx.wake = true;
    let now = tx.now;
    task.move_to(tx, State::Queued, now, None)?;
    Ok(Retried::Done)
}
