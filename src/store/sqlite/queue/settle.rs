//! The end of an attempt.

use super::{
    super::{
        codec::{Numbered as _, int},
        sql::Sql as _,
        suppressions,
        tx::Tx,
    },
    task::{self, Place, Task},
};
use crate::{
    domain::{Attempt, Reason, State, Verdict},
    store::{Settled, Settlement, StoreError},
};

/// The usual case: a delivery under the lease that this process holds.
fn delivered_at_once(tx: &mut Tx<'_>, settlement: &Settlement, known: Option<Place>) -> Result<bool, StoreError> {
    let (Verdict::Succeeded, Some(attempt), Some(place)) = (settlement.verdict, &settlement.attempt, known) else {
        return Ok(false);
    };
    let (running, succeeded) = (State::Running, State::Succeeded);
    let moved = tx.conn.run(
        "UPDATE task SET state = ?3, at = ?4, reason = NULL, settled = ?2, attempts = ?5, mark = NULL
         WHERE ord = ?1 AND state = ?6 AND token = ?2",
        [place.ord, int(settlement.token), succeeded.number(), tx.now.millis(), place.attempts + 1, running.number()],
    )?;
    if moved == 0 {
        return Ok(false);
    }
    task::record(tx, place.ord, place.attempts + 1, attempt)?;
    task::moved(tx, place.ord, place.counted, running, succeeded);
    Ok(true)
}

/// Ends an attempt.
pub(super) fn settle(tx: &mut Tx<'_>, settlement: &Settlement, known: Option<Place>) -> Result<Settled, StoreError> {
    if delivered_at_once(tx, settlement, known)? {
        return Ok(Settled::Done);
    }
    let Some(mut task) = Task::find(tx, settlement.id)? else {
        return Ok(Settled::Stale);
    };
    let token = int(settlement.token);
    let holds = task.state == State::Running && task.token == token;
    if !holds {
        // The mail is out: whatever was thought of the task meanwhile, it succeeded.
        let news = settlement.verdict == Verdict::Succeeded && task.state != State::Succeeded;
        if !news {
            let known = task.settled == token || settlement.verdict == Verdict::Succeeded;
            return Ok(if known { Settled::Done } else { Settled::Stale });
        }
    }
    // A later holder keeps its own token's record: its settlement is told apart by the state.
    task.settled = token;
    if let Some(attempt) = &settlement.attempt {
        task.record(tx, attempt)?;
    }
    carry_out(tx, &mut task, settlement)?;
    Ok(Settled::Done)
}

fn carry_out(tx: &mut Tx<'_>, task: &mut Task, settlement: &Settlement) -> Result<(), StoreError> {
    let now = tx.now;
    match settlement.verdict {
        Verdict::Succeeded => task.move_to(tx, State::Succeeded, now, None),
        Verdict::Retry { after, burns_try, duplicate_possible } => {
            task.tries += u32::from(burns_try);
            task.failures += 1;
            task.duplicate |= duplicate_possible;
            tx.wake = true;
            task.move_to(tx, State::Retrying, now.plus(after), None)
        }
        Verdict::Failed { reason, suppress } => {
            if suppress {
                // The relay's words.
                let why = settlement.attempt.as_ref().and_then(Attempt::reply).unwrap_or_else(|| reason.to_string());
                suppressions::put(tx, task.owner, &task.recipient.to_ascii_lowercase(), &why)?;
            }
            task.move_to(tx, State::Failed, now, Some(reason))
        }
        Verdict::Skipped { reason } => task.move_to(tx, State::Skipped, now, Some(reason)),
        Verdict::Uncertain => task.move_to(tx, State::Uncertain, now, Some(Reason::OutcomeUnknown)),
        Verdict::Release => {
            tx.wake = true;
            let due = task.due;
            task.move_to(tx, State::Queued, due, None)
        }
    }
}
