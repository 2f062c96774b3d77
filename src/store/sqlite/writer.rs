//! The one thread that writes, and its group commit.
//!
//! Callers hand it commands. In each round it takes all that wait and runs them in at most two transactions: first the
//! *light* ones (lease, extend, begin), whose effect must survive gomail's death but not the machine's and so needs no
//! disk sync, then the *durable* ones, synced before anyone hears of them. One sync serves every caller of a round.
//!
//! A command that fails harms no other of its round: the transaction is rolled back and each command run again alone.
//! So a command may run twice; it must not use up what it holds.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::{fault::again, sql::Sql as _, tx::Tx};
use crate::{
    clock::Clock,
    store::{StoreError, Wake},
};

/// Commands that may wait; further callers wait in line for [`ADMISSION`].
const WAITING: usize = 2048;
/// How long a caller waits to get in line.
const ADMISSION: Duration = Duration::from_secs(5);
/// Most commands of one transaction, so that none takes long.
const ROUND: usize = 512;
/// How often an idle thread looks whether another process changed the file.
const WATCH: Duration = Duration::from_millis(100);

/// What a command needs before its caller may hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sync {
    /// A commit that survives every gomail process.
    Light,
    /// A commit that survives a power loss too.
    Durable,
}

/// A command under way: the work, and later its result.
trait Command: Send {
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError>;
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
    fn is_abandoned(&self) -> bool;
}

struct Call<T, F> {
    work: F,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Command for Call<T, F>
where
    T: Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        self.result = Some((self.work)(tx)?);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let answer = match (outcome, self.result) {
            (Ok(()), Some(result)) => Ok(result),
            (Ok(()), None) => Err(StoreError::Fault("a command was not run".to_owned())),
            (Err(error), _) => Err(error),
        };
        // Nobody may be there to hear it any more.
        drop(self.reply.send(answer));
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }
}

enum Order {
    Do(Sync, Box<dyn Command>, OwnedSemaphorePermit),
    Close(oneshot::Sender<()>),
}

/// The way to the writing thread. The thread ends when this is dropped or closed.
#[derive(Debug)]
pub(super) struct Writer {
    orders: Sender<Order>,
    line: Arc<Semaphore>,
}

impl Writer {
    /// Starts the thread on its connection.
    pub(super) fn start(conn: Connection, clock: Arc<dyn Clock>, wake: Wake) -> Result<Self, StoreError> {
        let (orders, queue) = channel();
        let thread = Thread { conn, clock, wake, owners: HashMap::new(), sync: None, seen: None };
        std::thread::Builder::new()
            .name("gomail-sqlite".to_owned())
            .spawn(move || thread.serve(&queue))
            .map_err(|error| StoreError::Unavailable(format!("no thread for SQLite: {error}")))?;
        Ok(Self { orders, line: Arc::new(Semaphore::new(WAITING)) })
    }

    /// Runs `work` in a transaction and returns its result once it is committed as `sync` asks.
    ///
    /// When the caller goes away before its turn, nothing happens; after that, it happens whole.
    ///
    /// # Errors
    /// The work's own; [`StoreError::Unavailable`] when the commit fails, the line stays full, or the store is closed.
    pub(super) async fn call<T, F>(&self, sync: Sync, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let permit = self.admit().await?;
        let (reply, answer) = oneshot::channel();
        let command = Box::new(Call { work, result: None, reply });
        self.orders.send(Order::Do(sync, command, permit)).map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }

    async fn admit(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        if let Ok(permit) = Arc::clone(&self.line).try_acquire_owned() {
            return Ok(permit);
        }
        match tokio::time::timeout(ADMISSION, Arc::clone(&self.line).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(ended()),
            Err(_) => Err(StoreError::Unavailable("SQLite is overloaded".to_owned())),
        }
    }

