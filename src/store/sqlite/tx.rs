//! One write transaction: its time, its sequences, and the counters that change with the tasks.
//!
//! Counters are summed up in memory and written once, at the end of the transaction: a group of commands costs a
//! handful of counter writes, and a counter never changes without what it counts.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, params};

use super::{
    codec::{Numbered as _, int, uint},
    sql::Sql as _,
    sweep,
};
use crate::{
    clock::Clock,
    domain::{AccountId, Lane, Outcome, RunId, State, TaskType, Timestamp},
    store::StoreError,
};

/// Counters by their number in the table `counter`.
pub(super) mod counter {
    use super::super::codec::Numbered as _;
    use crate::domain::{Lane, State, TaskType};

    /// Newsletter periods given up.
    pub(crate) const MISSED: i64 = 24;
    /// The newest task's order of acceptance.
    pub(super) const ORD: i64 = 32;
    /// The newest subscription's sequence number.
    pub(crate) const SEQ: i64 = 33;
    /// The newest run's id.
    pub(crate) const RUN: i64 = 34;
    /// First of the totals of endings.
    pub(super) const ENDED: i64 = 64;

    /// Tasks in a state.
    pub(crate) fn gauge(state: State) -> i64 {
        state.number()
    }

    /// Tasks queued in a lane.
    pub(crate) fn queued(lane: Lane) -> i64 {
        16 + lane.number()
    }

    /// Endings of a type in a state.
    pub(crate) fn ended(kind: TaskType, state: State) -> i64 {
        ENDED + kind.number() * 16 + state.number()
    }
}

/// The columns of a run that count its mails: `total`, then the ends in the order of [`State::ALL`].
const RUN_TOTALS: usize = 6;

/// A task as far as counters are concerned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    /// Its type.
    pub(super) kind: TaskType,
    /// Its lane.
    pub(super) lane: Lane,
    /// The run it belongs to.
    pub(super) run: Option<RunId>,
}

/// A write transaction.
pub(super) struct Tx<'c> {
    /// The connection, for statements.
    pub(super) conn: &'c Connection,
    /// The store's time, one and the same for the whole transaction.
    pub(super) now: Timestamp,
    /// Set by what may make something due.
    pub(super) wake: bool,
    owners: &'c mut HashMap<String, i64>,
    counts: BTreeMap<i64, i64>,
    outcomes: BTreeMap<Outcome, i64>,
    runs: BTreeMap<i64, [i64; RUN_TOTALS]>,
    newest_ord: Option<i64>,
    spent: Vec<i64>,
}

/// What a transaction did, as far as the thread goes on from it.
pub(super) struct Finished {
    /// It may have made something due.
    pub(super) wake: bool,
    /// Works that are to be swept.
    pub(super) spent: usize,
}

