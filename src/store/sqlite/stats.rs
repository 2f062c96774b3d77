//! Counters and gauges.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::{
    codec::{self, Numbered as _, uint},
    sql::Sql as _,
    tx::{counter, offset},
};
use crate::{
    clock::Clock,
    domain::{LANES, State, TaskType},
    store::{LaneStats, Stats, StoreError},
};

/// Everything counted, as of one moment.
pub(super) fn stats(conn: &Connection, clock: &dyn Clock) -> Result<Stats, StoreError> {
    let counters: BTreeMap<i64, i64> =
        conn.all("SELECT id, value FROM counter", [], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect();
    let value = |id: i64| uint(counters.get(&id).copied().unwrap_or(0));
    let mut stats = Stats {
        gauges: State::ALL.map(|state| value(counter::gauge(state))),
        missed_periods: value(counter::MISSED),
        now: clock.now().plus(offset(conn)?),
        ..Stats::default()
    };
    for (kind, state) in TaskType::ALL.into_iter().flat_map(|kind| State::ALL.map(|state| (kind, state))) {
        if let Some(count) = counters.get(&counter::ended(kind, state)) {
            stats.ended.insert((kind, state), uint(*count));
        }
    }
    for lane in LANES {
        let oldest_due = conn.first(
            "SELECT at FROM task INDEXED BY task_waiting WHERE state < 4 AND state = ?1 AND lane = ?2
             ORDER BY at LIMIT 1",
            [State::Queued.number(), lane.number()],
            |row| Ok(codec::time(row, 0)?),
        )?;
        stats.lanes[lane.index()] = LaneStats { queued: value(counter::queued(lane)), oldest_due };
    }
    stats.attempts =
        conn.all("SELECT name, n FROM outcome", [], |row| Ok((row.get(0)?, uint(row.get(1)?))))?.into_iter().collect();
    Ok(stats)
}

/// The gauges per state counted anew.
pub(super) fn recount(conn: &Connection) -> Result<[u64; 9], StoreError> {
    let counts: BTreeMap<i64, i64> = conn
        .all("SELECT state, count(*) FROM task GROUP BY state", [], |row| Ok((row.get(0)?, row.get(1)?)))?
        .into_iter()
        .collect();
    Ok(State::ALL.map(|state| uint(counts.get(&state.number()).copied().unwrap_or(0))))
}
