//! Newsletters in SQLite.

mod fan_out;
mod runs;
mod subscriptions;
mod tick;

use async_trait::async_trait;

#[cfg(test)]
pub(super) use self::subscriptions::apply;
pub(super) use self::subscriptions::end_all;
use super::{SqliteStore, codec::int};
use crate::{
    domain::{AccountId, ContentTypeName, RunId},
    store::{
        Applied, FanOut, Issue, Newsletters, Page, PageRequest, Run, Series, StoreError, Subscription,
        SubscriptionChange, SubscriptionFilter, TaskView, Tick, Ticked,
    },
};

#[async_trait]
impl Newsletters for SqliteStore {
    async fn apply_subscription(&self, change: &SubscriptionChange) -> Result<Applied, StoreError> {
        let change = change.clone();
        self.durably(move |tx| subscriptions::apply(tx, &change)).await
    }

    async fn unsubscribe(
        &self,
        account: &AccountId,
        recipient: &str,
        content_type: &ContentTypeName,
    ) -> Result<(), StoreError> {
        let (account, recipient, content_type) = (account.clone(), recipient.to_owned(), content_type.clone());
        self.durably(move |tx| subscriptions::unsubscribe(tx, &account, &recipient, &content_type)).await
    }

    async fn subscriptions(
        &self,
        account: &AccountId,
        filter: &SubscriptionFilter,
        page: &PageRequest,
    ) -> Result<Page<Subscription>, StoreError> {
        let (account, filter, page) = (account.clone(), filter.clone(), page.clone());
        self.read(move |conn| subscriptions::list(conn, &account, &filter, &page)).await
    }

    async fn series(&self) -> Result<Vec<Series>, StoreError> {
        self.read(tick::series).await
    }

    async fn tick(&self, tick: &Tick) -> Result<Ticked, StoreError> {
        let tick = tick.clone();
        self.durably(move |tx| tick::tick(tx, &tick)).await
    }

    async fn open_runs(&self) -> Result<Vec<RunId>, StoreError> {
        self.read(runs::open).await
    }

    async fn fan_out(&self, run: RunId, limit: u32, high_water: u64) -> Result<FanOut, StoreError> {
        self.durably(move |tx| fan_out::step(tx, run, int(limit.into()), high_water)).await
    }

    async fn issue(&self, run: RunId) -> Result<Option<Issue>, StoreError> {
        self.read(move |conn| runs::issue(conn, run)).await
    }

    async fn runs(
        &self,
        account: &AccountId,
        content_type: Option<&ContentTypeName>,
        page: &PageRequest,
    ) -> Result<Page<Run>, StoreError> {
        let (account, content_type, page) = (account.clone(), content_type.cloned(), page.clone());
        self.read(move |conn| runs::list(conn, &account, content_type.as_ref(), &page)).await
    }

    async fn run(&self, account: &AccountId, id: RunId) -> Result<Option<Run>, StoreError> {
        let account = account.clone();
        self.read(move |conn| runs::one(conn, &account, id)).await
    }

    async fn undelivered(
        &self,
        account: &AccountId,
        run: RunId,
        page: &PageRequest,
    ) -> Result<Page<TaskView>, StoreError> {
        let (account, page) = (account.clone(), page.clone());
        self.read(move |conn| runs::undelivered(conn, &account, run, &page)).await
    }
}
