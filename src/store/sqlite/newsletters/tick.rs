//! Series and their ticks: a compare-and-set on the last period dealt with.

use rusqlite::{Connection, params};

use super::super::{
    codec::{self, Numbered as _, int, uint},
    sql::Sql as _,
    tx::{Tx, counter, owner_of},
};
use crate::{
    domain::{AccountId, ContentTypeName, Frequency, RunId, Timestamp},
    store::{Series, StoreError, Tick, Ticked},
};

/// Every series with a subscriber.
pub(super) fn series(conn: &Connection) -> Result<Vec<Series>, StoreError> {
    conn.all(
        "SELECT o.account, v.content, v.frequency, v.last_period, v.since FROM series v JOIN owner o ON o.id = v.owner
         WHERE v.subscribers > 0 ORDER BY v.id",
        [],
        |row| {
            Ok(Series {
                account: AccountId::trusted(row.get(0)?),
                content_type: ContentTypeName::trusted(row.get(1)?),
                frequency: Frequency::of_number(row.get(2)?)?,
                last_period: codec::maybe_time(row, 3)?,
                since: codec::time(row, 4)?,
            })
        },
    )
}

/// Deals with one period.
pub(super) fn tick(tx: &mut Tx<'_>, tick: &Tick) -> Result<Ticked, StoreError> {
    let Series { account, content_type, frequency, last_period, .. } = &tick.series;
    if tick.period > tx.now {
        return Ok(Ticked::Future);
    }
    if last_period.is_some_and(|last| tick.period <= last) {
        return Ok(Ticked::Taken);
    }
    let Some(owner) = owner_of(tx.conn, account)? else {
        return Ok(Ticked::Taken);
    };
    let series: Option<i64> = tx.conn.first(
        "UPDATE series SET last_period = ?5 WHERE owner = ?1 AND content = ?2 AND frequency = ?3
         AND last_period IS ?4 AND subscribers > 0 RETURNING id",
        params![
            owner,
            content_type.as_str(),
            frequency.number(),
            last_period.map(Timestamp::millis),
            tick.period.millis()
        ],
        |row| Ok(row.get(0)?),
    )?;
    let Some(series) = series else {
        return Ok(Ticked::Taken);
    };
    tx.add(counter::MISSED, int(tick.missed));
    // Whoever subscribed during the period or later starts with the next one.
    let someone = "SELECT 1 FROM subscription WHERE series = ?1 AND accepted < ?2";
    if !tick.send || !tx.conn.any(someone, [series, tick.period.millis()])? {
        return Ok(Ticked::Passed);
    }
    make_run(tx, owner, series, tick).map(Ticked::Run)
}

/// Makes the run, with a snapshot of what it sends and of the end of the subscription sequence.
fn make_run(tx: &mut Tx<'_>, owner: i64, series: i64, tick: &Tick) -> Result<RunId, StoreError> {
    let before = tx.counter(counter::RUN)?;
    let id = (before + 1).max(tx.now.millis() / 1000);
    tx.add(counter::RUN, id - before);
    let made = tx.conn.run(
        "INSERT INTO run (id, owner, series, content_type, frequency, period, created, upper, subject, content)
         SELECT ?1, ?2, ?3, name, ?5, ?6, ?7, ?8, subject, content FROM content WHERE owner = ?2 AND name = ?4",
        params![
            id,
            owner,
            series,
            tick.series.content_type.as_str(),
            tick.series.frequency.number(),
            tick.period.millis(),
            tx.now.millis(),
            tx.counter(counter::SEQ)?
        ],
    )?;
    if made == 0 {
        return Err(StoreError::Fault("a series has subscribers but no content type".to_owned()));
    }
    Ok(RunId(uint(id)))
}
