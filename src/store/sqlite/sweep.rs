//! Deleting the works of tasks that ended for good, many at a time.
//!
//! A work fills most of a page. Deleted one by one, each lets SQLite rewrite its neighbours' pages, which was half of all
//! that a mail's settlement wrote. So an end only notes the work in its own transaction, and a few hundred go at once.

use rusqlite::Connection;

use super::sql::Sql as _;
use crate::store::StoreError;

/// Notes that these tasks, by their place in the order of acceptance, need their work no more.
pub(super) fn note(conn: &Connection, ords: &[i64]) -> Result<(), StoreError> {
    let ords = serde_json::to_string(ords)
        .map_err(|error| StoreError::Fault(format!("places of tasks cannot be noted: {error}")))?;
    conn.run("INSERT INTO spent (ords) VALUES (?1)", [ords])?;
    Ok(())
}

/// Deletes what is noted.
pub(super) fn sweep(conn: &Connection) -> Result<(), StoreError> {
    conn.run("DELETE FROM work WHERE ord IN (SELECT ords.value FROM spent, json_each(spent.ords) AS ords)", [])?;
    conn.run("DELETE FROM spent", [])?;
    Ok(())
}
