//! The store over Redis or Valkey, version 7.0 or later: one server, behind Sentinel, or a Cluster (`target`).
//!
//! Every verb is one Lua script (`lua/*.lua`), so it happens whole or not at all; totals change only in scripts, and
//! a task is in exactly one state set. All keys begin with `{namespace}:`, one hash tag, one Cluster slot.
//!
//! | key | type | holds |
//! |---|---|---|
//! | `meta` | hash | `clock` test clock's offset in ms · `order` last order of acceptance · `seq` last subscription sequence · `token` last lease's · `run` newest run's number · `secret` · `format` of the tasks · `lists` something was suppressed once · `large` a large work was accepted once |
//! | `count` | hash | `e<type><state>` endings · `a:<outcome>` attempts · `missed` periods |
//! | `t:<id>` · `w:<id>` | string · string | a task's record, as on top of `lua/task.lua` · its work, JSON, until an end that is final |
//! | `leases` | hash | id → lease of a task that runs, as on top of `lua/task.lua` |
//! | `wait:<run> <n>` | hash | recipients of a run's mails that wait for their first lease, 64 sequence numbers each |
//! | `s0` `s2` … `s8` | zset | ids by state: `scheduled` and `retrying` by place, `running` by lease end, ends by when |
//! | `q0` `q1` `q2` | zset | ids `queued` per lane by place: due time in ms × 1024, and a number that orders one millisecond |
//! | `alone` | zset | those of them that came back three times |
//! | `changes` | zset | those of them that are subscription changes |
//! | `tasks:<account>` | zset | ids by order of acceptance; a newsletter mail from its first lease on, or its cancel before |
//! | `idem:<account> <key>` | hash | `h` digest · `n` nonce of the call · `at` · `a` answers, a line each |
//! | `code:<account> <address> <purpose>` | hash | `t` newest task · `l` length · `s` sent · `x` expires · `u` used · `w` wrong tries, `f` first of them · `n` last check's nonce |
//! | `sent:<account> <address>` | zset | codes of the last hour by time |
//! | `forget` | zset | names of the last three kinds by when they may go: nothing has a Redis expiry, since the test clock moves |
//! | `jti` `account` · `accounts` | hash · zset | current `jti`, sign-up time · ids by name |
//! | `sup:<account>` · `sups:<account>` | hash · zset | address → `since reason` · addresses by name |
//! | `content:<account> <name>` · `contents:<account>` | hash · zset | `s` subject `c` content `a` created `u` updated · names |
//! | `subs:<account> <content type>` | hash | address → `frequency\|seq\|order\|accepted\|address`, the first two empty when it ended |
//! | `names:<account> <content type>` | zset | subscribed addresses by name |
//! | `seq:<frequency> <account> <content type>` | zset | subscribed addresses by sequence: a series |
//! | `series` · `floors` | hash | series → `last period\|since` · content type → order of its deletion |
//! | `run:<run>` | hash | `a` account `k` content type `f` frequency `p` period `c` created `up` end of the sequence `cu` cursor `dn` done `su` `co` snapshot, `co` empty once all tasks are pruned · `n` total, `4`–`8` ends, `kept` tasks not pruned |
//! | `runs:<account>` · `open` · `runs` | zset | runs by number · those fanning out · all by creation |
//! | `lost:<run>` | zset | mails of a run that ended without success, by sequence |
//! | `mail:<id>` · `mails:<account>` · `captured` | hash · zset · zset | the outbox: `a` `t` to `s` subject `c` `w` bytes · ids by capture · all by capture |
//! | `sync` | string | written before `WAIT` in replicated mode |
//! | `wake` | channel | hints |
//!
//! A newsletter mail gets its record at its first lease (or when it is cancelled before), and takes its recipient along from
//! `wait:`; until then all else follows from its id and its run.

mod accounts;
mod call;
mod codes;
mod contents;
mod fault;
mod health;
mod link;
mod newsletters;
mod outbox;
mod posts;
mod queue;
mod record;
mod row;
mod script;
mod subscriptions;
mod suppressions;
mod target;
mod wake;

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use async_trait::async_trait;
use redis::ToRedisArgs;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{call::Caller, posts::Posts, script as scripts, target::Target};
use crate::{
    config::Durability,
    domain::Timestamp,
    store::{Stats, Store, StoreError, Wake, known::Known},
};

/// The longest wait for the hints' connection at a clean stop.
const CLOSE: Duration = Duration::from_secs(1);