impl<'c> Tx<'c> {
    /// Begins to work in the transaction that `conn` has open. `owners` is the numbers of accounts seen so far.
    pub(super) fn new(
        conn: &'c Connection,
        clock: &dyn Clock,
        owners: &'c mut HashMap<String, i64>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            now: clock.now().plus(offset(conn)?),
            conn,
            wake: false,
            owners,
            counts: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            runs: BTreeMap::new(),
            newest_ord: None,
            spent: Vec::new(),
        })
    }

    /// The number of an account, given to it now if it has none.
    pub(super) fn owner(&mut self, account: &AccountId) -> Result<i64, StoreError> {
        if let Some(owner) = self.owners.get(account.as_str()) {
            return Ok(*owner);
        }
        let owner = if let Some(owner) = owner_of(self.conn, account)? {
            owner
        } else {
            self.conn.run("INSERT INTO owner (account) VALUES (?1)", [account.as_str()])?;
            self.conn.last_insert_rowid()
        };
        // Bounded, though an installation has few accounts.
        if self.owners.len() >= 10_000 {
            self.owners.clear();
        }
        self.owners.insert(account.as_str().to_owned(), owner);
        Ok(owner)
    }

    /// The next place in the order of acceptance.
    pub(super) fn next_ord(&mut self) -> Result<i64, StoreError> {
        self.next_ords(1)
    }

    /// The first of the next `n` places in the order of acceptance; a place may stay empty.
    pub(super) fn next_ords(&mut self, n: i64) -> Result<i64, StoreError> {
        let newest = match self.newest_ord {
            Some(newest) => newest,
            None => self.counter(counter::ORD)?,
        };
        self.newest_ord = Some(newest + n);
        Ok(newest + 1)
    }

    /// The value of a counter, this transaction's changes included.
    pub(super) fn counter(&self, id: i64) -> Result<i64, StoreError> {
        Ok(read_counter(self.conn, id)? + self.counts.get(&id).copied().unwrap_or(0))
    }

    /// Adds to a counter.
    pub(super) fn add(&mut self, id: i64, by: i64) {
        *self.counts.entry(id).or_default() += by;
    }

    /// Counts a task's way from one state to another; from nowhere when it is made, to nowhere when it is forgotten.
    pub(super) fn moved(&mut self, task: Counted, from: Option<State>, to: Option<State>) {
        self.moved_many(task, from, to, 1);
    }

    /// Counts `n` tasks' way.
    pub(super) fn moved_many(&mut self, task: Counted, from: Option<State>, to: Option<State>, n: i64) {
        for (state, by) in [(from, -n), (to, n)] {
            let Some(state) = state else { continue };
            self.add(counter::gauge(state), by);
            if state == State::Queued {
                self.add(counter::queued(task.lane), by);
            }
        }
        if let Some(end) = to.filter(|state| state.is_end()) {
            self.add(counter::ended(task.kind, end), n);
        }
        // A forgotten task stays in its run's totals.
        if let (Some(run), Some(to)) = (task.run, to) {
            let totals = self.runs.entry(int(run.0)).or_default();
            match from {
                None => totals[0] += n,
                Some(end) if end.is_end() => totals[run_column(end)] -= n,
                Some(_) => {}
            }
            if to.is_end() {
                totals[run_column(to)] += n;
            }
        }
    }

    /// Lets go of the work of the task at that place.
    pub(super) fn spend(&mut self, ord: i64) {
        self.spent.push(ord);
    }

    /// Counts an attempt.
    pub(super) fn attempted(&mut self, outcome: Outcome) {
        *self.outcomes.entry(outcome).or_default() += 1;
    }

    /// Writes what was summed up; the last act before the commit.
    pub(super) fn finish(mut self) -> Result<Finished, StoreError> {
        if let Some(newest) = self.newest_ord {
            let before = read_counter(self.conn, counter::ORD)?;
            self.add(counter::ORD, newest - before);
        }
        for (id, by) in self.counts.iter().filter(|(_, by)| **by != 0) {
            self.conn.run(
                "INSERT INTO counter (id, value) VALUES (?1, ?2)
                 ON CONFLICT (id) DO UPDATE SET value = value + excluded.value",
                [id, by],
            )?;
        }
        for (outcome, by) in &self.outcomes {
            self.conn.run(
                "INSERT INTO outcome (name, n) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n",
                params![outcome.as_str(), by],
            )?;
        }
        for (run, [total, succeeded, failed, skipped, cancelled, uncertain]) in &self.runs {
            self.conn.run(
                "UPDATE run SET total = total + ?2, succeeded = succeeded + ?3, failed = failed + ?4,
                 skipped = skipped + ?5, cancelled = cancelled + ?6, uncertain = uncertain + ?7 WHERE id = ?1",
                [run, total, succeeded, failed, skipped, cancelled, uncertain],
            )?;
        }
        if !self.spent.is_empty() {
            sweep::note(self.conn, &self.spent)?;
        }
        Ok(Finished { wake: self.wake, spent: self.spent.len() })
    }
}

/// The place of an end state in [`RUN_TOTALS`].
fn run_column(state: State) -> usize {
    usize::try_from(state.number() - State::Succeeded.number() + 1).expect("asked of end states only")
}

/// How far the test clock is ahead.
pub(super) fn offset(conn: &Connection) -> Result<std::time::Duration, StoreError> {
    let millis = conn.first("SELECT value FROM meta WHERE key = 'clock_offset'", [], |row| Ok(row.get(0)?))?;
    Ok(std::time::Duration::from_millis(uint(millis.unwrap_or(0))))
}

/// The number of an account that owns something, or did.
pub(super) fn owner_of(conn: &Connection, account: &AccountId) -> Result<Option<i64>, StoreError> {
    conn.first("SELECT id FROM owner WHERE account = ?1", [account.as_str()], |row| Ok(row.get(0)?))
}

/// A counter as committed.
pub(super) fn read_counter(conn: &Connection, id: i64) -> Result<i64, StoreError> {
    Ok(conn.first("SELECT value FROM counter WHERE id = ?1", [id], |row| Ok(row.get(0)?))?.unwrap_or(0))
}
