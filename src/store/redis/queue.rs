//! The queue in Redis: each verb one call, many tasks a call.

use std::{sync::atomic::Ordering, time::Duration};

use async_trait::async_trait;

use super::{
    RedisStore,
    call::Call,
    fault::broken,
    millis, record,
    row::{Row, cursor, cut, limit, place_of, task_after},
    script as scripts,
};
use crate::{
    domain::{AccountId, Attempt, Reason, State, TaskId, TaskType, Timestamp, Verdict},
    store::{
        Begin, Begun, Cancelled, Enqueue, Enqueued, LeaseRequest, Leased, Page, PageRequest, Queue, Retried, Settled,
        Settlement, StoreError, TaskFilter, TaskView,
    },
};

/// Tasks of one call: Lua takes a few thousand values at once, and a server that runs a script does nothing else.
const TOGETHER: usize = 1000;
/// Tasks that one call leases at most, of any lane and of codes each. Whoever has room for more comes again.
const LEASED: u32 = 256;
/// Works read by one command: they may be large, and all must come in time.
const WORKS: usize = 64;
/// Calls that a page of a filtered list may cost; each looks at 2,000 tasks.
const LOOKS: u32 = 25;

#[async_trait]
impl Queue for RedisStore {
    async fn enqueue(&self, post: Enqueue) -> Result<Enqueued, StoreError> {
        let enqueued = self.posts.accept(post).await?;
        if matches!(enqueued, Enqueued::Accepted(_)) {
            self.wake.notify();
        }
        Ok(enqueued)
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, StoreError> {
        let request = LeaseRequest { any: request.any.min(LEASED), codes: request.codes.min(LEASED), ..request };
        let turn = self.turn.fetch_add(request.any.into(), Ordering::Relaxed);
        let call = self.caller.script(&scripts::LEASE).arg(request.any).arg(request.codes).arg(millis(request.lease));
        self.leased(call.arg(&request.shares(turn)).arg(0)).await
    }

    async fn lease_changes(&self, limit: u32, lease: Duration) -> Result<Vec<Leased>, StoreError> {
        let call = self.caller.script(&scripts::LEASE).arg(0).arg(0).arg(millis(lease));
        self.leased(call.arg(&[0, 0, 0]).arg(limit.min(LEASED))).await
    }

    async fn extend(&self, leases: &[(TaskId, u64)], lease: Duration) -> Result<Vec<bool>, StoreError> {
        let mut extended = Vec::with_capacity(leases.len());
        for leases in leases.chunks(TOGETHER) {
            let mut call = self.caller.script(&scripts::EXTEND).arg(millis(lease));
            for (id, token) in leases {
                call = call.arg(id.to_string()).arg(token);
            }
            extended.extend(self.caller.call::<Vec<bool>>(call).await?);
        }
        Ok(extended)
    }

    async fn begin(&self, begins: &[Begin]) -> Result<Vec<Begun>, StoreError> {
        let mut answers: Vec<u64> = Vec::with_capacity(begins.len());
        for begins in begins.chunks(TOGETHER) {
            let mut call = self.caller.script(&scripts::BEGIN);
            for begin in begins {
                call = call.arg(begin.id.to_string()).arg(begin.token).arg(begin.not_after.millis());
            }
            answers.extend(self.caller.call::<Vec<u64>>(call).await?);
        }
        let begun = answers.into_iter().map(|answer| match answer {
            0 => Ok(Begun::Go),
            1 => Ok(Begun::Stale),
            2 => Ok(Begun::Late),
            3 => Ok(Begun::Skip(Reason::Suppressed)),
            4 => Ok(Begun::Skip(Reason::Unsubscribed)),
            _ => Err(broken("an answer")),
        });
        begun.collect()
    }

    async fn settle(&self, settlements: &[Settlement]) -> Result<Vec<Settled>, StoreError> {
        let mut answers: Vec<bool> = Vec::with_capacity(settlements.len());
        // A call that fails after others went well: all are repeated, which harms nothing.
        for settlements in settlements.chunks(TOGETHER) {
            let mut call = self.caller.script(&scripts::SETTLE);
            for settlement in settlements {
                call = with_settlement(call, settlement)?;
            }
            answers.extend(self.caller.call::<Vec<bool>>(call).await?);
        }
        if settlements.iter().any(|settlement| settlement.verdict == Verdict::Release) {
            self.wake.notify();
        }
        Ok(answers.into_iter().map(|counts| if counts { Settled::Done } else { Settled::Stale }).collect())
    }

    async fn task(&self, account: &AccountId, id: TaskId) -> Result<Option<TaskView>, StoreError> {
        let call = self.caller.script(&scripts::SHOW).arg(account.as_str()).arg(id.to_string());
        let rows: Vec<[String; 4]> = self.caller.call(call).await?;
        rows.into_iter().next().map(|row| record::view(row).map(|(_, task)| task)).transpose()
    }

    async fn tasks(
        &self,
        account: &AccountId,
        filter: &TaskFilter,
        page: &PageRequest,
    ) -> Result<Page<TaskView>, StoreError> {
        let state = filter.state.map(|state| place_of(&State::ALL, &state).to_string());
        let kind = filter.task_type.map(|kind| place_of(&TaskType::ALL, &kind).to_string());
        let text = |text: Option<String>| text.unwrap_or_default();
        let tag = filter.tag.as_ref().map(|tag| tag.as_str().to_owned());
        let filters = [text(state), text(kind), text(filter.recipient.clone()), text(tag)];
        let wanted = limit(page) + 1;
        let mut place = task_after(page)?;
        let mut found = Vec::new();
        for _ in 0..LOOKS {
            let (score, id) = place.split_once(' ').unwrap_or_default();
            let call = self.caller.script(&scripts::LIST).arg(account.as_str()).arg(wanted - found.len());
            let call = call.arg(score).arg(id).arg(&filters);
            let (stopped, rows): (String, Vec<[String; 4]>) = self.caller.call(call).await?;
            found.extend(rows.into_iter().map(record::view).collect::<Result<Vec<_>, _>>()?);
            if stopped.is_empty() || found.len() >= wanted {
                return Ok(cut(page, found));
            }
            place = stopped;
        }
        // A filter that fits next to nothing: the page is short, and its cursor goes on from here.
        Ok(Page { items: found.into_iter().map(|(_, view)| view).collect(), next_cursor: Some(cursor(&place)) })
    }

    async fn cancel(&self, account: &AccountId, id: TaskId) -> Result<Cancelled, StoreError> {
        let call = self.caller.script(&scripts::CANCEL).arg(account.as_str()).arg(id.to_string());
        let answer: String = self.caller.call(call).await?;
        Ok(match answer.as_str() {
            "D" => Cancelled::Done,
            "" => Cancelled::Unknown,
            state => Cancelled::Not(Row::new(vec![state.to_owned()]).one_of(&State::ALL)?),
        })
    }

    async fn retry(&self, account: &AccountId, id: TaskId) -> Result<Retried, StoreError> {
        let call = self.caller.script(&scripts::RETRY).arg(account.as_str()).arg(id.to_string());
        let answer: String = self.caller.call(call).await?;
        Ok(match answer.as_str() {
            "D" => {
                self.wake.notify();
                Retried::Done
            }
            "" => Retried::Unknown,
            state => Retried::Not(Row::new(vec![state.to_owned()]).one_of(&State::ALL)?),
        })
    }

    async fn prune(&self, limit: u32) -> Result<u64, StoreError> {
        self.caller.call(self.caller.script(&scripts::PRUNE).arg(limit).arg(millis(self.retention))).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let next: String = self.caller.call(self.caller.script(&scripts::DUE)).await?;
        if next.is_empty() {
            return Ok(None);
        }
        next.parse().map(|at| Some(Timestamp::from_millis(at))).map_err(|_| broken("a time"))
    }
}

impl RedisStore {
    /// Calls the lease script and reads the work of what it leased: long texts are a burden to Lua.
    async fn leased(&self, call: Call) -> Result<Vec<Leased>, StoreError> {
        let (now, last_token, batch): (i64, u64, Vec<String>) = self.caller.call(call).await?;
        let leased_at = Timestamp::from_millis(now);
        let (pairs, _) = batch.as_chunks::<2>();
        // A newsletter mail has its run's.
        let is_posted = |id: &str| !id.starts_with('r');
        let keys: Vec<String> =
            pairs.iter().filter(|[id, _]| is_posted(id)).map(|[id, _]| self.key(format_args!("w:{id}"))).collect();
        let mut works: Vec<Option<String>> = Vec::with_capacity(keys.len());
        for keys in keys.chunks(WORKS) {
            works.extend(self.caller.command::<Vec<Option<String>>>(redis::cmd("MGET").arg(keys)).await?);
        }
        let mut works = works.into_iter();
        let mut all = Vec::with_capacity(pairs.len());
        for ([id, record], token) in pairs.iter().zip(last_token + 1 - pairs.len() as u64..) {
            let work = if is_posted(id) { works.next().flatten() } else { None };
            let id = TaskId::from_text(id).ok_or_else(|| broken("a task's id"));
            match id.and_then(|id| record::leased(id, token, record, work.as_deref(), leased_at)) {
                Ok(leased) => all.push(leased),
                // It must not keep the others; its lease runs out, and unless it has succeeded meanwhile, it ends as poison.
                Err(error) => tracing::error!(error.message = %error, "a task in the store cannot be read"),
            }
        }
        Ok(all)
    }
}

/// Adds a settlement's four arguments.
fn with_settlement(call: Call, settlement: &Settlement) -> Result<Call, StoreError> {
    let attempt = settlement.attempt.as_ref();
    let verdict = match settlement.verdict {
        Verdict::Succeeded => "S".to_owned(),
        Verdict::Retry { after, burns_try, duplicate_possible } => {
            let flag = |set: bool, name: &'static str| if set { name } else { "" };
            format!("R {} {}{}", millis(after), flag(burns_try, "b"), flag(duplicate_possible, "d"))
        }
        // Why an address is suppressed: the relay's words.
        Verdict::Failed { reason, suppress: true } => {
            format!("F {reason} {}", attempt.and_then(Attempt::reply).unwrap_or_else(|| reason.to_string()))
        }
        Verdict::Failed { reason, suppress: false } => format!("F {reason}"),
        Verdict::Skipped { reason } => format!("K {reason}"),
        Verdict::Uncertain => "U".to_owned(),
        Verdict::Release => "L".to_owned(),
    };
    let packed = attempt.map(record::pack).transpose()?.unwrap_or_default();
    Ok(call.arg(settlement.id.to_string()).arg(settlement.token).arg(verdict).arg(packed))
}
