//! Accepting posts.

use rusqlite::params;

use super::super::{
    codec::{Numbered as _, int, uint},
    fault::broken,
    sql::Sql as _,
    tx::{Counted, Tx},
};
use crate::{
    domain::{
        AccountId, CODES_WINDOW, CodeRules, ContentTypeName, IDEMPOTENCY_WINDOW, IdempotencyKey, Lane, NewTask,
        OtpMail, Purpose, State, Subject, TaskId, TaskType, Timestamp, Work,
    },
    store::{Enqueue, Enqueued, Posted, Refusal, StoreError},
};

/// A post made ready by its caller, so that the writing thread serialises nothing.
pub(super) struct Post {
    account: AccountId,
    idempotency: Option<IdempotencyKey>,
    rules: CodeRules,
    tasks: Vec<Row>,
}

/// The outcome as the writing thread gives it: a replay's answers are still text.
pub(super) enum Outcome {
    Accepted(Vec<Posted>),
    Replayed(String),
    Mismatch,
}

struct Row {
    id: TaskId,
    uuid: [u8; 16],
    kind: TaskType,
    lane: Lane,
    name: String,
    tags: Option<String>,
    recipient: String,
    key: String,
    retries: u8,
    send_at: Option<Timestamp>,
    work: String,
    code: Option<(Purpose, u8)>,
    content: Option<(ContentTypeName, Option<(Subject, String)>)>,
}

impl Outcome {
    /// The answer to the caller.
    pub(super) fn into_answer(self) -> Result<Enqueued, StoreError> {
        match self {
            Self::Accepted(posted) => Ok(Enqueued::Accepted(posted)),
            Self::Replayed(text) => {
                serde_json::from_str(&text).map(Enqueued::Replayed).map_err(|_| broken("an idempotent answer"))
            }
            Self::Mismatch => Ok(Enqueued::Mismatch),
        }
    }
}

impl Row {
    fn new(task: NewTask) -> Result<Self, StoreError> {
        let TaskId::Posted(uuid) = task.id else {
            return Err(StoreError::Fault(format!("{} is no id of a posted task", task.id)));
        };
        let work = serde_json::to_string(&task.work)
            .map_err(|error| StoreError::Fault(format!("the work of {} cannot be kept: {error}", task.id)))?;
        let tags = task.tags.iter().flat_map(|tag| [" ", tag.as_str()]).collect::<String>();
        let send_at = task.send_at();
        let (kind, lane) = (task.work.task_type(), task.work.lane());
        let (mut code, mut content) = (None, None);
        match task.work {
            Work::Otp(OtpMail { length, purpose, .. }) => code = Some((purpose, length.digits())),
            Work::Subscribe { content_type, create, .. } => content = Some((content_type, create)),
            Work::Unsubscribe { content_type } => content = Some((content_type, None)),
            Work::Message(_) => {}
        }
        Ok(Self {
            id: task.id,
            uuid: *uuid.as_bytes(),
            kind,
            lane,
            name: task.name.as_str().to_owned(),
            // A space before and after each, so that a tag is found whole; tags hold no spaces.
            tags: (!tags.is_empty()).then(|| tags + " "),
            key: task.recipient.key(),
            recipient: task.recipient.as_str().to_owned(),
            retries: task.retries,
            send_at,
            work,
            code,
            content,
        })
    }
}

impl Post {
    /// Makes a post ready.
    pub(super) fn new(post: Enqueue) -> Result<Self, StoreError> {
        let tasks = post.tasks.into_iter().map(Row::new).collect::<Result<_, _>>()?;
        Ok(Self { account: post.account, idempotency: post.idempotency, rules: post.rules, tasks })
    }

    /// Accepts it.
    pub(super) fn enqueue(&self, tx: &mut Tx<'_>) -> Result<Outcome, StoreError> {
        let owner = tx.owner(&self.account)?;
        if let Some(key) = &self.idempotency
            && let Some(outcome) = remembered(tx, owner, key)?
        {
            return Ok(outcome);
        }
        let posted = self.tasks.iter().map(|row| self.accept(tx, owner, row)).collect::<Result<Vec<_>, _>>()?;
        if let Some(key) = &self.idempotency
            && posted.iter().any(|each| matches!(each, Posted::Accepted { .. }))
        {
            remember(tx, owner, key, &posted)?;
        }
        Ok(Outcome::Accepted(posted))
    }

