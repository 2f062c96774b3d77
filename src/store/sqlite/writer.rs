//! The one thread that writes, and its group commit.
//!
//! Callers hand it commands. In each round it takes all that wait and runs them in two transactions. First the *light* ones
//! (lease, extend, begin): their effect must survive gomail's death but not the machine's, so their callers hear of it at
//! the commit. Then the *durable* ones, which go on to [`super::syncer`]: their callers hear of them once the log is on the
//! disk. So nobody waits for a disk who does not have to, and one sync serves every caller that came meanwhile.
//!
//! A command that fails harms no other of its round: the transaction is rolled back and each command run again alone.
//! So a command may run twice; it must not use up what it holds.

use std::{
    collections::{HashMap, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::{Duration, Instant},
};

use rusqlite::{Connection, config::DbConfig};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::{
    checkpointer::{self, Checkpointer},
    sql::Sql as _,
    sweep,
    syncer::{self, Syncer},
    tx::{Finished, Tx},
};
use crate::{
    clock::Clock,
    store::{StoreError, Wake},
};

/// Most commands in the queue; further callers wait up to [`ADMISSION`] for a place.
const WAITING: usize = 2048;
/// How long a caller waits to get in line.
const ADMISSION: Duration = Duration::from_secs(5);
/// How long a transaction goes on taking commands: large posts must not delay the lease of a code.
const TRANSACTION_MAX: Duration = Duration::from_millis(20);
/// How often the writer checks whether another process changed the file.
const WATCH_INTERVAL: Duration = Duration::from_millis(100);
/// Spent works that are swept at once; fewer wait for [`SWEEP_DELAY_MAX`].
const SWEEP_BATCH: usize = 256;
/// How long a spent work may stay.
const SWEEP_DELAY_MAX: Duration = Duration::from_secs(1);
/// Transactions between two checks of the log's length.
const ROUNDS_PER_LOG_CHECK: u32 = 16;

/// What a command needs before its caller may hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sync {
    /// A commit that survives every gomail process.
    Light,
    /// A commit that survives a power loss too.
    Durable,
}

/// A command under way: the work, and later its result.
pub(super) trait Command: Send {
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
        let syncer = syncer::start(&conn)?;
        Self::start_with(conn, syncer, clock, wake)
    }

    /// Starts the thread with a syncer of its own.
    pub(super) fn start_with(
        conn: Connection,
        syncer: Syncer,
        clock: Arc<dyn Clock>,
        wake: Wake,
    ) -> Result<Self, StoreError> {
        let (orders, queue) = channel();
        let checkpointer = checkpointer::start(&conn)?;
        let seen = data_version(&conn);
        let thread = Thread {
            conn,
            clock,
            wake,
            owners: HashMap::new(),
            light: VecDeque::new(),
            durable: VecDeque::new(),
            closing: None,
            syncer,
            checkpointer,
            rounds: 0,
            // A process that died may have left some: sweep at once.
            spent: SWEEP_BATCH,
            swept: Instant::now(),
            seen,
            watched: Instant::now(),
        };
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

    /// Lets what waits finish, and ends the thread and its connection.
    pub(super) async fn close(&self) {
        let (reply, done) = oneshot::channel();
        if self.orders.send(Order::Close(reply)).is_ok() {
            // An error says that the thread is gone: closed all the same.
            drop(done.await);
        }
    }
}

/// What a call after the end is told.
pub(super) fn ended() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}

/// A command in line, with its place there.
type Waiting = (Sync, Box<dyn Command>, OwnedSemaphorePermit);

struct Thread {
    conn: Connection,
    clock: Arc<dyn Clock>,
    wake: Wake,
    owners: HashMap<String, i64>,
    light: VecDeque<Waiting>,
    durable: VecDeque<Waiting>,
    closing: Option<oneshot::Sender<()>>,
    /// Answers durable commands when they are on the disk.
    syncer: Syncer,
    checkpointer: Checkpointer,
    /// Since the last look at the log's length.
    rounds: u32,
    /// Works to be swept.
    spent: usize,
    /// When they were last.
    swept: Instant,
    /// [`data_version`] as last seen.
    seen: Option<i64>,
    /// When it was looked at.
    watched: Instant,
}

