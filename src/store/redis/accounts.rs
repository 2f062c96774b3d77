//! Accounts in Redis.

use async_trait::async_trait;

use super::{
    RedisStore,
    row::{Row, after, cut, limit},
    script as scripts,
};
use crate::{
    domain::AccountId,
    store::{Account, Accounts, Page, PageRequest, StoreError},
};

#[async_trait]
impl Accounts for RedisStore {
    async fn sign_up(&self, id: &AccountId, jti: &str) -> Result<bool, StoreError> {
        self.caller.call(self.caller.script(&scripts::SIGN_UP).arg(id.as_str()).arg(jti)).await
    }

    async fn deregister(&self, id: &AccountId) -> Result<bool, StoreError> {
        self.caller.call(self.caller.script(&scripts::DEREGISTER).arg(id.as_str())).await
    }

    async fn current_jti(&self, id: &AccountId) -> Result<Option<String>, StoreError> {
        self.caller.command(&self.command("HGET", "jti", id.as_str())).await
    }

    async fn accounts(&self, page: &PageRequest) -> Result<Page<Account>, StoreError> {
        let found = self.names("accounts", page, &["hash", "account"]).await?;
        let items = found.into_iter().map(|fields| {
            let mut row = Row::new(fields);
            let id = row.text()?;
            Ok((id.clone(), Account { id: AccountId::trusted(id), created_at: row.time()? }))
        });
        Ok(cut(page, items.collect::<Result<_, StoreError>>()?))
    }
}

impl RedisStore {
    /// Rows of a list that is ordered by name, one more than the page holds.
    pub(super) async fn names(
        &self,
        index: &str,
        page: &PageRequest,
        values: &[&str],
    ) -> Result<Vec<Vec<String>>, StoreError> {
        let call = self.caller.script(&scripts::NAMES).arg(index).arg(limit(page) + 1).arg(after(page)?).arg(values);
        self.caller.call(call).await
    }
}
