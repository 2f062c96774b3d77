//! Short forms for cached statements.

use rusqlite::{Connection, Params, Row};

use crate::store::StoreError;

/// Cached statements in one call. Every text given is a constant, so the cache holds few of them.
pub(super) trait Sql {
    /// Runs a statement; returns how many rows changed.
    fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreError>;

    /// The first row, if there is one.
    fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError>;

    /// Every row.
    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError>;

    /// Whether there is a row.
    fn any(&self, sql: &str, params: impl Params) -> Result<bool, StoreError>;
}

impl Sql for Connection {
    fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        Ok(self.prepare_cached(sql)?.execute(params)?)
    }

    fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(read).transpose()
    }

    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read(row)?);
        }
        Ok(all)
    }

    fn any(&self, sql: &str, params: impl Params) -> Result<bool, StoreError> {
        Ok(self.prepare_cached(sql)?.exists(params)?)
    }
}
