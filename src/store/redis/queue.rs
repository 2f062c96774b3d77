//! The queue in Redis: each verb one call, many tasks a call.

use std::{sync::atomic::Ordering, time::Duration};

use async_trait::async_trait;

use super::{
    RedisStore,
    call::{Call, nonce},
    fault::broken,
    millis,
    row::{Row, cursor, cut, limit, place_of, task_after},
    script as scripts, view,
};
use crate::{
    domain::{
        AccountId, Attempt, IDEMPOTENCY_WINDOW, LANES, NewTask, Reason, State, Tag, TaskId, TaskType, Timestamp,
        Verdict, Work,
    },
    store::{
        Begin, Begun, Cancelled, Enqueue, Enqueued, Job, LeaseRequest, Leased, Page, PageRequest, Posted, Queue,
        Refusal, Retried, Settled, Settlement, StoreError, TaskFilter, TaskView,
    },
};

/// Calls that a page of a filtered list may cost; each looks at 2,000 tasks.
const LOOKS: u32 = 25;

#[async_trait]
impl Queue for RedisStore {
    async fn enqueue(&self, post: Enqueue) -> Result<Enqueued, StoreError> {
        let nonce = if post.idempotency.is_some() { nonce() } else { String::new() };
        let (key, digest) = post.idempotency.map(|key| (key.key, key.digest)).unwrap_or_default();
        let mut call = self.caller.script(&scripts::ENQUEUE).arg(post.account.as_str()).arg(key).arg(digest);
        let rules = post.rules;
        call = call.arg(millis(rules.ttl)).arg(millis(rules.cooldown)).arg(rules.attempts).arg(rules.per_hour);
        call = call.arg(millis(IDEMPOTENCY_WINDOW)).arg(nonce);
        for task in post.tasks {
            call = with_task(call, task)?;
        }
        let answers: Vec<String> = self.caller.call(call).await?;
        let mut answers = answers.into_iter();
        let kind = answers.next().unwrap_or_default();
        let posted = answers.map(|line| posted(&line)).collect::<Result<Vec<_>, _>>()?;
        match kind.as_str() {
            "A" => {
                self.wake.notify();
                Ok(Enqueued::Accepted(posted))
            }
            "R" => Ok(Enqueued::Replayed(posted)),
            "M" => Ok(Enqueued::Mismatch),
            _ => Err(broken("an answer")),
        }
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, StoreError> {
        let turn = self.turn.fetch_add(request.any.into(), Ordering::Relaxed);
        let call = self.caller.script(&scripts::LEASE).arg(request.any).arg(request.codes).arg(millis(request.lease));
        self.leased(call.arg(&request.shares(turn)).arg(0)).await
    }

    async fn lease_changes(&self, limit: u32, lease: Duration) -> Result<Vec<Leased>, StoreError> {
        let call = self.caller.script(&scripts::LEASE).arg(0).arg(0).arg(millis(lease));
        self.leased(call.arg(&[0, 0, 0]).arg(limit)).await
    }

    async fn extend(&self, leases: &[(TaskId, u64)], lease: Duration) -> Result<Vec<bool>, StoreError> {
        if leases.is_empty() {
            return Ok(Vec::new());
        }
        let mut call = self.caller.script(&scripts::EXTEND).arg(millis(lease));
        for (id, token) in leases {
            call = call.arg(id.to_string()).arg(token);
        }
        self.caller.call(call).await
    }

    async fn begin(&self, begins: &[Begin]) -> Result<Vec<Begun>, StoreError> {
        if begins.is_empty() {
            return Ok(Vec::new());
        }
        let mut call = self.caller.script(&scripts::BEGIN);
        for begin in begins {
            call = call.arg(begin.id.to_string()).arg(begin.token).arg(begin.not_after.millis());
        }
        let answers: Vec<u64> = self.caller.call(call).await?;
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
        if settlements.is_empty() {
            return Ok(Vec::new());
        }
        let mut call = self.caller.script(&scripts::SETTLE);
        let mut released = false;
        for settlement in settlements {
            released |= settlement.verdict == Verdict::Release;
            call = with_settlement(call, settlement)?;
        }
        let answers: Vec<bool> = self.caller.call(call).await?;
        if released {
            self.wake.notify();
        }
        Ok(answers.into_iter().map(|counts| if counts { Settled::Done } else { Settled::Stale }).collect())
    }

    async fn task(&self, account: &AccountId, id: TaskId) -> Result<Option<TaskView>, StoreError> {
        let call = self.caller.script(&scripts::SHOW).arg(account.as_str()).arg(id.to_string());
        let rows: Vec<Vec<String>> = self.caller.call(call).await?;
        rows.into_iter().next().map(|fields| view::read(fields).map(|(_, view)| view)).transpose()
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
            let (stopped, rows): (String, Vec<Vec<String>>) = self.caller.call(call).await?;
            found.extend(rows.into_iter().map(view::read).collect::<Result<Vec<_>, _>>()?);
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
    /// Calls the lease script and reads the work of what it leased.
    async fn leased(&self, call: Call) -> Result<Vec<Leased>, StoreError> {
        let (now, rows): (i64, Vec<Vec<String>>) = self.caller.call(call).await?;
        let leased_at = Timestamp::from_millis(now);
        // A newsletter mail has its run's.
        let posted = |fields: &[String]| fields.first().filter(|id| !id.starts_with('r')).cloned();
        let reads = rows.iter().filter_map(|fields| posted(fields)).map(|id| {
            let mut cmd = redis::cmd("HGET");
            cmd.arg(self.key(format_args!("t:{id}"))).arg("w");
            cmd
        });
        let works: Vec<Option<String>> = self.caller.commands(reads).await?;
        let mut works = works.into_iter();
        // One that cannot be read must not keep the others; its lease runs out, and it ends as poison.
        let report =
            |error: &StoreError| tracing::error!(%error, "a task in the store cannot be read; it will end as poison");
        let read = rows.into_iter().filter_map(|fields| {
            let work = posted(&fields).and_then(|_| works.next()?);
            leased(fields, work, leased_at).inspect_err(report).ok()
        });
        Ok(read.collect())
    }
}

/// Adds a task's eleven arguments.
fn with_task(call: Call, task: NewTask) -> Result<Call, StoreError> {
    if matches!(task.id, TaskId::Issue { .. }) {
        return Err(StoreError::Fault(format!("{} is no id of a posted task", task.id)));
    }
    let work = serde_json::to_string(&task.work)
        .map_err(|error| StoreError::Fault(format!("the work of {} cannot be kept: {error}", task.id)))?;
    let tags = task.tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(" ");
    let send_at = task.send_at.map(|at| at.millis().to_string()).unwrap_or_default();
    let kind = place_of(&TaskType::ALL, &task.work.task_type());
    let call = call.arg(task.id.to_string()).arg(task.name.as_str()).arg(kind).arg(task.recipient.as_str());
    let call = call.arg(task.retries).arg(send_at).arg(tags).arg(work);
    Ok(match task.work {
        Work::Message(_) => call.arg(&["", "", ""]),
        Work::Otp(mail) => call.arg(mail.purpose.as_str()).arg(mail.length.digits()).arg(""),
        Work::Subscribe { content_type, create, .. } => {
            let (subject, content) =
                create.as_ref().map(|(subject, content)| (subject.as_str(), content.as_str())).unwrap_or_default();
            call.arg(&[content_type.as_str(), subject, content])
        }
        Work::Unsubscribe { content_type } => call.arg(&[content_type.as_str(), "", ""]),
    })
}

/// Reads one line of an answer to a post.
fn posted(line: &str) -> Result<Posted, StoreError> {
    let (kind, value) = line.split_once(' ').unwrap_or((line, ""));
    let id = || TaskId::from_text(value).ok_or_else(|| broken("a task's id"));
    let wait_ms = || value.parse().map_err(|_| broken("a wait"));
    Ok(match kind {
        "1" => Posted::Accepted { id: id()?, state: State::Queued },
        "0" => Posted::Accepted { id: id()?, state: State::Scheduled },
        "u" => Posted::Refused(Refusal::UnknownContentType),
        "s" => Posted::Refused(Refusal::Suppressed),
        "c" => Posted::Refused(Refusal::Cooldown { wait_ms: wait_ms()? }),
        "l" => Posted::Refused(Refusal::RateLimited { wait_ms: wait_ms()? }),
        _ => return Err(broken("an answer")),
    })
}

/// Reads one leased task.
fn leased(fields: Vec<String>, work: Option<String>, leased_at: Timestamp) -> Result<Leased, StoreError> {
    let mut row = Row::new(fields);
    let (id, account, token) = (row.id()?, AccountId::trusted(row.text()?), row.number()?);
    let (lane, recipient) = (row.one_of(&LANES)?, row.address()?);
    let (retries, tries_used, failures) = (row.number()?, row.number()?, row.number()?);
    let (created_at, due_at, expires_at) = (row.time()?, row.time()?, row.maybe_time()?);
    let (duplicate_possible, alone, order) = (row.flag()?, row.flag()?, row.number()?);
    let work = work.unwrap_or_default();
    let job = match id {
        TaskId::Issue { run, .. } => Job::Issue(run),
        TaskId::Posted(_) => {
            Job::Posted { order, work: serde_json::from_str(&work).map_err(|_| broken("a task's work"))? }
        }
    };
    Ok(Leased {
        id,
        account,
        token,
        lane,
        recipient,
        retries,
        tries_used,
        failures,
        created_at,
        due_at,
        leased_at,
        expires_at,
        duplicate_possible,
        alone,
        job,
    })
}

/// Adds a settlement's eight arguments.
fn with_settlement(call: Call, settlement: &Settlement) -> Result<Call, StoreError> {
    let attempt = settlement.attempt.as_ref();
    let (verdict, value, flags) = match settlement.verdict {
        Verdict::Succeeded => ("S", String::new(), String::new()),
        Verdict::Retry { after, burns_try, duplicate_possible } => {
            let flag = |set: bool, name: &'static str| if set { name } else { "" };
            ("R", millis(after).to_string(), flag(burns_try, "b").to_owned() + flag(duplicate_possible, "d"))
        }
        Verdict::Failed { reason, suppress } => ("F", reason.to_string(), if suppress { "s" } else { "" }.to_owned()),
        Verdict::Skipped { reason } => ("K", reason.to_string(), String::new()),
        Verdict::Uncertain => ("U", String::new(), String::new()),
        Verdict::Release => ("L", String::new(), String::new()),
    };
    // Why an address is suppressed: the relay's words.
    let words = attempt.filter(|_| flags == "s").and_then(Attempt::reply).unwrap_or_else(|| value.clone());
    let packed = attempt.map(view::pack).transpose()?.unwrap_or_default();
    let outcome = attempt.map_or("", |attempt| attempt.outcome.as_str());
    let call = call.arg(settlement.id.to_string()).arg(settlement.token).arg(verdict).arg(value).arg(flags);
    Ok(call.arg(outcome).arg(packed).arg(words))
}
