//! Calling scripts: one `EVALSHA` each, pipelined with everybody's over one connection.
//!
//! In replicated mode a durable verb takes one of a few connections for itself and sends, in one write, its `EVALSHA`,
//! the write of a sync key and `WAIT 1`. `WAIT` blocks the connection it is on, so on the shared one it would stall
//! everyone; and it waits for the last write of its own connection, so the sync key makes a repeated verb, which writes
//! nothing, wait for the first one's write too.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use redis::{Arg, Cmd, ErrorKind, FromRedisValue, Pipeline, RedisResult, ServerErrorKind, ToRedisArgs, Value};
use tokio::{sync::Semaphore, time::timeout};
use uuid::{NoContext, Timestamp, Uuid};

use super::{
    fault::{Trouble, broken, store_error},
    link::Link,
    script::{self as scripts, Script},
    target::{Connection, Target},
};
use crate::{config::Durability, store::StoreError};

/// The longest a call takes, connecting and one repetition included: the API answers 503 within 2 s.
pub(super) const DEADLINE: Duration = Duration::from_millis(1900);
/// The longest wait for a replica, in milliseconds. Twice that fits into [`DEADLINE`]: a script that the server does not
/// have yet costs one in vain.
const REPLICA_MS: u32 = 700;
/// Connections for durable verbs in replicated mode; each serves one verb at a time.
const REPLICATED: usize = 16;

/// Writes the sync key. A full store takes it: what settles must be replicated there too.
const SYNC: &str = "#!lua flags=allow-oom\nreturn redis.call('SET', KEYS[1], 1)";

/// One call of a script.
#[derive(Debug)]
pub(super) struct Call {
    script: &'static Script,
    cmd: Cmd,
}

impl Call {
    /// Adds an argument.
    pub(super) fn arg(mut self, arg: impl ToRedisArgs) -> Self {
        self.cmd.arg(arg);
        self
    }

    /// The same call with the script's text, for a server that does not have it.
    fn with_text(&self) -> Cmd {
        let mut cmd = redis::cmd("EVAL");
        cmd.arg(&self.script.code);
        for arg in self.cmd.args_iter().skip(2) {
            if let Arg::Simple(bytes) = arg {
                cmd.arg(bytes);
            }
        }
        cmd
    }
}

/// Whoever calls scripts: the shared link, and those of replicated mode.
#[derive(Debug)]
pub(super) struct Caller {
    meta: String,
    sync: String,
    shared: Link,
    replicated: Option<Pool>,
}

/// Links that one call at a time may have for itself.
#[derive(Debug)]
struct Pool {
    links: Vec<Link>,
    free: Mutex<Vec<usize>>,
    permits: Semaphore,
}

impl Caller {
    /// A caller of scripts for one namespace; connects when first used.
    pub(super) fn new(target: &Arc<Target>, prefix: &str, durability: Durability) -> Self {
        let pool = || Pool {
            links: (0..REPLICATED).map(|_| Link::new(Arc::clone(target))).collect(),
            free: Mutex::new((0..REPLICATED).collect()),
            permits: Semaphore::new(REPLICATED),
        };
        Self {
            meta: format!("{prefix}meta"),
            sync: format!("{prefix}sync"),
            shared: Link::new(Arc::clone(target)),
            replicated: (durability == Durability::Replicated).then(pool),
        }
    }

    /// Begins a call.
    pub(super) fn script(&self, script: &'static Script) -> Call {
        let mut cmd = redis::cmd("EVALSHA");
        cmd.arg(&script.sha).arg(1).arg(&self.meta);
        Call { script, cmd }
    }

    /// Calls a script. A repeatable one is sent again, once, when the link broke; none after a timeout, since a frozen
    /// server carries out what it was sent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] within two seconds when there is no answer or the server refuses for now;
    /// [`StoreError::Fault`] when script and caller disagree.
    pub(super) async fn call<T: FromRedisValue>(&self, call: Call) -> Result<T, StoreError> {
        let calling = async {
            match &self.replicated {
                Some(pool) if call.script.durable => self.call_replicated(pool, &call).await,
                _ => Question::Script(&call, None).over(&self.shared).await.map(|answer| answer.value),
            }
        };
        let value = timeout(DEADLINE, calling).await.unwrap_or_else(|_| Err(late()))?;
        T::from_redis_value(value).map_err(|_| broken("an answer"))
    }

    /// Sends a plain command over the shared connection. It must only read: like a repeatable script it is sent again when
    /// the link broke.
    ///
    /// # Errors
    /// See [`Caller::call`].
    pub(super) async fn command<T: FromRedisValue>(&self, cmd: &Cmd) -> Result<T, StoreError> {
        let calling = Question::Read(cmd).over(&self.shared);
        let answer = timeout(DEADLINE, calling).await.unwrap_or_else(|_| Err(late()))?;
        T::from_redis_value(answer.value).map_err(|_| broken("an answer"))
    }

