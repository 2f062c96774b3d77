//! Leasing, extending, and when something falls due by itself.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::{
    super::{
        codec::{self, Numbered as _, int, uint},
        fault::broken,
        sql::Sql as _,
        tx::{Counted, Tx},
    },
    reclaim::{TakenBack, reclaim},
    task::{Place, Task},
};
use crate::{
    domain::{AccountId, LANES, Lane, RECLAIMS_ALONE, State, TaskId, TaskType, Timestamp, Work},
    store::{Job, LEASED_BYTES, LeaseRequest, Leased, StoreError, known::Known, lost},
};

/// Tasks that one call promotes per state and lane: a lease stays short whatever fell due at once.
const PROMOTED: i64 = 1000;

/// A leased task whose texts are still to be parsed, which the caller does.
pub(super) struct Row {
    task: Task,
    account: String,
    work: Option<String>,
    leased_at: Timestamp,
}

impl Row {
    /// The lease as a worker gets it.
    fn parse(self) -> Result<Leased, StoreError> {
        let Self { task, account, work, leased_at } = self;
        let bytes = work.as_ref().map_or(0, String::len);
        let job = match (task.run, work) {
            (Some(run), _) => Job::Issue(run),
            (None, Some(work)) => Job::Posted {
                order: uint(task.ord),
                work: Work::from_json(task.kind, &work).map_err(|_| broken("a task's work"))?,
            },
            (None, None) => return Err(broken("a waiting task without its work")),
        };
        Ok(Leased {
            id: task.id()?,
            account: AccountId::trusted(account),
            token: uint(task.token),
            lane: task.lane,
            recipient: codec::address(&task.recipient)?,
            retries: task.retries,
            tries_used: task.tries,
            failures: task.failures,
            created_at: task.created,
            due_at: task.due,
            leased_at,
            expires_at: task.expires,
            duplicate_possible: task.duplicate,
            is_suspect: task.reclaims >= RECLAIMS_ALONE,
            bytes,
            job,
        })
    }
}

/// A task's place in the order of acceptance, and its lane.
type Picked = (i64, Lane);

/// What a call leased, and before that took back.
pub(super) type Batch = (Vec<Row>, TakenBack);

/// Leases as a worker gets them. A task that cannot be read must not hold up the others: its lease runs out, and in the
/// end it is poison.
pub(super) fn parse((rows, taken): Batch, known: &Known<Place>) -> Vec<Leased> {
    lost::tell(taken);
    let report = |error: &StoreError| {
        tracing::error!(error.message = %error, "a task in the store cannot be read; it will end as poison");
    };
    let read = |row: Row| {
        let place = row.task.place();
        let leased = row.parse().inspect_err(report).ok()?;
        known.keep(leased.id, leased.token, place);
        Some(leased)
    };
    rows.into_iter().filter_map(read).collect()
}

/// Leases due tasks.
pub(super) fn lease(tx: &mut Tx<'_>, request: LeaseRequest, turn: u64) -> Result<Batch, StoreError> {
    let taken = reclaim(tx)?;
    promote(tx)?;
    let picked = pick(tx, request, turn)?;
    Ok((hand_out(tx, picked, request.lease)?, taken))
}

/// Leases queued subscription changes.
pub(super) fn lease_changes(tx: &mut Tx<'_>, limit: u32, lease: Duration) -> Result<Batch, StoreError> {
    let taken = reclaim(tx)?;
    promote(tx)?;
    let picked = tx.conn.all(
        "SELECT ord FROM task INDEXED BY task_changes WHERE state = 1 AND kind IN (2, 3) ORDER BY at, ord LIMIT ?1",
        [limit],
        |row| Ok((row.get(0)?, Lane::Message)),
    )?;
    Ok((hand_out(tx, picked, lease)?, taken))
}

