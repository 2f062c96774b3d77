//! Posts, joined into few calls.
//!
//! One call is under way at a time; the posts that come meanwhile are the next one. A call of its own costs Redis several
//! times what one more post in a call does. Idle, a post goes at once.

use std::sync::Arc;

use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{
    call::{Caller, DEADLINE, late, nonce},
    fault::broken,
    millis, record,
    row::place_of,
    script as scripts,
};
use crate::{
    domain::{IDEMPOTENCY_WINDOW, NewTask, State, TaskId, TaskType, Work},
    store::{Enqueue, Enqueued, Posted, Refusal, StoreError},
};

/// Posts that may wait in line; further callers wait outside.
const WAITING: usize = 1024;
/// Posts of one call.
const POSTS_PER_CALL: usize = 64;
/// Bytes from which a call takes no further post: a script holds everyone up.
const BYTES_PER_CALL: usize = 256 * 1024;

/// A post as the script takes it.
struct Post {
    args: Vec<String>,
    reply: oneshot::Sender<Result<Vec<String>, StoreError>>,
}

/// The line of posts.
#[derive(Debug)]
pub(super) struct Posts(mpsc::Sender<Post>);

/// The other end of the line: calls until the store is gone.
pub(super) struct Calls {
    caller: Arc<Caller>,
    line: mpsc::Receiver<Post>,
}

impl Posts {
    /// A line, and who serves it.
    pub(super) fn new(caller: Arc<Caller>) -> (Self, Calls) {
        let (sender, line) = mpsc::channel(WAITING);
        (Self(sender), Calls { caller, line })
    }

    /// Accepts a post.
    ///
    /// # Errors
    /// As every call; after the deadline, whether it waited in line or was sent.
    pub(super) async fn accept(&self, post: Enqueue) -> Result<Enqueued, StoreError> {
        let args = args(post)?;
        let (reply, answer) = oneshot::channel();
        let accepting = async {
            self.0.send(Post { args, reply }).await.map_err(|_| closed())?;
            answer.await.map_err(|_| closed())?
        };
        let lines = timeout(DEADLINE, accepting).await.unwrap_or_else(|_| Err(late()))?;
        read(&lines)
    }
}

impl Calls {
    /// Calls for what waits in line, until the store is dropped.
    pub(super) async fn run(mut self) {
        let mut waiting = Vec::new();
        while self.line.recv_many(&mut waiting, POSTS_PER_CALL).await > 0 {
            while !waiting.is_empty() {
                self.call_for(&mut waiting).await;
            }
        }
    }

    /// One call for the first of `waiting`, as many as go together.
    async fn call_for(&self, waiting: &mut Vec<Post>) {
        let mut bytes = 0;
        let enough = waiting.iter().position(|post| {
            let is_enough = bytes >= BYTES_PER_CALL;
            bytes += post.args.iter().map(String::len).sum::<usize>();
            is_enough
        });
        let mut call = self.caller.script(&scripts::ENQUEUE).arg(millis(IDEMPOTENCY_WINDOW));
        let mut replies = Vec::new();
        for Post { args, reply } in waiting.drain(..enough.unwrap_or(waiting.len())) {
            // Whoever has given up was told that nothing is sure; so nothing need be done.
            if !reply.is_closed() {
                call = call.arg(args);
                replies.push(reply);
            }
        }
        if replies.is_empty() {
            return;
        }
        match self.caller.call::<Vec<Vec<String>>>(call).await {
            Ok(answers) => {
                for (reply, lines) in replies.into_iter().zip(answers) {
                    let _ = reply.send(Ok(lines));
                }
            }
            Err(error) => {
                for reply in replies {
                    let _ = reply.send(Err(error.clone()));
                }
            }
        }
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}

/// A post's arguments, as `lua/enqueue.lua` lists them.
fn args(post: Enqueue) -> Result<Vec<String>, StoreError> {
    let nonce = if post.idempotency.is_some() { nonce() } else { String::new() };
    let (key, digest) = post.idempotency.map(|key| (key.key, key.digest)).unwrap_or_default();
    let rules = post.rules;
    let rules = format!("{} {} {} {}", millis(rules.ttl), millis(rules.cooldown), rules.attempts, rules.per_hour);
    let count = post.tasks.len().to_string();
    let mut args = vec![post.account.as_str().to_owned(), key, digest, nonce, rules, count];
    for task in post.tasks {
        if matches!(task.id, TaskId::Issue { .. }) {
            return Err(StoreError::Fault(format!("{} is no id of a posted task", task.id)));
        }
        let (middle, end) = record::parts_of(&post.account, &task);
        push_task(&mut args, task, middle, end)?;
    }
    Ok(args)
}

fn push_task(args: &mut Vec<String>, task: NewTask, middle: String, end: String) -> Result<(), StoreError> {
    let work = serde_json::to_string(&task.work)
        .map_err(|error| StoreError::Fault(format!("the work of {} cannot be kept: {error}", task.id)))?;
    let kind = place_of(&TaskType::ALL, &task.work.task_type());
    let send_at = task.send_at().map(|at| at.millis().to_string()).unwrap_or_default();
    args.extend([task.id.to_string(), kind.to_string(), task.recipient.key(), send_at, middle, end, work]);
    match task.work {
        Work::Message(_) => {}
        Work::Otp(mail) => args.extend([mail.purpose.as_str().to_owned(), mail.length.digits().to_string()]),
        Work::Subscribe { content_type, create, .. } => {
            let (subject, content) =
                create.map(|(subject, content)| (subject.as_str().to_owned(), content)).unwrap_or_default();
            args.extend([content_type.as_str().to_owned(), subject, content]);
        }
        Work::Unsubscribe { content_type } => {
            args.extend([content_type.as_str().to_owned(), String::new(), String::new()]);
        }
    }
    Ok(())
}

/// Reads the answer to a post.
fn read(lines: &[String]) -> Result<Enqueued, StoreError> {
    let (kind, lines) = lines.split_first().ok_or_else(|| broken("an answer"))?;
    let posted = lines.iter().map(|line| posted(line)).collect::<Result<Vec<_>, _>>()?;
    match kind.as_str() {
        "A" => Ok(Enqueued::Accepted(posted)),
        "R" => Ok(Enqueued::Replayed(posted)),
        "M" => Ok(Enqueued::Mismatch),
        _ => Err(broken("an answer")),
    }
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
