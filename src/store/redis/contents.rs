//! Content types in Redis.

use async_trait::async_trait;

use super::{
    RedisStore,
    fault::broken,
    row::{Row, cut},
    script as scripts,
};
use crate::{
    domain::{AccountId, Content, ContentTypeName, Subject},
    store::{ContentDeleted, Contents, Page, PageRequest, StoreError},
};

#[async_trait]
impl Contents for RedisStore {
    async fn create_content(
        &self,
        account: &AccountId,
        name: &ContentTypeName,
        subject: &Subject,
        content: &str,
    ) -> Result<bool, StoreError> {
        self.write_content("create", account, name, subject, content).await
    }

    async fn update_content(
        &self,
        account: &AccountId,
        name: &ContentTypeName,
        subject: &Subject,
        content: &str,
    ) -> Result<bool, StoreError> {
        self.write_content("update", account, name, subject, content).await
    }

    async fn content(&self, account: &AccountId, name: &ContentTypeName) -> Result<Option<Content>, StoreError> {
        let cmd = self.command("HMGET", format_args!("content:{account} {name}"), &["s", "c", "a", "u"]);
        let found: Vec<Option<String>> = self.caller.command(&cmd).await?;
        let Some(fields) = found.into_iter().collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        read(name.clone(), Row::new(fields)).map(Some)
    }

    async fn contents(&self, account: &AccountId, page: &PageRequest) -> Result<Page<Content>, StoreError> {
        let (index, values) = (format!("contents:{account}"), format!("content:{account} "));
        let found = self.names(&index, page, &["each", &values]).await?;
        let items = found.into_iter().map(|fields| {
            let mut row = Row::new(fields);
            let name = row.text()?;
            Ok((name.clone(), read(ContentTypeName::trusted(name), row)?))
        });
        Ok(cut(page, items.collect::<Result<_, StoreError>>()?))
    }

    async fn delete_content(
        &self,
        account: &AccountId,
        name: &ContentTypeName,
        force: bool,
    ) -> Result<ContentDeleted, StoreError> {
        let call = self.caller.script(&scripts::DELETE_CONTENT).arg(account.as_str()).arg(name.as_str()).arg(force);
        let answer: String = self.caller.call(call).await?;
        match answer.as_str() {
            "D" => Ok(ContentDeleted::Done),
            "I" => Ok(ContentDeleted::InUse),
            "U" => Ok(ContentDeleted::Unknown),
            _ => Err(broken("an answer")),
        }
    }
}

impl RedisStore {
    async fn write_content(
        &self,
        what: &str,
        account: &AccountId,
        name: &ContentTypeName,
        subject: &Subject,
        content: &str,
    ) -> Result<bool, StoreError> {
        let call = self.caller.script(&scripts::WRITE_CONTENT).arg(what).arg(account.as_str()).arg(name.as_str());
        self.caller.call(call.arg(subject.as_str()).arg(content)).await
    }
}

fn read(content_type: ContentTypeName, mut row: Row) -> Result<Content, StoreError> {
    Ok(Content {
        content_type,
        subject: row.subject()?,
        content: row.text()?,
        created_at: row.time()?,
        updated_at: row.time()?,
    })
}
