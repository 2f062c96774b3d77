//! Content types in SQLite.

use async_trait::async_trait;
use rusqlite::{Row, params};

use super::{
    SqliteStore, codec,
    fault::broken,
    newsletters, page,
    sql::Sql as _,
    tx::{Tx, owner_of},
};
use crate::{
    domain::{AccountId, Content, ContentTypeName, Subject},
    store::{ContentDeleted, Contents, Page, PageRequest, StoreError},
};

/// Creates a content type; `false` when the name is taken.
pub(super) fn create(
    tx: &Tx<'_>,
    owner: i64,
    name: &ContentTypeName,
    subject: &Subject,
    content: &str,
) -> Result<bool, StoreError> {
    let made = tx.conn.run(
        "INSERT INTO content (owner, name, subject, content, created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT DO NOTHING",
        params![owner, name.as_str(), subject.as_str(), content, tx.now.millis()],
    )?;
    Ok(made > 0)
}

/// A subject out of a column.
pub(super) fn subject(text: &str) -> Result<Subject, StoreError> {
    Subject::parse(text).map_err(|_| broken("a subject"))
}

fn read(row: &Row<'_>) -> Result<Content, StoreError> {
    Ok(Content {
        content_type: ContentTypeName::trusted(row.get(0)?),
        subject: subject(&row.get::<_, String>(1)?)?,
        content: row.get(2)?,
        created_at: codec::time(row, 3)?,
        updated_at: codec::time(row, 4)?,
    })
}

#[async_trait]
impl Contents for SqliteStore {
    async fn create_content(
        &self,
        account: &AccountId,
        name: &ContentTypeName,
        subject: &Subject,
        content: &str,
    ) -> Result<bool, StoreError> {
        let (account, name, subject, content) = (account.clone(), name.clone(), subject.clone(), content.to_owned());
        self.durably(move |tx| {
            let owner = tx.owner(&account)?;
            create(tx, owner, &name, &subject, &content)
        })
        .await
    }

    async fn update_content(
        &self,
        account: &AccountId,
        name: &ContentTypeName,
        subject: &Subject,
        content: &str,
    ) -> Result<bool, StoreError> {
        let (account, name, subject, content) = (account.clone(), name.clone(), subject.clone(), content.to_owned());
        self.durably(move |tx| {
            let owner = tx.owner(&account)?;
            let changed = tx.conn.run(
                "UPDATE content SET subject = ?3, content = ?4, updated = ?5 WHERE owner = ?1 AND name = ?2",
                params![owner, name.as_str(), subject.as_str(), content, tx.now.millis()],
            )?;
            Ok(changed > 0)
        })
        .await
    }

    async fn content(&self, account: &AccountId, name: &ContentTypeName) -> Result<Option<Content>, StoreError> {
        let (account, name) = (account.clone(), name.clone());
        self.read(move |conn| {
            let sql = "SELECT name, subject, content, created, updated FROM content WHERE owner = ?1 AND name = ?2";
            conn.first(sql, params![owner_of(conn, &account)?, name.as_str()], read)
        })
        .await
    }

    async fn contents(&self, account: &AccountId, page: &PageRequest) -> Result<Page<Content>, StoreError> {
        let (account, page) = (account.clone(), page.clone());
        self.read(move |conn| {
            let rows = conn.all(
                "SELECT name, subject, content, created, updated FROM content WHERE owner = ?1 AND name > ?2
                 ORDER BY name LIMIT ?3",
                params![owner_of(conn, &account)?, page::text_after(&page)?, page::rows_wanted(&page)],
                |row| read(row).map(|content| (page::text_cursor(content.content_type.as_str()), content)),
            )?;
            Ok(page::cut(&page, rows))
        })
        .await
    }

    async fn delete_content(
        &self,
        account: &AccountId,
        name: &ContentTypeName,
        force: bool,
    ) -> Result<ContentDeleted, StoreError> {
        let (account, name) = (account.clone(), name.clone());
        self.durably(move |tx| {
            let owner = tx.owner(&account)?;
            let key = params![owner, name.as_str()];
            if !tx.conn.any("SELECT 1 FROM content WHERE owner = ?1 AND name = ?2", key)? {
                return Ok(ContentDeleted::Unknown);
            }
            let in_use = "SELECT 1 FROM series WHERE owner = ?1 AND content = ?2 AND subscribers > 0";
            if !force && tx.conn.any(in_use, key)? {
                return Ok(ContentDeleted::InUse);
            }
            newsletters::end_all(tx, owner, &name)?;
            tx.conn.run("DELETE FROM content WHERE owner = ?1 AND name = ?2", key)?;
            Ok(ContentDeleted::Done)
        })
        .await
    }
}