    /// Lets what waits finish, folds the log into the file, and ends the thread.
    pub(super) async fn close(&self) {
        let (reply, done) = oneshot::channel();
        if self.orders.send(Order::Close(reply)).is_ok() {
            // An error says that the thread is gone: closed all the same.
            drop(done.await);
        }
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}

struct Thread {
    conn: Connection,
    clock: Arc<dyn Clock>,
    wake: Wake,
    owners: HashMap<String, i64>,
    /// The sync mode the connection is in.
    sync: Option<Sync>,
    /// `PRAGMA data_version` as last seen: it changes when another connection commits.
    seen: Option<i64>,
}

impl Thread {
    fn serve(mut self, queue: &Receiver<Order>) {
        loop {
            let first = match queue.recv_timeout(WATCH) {
                Ok(order) => order,
                Err(RecvTimeoutError::Timeout) => {
                    self.watch();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let (mut light, mut durable, mut closing) = (Vec::new(), Vec::new(), None);
            for order in std::iter::once(first).chain(queue.try_iter()).take(ROUND) {
                match order {
                    // Going out of scope, the permit lets the next caller into the line.
                    Order::Do(Sync::Light, command, _permit) => light.push(command),
                    Order::Do(Sync::Durable, command, _permit) => durable.push(command),
                    Order::Close(reply) => {
                        closing = Some(reply);
                        break;
                    }
                }
            }
            self.round(Sync::Light, light);
            self.round(Sync::Durable, durable);
            if let Some(reply) = closing {
                drop(self.conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
                drop(self.conn);
                reply.send(()).ok();
                return;
            }
        }
    }

    /// Another process may have posted something.
    fn watch(&mut self) {
        let version = self.conn.query_row("PRAGMA data_version", [], |row| row.get(0)).ok();
        if self.seen.is_some() && version != self.seen {
            self.wake.notify();
        }
        self.seen = version;
    }

    fn round(&mut self, sync: Sync, mut commands: Vec<Box<dyn Command>>) {
        commands.retain(|command| !command.is_abandoned());
        if commands.is_empty() {
            return;
        }
        let outcome = self.commit(sync, &mut commands);
        // A fault is one command's own; what is unavailable is so for all.
        if matches!(outcome, Err(StoreError::Fault(_))) && commands.len() > 1 {
            for command in commands {
                let mut alone = vec![command];
                let outcome = self.commit(sync, &mut alone);
                answer(alone, &outcome);
            }
        } else {
            answer(commands, &outcome);
        }
    }

    /// Runs commands in one transaction: all of them or none.
    fn commit(&mut self, sync: Sync, commands: &mut [Box<dyn Command>]) -> Result<(), StoreError> {
        let outcome = self.try_commit(sync, commands);
        if outcome.is_err() {
            // An account's number may have been rolled back with the rest.
            self.owners.clear();
            if !self.conn.is_autocommit() {
                drop(self.conn.execute_batch("ROLLBACK"));
            }
        }
        if let Ok(true) = outcome {
            self.wake.notify();
        }
        outcome.map(drop)
    }

    fn try_commit(&mut self, sync: Sync, commands: &mut [Box<dyn Command>]) -> Result<bool, StoreError> {
        if self.sync != Some(sync) {
            // Takes effect when it is prepared, hence never a cached statement; and only outside a transaction.
            self.conn.execute_batch(match sync {
                Sync::Light => "PRAGMA synchronous = NORMAL",
                Sync::Durable => "PRAGMA synchronous = FULL",
            })?;
            self.sync = Some(sync);
        }
        self.conn.run("BEGIN IMMEDIATE", [])?;
        let mut tx = Tx::new(&self.conn, &*self.clock, &mut self.owners)?;
        for command in commands {
            catch_unwind(AssertUnwindSafe(|| command.run(&mut tx)))
                .unwrap_or_else(|_| Err(StoreError::Fault("a command of the store panicked".to_owned())))?;
        }
        let wake = tx.finish()?;
        self.conn.run("COMMIT", [])?;
        Ok(wake)
    }
}

fn answer(commands: Vec<Box<dyn Command>>, outcome: &Result<(), StoreError>) {
    for command in commands {
        command.answer(outcome.as_ref().copied().map_err(again));
    }
}