impl Thread {
    fn serve(mut self, queue: &Receiver<Order>) {
        loop {
            if self.light.is_empty() && self.durable.is_empty() {
                if let Some(reply) = self.closing.take() {
                    self.checkpointer.stop();
                    // Of all processes' connections, the last to close folds the log into the file and deletes it.
                    if self.syncer.has_failed() {
                        drop(self.conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true));
                    }
                    drop(self.conn);
                    reply.send(()).ok();
                    return;
                }
                match queue.recv_timeout(WATCH_INTERVAL) {
                    Ok(order) => self.sort(order),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
            for order in queue.try_iter() {
                self.sort(order);
            }
            self.round();
            // Also while there is no rest: another process's codes must not wait for one.
            if self.watched.elapsed() >= WATCH_INTERVAL {
                self.watch();
            }
            self.rounds += 1;
            if self.rounds == ROUNDS_PER_LOG_CHECK {
                self.rounds = 0;
                // After a failed sync the log may not hold what it seems to.
                if !self.syncer.has_failed() {
                    self.checkpointer.look();
                }
            }
        }
    }

    fn sort(&mut self, order: Order) {
        match order {
            Order::Do(Sync::Light, command, permit) => self.light.push_back((Sync::Light, command, permit)),
            Order::Do(Sync::Durable, command, permit) => self.durable.push_back((Sync::Durable, command, permit)),
            Order::Close(reply) => self.closing = Some(reply),
        }
    }

    /// Another process may have posted something; and what is spent goes though nobody writes.
    fn watch(&mut self) {
        if self.is_sweeping_due(0) && !self.syncer.has_failed() {
            // What fails is tried again.
            drop(self.commit(&mut VecDeque::new()));
        }
        let version = data_version(&self.conn);
        if version != self.seen {
            self.wake.notify();
        }
        (self.seen, self.watched) = (version, Instant::now());
    }

    /// Runs what waits: light commands, and then durable ones, which the light ones' callers do not wait for.
    fn round(&mut self) {
        let light = std::mem::take(&mut self.light);
        self.light = self.transact(light);
        let durable = std::mem::take(&mut self.durable);
        self.durable = self.transact(durable);
    }

    /// Runs as much as one transaction may take, and returns what is left.
    fn transact(&mut self, mut waiting: VecDeque<Waiting>) -> VecDeque<Waiting> {
        if waiting.is_empty() {
            return waiting;
        }
        if self.syncer.has_failed() {
            self.conclude(waiting.into(), &Err(syncer::refusal()));
            return VecDeque::new();
        }
        let (mut taken, outcome) = self.commit(&mut waiting);
        // A fault is one command's own; what is unavailable is so for all.
        if matches!(outcome, Err(StoreError::Fault(_))) && taken.len() > 1 {
            for command in taken.drain(..) {
                let (alone, outcome) = self.commit(&mut VecDeque::from([command]));
                self.conclude(alone, &outcome);
            }
        }
        self.conclude(taken, &outcome);
        waiting
    }

    /// Answers light commands and failed ones, and hands the rest on to be synced.
    fn conclude(&self, commands: Vec<Waiting>, outcome: &Result<(), StoreError>) {
        let mut durable = Vec::new();
        for (sync, command, permit) in commands {
            match outcome {
                Ok(()) if sync == Sync::Durable => durable.push((command, permit)),
                outcome => command.answer(outcome.clone()),
            }
        }
        if !durable.is_empty() {
            self.syncer.sync(durable);
        }
    }

    /// Runs commands in one transaction, all of them or none; returns those it took, too.
    fn commit(&mut self, waiting: &mut VecDeque<Waiting>) -> (Vec<Waiting>, Result<(), StoreError>) {
        let mut taken = Vec::new();
        let outcome = self.try_commit(waiting, &mut taken);
        if outcome.is_err() {
            // An account's number may have been rolled back with the rest.
            self.owners.clear();
            if !self.conn.is_autocommit() {
                drop(self.conn.execute_batch("ROLLBACK"));
            }
            if taken.is_empty() {
                // Not even begun: none of them has a chance.
                taken.extend(waiting.drain(..));
            }
        }
        (taken, outcome)
    }

    fn is_sweeping_due(&self, spent: usize) -> bool {
        let spent = self.spent + spent;
        spent >= SWEEP_BATCH || (spent > 0 && self.swept.elapsed() >= SWEEP_DELAY_MAX)
    }

    fn try_commit(&mut self, waiting: &mut VecDeque<Waiting>, taken: &mut Vec<Waiting>) -> Result<(), StoreError> {
        self.conn.run("BEGIN IMMEDIATE", [])?;
        let began = Instant::now();
        let mut tx = Tx::new(&self.conn, &*self.clock, &mut self.owners)?;
        while let Some(next) = waiting.pop_front() {
            // Its turn is now: whoever has gone by now gets nothing done.
            if next.1.is_abandoned() {
                continue;
            }
            taken.push(next);
            let command = taken.last_mut().map(|(_, command, _)| command).expect("it was just pushed");
            catch_unwind(AssertUnwindSafe(|| command.run(&mut tx)))
                .unwrap_or_else(|_| Err(StoreError::Fault("a command of the store panicked".to_owned())))?;
            if began.elapsed() >= TRANSACTION_MAX {
                break;
            }
        }
        let Finished { wake, spent } = tx.finish()?;
        let sweeps = self.is_sweeping_due(spent);
        if sweeps && let Err(error) = sweep::sweep(&self.conn) {
            // Works that stay are in nobody's way; the next sweep takes them.
            tracing::error!(error.message = %error, "spent works are not deleted now");
        }
        self.conn.run("COMMIT", [])?;
        if sweeps {
            (self.spent, self.swept) = (0, Instant::now());
        } else {
            self.spent += spent;
        }
        if wake {
            self.wake.notify();
        }
        Ok(())
    }
}

/// A number that changes when another connection commits.
fn data_version(conn: &Connection) -> Option<i64> {
    conn.query_row("PRAGMA data_version", [], |row| row.get(0)).ok()
}
