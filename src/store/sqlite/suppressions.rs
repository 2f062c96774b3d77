//! Suppressions in SQLite.

use async_trait::async_trait;
use rusqlite::params;

use super::{
    SqliteStore, codec, page,
    sql::Sql as _,
    tx::{Tx, owner_of},
};
use crate::{
    domain::{AccountId, Address},
    store::{Page, PageRequest, StoreError, Suppression, Suppressions},
};

/// Suppresses the address of that key; a second time replaces the reason.
pub(super) fn put(tx: &Tx<'_>, owner: i64, email: &str, reason: &str) -> Result<Suppression, StoreError> {
    tx.conn.run(
        "INSERT INTO suppression (owner, email, reason, created) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET reason = excluded.reason",
        params![owner, email, reason, tx.now.millis()],
    )?;
    let created_at = tx.conn.first(
        "SELECT created FROM suppression WHERE owner = ?1 AND email = ?2",
        params![owner, email],
        |row| Ok(codec::time(row, 0)?),
    )?;
    Ok(Suppression { email: email.to_owned(), reason: reason.to_owned(), created_at: created_at.unwrap_or(tx.now) })
}

#[async_trait]
impl Suppressions for SqliteStore {
    async fn suppress(&self, account: &AccountId, email: &Address, reason: &str) -> Result<Suppression, StoreError> {
        let (account, email, reason) = (account.clone(), email.key(), reason.to_owned());
        self.durably(move |tx| {
            let owner = tx.owner(&account)?;
            put(tx, owner, &email, &reason)
        })
        .await
    }

    async fn unsuppress(&self, account: &AccountId, email: &Address) -> Result<bool, StoreError> {
        let (account, email) = (account.clone(), email.key());
        self.durably(move |tx| {
            let owner = tx.owner(&account)?;
            let sql = "DELETE FROM suppression WHERE owner = ?1 AND email = ?2";
            Ok(tx.conn.run(sql, params![owner, email])? > 0)
        })
        .await
    }

    async fn suppressions(&self, account: &AccountId, page: &PageRequest) -> Result<Page<Suppression>, StoreError> {
        let (account, page) = (account.clone(), page.clone());
        self.read(move |conn| {
            let rows = conn.all(
                "SELECT email, reason, created FROM suppression WHERE owner = ?1 AND email > ?2 ORDER BY email LIMIT ?3",
                params![
                    owner_of(conn, &account)?,
                    page::text_after(&page)?,
                    page::rows_wanted(&page)
                ],
                |row| {
                    let email: String = row.get(0)?;
                    let cursor = page::text_cursor(&email);
                    Ok((cursor, Suppression { email, reason: row.get(1)?, created_at: codec::time(row, 2)? }))
                },
            )?;
            Ok(page::cut(&page, rows))
        })
        .await
    }
}