/// The store over Redis.
#[derive(Debug)]
pub struct RedisStore {
    caller: Arc<Caller>,
    posts: Posts,
    target: Arc<Target>,
    prefix: String,
    retention: Duration,
    /// This process's step in the weighted round-robin of lanes.
    turn: AtomicU64,
    /// Records of the tasks that it leased; reading each again would cost Redis much of what a delivery does.
    known: Known<String>,
    wake: Wake,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl RedisStore {
    /// Opens the store at `uri` ([`crate::config::StoreLocation::Redis`] lists the forms) under the hash tag `namespace`;
    /// ended tasks are kept for `retention`.
    ///
    /// The server need not be there: the store connects when it is first used, so that a process started before its
    /// Redis recovers by itself. [`Store::check`] tells whether it is there and fit. Call it within a Tokio runtime: the
    /// listener for hints from other processes starts here and ends with [`Store::close`] or the store.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] when `uri` or `namespace` cannot be read. The message does not repeat the address.
    pub fn open(
        uri: &SecretString,
        namespace: &str,
        durability: Durability,
        retention: Duration,
    ) -> Result<Self, StoreError> {
        if namespace.is_empty() || namespace.contains(['{', '}']) {
            return Err(StoreError::Unfit("the namespace must be some text without braces".to_owned()));
        }
        let target = Arc::new(Target::parse(uri.expose_secret())?);
        let prefix = format!("{{{namespace}}}:");
        let caller = Arc::new(Caller::new(&target, &prefix, durability));
        let (posts, calls) = Posts::new(Arc::clone(&caller));
        let store = Self {
            caller,
            posts,
            target: Arc::clone(&target),
            retention,
            turn: AtomicU64::new(0),
            known: Known::default(),
            wake: Wake::new(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            prefix,
        };
        let channel = format!("{}wake", store.prefix);
        store.tasks.spawn(wake::listen(target, channel, store.wake.clone(), store.stop.clone()));
        let stop = store.stop.clone();
        store.tasks.spawn(async move { stop.run_until_cancelled(calls.run()).await });
        store.tasks.close();
        Ok(store)
    }

    /// A key of ours.
    fn key(&self, name: impl std::fmt::Display) -> String {
        format!("{}{name}", self.prefix)
    }

    /// A plain command on one key.
    fn command(&self, command: &str, key: impl std::fmt::Display, args: impl ToRedisArgs) -> redis::Cmd {
        let mut cmd = redis::cmd(command);
        cmd.arg(self.key(key)).arg(args);
        cmd
    }
}

impl Drop for RedisStore {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[async_trait]
impl Store for RedisStore {
    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.caller.call(self.caller.script(&scripts::NOW)).await.map(Timestamp::from_millis)
    }

    async fn advance_clock(&self, by: Duration) -> Result<Timestamp, StoreError> {
        let call = self.caller.script(&scripts::CLOCK).arg(millis(by));
        let now = self.caller.call(call).await.map(Timestamp::from_millis)?;
        self.wake.notify();
        Ok(now)
    }

    fn wake(&self) -> &Wake {
        &self.wake
    }

    async fn check(&self) -> Result<Vec<String>, StoreError> {
        let warnings = health::check(&self.caller, &self.key("meta")).await?;
        self.caller.check_replica().await?;
        Ok(warnings)
    }

    async fn secret_or_insert(&self, candidate: &str) -> Result<String, StoreError> {
        // Without waiting for a replica: whoever was promised something under it waited for all that was written before.
        match self.caller.call::<Option<String>>(self.caller.script(&scripts::KEPT_SECRET)).await? {
            Some(secret) => Ok(secret),
            None => self.caller.call(self.caller.script(&scripts::SECRET).arg(candidate)).await,
        }
    }

    async fn stats(&self) -> Result<Stats, StoreError> {
        health::stats(&self.caller).await
    }

    async fn recount(&self) -> Result<[u64; 9], StoreError> {
        let counted: Vec<u64> = self.caller.call(self.caller.script(&scripts::RECOUNT)).await?;
        counted.try_into().map_err(|_| fault::broken("the states"))
    }

    async fn close(&self) {
        self.stop.cancel();
        // It ends at once; should it not, its end is not worth a wait.
        let _ = timeout(CLOSE, self.tasks.wait()).await;
        self.caller.close();
    }

    fn describe(&self) -> String {
        self.target.describe()
    }
}

/// A duration as scripts take it.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
