//! Runs: what they send, how far they are, and who did not get it.

use rusqlite::{Connection, Row, params};

use super::super::{
    codec::{self, Numbered as _, int, uint},
    contents, page,
    queue::{COLUMNS, JOIN_RUN, ViewRow, attach_attempts},
    sql::Sql as _,
    tx::owner_of,
};
use crate::{
    domain::{AccountId, ContentTypeName, Frequency, RunId},
    store::{Issue, Page, PageRequest, Run, RunTotals, StoreError, TaskView},
};

macro_rules! run_columns {
    () => {
        "SELECT id, content_type, frequency, period, done, created, total, succeeded, failed, skipped, cancelled,
         uncertain FROM run "
    };
}

fn read(row: &Row<'_>) -> Result<Run, StoreError> {
    let count = |column: usize| row.get(column).map(uint);
    let (total, succeeded, failed) = (count(6)?, count(7)?, count(8)?);
    let (skipped, cancelled, uncertain) = (count(9)?, count(10)?, count(11)?);
    let waiting = total.saturating_sub(succeeded + failed + skipped + cancelled + uncertain);
    Ok(Run {
        id: RunId(uint(row.get(0)?)),
        content_type: ContentTypeName::trusted(row.get(1)?),
        frequency: Frequency::of_number(row.get(2)?)?,
        period: codec::time(row, 3)?,
        is_fanning_out: !row.get::<_, bool>(4)?,
        totals: RunTotals { total, succeeded, failed, skipped, cancelled, uncertain, waiting },
        created_at: codec::time(row, 5)?,
    })
}

/// Runs whose fan-out is not done, oldest first.
pub(super) fn open(conn: &Connection) -> Result<Vec<RunId>, StoreError> {
    conn.all("SELECT id FROM run WHERE done = 0 ORDER BY id", [], |row| Ok(RunId(uint(row.get(0)?))))
}

/// What a run sends.
pub(super) fn issue(conn: &Connection, run: RunId) -> Result<Option<Issue>, StoreError> {
    conn.first(
        "SELECT o.account, r.content_type, r.frequency, r.period, r.subject, r.content, r.created
         FROM run r JOIN owner o ON o.id = r.owner WHERE r.id = ?1",
        [int(run.0)],
        |row| {
            Ok(Issue {
                run,
                account: AccountId::trusted(row.get(0)?),
                content_type: ContentTypeName::trusted(row.get(1)?),
                frequency: Frequency::of_number(row.get(2)?)?,
                period: codec::time(row, 3)?,
                subject: contents::subject(&row.get::<_, String>(4)?)?,
                content: row.get(5)?,
                created_at: codec::time(row, 6)?,
            })
        },
    )
}

/// The account's runs, newest first.
pub(super) fn list(
    conn: &Connection,
    account: &AccountId,
    content_type: Option<&ContentTypeName>,
    page: &PageRequest,
) -> Result<Page<Run>, StoreError> {
    let rows = conn.all(
        concat!(
            run_columns!(),
            "WHERE owner = ?1 AND id < ?2 AND (?3 IS NULL OR content_type = ?3) ORDER BY id DESC LIMIT ?4"
        ),
        params![
            owner_of(conn, account)?,
            page::number_after(page, i64::MAX)?,
            content_type.map(ContentTypeName::as_str),
            page::rows_wanted(page)
        ],
        |row| Ok((page::number_cursor(row.get(0)?), read(row)?)),
    )?;
    Ok(page::cut(page, rows))
}

/// One run of the account.
pub(super) fn one(conn: &Connection, account: &AccountId, id: RunId) -> Result<Option<Run>, StoreError> {
    let sql = concat!(run_columns!(), "WHERE id = ?1 AND owner = ?2");
    conn.first(sql, params![int(id.0), owner_of(conn, account)?], read)
}

/// The mails of a run that ended without success, in the order of the subscription sequence.
pub(super) fn undelivered(
    conn: &Connection,
    account: &AccountId,
    run: RunId,
    page: &PageRequest,
) -> Result<Page<TaskView>, StoreError> {
    let sql = format!(
        "{COLUMNS}{JOIN_RUN} WHERE t.run = ?1 AND t.seq > ?2 AND t.state > 4 AND t.owner = ?3 ORDER BY t.seq LIMIT ?4"
    );
    let rows = conn.all(
        &sql,
        params![int(run.0), page::number_after(page, -1)?, owner_of(conn, account)?, page::rows_wanted(page)],
        ViewRow::read,
    )?;
    let views = rows.into_iter().map(|row| {
        let cursor = page::number_cursor(row.seq.unwrap_or_default());
        Ok((cursor, attach_attempts(conn, row)?))
    });
    Ok(page::cut(page, views.collect::<Result<_, StoreError>>()?))
}