/// Puts tasks into the worker's hands until `lease` is over: as many as [`LEASED_BYTES`] allow, and one that runs alone
/// alone.
fn hand_out(tx: &mut Tx<'_>, picked: Vec<Picked>, lease: Duration) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    let (mut bytes, mut is_full) = (0, false);
    let mut whole = Task::whole_statement(tx)?;
    for (ord, lane) in picked {
        // Newsletter mails, which have no work of their own, go on: they are last, and must not lose their share.
        if is_full && lane != Lane::Newsletter {
            continue;
        }
        if let Some((task, account, work)) = Task::whole(&mut whole, ord)? {
            let row = Row { task, account, work, leased_at: tx.now };
            if row.task.reclaims >= RECLAIMS_ALONE {
                rows = vec![row];
                break;
            }
            if let Some(work) = &row.work {
                bytes += work.len();
                is_full = bytes > LEASED_BYTES;
                if is_full && !rows.is_empty() {
                    continue;
                }
            }
            rows.push(row);
        }
    }
    let end = tx.now.plus(lease);
    let mut taking = tx.conn.prepare_cached("UPDATE task SET state = ?2, at = ?3, token = ?4 WHERE ord = ?1")?;
    for Row { task, .. } in &mut rows {
        task.token += 1;
        taking.execute([task.ord, State::Running.number(), end.millis(), task.token])?;
        tx.moved(task.counted(), Some(task.state), Some(State::Running));
        if task.run.is_some() && task.token == 1 {
            tx.conn.run("UPDATE task SET hidden = NULL WHERE ord = ?1", [task.ord])?;
        }
    }
    Ok(rows)
}

/// Makes `scheduled` and `retrying` tasks `queued` whose time has come. They keep their due time, and so their turn.
fn promote(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for (state, lane) in
        [State::Scheduled, State::Retrying].into_iter().flat_map(|state| LANES.map(|lane| (state, lane)))
    {
        let due = tx.conn.all(
            "SELECT ord, kind FROM task INDEXED BY task_waiting WHERE state < 4 AND state = ?1 AND lane = ?2
             AND at <= ?3 ORDER BY at LIMIT ?4",
            [state.number(), lane.number(), tx.now.millis(), PROMOTED],
            |row| Ok((row.get::<_, i64>(0)?, TaskType::of_number(row.get(1)?)?)),
        )?;
        for (ord, kind) in due {
            tx.conn.run("UPDATE task SET state = ?2 WHERE ord = ?1", [ord, State::Queued.number()])?;
            // Between waiting states a run's totals stay, so its id is not needed.
            tx.moved(Counted { kind, lane, run: None }, Some(state), Some(State::Queued));
        }
    }
    Ok(())
}

/// The tasks to lease, by their place in the order of acceptance: each lane's share first, then what a lane left over.
fn pick(tx: &Tx<'_>, request: LeaseRequest, turn: u64) -> Result<Vec<Picked>, StoreError> {
    let shares = request.shares(turn);
    let mut left = request.any;
    let mut picked = Vec::new();
    let mut rest = Vec::new();
    for lane in LANES {
        let reserved = if lane == Lane::Otp { request.codes } else { 0 };
        let mut waiting = tx.conn.all(
            "SELECT ord FROM task INDEXED BY task_waiting WHERE state < 4 AND state = ?1 AND lane = ?2
             ORDER BY at, ord LIMIT ?3",
            [State::Queued.number(), lane.number(), int(u64::from(request.any + reserved))],
            |row| Ok((row.get(0)?, lane)),
        )?;
        let share = usize::try_from(shares[lane.index()]).unwrap_or(usize::MAX).min(waiting.len());
        let beyond = waiting.split_off(share);
        // Codes use up what is reserved for them before they use the common part.
        left = left.saturating_sub(u32::try_from(share).unwrap_or(u32::MAX).saturating_sub(reserved));
        picked.extend(waiting);
        rest.extend(beyond);
    }
    picked.extend(rest.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)));
    Ok(picked)
}

/// Moves the end of leases.
pub(super) fn extend(tx: &mut Tx<'_>, leases: &[(TaskId, u64)], lease: Duration) -> Result<Vec<bool>, StoreError> {
    let end = tx.now.plus(lease).millis();
    let mut extended = Vec::with_capacity(leases.len());
    for (id, token) in leases {
        let changed = match Task::find(tx, *id)? {
            // One that has ended stays ended, as for `begin`.
            Some(task) if task.state == State::Running && task.token == int(*token) && task.at > tx.now => {
                tx.conn.run("UPDATE task SET at = ?2 WHERE ord = ?1", params![task.ord, end])? > 0
            }
            _ => false,
        };
        extended.push(changed);
    }
    Ok(extended)
}

/// The next moment at which something falls due by itself.
pub(super) fn next_due(conn: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let mut next = None;
    for state in [State::Scheduled, State::Running, State::Retrying] {
        for lane in LANES {
            let first: Option<i64> = conn.first(
                "SELECT at FROM task INDEXED BY task_waiting WHERE state < 4 AND state = ?1 AND lane = ?2
                 ORDER BY at LIMIT 1",
                [state.number(), lane.number()],
                |row| Ok(row.get(0)?),
            )?;
            next = [next, first].into_iter().flatten().min();
        }
    }
    Ok(next.map(Timestamp::from_millis))
}
