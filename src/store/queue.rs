//! The queue's verbs: enqueue, lease, extend, begin, settle; and what owners and operators do to tasks.

use std::time::Duration;

use async_trait::async_trait;

use super::{Page, PageRequest, StoreError};
use crate::domain::{
    AccountId, Address, Attempt, CodeRules, IdempotencyKey, Lane, LaneShares, NewTask, Reason, RunId, State, Tag,
    TaskId, TaskName, TaskType, Timestamp, Verdict, Work,
};

/// A post: one task or a batch, accepted in one step.
#[derive(Debug, Clone)]
pub struct Enqueue {
    /// Who posts.
    pub account: AccountId,
    /// The tasks, in the order posted.
    pub tasks: Vec<NewTask>,
    /// The client's idempotency key.
    pub idempotency: Option<IdempotencyKey>,
    /// The limits on one-time codes.
    pub rules: CodeRules,
}

/// What became of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enqueued {
    /// One answer per task, in order. Durable.
    Accepted(Vec<Posted>),
    /// The key was seen with the same digest: the first answers again, and nothing new stored.
    Replayed(Vec<Posted>),
    /// The key was seen with another digest: nothing stored.
    Mismatch,
}

/// What became of one task of a post.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Posted {
    /// Stored.
    Accepted {
        /// Its id: that of the [`NewTask`], or of the first post when replayed.
        id: TaskId,
        /// `queued`, or `scheduled` when first due later.
        state: State,
    },
    /// Not stored.
    Refused(Refusal),
}

/// Why the store did not take a well-formed task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Refusal {
    /// `subscribe`/`unsubscribe` names a content type the account does not have (and does not bring).
    UnknownContentType,
    /// The recipient of a `message` or `generateOtp` is suppressed.
    Suppressed,
    /// A code for the same account, address and purpose was accepted less than the cool-down ago.
    Cooldown {
        /// How long until it is over.
        wait_ms: u64,
    },
    /// Too many codes for the recipient in an hour, or locked by wrong tries (the lock goes before the cool-down).
    RateLimited {
        /// How long until one is taken again.
        wait_ms: u64,
    },
}

/// Most bytes of works per lease; a larger work comes alone. A thousand attachments must neither fill a worker's memory
/// nor take longer to read than a store call may.
pub const LEASED_BYTES: usize = 16 * 1024 * 1024;

/// What a worker asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseRequest {
    /// How many tasks of any lane, by [`LaneShares`]; what a lane cannot fill goes to the others, most urgent first.
    pub any: u32,
    /// How many further tasks of the otp lane only.
    pub codes: u32,
    /// How long the lease is.
    pub lease: Duration,
}

/// A task in a worker's hands.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    /// The task.
    pub id: TaskId,
    /// Its owner.
    pub account: AccountId,
    /// Fencing token; grows with every lease of this task.
    pub token: u64,
    /// Its lane.
    pub lane: Lane,
    /// Who it is for.
    pub recipient: Address,
    /// Tries after the first that its owner allowed.
    pub retries: u8,
    /// Tries used up so far.
    pub tries_used: u32,
    /// Failed attempts so far, those included that used up no try.
    pub failures: u32,
    /// When it was accepted: the mail's `Date`, unless it was posted for later.
    pub created_at: Timestamp,
    /// When it was first due (or put back by an operator): what its age counts from.
    pub due_at: Timestamp,
    /// The store's clock at the lease.
    pub leased_at: Timestamp,
    /// A code's end; `None` for everything else.
    pub expires_at: Option<Timestamp>,
    /// An earlier attempt may have reached the relay.
    pub duplicate_possible: bool,
    /// Reclaimed 3 times: handle it with nothing else in flight. Such a task is the only one of its batch.
    pub is_suspect: bool,
    /// Size of its work as the store keeps it, in bytes; 0 for a newsletter mail.
    pub bytes: usize,
    /// What to do.
    pub job: Job,
}

/// What a leased task asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Job {
    /// A posted task.
    Posted {
        /// Its place in the order of acceptance, for subscription changes.
        order: u64,
        /// Its work.
        work: Work,
    },
    /// The mail of a run; subject and content come from [`super::Newsletters::issue`].
    Issue(RunId),
}

