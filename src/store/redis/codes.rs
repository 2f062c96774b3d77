//! What is known of one-time codes, in Redis.

use async_trait::async_trait;

use super::{RedisStore, call::nonce, fault::broken, millis, row::Row, script as scripts};
use crate::{
    domain::{CodeLength, CodeRules, TaskId},
    store::{CodeCheck, CodeKey, Codes, LiveCode, StoreError},
};

#[async_trait]
impl Codes for RedisStore {
    async fn live_code(&self, key: &CodeKey) -> Result<Option<LiveCode>, StoreError> {
        let found: Vec<String> = self.caller.call(self.caller.script(&scripts::LIVE_CODE).arg(name(key))).await?;
        if found.is_empty() {
            return Ok(None);
        }
        let mut row = Row::new(found);
        let task = row.id()?;
        let length = CodeLength::parse(row.number()?).map_err(|_| broken("a code's length"))?;
        Ok(Some(LiveCode { task, length }))
    }

    async fn check_code(
        &self,
        key: &CodeKey,
        task: TaskId,
        matched: bool,
        rules: &CodeRules,
    ) -> Result<CodeCheck, StoreError> {
        let call = self.caller.script(&scripts::CHECK_CODE).arg(name(key)).arg(task.to_string()).arg(matched);
        let call = call.arg(rules.attempts).arg(millis(rules.ttl)).arg(nonce());
        Ok(if self.caller.call(call).await? { CodeCheck::Verified } else { CodeCheck::Refused })
    }
}

/// The key's name; addresses hold no space.
fn name(key: &CodeKey) -> String {
    format!("{} {} {}", key.account, key.recipient, key.purpose)
}