    fn accept(&self, tx: &mut Tx<'_>, owner: i64, row: &Row) -> Result<Posted, StoreError> {
        let stored = tx.conn.first("SELECT state FROM task WHERE uuid = ?1", [row.uuid], |row| Ok(row.get(0)?))?;
        if let Some(state) = stored {
            let waits = State::of_number(state)? == State::Scheduled;
            return Ok(Posted::Accepted { id: row.id, state: if waits { State::Scheduled } else { State::Queued } });
        }
        if let Some(refusal) = self.refusal(tx, owner, row)? {
            return Ok(Posted::Refused(refusal));
        }
        let due = row.send_at.map_or(tx.now, |at| at.max(tx.now));
        let state = if due > tx.now { State::Scheduled } else { State::Queued };
        let expires = row.code.is_some().then(|| tx.now.plus(self.rules.ttl));
        let ord = tx.next_ord()?;
        tx.conn.run(
            "INSERT INTO task (ord, owner, kind, lane, state, at, created, due, recipient, retries, uuid, expires,
             name, tags) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                ord,
                owner,
                row.kind.number(),
                row.lane.number(),
                state.number(),
                due.millis(),
                tx.now.millis(),
                row.recipient,
                row.retries,
                row.uuid,
                expires.map(Timestamp::millis),
                row.name,
                row.tags
            ],
        )?;
        tx.conn.run("INSERT INTO work (ord, body) VALUES (?1, ?2)", params![ord, row.work])?;
        if let (Some((purpose, length)), Some(expires)) = (&row.code, expires) {
            keep_code(tx, owner, ord, row, purpose, *length, expires)?;
        }
        tx.moved(Counted { kind: row.kind, lane: row.lane, run: None }, None, Some(state));
        tx.wake = true;
        Ok(Posted::Accepted { id: row.id, state })
    }

    /// Why the task is not taken. Creates the content type it brings.
    fn refusal(&self, tx: &Tx<'_>, owner: i64, row: &Row) -> Result<Option<Refusal>, StoreError> {
        if let Some((name, create)) = &row.content {
            if tx.conn.any("SELECT 1 FROM content WHERE owner = ?1 AND name = ?2", params![owner, name.as_str()])? {
                return Ok(None);
            }
            let Some((subject, content)) = create else {
                return Ok(Some(Refusal::UnknownContentType));
            };
            super::super::contents::create(tx, owner, name, subject, content)?;
            return Ok(None);
        }
        if tx.conn.any("SELECT 1 FROM suppression WHERE owner = ?1 AND email = ?2", params![owner, row.key])? {
            return Ok(Some(Refusal::Suppressed));
        }
        match &row.code {
            Some((purpose, _)) => self.code_refusal(tx, owner, &row.key, purpose),
            None => Ok(None),
        }
    }

    fn code_refusal(
        &self,
        tx: &Tx<'_>,
        owner: i64,
        key: &str,
        purpose: &Purpose,
    ) -> Result<Option<Refusal>, StoreError> {
        let wait_ms = |end: Timestamp| u64::try_from(end.since(tx.now).as_millis()).unwrap_or(u64::MAX);
        let newest = tx.conn.first(
            "SELECT wrong, first_wrong, sent FROM code WHERE owner = ?1 AND recipient = ?2 AND purpose = ?3",
            params![owner, key, purpose.as_str()],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, i64>(2)?)),
        )?;
        if let Some((wrong, first_wrong, sent)) = newest {
            let lock_end = first_wrong.map(|at| Timestamp::from_millis(at).plus(self.rules.ttl));
            if let Some(end) = lock_end.filter(|end| uint(wrong) >= self.rules.attempts.into() && tx.now < *end) {
                return Ok(Some(Refusal::RateLimited { wait_ms: wait_ms(end) }));
            }
            let rested = Timestamp::from_millis(sent).plus(self.rules.cooldown);
            // A clock that was set back must not turn the cool-down into hours.
            if tx.now < rested && tx.now.millis() >= sent {
                return Ok(Some(Refusal::Cooldown { wait_ms: wait_ms(rested) }));
            }
        }
        // The oldest of as many codes as an hour may have: while it is in the hour, there is room for none.
        let oldest = tx.conn.first(
            "SELECT at FROM code_sent WHERE owner = ?1 AND recipient = ?2 AND at > ?3
             ORDER BY at DESC, ord DESC LIMIT 1 OFFSET ?4",
            params![owner, key, tx.now.minus(CODES_WINDOW).millis(), int(u64::from(self.rules.per_hour.max(1)) - 1)],
            |row| Ok(row.get(0)?),
        )?;
        let limited = oldest.map(|at| wait_ms(Timestamp::from_millis(at).plus(CODES_WINDOW)));
        Ok(limited.map(|wait_ms| Refusal::RateLimited { wait_ms }))
    }
}

/// What the store remembers under the key.
fn remembered(tx: &Tx<'_>, owner: i64, key: &IdempotencyKey) -> Result<Option<Outcome>, StoreError> {
    let found = tx.conn.first(
        "SELECT digest, answers FROM idempotency WHERE owner = ?1 AND key = ?2 AND created > ?3",
        params![owner, key.key, tx.now.minus(IDEMPOTENCY_WINDOW).millis()],
        |row| Ok((row.get::<_, String>(0)?, row.get(1)?)),
    )?;
    Ok(found.map(|(digest, answers)| if digest == key.digest { Outcome::Replayed(answers) } else { Outcome::Mismatch }))
}

fn remember(tx: &Tx<'_>, owner: i64, key: &IdempotencyKey, posted: &[Posted]) -> Result<(), StoreError> {
    let answers = serde_json::to_string(posted)
        .map_err(|error| StoreError::Fault(format!("an answer cannot be kept: {error}")))?;
    tx.conn.run(
        "INSERT OR REPLACE INTO idempotency (owner, key, digest, answers, created) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![owner, key.key, key.digest, answers, tx.now.millis()],
    )?;
    Ok(())
}

/// Makes the task's code the newest of its key. The wrong tries stay: a resend must not reset them.
fn keep_code(
    tx: &Tx<'_>,
    owner: i64,
    ord: i64,
    row: &Row,
    purpose: &Purpose,
    length: u8,
    expires: Timestamp,
) -> Result<(), StoreError> {
    let now = tx.now.millis();
    tx.conn.run(
        "INSERT INTO code (owner, recipient, purpose, task, length, sent, expires, used, wrong)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0) ON CONFLICT DO UPDATE SET task = excluded.task,
         length = excluded.length, sent = excluded.sent, expires = excluded.expires, used = 0",
        params![owner, row.key, purpose.as_str(), row.uuid, length, now, expires.millis()],
    )?;
    tx.conn.run(
        "INSERT INTO code_sent (owner, recipient, at, ord) VALUES (?1, ?2, ?3, ?4)",
        params![owner, row.key, now, ord],
    )?;
    Ok(())
}