/// Asks whether DATA may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begin {
    /// The task.
    pub id: TaskId,
    /// The lease's token.
    pub token: u64,
    /// From this moment on it must not be sent: a code's end, or due + maximum age.
    pub not_after: Timestamp,
}

/// Whether DATA may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Yes; the mark is written and survives the process.
    Go,
    /// The lease has ended, is someone else's by now, or the task was cancelled: drop the task, settle nothing.
    Stale,
    /// No: `not_after` has come.
    Late,
    /// No: the address is suppressed, or the subscription ended or changed (sequence differs).
    Skip(Reason),
}

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Settlement {
    /// The task.
    pub id: TaskId,
    /// The lease's token.
    pub token: u64,
    /// What becomes of it.
    pub verdict: Verdict,
    /// The attempt, recorded in the same step; `n` is set by the store. `None`: nothing was tried.
    pub attempt: Option<Attempt>,
}

/// Whether a settlement counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It counts (also when this token had settled the task before: a repeated call is harmless).
    Done,
    /// The token is stale, the task unknown, or its end final: nothing changed.
    Stale,
}

/// A task as its owner sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskView {
    /// Its id.
    pub id: TaskId,
    /// The client's name for it; a newsletter mail is named after its content type.
    pub name: TaskName,
    /// Its type.
    pub task_type: TaskType,
    /// Its lane.
    pub lane: Lane,
    /// Its state.
    pub state: State,
    /// Who it is for.
    pub recipient: Address,
    /// Tries after the first.
    pub retries: u8,
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
    /// When it is next due, while it waits (`scheduled`, `queued`, `retrying`).
    pub next_attempt_at: Option<Timestamp>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Why it ended so.
    pub reason: Option<Reason>,
    /// Whether the mail may be there twice.
    pub duplicate_possible: bool,
    /// Its labels.
    pub tags: Vec<Tag>,
}

/// Which tasks are listed; all conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// In this state.
    pub state: Option<State>,
    /// Of this type.
    pub task_type: Option<TaskType>,
    /// For this recipient ([`Address::key`]).
    pub recipient: Option<String>,
    /// With this label.
    pub tag: Option<Tag>,
}

/// What one step of pruning did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pruned {
    /// Tasks that are gone.
    pub tasks: u64,
    /// A kind reached the limit: there may be more of it.
    pub has_more: bool,
}

/// The result of a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// It is cancelled now.
    Done,
    /// It has begun or ended; its state.
    Not(State),
    /// The account has no such task.
    Unknown,
}

/// The result of a manual retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retried {
    /// It is queued again, with all its tries; its age counts from now.
    Done,
    /// It is neither `failed` nor `uncertain`; its state.
    Not(State),
    /// The account has no such task.
    Unknown,
}

/// The queue.
///
/// Laws: a task is leased by one worker at a time; within a lane the oldest due goes first; nothing accepted is lost
/// by a crash at any point; every task ends in one state, and [`super::Stats`] change in the same step.
///
/// Every method's error is [`StoreError::Unavailable`] when the backend cannot be reached (then nothing happened, or
/// it happened whole: the verbs may be repeated) and [`StoreError::Fault`] for a fault of ours.
#[async_trait]
pub trait Queue {
    /// Accepts a post. Durable when it returns `Accepted`.
    ///
    /// Each task is judged alone: a refused one harms no other. A `subscribe` that brings subject and content creates
    /// a missing content type in the same step. Codes: the accepted one becomes the newest of its
    /// (account, address, purpose). A remembered idempotency key is answered first, before any cool-down; a post of
    /// which no task was accepted, or that has none, is not remembered. Accepting the same task id twice stores it once.
    ///
    /// # Errors
    /// See [`Queue`]; then nothing may be answered with 200.
    async fn enqueue(&self, post: Enqueue) -> Result<Enqueued, StoreError>;

    /// Leases due tasks, oldest first within a lane; see [`LeaseRequest`].
    ///
    /// First promotes what is due (`scheduled`, `retrying` → `queued`) and takes back expired leases: without a mark,
    /// back to `queued` and one reclaim more (4 → `failed: poison`); with a mark, `message` → `retrying`, due in
    /// 15 min with `duplicate_possible` (a second time `uncertain`), a code or newsletter mail → `uncertain`; the
    /// lost attempt is recorded with outcome `lost`. A task reclaimed 3 times comes alone ([`Leased::is_suspect`]).
    ///
    /// A leased task is invisible to others until `now + lease`. Empty, not an error, when nothing is due; fewer than asked
    /// for when their works are large ([`LEASED_BYTES`]).
    /// Subscription changes carry their order. Cancel safe: what was leased unseen comes back when its lease ends.
    ///
    /// # Errors
    /// See [`Queue`].
    async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, StoreError>;

