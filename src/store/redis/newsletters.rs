//! Series, runs and issues in Redis; subscriptions are next door.

use async_trait::async_trait;

use super::{
    RedisStore,
    fault::broken,
    record,
    row::{Row, cut, limit, number_after, place_of},
    script as scripts,
};
use crate::{
    domain::{AccountId, ContentTypeName, Frequency, RunId, Timestamp},
    store::{
        Applied, FanOut, Issue, Newsletters, Page, PageRequest, Run, RunTotals, Series, StoreError, Subscription,
        SubscriptionChange, SubscriptionFilter, TaskView, Tick, Ticked,
    },
};

/// Subscriptions that one step of a fan-out deals with at most: what a script may unpack at once.
const STEP: u32 = 1000;

#[async_trait]
impl Newsletters for RedisStore {
    async fn apply_subscription(&self, change: &SubscriptionChange) -> Result<Applied, StoreError> {
        self.apply_change(change).await
    }

    async fn unsubscribe(
        &self,
        account: &AccountId,
        recipient: &str,
        content_type: &ContentTypeName,
    ) -> Result<(), StoreError> {
        self.end_subscription(account, recipient, content_type).await
    }

    async fn subscriptions(
        &self,
        account: &AccountId,
        filter: &SubscriptionFilter,
        page: &PageRequest,
    ) -> Result<Page<Subscription>, StoreError> {
        self.list_subscriptions(account, filter, page).await
    }

    async fn series(&self) -> Result<Vec<Series>, StoreError> {
        let found: Vec<Vec<String>> = self.caller.call(self.caller.script(&scripts::SERIES)).await?;
        let mut all = found.into_iter().map(series).collect::<Result<Vec<_>, _>>()?;
        all.sort_by(|a, b| (&a.account, &a.content_type, a.frequency).cmp(&(&b.account, &b.content_type, b.frequency)));
        Ok(all)
    }

    async fn tick(&self, tick: &Tick) -> Result<Ticked, StoreError> {
        let Series { account, content_type, frequency, last_period, .. } = &tick.series;
        let last = last_period.map(|last| last.millis().to_string()).unwrap_or_default();
        let call = self.caller.script(&scripts::TICK).arg(account.as_str()).arg(content_type.as_str());
        let call = call.arg(place_of(&Frequency::ALL, frequency)).arg(last).arg(tick.period.millis());
        let answer: String = self.caller.call(call.arg(tick.send).arg(tick.missed)).await?;
        match answer.as_str() {
            "F" => Ok(Ticked::Future),
            "T" => Ok(Ticked::Taken),
            "P" => Ok(Ticked::Passed),
            number => {
                self.wake.notify();
                number.parse().map(|number| Ticked::Run(RunId(number))).map_err(|_| broken("a run"))
            }
        }
    }

    async fn open_runs(&self) -> Result<Vec<RunId>, StoreError> {
        let found: Vec<String> = self.caller.command(&self.command("ZRANGE", "open", &[0, -1])).await?;
        found.iter().map(|text| RunId::from_text(text).ok_or_else(|| broken("a run"))).collect()
    }

    async fn fan_out(&self, run: RunId, limit: u32, high_water: u64) -> Result<FanOut, StoreError> {
        let call = self.caller.script(&scripts::FAN_OUT).arg(run.to_string()).arg(limit.min(STEP)).arg(high_water);
        let (created, done): (u64, bool) = self.caller.call(call).await?;
        if created > 0 {
            self.wake.notify();
        }
        Ok(FanOut { created, is_done: done })
    }

    async fn issue(&self, run: RunId) -> Result<Option<Issue>, StoreError> {
        let fields = ["a", "k", "f", "p", "su", "co", "c"];
        let cmd = self.command("HMGET", format_args!("run:{run}"), &fields);
        let found: Vec<Option<String>> = self.caller.command(&cmd).await?;
        let Some(fields) = found.into_iter().collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        let mut row = Row::new(fields);
        Ok(Some(Issue {
            run,
            account: AccountId::trusted(row.text()?),
            content_type: ContentTypeName::trusted(row.text()?),
            frequency: row.one_of(&Frequency::ALL)?,
            period: row.time()?,
            subject: row.subject()?,
            content: row.text()?,
            created_at: row.time()?,
        }))
    }

    async fn runs(
        &self,
        account: &AccountId,
        content_type: Option<&ContentTypeName>,
        page: &PageRequest,
    ) -> Result<Page<Run>, StoreError> {
        let call = self.caller.script(&scripts::RUNS).arg(account.as_str()).arg("page").arg(limit(page) + 1);
        let call = call.arg(number_after(page)?).arg(content_type.map_or("", ContentTypeName::as_str));
        let found: Vec<Vec<String>> = self.caller.call(call).await?;
        Ok(cut(page, found.into_iter().map(run).collect::<Result<_, _>>()?))
    }

    async fn run(&self, account: &AccountId, id: RunId) -> Result<Option<Run>, StoreError> {
        let call = self.caller.script(&scripts::RUNS).arg(account.as_str()).arg("one").arg(id.to_string());
        let found: Vec<Vec<String>> = self.caller.call(call).await?;
        found.into_iter().next().map(|fields| run(fields).map(|(_, run)| run)).transpose()
    }

    async fn undelivered(
        &self,
        account: &AccountId,
        run: RunId,
        page: &PageRequest,
    ) -> Result<Page<TaskView>, StoreError> {
        let call = self.caller.script(&scripts::UNDELIVERED).arg(account.as_str()).arg(run.to_string());
        let found: Vec<[String; 4]> = self.caller.call(call.arg(limit(page) + 1).arg(number_after(page)?)).await?;
        Ok(cut(page, found.into_iter().map(record::view).collect::<Result<_, _>>()?))
    }
}

/// Reads a series: `frequency account name` and `last period|since`.
fn series(fields: Vec<String>) -> Result<Series, StoreError> {
    let wrong = || broken("a series");
    let mut row = Row::new(fields);
    let (name, dealt) = (row.text()?, row.text()?);
    let mut parts = name.splitn(3, ' ').map(str::to_owned);
    let mut part = || parts.next().ok_or_else(wrong);
    let frequency = Row::new(vec![part()?]).one_of(&Frequency::ALL)?;
    let (account, content_type) = (AccountId::trusted(part()?), ContentTypeName::trusted(part()?));
    let (last, since) = dealt.split_once('|').ok_or_else(wrong)?;
    let mut times = Row::new(vec![last.to_owned(), since.to_owned()]);
    Ok(Series { account, content_type, frequency, last_period: times.maybe_time()?, since: times.time()? })
}

/// Reads a run, and its place in the list.
fn run(fields: Vec<String>) -> Result<(String, Run), StoreError> {
    let mut row = Row::new(fields);
    let id = RunId::from_text(&row.text()?).ok_or_else(|| broken("a run"))?;
    let place = row.text()?;
    let (content_type, frequency) = (ContentTypeName::trusted(row.text()?), row.one_of(&Frequency::ALL)?);
    let (period, done, created_at): (Timestamp, _, _) = (row.time()?, row.flag()?, row.time()?);
    let (total, succeeded, failed) = (row.number::<u64>()?, row.number()?, row.number()?);
    let (skipped, cancelled, uncertain) = (row.number()?, row.number()?, row.number()?);
    let ended: u64 = succeeded + failed + skipped + cancelled + uncertain;
    let waiting = total.saturating_sub(ended);
    let totals = RunTotals { total, succeeded, failed, skipped, cancelled, uncertain, waiting };
    Ok((place, Run { id, content_type, frequency, period, is_fanning_out: !done, totals, created_at }))
}
