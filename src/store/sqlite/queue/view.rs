//! Tasks as their owners see them.

use rusqlite::{Connection, Row, params, types::Value};

use super::super::{
    codec::{self, Numbered as _, int},
    page,
    sql::Sql as _,
    tx::owner_of,
};
use crate::{
    domain::{AccountId, Lane, Reason, State, Tag, TaskId, TaskName, TaskType, Timestamp},
    store::{Page, PageRequest, StoreError, TaskFilter, TaskView},
};

/// What [`ViewRow::read`] reads, up to the task; [`JOIN_RUN`] follows, and a `WHERE` on `t`.
pub(in super::super) const COLUMNS: &str =
    "SELECT t.ord, t.uuid, t.run, t.seq, t.kind, t.lane, t.state, t.recipient, t.retries, t.at, t.created, t.reason,
     t.duplicate, t.name, t.tags, r.content_type FROM task t";
/// The task's run, for [`COLUMNS`].
pub(in super::super) const JOIN_RUN: &str = " LEFT JOIN run r ON r.id = t.run";

/// A task without its attempts, and its place in the order of acceptance.
pub(in super::super) struct ViewRow {
    pub(in super::super) ord: i64,
    pub(in super::super) seq: Option<i64>,
    view: TaskView,
}

impl ViewRow {
    /// Reads a row of [`COLUMNS`].
    pub(in super::super) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let state = State::of_number(row.get(6)?)?;
        let at = Timestamp::from_millis(row.get(9)?);
        let waits = matches!(state, State::Scheduled | State::Queued | State::Retrying);
        let tags: Option<String> = row.get(14)?;
        let tags = tags.iter().flat_map(|tags| tags.split_whitespace());
        let name: Option<String> = row.get::<_, Option<String>>(13)?.or(row.get(15)?);
        let seq = row.get(3)?;
        let view = TaskView {
            id: codec::task_id(row.get(1)?, row.get(2)?, seq)?,
            name: TaskName::trusted(name.unwrap_or_default()),
            task_type: TaskType::of_number(row.get(4)?)?,
            lane: Lane::of_number(row.get(5)?)?,
            state,
            recipient: codec::address(&row.get::<_, String>(7)?)?,
            retries: row.get(8)?,
            attempts: Vec::new(),
            next_attempt_at: waits.then_some(at),
            created_at: codec::time(row, 10)?,
            finished_at: state.is_end().then_some(at),
            reason: row.get::<_, Option<i64>>(11)?.map(Reason::of_number).transpose()?,
            duplicate_possible: row.get(12)?,
            tags: tags.filter_map(|tag| Tag::parse(tag).ok()).collect(),
        };
        Ok(Self { ord: row.get(0)?, seq, view })
    }
}

/// Adds its attempts to a task.
pub(in super::super) fn attach_attempts(conn: &Connection, row: ViewRow) -> Result<TaskView, StoreError> {
    let attempts = conn.all(
        "SELECT n, started, finished, outcome, stage, relay, tls, code, enhanced, message FROM attempt
         WHERE ord = ?1 ORDER BY n",
        [row.ord],
        codec::attempt,
    )?;
    Ok(TaskView { attempts, ..row.view })
}

/// One task of the account.
pub(super) fn one(conn: &Connection, account: &AccountId, id: TaskId) -> Result<Option<TaskView>, StoreError> {
    let Some(owner) = owner_of(conn, account)? else {
        return Ok(None);
    };
    let found = match id {
        TaskId::Posted(uuid) => conn.first(
            &format!("{COLUMNS}{JOIN_RUN} WHERE t.uuid = ?1 AND t.owner = ?2"),
            params![uuid.as_bytes(), owner],
            ViewRow::read,
        ),
        TaskId::Issue { run, seq } => conn.first(
            &format!("{COLUMNS}{JOIN_RUN} WHERE t.run = ?1 AND t.seq = ?2 AND t.owner = ?3"),
            [int(run.0), int(seq), owner],
            ViewRow::read,
        ),
    }?;
    found.map(|row| attach_attempts(conn, row)).transpose()
}

/// The account's tasks, newest first.
pub(super) fn list(
    conn: &Connection,
    account: &AccountId,
    filter: &TaskFilter,
    page: &PageRequest,
) -> Result<Page<TaskView>, StoreError> {
    let before = page::number_after(page, i64::MAX)?;
    let Some(owner) = owner_of(conn, account)? else {
        return Ok(page::cut(page, Vec::new()));
    };
    let mut values = vec![Value::from(owner), Value::from(before), Value::from(page::rows_wanted(page))];
    let mut sql = COLUMNS.to_owned();
    // The ends that are rare among many tasks are found by their state, everything else along the account's tasks.
    sql += match filter.state {
        Some(State::Succeeded | State::Queued) | None => " INDEXED BY task_owner",
        Some(state) if state.is_end() => " INDEXED BY task_ended",
        Some(_) => " INDEXED BY task_waiting",
    };
    sql += JOIN_RUN;
    sql += " WHERE t.owner = ?1 AND t.ord < ?2 AND t.hidden IS NULL";
    if let Some(state) = filter.state {
        // A constant, not a parameter: only then SQLite sees that a partial index holds all of these.
        let part = if state.is_end() { ">= 4" } else { "< 4" };
        sql.push_str(" AND t.state = ");
        sql.push_str(&state.number().to_string());
        sql.push_str(" AND t.state ");
        sql.push_str(part);
    }
    let mut and = |condition: &str, value: Value| {
        values.push(value);
        sql += &condition.replace('?', &format!("?{}", values.len()));
    };
    if let Some(kind) = filter.task_type {
        and(" AND t.kind = ?", Value::from(kind.number()));
    }
    if let Some(recipient) = &filter.recipient {
        and(" AND lower(t.recipient) = ?", Value::from(recipient.clone()));
    }
    if let Some(tag) = &filter.tag {
        and(" AND instr(t.tags, ?) > 0", Value::from(format!(" {} ", tag.as_str())));
    }
    sql += " ORDER BY t.ord DESC LIMIT ?3";
    let rows = conn.all(&sql, rusqlite::params_from_iter(values), ViewRow::read)?;
    let views = rows.into_iter().map(|row| Ok((page::number_cursor(row.ord), attach_attempts(conn, row)?)));
    Ok(page::cut(page, views.collect::<Result<_, StoreError>>()?))
}
