//! The outbox in SQLite.

use async_trait::async_trait;
use rusqlite::params;

use super::{SqliteStore, codec, fault::broken, page, sql::Sql as _, tx::owner_of};
use crate::{
    domain::{AccountId, TaskId},
    store::{Captured, Outbox, OutboxEntry, Page, PageRequest, StoreError},
};

#[async_trait]
impl Outbox for SqliteStore {
    async fn capture(&self, mail: Captured) -> Result<(), StoreError> {
        self.durably(move |tx| {
            let owner = tx.owner(&mail.account)?;
            // Replacing gives a new number: the newest capture is listed first.
            tx.conn.run(
                "INSERT OR REPLACE INTO outbox (owner, task, recipient, subject, created, raw)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![owner, mail.id.to_string(), mail.to, mail.subject, tx.now.millis(), mail.raw],
            )?;
            Ok(())
        })
        .await
    }

    async fn outbox(&self, account: &AccountId, page: &PageRequest) -> Result<Page<OutboxEntry>, StoreError> {
        let (account, page) = (account.clone(), page.clone());
        self.read(move |conn| {
            let rows = conn.all(
                "SELECT id, task, recipient, subject, created FROM outbox WHERE owner = ?1 AND id < ?2
                 ORDER BY id DESC LIMIT ?3",
                params![owner_of(conn, &account)?, page::number_after(&page, i64::MAX)?, page::rows_wanted(&page)],
                |row| Ok((page::number_cursor(row.get(0)?), entry(row, Vec::new())?)),
            )?;
            Ok(page::cut(&page, rows))
        })
        .await
    }

    async fn outbox_entry(&self, account: &AccountId, id: TaskId) -> Result<Option<OutboxEntry>, StoreError> {
        let account = account.clone();
        self.read(move |conn| {
            conn.first(
                "SELECT id, task, recipient, subject, created, raw FROM outbox WHERE owner = ?1 AND task = ?2",
                params![owner_of(conn, &account)?, id.to_string()],
                |row| entry(row, row.get(5)?),
            )
        })
        .await
    }
}

fn entry(row: &rusqlite::Row<'_>, raw: Vec<u8>) -> Result<OutboxEntry, StoreError> {
    Ok(OutboxEntry {
        id: TaskId::from_text(&row.get::<_, String>(1)?).ok_or_else(|| broken("a captured mail's id"))?,
        to: row.get(2)?,
        subject: row.get(3)?,
        created_at: codec::time(row, 4)?,
        raw,
    })
}
