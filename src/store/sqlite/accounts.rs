//! Accounts in SQLite.

use async_trait::async_trait;
use rusqlite::params;

use super::{SqliteStore, codec, page, sql::Sql as _};
use crate::{
    domain::AccountId,
    store::{Account, Accounts, Page, PageRequest, StoreError},
};

#[async_trait]
impl Accounts for SqliteStore {
    async fn sign_up(&self, id: &AccountId, jti: &str) -> Result<bool, StoreError> {
        let (id, jti) = (id.clone(), jti.to_owned());
        self.durably(move |tx| {
            let made = tx.conn.run(
                "INSERT INTO account (id, jti, created) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![id.as_str(), jti, tx.now.millis()],
            )?;
            Ok(made > 0)
        })
        .await
    }

    async fn deregister(&self, id: &AccountId) -> Result<bool, StoreError> {
        let id = id.clone();
        self.durably(move |tx| Ok(tx.conn.run("DELETE FROM account WHERE id = ?1", [id.as_str()])? > 0)).await
    }

    async fn current_jti(&self, id: &AccountId) -> Result<Option<String>, StoreError> {
        let id = id.clone();
        self.read(move |conn| conn.first("SELECT jti FROM account WHERE id = ?1", [id.as_str()], |row| Ok(row.get(0)?)))
            .await
    }

    async fn accounts(&self, page: &PageRequest) -> Result<Page<Account>, StoreError> {
        let page = page.clone();
        self.read(move |conn| {
            let rows = conn.all(
                "SELECT id, created FROM account WHERE id > ?1 ORDER BY id LIMIT ?2",
                params![page::text_after(&page)?, page::rows_wanted(&page)],
                |row| {
                    let id: String = row.get(0)?;
                    let created_at = codec::time(row, 1)?;
                    Ok((page::text_cursor(&id), Account { id: AccountId::trusted(id), created_at }))
                },
            )?;
            Ok(page::cut(&page, rows))
        })
        .await
    }
}
