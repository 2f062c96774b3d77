//! The outbox in Redis.

use async_trait::async_trait;

use super::{
    RedisStore,
    fault::broken,
    row::{Row, cut, limit, number_after},
    script as scripts,
};
use crate::{
    domain::{AccountId, TaskId, Timestamp},
    store::{Captured, Outbox, OutboxEntry, Page, PageRequest, StoreError},
};

#[async_trait]
impl Outbox for RedisStore {
    async fn capture(&self, mail: Captured) -> Result<(), StoreError> {
        let call = self.caller.script(&scripts::CAPTURE).arg(mail.account.as_str()).arg(mail.id.to_string());
        self.caller.call(call.arg(mail.to).arg(mail.subject).arg(mail.raw)).await
    }

    async fn outbox(&self, account: &AccountId, page: &PageRequest) -> Result<Page<OutboxEntry>, StoreError> {
        let call = self.caller.script(&scripts::MAILS).arg(account.as_str()).arg(limit(page) + 1);
        let found: Vec<Vec<String>> = self.caller.call(call.arg(number_after(page)?)).await?;
        let items = found.into_iter().map(|fields| {
            let mut row = Row::new(fields);
            let place = row.text()?;
            let (id, to, subject) = (row.id()?, row.text()?, row.text()?);
            Ok((place, OutboxEntry { id, to, subject, created_at: row.time()?, raw: Vec::new() }))
        });
        Ok(cut(page, items.collect::<Result<_, StoreError>>()?))
    }

    async fn outbox_entry(&self, account: &AccountId, id: TaskId) -> Result<Option<OutboxEntry>, StoreError> {
        type Fields = (Option<String>, Option<String>, Option<String>, Option<i64>, Option<Vec<u8>>);
        let cmd = self.command("HMGET", format_args!("mail:{id}"), &["a", "t", "s", "c", "w"]);
        let (owner, to, subject, created, raw): Fields = self.caller.command(&cmd).await?;
        if owner.as_deref() != Some(account.as_str()) {
            return Ok(None);
        }
        let whole = || broken("a captured mail");
        Ok(Some(OutboxEntry {
            id,
            to: to.ok_or_else(whole)?,
            subject: subject.ok_or_else(whole)?,
            created_at: created.map(Timestamp::from_millis).ok_or_else(whole)?,
            raw: raw.ok_or_else(whole)?,
        }))
    }
}
