//! What is known of one-time codes, in Redis.

use async_trait::async_trait;
use uuid::{NoContext, Timestamp, Uuid};

use super::{RedisStore, fault::broken, millis, row::Row, script as scripts};
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
        // Tells a call that is sent again after its answer was lost from a second guess.
        let nonce = Uuid::new_v7(Timestamp::from_unix(NoContext, 0, 0));
        let call = self.caller.script(&scripts::CHECK_CODE).arg(name(key)).arg(task.to_string()).arg(matched);
        let call = call.arg(rules.attempts).arg(millis(rules.ttl)).arg(nonce.simple().to_string());
        Ok(if self.caller.call(call).await? { CodeCheck::Verified } else { CodeCheck::Refused })
    }
}

/// The key's name; addresses hold no space.
fn name(key: &CodeKey) -> String {
    format!("{} {} {}", key.account, key.recipient, key.purpose)
}