    /// Whether a replica confirms what is written, where that is promised.
    ///
    /// # Errors
    /// See [`Caller::call`].
    pub(super) async fn check_replica(&self) -> Result<(), StoreError> {
        let Some(pool) = &self.replicated else { return Ok(()) };
        let call = self.script(&scripts::NOW);
        timeout(DEADLINE, self.call_replicated(pool, &call)).await.unwrap_or_else(|_| Err(late())).map(drop)
    }

    async fn call_replicated(&self, pool: &Pool, call: &Call) -> Result<Value, StoreError> {
        let _permit = pool.permits.acquire().await.map_err(|_| broken("a closed pool"))?;
        let taken = Taken::of(pool);
        let answer = Question::Script(call, Some(&self.sync)).over(&pool.links[taken.place]).await?;
        if !answer.is_replicated {
            return Err(StoreError::Unavailable("no replica confirmed in time".to_owned()));
        }
        Ok(answer.value)
    }

    /// Drops the connections.
    pub(super) fn close(&self) {
        self.shared.close();
        for link in self.replicated.iter().flat_map(|pool| &pool.links) {
            link.close();
        }
    }
}

/// What is asked of the server.
#[derive(Clone, Copy)]
enum Question<'a> {
    /// A script; with a sync key, a replica is to have what it writes.
    Script(&'a Call, Option<&'a str>),
    /// A command that only reads.
    Read(&'a Cmd),
}

impl Question<'_> {
    /// Whether it may be asked again after its answer was lost.
    fn is_repeatable(self) -> bool {
        match self {
            Self::Script(call, _) => call.script.repeatable,
            Self::Read(_) => true,
        }
    }

    async fn ask(self, connection: &mut Connection) -> RedisResult<Answer> {
        match self {
            Self::Script(call, sync) => {
                let answer = connection.ask(&call.cmd, sync).await;
                if answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)) {
                    return connection.ask(&call.with_text(), sync).await;
                }
                answer
            }
            Self::Read(cmd) => connection.ask(cmd, None).await,
        }
    }

    /// Asks over `link`, and once more over a new connection after the primary moved or the link broke.
    async fn over(self, link: &Link) -> Result<Answer, StoreError> {
        let mut is_again = false;
        loop {
            let (generation, mut connection) = link.connection().await?;
            let error = match self.ask(&mut connection).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let trouble = Trouble::of(&error);
            if trouble != Trouble::Refused {
                link.discard(generation);
            }
            let may_repeat = trouble == Trouble::Elsewhere || (trouble == Trouble::Broken && self.is_repeatable());
            if is_again || !may_repeat {
                return Err(store_error(&error));
            }
            is_again = true;
        }
    }
}

/// A link of a pool, given back when dropped.
struct Taken<'a> {
    pool: &'a Pool,
    place: usize,
}

impl<'a> Taken<'a> {
    fn of(pool: &'a Pool) -> Self {
        let place = pool.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Self { pool, place: place.expect("a permit stands for a free link") }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.pool.free.lock().unwrap_or_else(PoisonError::into_inner).push(self.place);
    }
}

/// The server's answer, and whether a replica has what was written.
struct Answer {
    value: Value,
    is_replicated: bool,
}

impl Connection {
    /// Sends a command; with `sync`, a key, as [`Connection::send_synced`].
    async fn ask(&mut self, cmd: &Cmd, sync: Option<&str>) -> RedisResult<Answer> {
        match sync {
            Some(sync) => self.send_synced(cmd, sync).await,
            None => self.send(cmd).await.map(|value| Answer { value, is_replicated: false }),
        }
    }

    /// Sends a command.
    async fn send(&mut self, cmd: &Cmd) -> RedisResult<Value> {
        match self {
            Self::Node(connection) => cmd.query_async(connection).await,
            Self::Cluster(connection) => cmd.query_async(connection).await,
        }
    }

    /// Sends a command, and waits until a replica has what it wrote.
    async fn send_synced(&mut self, cmd: &Cmd, sync: &str) -> RedisResult<Answer> {
        let mut pipeline = Pipeline::new();
        // Each answer by itself: an error of the whole pipeline has no code to judge it by.
        pipeline.ignore_errors();
        pipeline.add_command(cmd.clone());
        pipeline.cmd("EVAL").arg(SYNC).arg(1).arg(sync);
        pipeline.cmd("WAIT").arg(1).arg(REPLICA_MS);
        let answers: Vec<Value> = match self {
            Self::Node(connection) => pipeline.query_async(connection).await?,
            Self::Cluster(connection) => pipeline.query_async(connection).await?,
        };
        let [value, synced, replicas] = <[Value; 3]>::try_from(answers).unwrap_or([const { Value::Nil }; 3]);
        let is_synced = !matches!(synced, Value::ServerError(_));
        let is_replicated = is_synced && matches!(replicas, Value::Int(count) if count > 0);
        Ok(Answer { value: value.extract_error()?, is_replicated })
    }
}

/// Tells one call from another, so that a script knows a call that is sent again after its answer was lost.
pub(super) fn nonce() -> String {
    Uuid::new_v7(Timestamp::from_unix(NoContext, 0, 0)).simple().to_string()
}

pub(super) fn late() -> StoreError {
    StoreError::Unavailable("Redis did not answer in time".to_owned())
}
