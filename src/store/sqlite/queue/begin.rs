//! The mark before DATA.

use rusqlite::params;

use super::{
    super::{
        codec::{Numbered as _, int},
        sql::Sql as _,
        tx::Tx,
    },
    task::{Place, Task},
};
use crate::{
    domain::{Reason, State, TaskId},
    store::{Begin, Begun, StoreError},
};

/// The usual case in one statement: a posted task that this process leased, and that nothing stands in the way of.
fn marked_at_once(tx: &Tx<'_>, begin: &Begin, known: Option<Place>) -> Result<bool, StoreError> {
    let (TaskId::Posted(_), Some(place)) = (begin.id, known) else { return Ok(false) };
    if tx.now >= begin.not_after {
        return Ok(false);
    }
    let marked = tx.conn.run(
        "UPDATE task SET mark = ?3 WHERE ord = ?1 AND state = ?4 AND token = ?2 AND at > ?3 AND NOT EXISTS
         (SELECT 1 FROM suppression s WHERE s.owner = task.owner AND s.email = lower(task.recipient))",
        [place.ord, int(begin.token), tx.now.millis(), State::Running.number()],
    )?;
    Ok(marked == 1)
}

/// Marks that the mail may be out from now on, unless it must not be sent.
pub(super) fn begin(tx: &mut Tx<'_>, begin: &Begin, known: Option<Place>) -> Result<Begun, StoreError> {
    if marked_at_once(tx, begin, known)? {
        return Ok(Begun::Go);
    }
    let Some(task) = Task::find(tx, begin.id)? else {
        return Ok(Begun::Stale);
    };
    if task.state != State::Running || task.token != int(begin.token) || task.at <= tx.now {
        return Ok(Begun::Stale);
    }
    if tx.now >= begin.not_after {
        return Ok(Begun::Late);
    }
    if tx.conn.any(
        "SELECT 1 FROM suppression WHERE owner = ?1 AND email = ?2",
        params![task.owner, task.recipient.to_ascii_lowercase()],
    )? {
        return Ok(Begun::Skip(Reason::Suppressed));
    }
    if let (Some(run), Some(seq)) = (task.run, task.seq)
        && !tx.conn.any(
            "SELECT 1 FROM run JOIN subscription s ON s.series = run.series AND s.seq = ?2 WHERE run.id = ?1",
            [int(run.0), seq],
        )?
    {
        return Ok(Begun::Skip(Reason::Unsubscribed));
    }
    tx.conn.run("UPDATE task SET mark = ?2 WHERE ord = ?1", [task.ord, tx.now.millis()])?;
    Ok(Begun::Go)
}
