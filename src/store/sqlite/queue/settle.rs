//! The end of an attempt.

use super::{
    super::{codec::int, suppressions, tx::Tx},
    task::Task,
};
use crate::{
    domain::{Attempt, Reason, State, Verdict},
    store::{Settled, Settlement, StoreError},
};

/// Ends an attempt.
pub(super) fn settle(tx: &mut Tx<'_>, settlement: &Settlement) -> Result<Settled, StoreError> {
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
