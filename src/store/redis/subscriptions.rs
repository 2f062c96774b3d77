//! Who is subscribed to what, in Redis.

use super::{
    RedisStore,
    fault::broken,
    row::{Row, after, cut, limit, place_of},
    script as scripts,
};
use crate::{
    domain::{AccountId, ContentTypeName, Frequency},
    store::{Applied, Page, PageRequest, StoreError, Subscription, SubscriptionChange, SubscriptionFilter},
};

impl RedisStore {
    pub(super) async fn apply_change(&self, change: &SubscriptionChange) -> Result<Applied, StoreError> {
        let frequency = change.frequency.map(|frequency| place_of(&Frequency::ALL, &frequency).to_string());
        let call = self.caller.script(&scripts::APPLY).arg(change.account.as_str()).arg(change.content_type.as_str());
        let call = call.arg(change.recipient.key()).arg(change.recipient.as_str()).arg(frequency.unwrap_or_default());
        let answer: String = self.caller.call(call.arg(change.order).arg(change.accepted_at.millis())).await?;
        match answer.as_str() {
            "D" => Ok(Applied::Done),
            "S" => Ok(Applied::Superseded),
            "U" => Ok(Applied::UnknownContentType),
            _ => Err(broken("an answer")),
        }
    }

    /// Ends a subscription as the newest change; a content type that is gone has none.
    pub(super) async fn end_subscription(
        &self,
        account: &AccountId,
        recipient: &str,
        content_type: &ContentTypeName,
    ) -> Result<(), StoreError> {
        let call = self.caller.script(&scripts::APPLY).arg(account.as_str()).arg(content_type.as_str());
        let _: String = self.caller.call(call.arg(&[recipient, recipient, "", "", ""])).await?;
        Ok(())
    }

    pub(super) async fn list_subscriptions(
        &self,
        account: &AccountId,
        filter: &SubscriptionFilter,
        page: &PageRequest,
    ) -> Result<Page<Subscription>, StoreError> {
        let place = after(page)?;
        // A content type's name holds no slash, so the first one ends it.
        let (content, last) = match place.split_once('/') {
            Some(place) => place,
            None if place.is_empty() => ("", ""),
            None => return Err(StoreError::Cursor),
        };
        let call = self.caller.script(&scripts::SUBSCRIPTIONS).arg(account.as_str()).arg(limit(page) + 1);
        let call = call.arg(filter.content_type.as_ref().map_or("", ContentTypeName::as_str));
        let call = call.arg(filter.recipient.as_deref().unwrap_or_default()).arg(content).arg(last);
        let found: Vec<Vec<String>> = self.caller.call(call).await?;
        Ok(cut(page, found.into_iter().map(read).collect::<Result<_, _>>()?))
    }
}

/// Reads a subscription, and its place in the list.
fn read(fields: Vec<String>) -> Result<(String, Subscription), StoreError> {
    let mut row = Row::new(fields);
    let (content_type, key, packed) = (row.text()?, row.text()?, row.text()?);
    let mut held = Row::new(packed.splitn(5, '|').map(str::to_owned).collect());
    let frequency = held.one_of(&Frequency::ALL)?;
    let (_seq, _order, created_at) = (held.text()?, held.text()?, held.time()?);
    let place = format!("{content_type}/{key}");
    let content_type = ContentTypeName::trusted(content_type);
    Ok((place, Subscription { recipient: held.address()?, content_type, frequency, created_at }))
}
