//! The queue in Redis: each verb one call, many tasks a call.

use std::{iter, sync::atomic::Ordering, time::Duration};

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
        Begin, Begun, Cancelled, Enqueue, Enqueued, LEASED_BYTES, LeaseRequest, Leased, OUTBOX_MAX, Page, PageRequest,
        Pruned, Queue, RUN_RETENTION, Retried, Settled, Settlement, StoreError, TaskFilter, TaskView, lost,
    },
};

/// Most tasks per call: Lua's `unpack` takes a few thousand values, and a script blocks the whole server.
const TASKS_PER_CALL: usize = 1000;
/// Tasks that one call leases at most, of any lane and of codes each. Whoever has room for more comes again.
const LEASED_PER_CALL: u32 = 256;
/// Works read per command: they may be large, and each reply must arrive before the timeout.
const WORKS_PER_READ: usize = 64;
/// Calls that a page of a filtered list may cost; each looks at 2,000 tasks.
const CALLS_PER_PAGE: u32 = 25;

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
        let request = LeaseRequest {
            any: request.any.min(LEASED_PER_CALL),
            codes: request.codes.min(LEASED_PER_CALL),
            ..request
        };
        let turn = self.turn.fetch_add(request.any.into(), Ordering::Relaxed);
        self.leased(request, request.shares(turn), 0).await
    }

    async fn lease_changes(&self, limit: u32, lease: Duration) -> Result<Vec<Leased>, StoreError> {
        self.leased(LeaseRequest { any: 0, codes: 0, lease }, [0; 3], limit.min(LEASED_PER_CALL)).await
    }

    async fn extend(&self, leases: &[(TaskId, u64)], lease: Duration) -> Result<Vec<bool>, StoreError> {
        let mut extended = Vec::with_capacity(leases.len());
        for leases in leases.chunks(TASKS_PER_CALL) {
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
        for begins in begins.chunks(TASKS_PER_CALL) {
            let ends = begins.iter().map(|begin| begin.not_after.millis());
            let all = ends.clone().map(|end| end.to_string()).collect::<Vec<_>>().join(" ");
            let mut call = self.caller.script(&scripts::BEGIN).arg(ends.min()).arg(all);
            for begin in begins {
                call = call.arg(begin.id.to_string()).arg(begin.token);
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
        for settlements in settlements.chunks(TASKS_PER_CALL) {
            let mut call = self.caller.script(&scripts::SETTLE);
            for settlement in settlements {
                call = self.with_settlement(call, settlement)?;
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
        for _ in 0..CALLS_PER_PAGE {
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

    async fn prune(&self, limit: u32) -> Result<Pruned, StoreError> {
        let call = self
            .caller
            .script(&scripts::PRUNE)
            .arg(limit)
            .arg(millis(self.retention))
            .arg(OUTBOX_MAX)
            .arg(millis(RUN_RETENTION));
        let (tasks, has_more) = self.caller.call(call).await?;
        Ok(Pruned { tasks, has_more })
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
    /// Leases, then reads the tasks with plain commands: Lua would copy every string.
    async fn leased(&self, request: LeaseRequest, shares: [u32; 3], changes: u32) -> Result<Vec<Leased>, StoreError> {
        let call = |as_it_is: bool| {
            let call =
                self.caller.script(&scripts::LEASE).arg(request.any).arg(request.codes).arg(millis(request.lease));
            self.caller.call::<(i64, i64, Vec<String>)>(
                call.arg(&shares).arg(changes).arg(u8::from(as_it_is)).arg(LEASED_BYTES),
            )
        };
        let mut answer = call(false).await?;
        if answer.1 < 0 {
            let (now, taken): (i64, Vec<String>) = self.caller.call(self.caller.script(&scripts::PROMOTE)).await?;
            let now = Timestamp::from_millis(now);
            lost::tell(taken.as_chunks().0.iter().map(|[id, mark, record]| record::lost(id, mark, record, now)));
            answer = call(true).await?;
        }
        let (now, token, ids) = answer;
        let (leased_at, token) = (Timestamp::from_millis(now), u64::try_from(token).unwrap_or(0));
        let mut all = Vec::with_capacity(ids.len());
        for (at, chunk) in (0..).step_by(WORKS_PER_READ).zip(ids.chunks(WORKS_PER_READ)) {
            // A newsletter mail has its run's work.
            let is_posted = |id: &str| !id.starts_with('r');
            let keys = chunk.iter().flat_map(|id| {
                let work = is_posted(id).then(|| self.key(format_args!("w:{id}")));
                iter::once(self.key(format_args!("t:{id}"))).chain(work)
            });
            let keys: Vec<String> = keys.collect();
            let mut texts = match self.caller.command::<Vec<Option<String>>>(redis::cmd("MGET").arg(keys)).await {
                Ok(texts) => texts.into_iter(),
                Err(error) => {
                    self.give_back(&ids[at..], token).await;
                    if all.is_empty() {
                        return Err(error);
                    }
                    tracing::warn!(error.message = %error, "some of the leased tasks cannot be read now");
                    break;
                }
            };
            for id in chunk {
                let record = texts.next().flatten();
                let work = if is_posted(id) { texts.next().flatten() } else { None };
                match self.read_leased(id, token, record, work.as_deref(), leased_at) {
                    Ok(leased) => all.extend(leased),
                    // It must not keep the others; its lease runs out, and unless it has succeeded meanwhile, it ends as
                    // poison.
                    Err(error) => tracing::error!(error.message = %error, "a task in the store cannot be read"),
                }
            }
        }
        Ok(all)
    }

    /// Ends the leases of tasks that could not be read: left to run out, each would count as the loss of a worker.
    async fn give_back(&self, ids: &[String], token: u64) {
        let release = |id| Settlement { id, token, verdict: Verdict::Release, attempt: None };
        let releases: Vec<_> = ids.iter().filter_map(|id| TaskId::from_text(id)).map(release).collect();
        if let Err(error) = self.settle(&releases).await {
            tracing::debug!(error.message = %error, "the leases of tasks that cannot be read run out");
        }
    }

    fn read_leased(
        &self,
        id: &str,
        token: u64,
        record: Option<String>,
        work: Option<&str>,
        leased_at: Timestamp,
    ) -> Result<Option<Leased>, StoreError> {
        let id = TaskId::from_text(id).ok_or_else(|| broken("a task's id"))?;
        let record = record.ok_or_else(|| broken("a leased task without its record"))?;
        let leased = record::leased(id, token, &record, work, leased_at)?;
        if leased.is_some() {
            self.known.keep(id, token, record);
        }
        Ok(leased)
    }

    /// Adds a settlement's four arguments.
    fn with_settlement(&self, call: Call, settlement: &Settlement) -> Result<Call, StoreError> {
        let attempt = settlement.attempt.as_ref();
        let packed = attempt.map(record::pack).transpose()?.unwrap_or_default();
        let record = self.known.take(settlement.id, settlement.token);
        let call = call.arg(settlement.id.to_string()).arg(settlement.token);
        let verdict = match (settlement.verdict, attempt, record) {
            (Verdict::Succeeded, Some(attempt), Some(record)) => {
                let (kind, delivered) = record::delivered(&record, settlement.token, attempt.finished_at, &packed)?;
                let verdict = format!("D {} {kind} {}", settlement.token, attempt.outcome);
                return Ok(call.arg(verdict).arg(delivered));
            }
            (verdict, attempt, _) => text_of(verdict, attempt),
        };
        Ok(call.arg(verdict).arg(packed))
    }
}

/// A verdict as `lua/settle.lua` takes it.
fn text_of(verdict: Verdict, attempt: Option<&Attempt>) -> String {
    match verdict {
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
    }
}