    /// Leases at most `limit` queued subscription changes, oldest first, and nothing else: they need no relay. All else is
    /// as with [`Queue::lease`].
    ///
    /// # Errors
    /// See [`Queue`].
    async fn lease_changes(&self, limit: u32, lease: Duration) -> Result<Vec<Leased>, StoreError>;

    /// Puts the end of these leases at `now + lease`; `false` for a stale token and for a lease that has ended, also when
    /// nobody has taken the task back yet.
    ///
    /// # Errors
    /// See [`Queue`].
    async fn extend(&self, leases: &[(TaskId, u64)], lease: Duration) -> Result<Vec<bool>, StoreError>;

    /// Marks, right before DATA, that the mail may be out from now on, unless it must not be sent.
    ///
    /// The mark survives the death of every gomail process, so it need not wait for a disk sync. A lease that has ended is
    /// [`Begun::Stale`] and gets no mark, also when nobody has taken the task back yet.
    ///
    /// # Errors
    /// See [`Queue`]; then DATA must not begin.
    async fn begin(&self, begins: &[Begin]) -> Result<Vec<Begun>, StoreError>;

    /// Ends attempts. Durable when it returns.
    ///
    /// A stale token is refused, except that [`Verdict::Succeeded`] always counts: the mail is out. `suppress` adds
    /// the recipient to the owner's suppressions in the same step. `Release` also takes the mark back.
    ///
    /// # Errors
    /// See [`Queue`]; the settlement may be repeated.
    async fn settle(&self, settlements: &[Settlement]) -> Result<Vec<Settled>, StoreError>;

    /// The account's task with every attempt; `None` when it has none of that id.
    ///
    /// # Errors
    /// See [`Queue`].
    async fn task(&self, account: &AccountId, id: TaskId) -> Result<Option<TaskView>, StoreError>;

    /// The account's tasks, newest first. A newsletter mail is listed from its first lease (or its end, when it is
    /// cancelled before) on; until then it is counted in its run.
    ///
    /// # Errors
    /// See [`Queue`].
    async fn tasks(
        &self,
        account: &AccountId,
        filter: &TaskFilter,
        page: &PageRequest,
    ) -> Result<Page<TaskView>, StoreError>;

    /// Cancels what has not begun: what waits, and a leased mail without a mark. Its lease ends: its holder's `begin` is
    /// [`Begun::Stale`], and of its settlements only a success counts. A leased subscription change has begun.
    ///
    /// # Errors
    /// See [`Queue`].
    async fn cancel(&self, account: &AccountId, id: TaskId) -> Result<Cancelled, StoreError>;

    /// Puts `failed` or `uncertain` back into the queue. Totals stay as they are.
    ///
    /// # Errors
    /// See [`Queue`].
    async fn retry(&self, account: &AccountId, id: TaskId) -> Result<Retried, StoreError>;

    /// Forgets at most `limit` tasks that ended more than the retention ago, with their attempts, and what else is past
    /// its time or number (idempotency answers, codes, runs after [`super::RUN_RETENTION`], captured mails over
    /// [`super::OUTBOX_MAX`]), at most `limit` of each kind. A run whose last task goes loses its text.
    ///
    /// # Errors
    /// See [`Queue`].
    async fn prune(&self, limit: u32) -> Result<Pruned, StoreError>;

    /// The next moment at which something falls due by itself: a `scheduled` or `retrying` task, or a lease's end.
    ///
    /// # Errors
    /// See [`Queue`].
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;
}

impl LeaseRequest {
    /// How many tasks of each lane to look for first, at step `turn` of the weighted round-robin.
    #[must_use]
    pub fn shares(&self, turn: u64) -> [u32; 3] {
        let mut shares = LaneShares::of(turn, self.any).0;
        shares[Lane::Otp.index()] += self.codes;
        shares
    }
}
