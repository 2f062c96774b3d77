//! One-time codes in SQLite: which task holds the newest, and how often someone guessed.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    SqliteStore,
    codec::small,
    fault::broken,
    sql::Sql as _,
    tx::{Tx, owner_of},
};
use crate::{
    domain::{CodeLength, CodeRules, TaskId, Timestamp},
    store::{CodeCheck, CodeKey, Codes, LiveCode, Store as _, StoreError},
};

#[async_trait]
impl Codes for SqliteStore {
    async fn live_code(&self, key: &CodeKey) -> Result<Option<LiveCode>, StoreError> {
        let (key, now) = (key.clone(), self.now().await?);
        self.read(move |conn| live_code(conn, &key, now)).await
    }

    async fn check_code(
        &self,
        key: &CodeKey,
        task: TaskId,
        matched: bool,
        rules: &CodeRules,
    ) -> Result<CodeCheck, StoreError> {
        let (key, rules) = (key.clone(), *rules);
        self.durably(move |tx| check(tx, &key, task, matched, &rules)).await
    }
}

fn live_code(conn: &Connection, key: &CodeKey, now: Timestamp) -> Result<Option<LiveCode>, StoreError> {
    let found = conn.first(
        "SELECT task, length FROM code
         WHERE owner = ?1 AND recipient = ?2 AND purpose = ?3 AND used = 0 AND expires > ?4",
        params![owner_of(conn, &key.account)?, key.recipient, key.purpose.as_str(), now.millis()],
        |row| Ok((row.get::<_, [u8; 16]>(0)?, row.get(1)?)),
    )?;
    let Some((task, length)) = found else {
        return Ok(None);
    };
    let length = CodeLength::parse(length).map_err(|_| broken("a code's length"))?;
    Ok(Some(LiveCode { task: TaskId::Posted(Uuid::from_bytes(task)), length }))
}

fn check(
    tx: &mut Tx<'_>,
    key: &CodeKey,
    task: TaskId,
    matched: bool,
    rules: &CodeRules,
) -> Result<CodeCheck, StoreError> {
    let owner = tx.owner(&key.account)?;
    let found = tx.conn.first(
        "SELECT task, used, expires, wrong, first_wrong FROM code WHERE owner = ?1 AND recipient = ?2 AND purpose = ?3",
        params![owner, key.recipient, key.purpose.as_str()],
        |row| {
            let newest: [u8; 16] = row.get(0)?;
            let live = !row.get::<_, bool>(1)? && tx.now.millis() < row.get::<_, i64>(2)?;
            Ok((TaskId::Posted(Uuid::from_bytes(newest)), live, small(row.get(3)?), row.get::<_, Option<i64>>(4)?))
        },
    )?;
    let Some((newest, live, wrong, first_wrong)) = found else {
        return Ok(CodeCheck::Refused);
    };
    // Wrong tries are forgotten one lifetime after the first of them.
    let first_wrong = first_wrong.map(Timestamp::from_millis).filter(|first| tx.now < first.plus(rules.ttl));
    let wrong = if first_wrong.is_some() { wrong } else { 0 };
    if newest != task || !live || wrong >= rules.attempts {
        return Ok(CodeCheck::Refused);
    }
    let (used, wrong, first_wrong, verdict) = if matched {
        (true, 0, None, CodeCheck::Verified)
    } else {
        (false, wrong + 1, Some(first_wrong.unwrap_or(tx.now).millis()), CodeCheck::Refused)
    };
    tx.conn.run(
        "UPDATE code SET used = ?4, wrong = ?5, first_wrong = ?6 WHERE owner = ?1 AND recipient = ?2 AND purpose = ?3",
        params![owner, key.recipient, key.purpose.as_str(), used, wrong, first_wrong],
    )?;
    Ok(verdict)
}
