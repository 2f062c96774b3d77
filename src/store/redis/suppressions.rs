//! Suppressions in Redis.

use async_trait::async_trait;

use super::{
    RedisStore,
    fault::broken,
    row::{Row, cut},
    script as scripts,
};
use crate::{
    domain::{AccountId, Address, Timestamp},
    store::{Page, PageRequest, StoreError, Suppression, Suppressions},
};

#[async_trait]
impl Suppressions for RedisStore {
    async fn suppress(&self, account: &AccountId, email: &Address, reason: &str) -> Result<Suppression, StoreError> {
        let call = self.caller.script(&scripts::SUPPRESS).arg(account.as_str()).arg(email.key()).arg(reason);
        let since: i64 = self.caller.call(call).await?;
        Ok(Suppression { email: email.key(), reason: reason.to_owned(), created_at: Timestamp::from_millis(since) })
    }

    async fn unsuppress(&self, account: &AccountId, email: &Address) -> Result<bool, StoreError> {
        self.caller.call(self.caller.script(&scripts::UNSUPPRESS).arg(account.as_str()).arg(email.key())).await
    }

    async fn suppressions(&self, account: &AccountId, page: &PageRequest) -> Result<Page<Suppression>, StoreError> {
        let (index, values) = (format!("sups:{account}"), format!("sup:{account}"));
        let found = self.names(&index, page, &["hash", &values]).await?;
        let items = found.into_iter().map(|fields| {
            let mut row = Row::new(fields);
            let (email, packed) = (row.text()?, row.text()?);
            let (since, reason) = packed.split_once(' ').ok_or_else(|| broken("a suppression"))?;
            let created_at = since.parse().map(Timestamp::from_millis).map_err(|_| broken("a suppression"))?;
            Ok((email.clone(), Suppression { email, reason: reason.to_owned(), created_at }))
        });
        Ok(cut(page, items.collect::<Result<_, StoreError>>()?))
    }
}
