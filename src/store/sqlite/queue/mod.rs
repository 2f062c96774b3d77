//! The queue in SQLite.

mod begin;
mod enqueue;
mod lease;
mod operator;
mod prune;
mod reclaim;
mod settle;
mod task;
mod view;

use std::{sync::atomic::Ordering, time::Duration};

use async_trait::async_trait;

pub(super) use self::{
    task::Place,
    view::{COLUMNS, JOIN_RUN, ViewRow, attach_attempts},
};
use super::{SqliteStore, codec::int};
use crate::{
    domain::{AccountId, TaskId, Timestamp},
    store::{
        Begin, Begun, Cancelled, Enqueue, Enqueued, LeaseRequest, Leased, Page, PageRequest, Pruned, Queue, Retried,
        Settled, Settlement, StoreError, TaskFilter, TaskView,
    },
};

#[async_trait]
impl Queue for SqliteStore {
    async fn enqueue(&self, post: Enqueue) -> Result<Enqueued, StoreError> {
        let post = enqueue::Post::new(post)?;
        self.durably(move |tx| post.enqueue(tx)).await?.into_answer()
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, StoreError> {
        let turn = self.turn.fetch_add(u64::from(request.any), Ordering::Relaxed);
        let batch = self.lightly(move |tx| lease::lease(tx, request, turn)).await?;
        Ok(lease::parse(batch, &self.known))
    }

    async fn lease_changes(&self, limit: u32, lease: Duration) -> Result<Vec<Leased>, StoreError> {
        let batch = self.lightly(move |tx| lease::lease_changes(tx, limit, lease)).await?;
        Ok(lease::parse(batch, &self.known))
    }

    async fn extend(&self, leases: &[(TaskId, u64)], lease: Duration) -> Result<Vec<bool>, StoreError> {
        let leases = leases.to_vec();
        self.lightly(move |tx| lease::extend(tx, &leases, lease)).await
    }

    async fn begin(&self, begins: &[Begin]) -> Result<Vec<Begun>, StoreError> {
        let begins = begins.iter().map(|begin| (*begin, self.known.get(begin.id, begin.token))).collect::<Vec<_>>();
        self.lightly(move |tx| begins.iter().map(|(begin, known)| begin::begin(tx, begin, *known)).collect()).await
    }

    async fn settle(&self, settlements: &[Settlement]) -> Result<Vec<Settled>, StoreError> {
        let of = |settlement: &Settlement| (settlement.clone(), self.known.take(settlement.id, settlement.token));
        let settlements = settlements.iter().map(of).collect::<Vec<_>>();
        self.durably(move |tx| {
            settlements.iter().map(|(settlement, known)| settle::settle(tx, settlement, *known)).collect()
        })
        .await
    }

    async fn task(&self, account: &AccountId, id: TaskId) -> Result<Option<TaskView>, StoreError> {
        let account = account.clone();
        self.read(move |conn| view::one(conn, &account, id)).await
    }

    async fn tasks(
        &self,
        account: &AccountId,
        filter: &TaskFilter,
        page: &PageRequest,
    ) -> Result<Page<TaskView>, StoreError> {
        let (account, filter, page) = (account.clone(), filter.clone(), page.clone());
        self.read(move |conn| view::list(conn, &account, &filter, &page)).await
    }

    async fn cancel(&self, account: &AccountId, id: TaskId) -> Result<Cancelled, StoreError> {
        let account = account.clone();
        self.durably(move |tx| operator::cancel(tx, &account, id)).await
    }

    async fn retry(&self, account: &AccountId, id: TaskId) -> Result<Retried, StoreError> {
        let account = account.clone();
        self.durably(move |tx| operator::retry(tx, &account, id)).await
    }

    async fn prune(&self, limit: u32) -> Result<Pruned, StoreError> {
        let retention = self.retention;
        self.lightly(move |tx| prune::prune(tx, int(limit.into()), retention)).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(lease::next_due).await
    }
}
