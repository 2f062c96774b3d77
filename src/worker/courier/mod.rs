//! A courier: one SMTP connection, and the mails it carries one after the other, as the relay allows: in a `chain`, or
//! each `alone`.

mod alone;
mod chain;

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{
    Shop, Transport, chance,
    holds::Held,
    parcel::{Parcel, Patience, Prepared},
    recording::Recording,
    report,
};
use crate::{
    domain::{Outcome, Stage, Verdict},
    mail::{
        outcome::{Facts, judge},
        smtp::{Connector, Failure, RelayGate, Reply, Seat, Session},
    },
    store::Captured,
    telemetry::metrics,
};

/// How long an idle connection is kept. Most relays would close it after some minutes.
const IDLE_CONNECTION_MAX: Duration = Duration::from_secs(30);
/// How often an idle courier for codes checks whether others need its connection.
const SEAT_CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// How often a throttled courier checks whether it may go on.
const HELD_BACK_CHECK_INTERVAL: Duration = Duration::from_millis(500);

/// See the module.
#[derive(Debug)]
pub(super) struct Courier {
    shop: Arc<Shop>,
    number: usize,
    codes_only: bool,
    soft: CancellationToken,
    connection: Option<Connection>,
}

/// A connection to the relay: its session, and the session's seat there, which is dropped after it.
#[derive(Debug)]
struct Connection {
    session: Session,
    seat: Seat,
    /// Of a courier for all lanes.
    _general: Option<General>,
}

/// One of the connections that carry mails of all lanes, counted while it lives.
#[derive(Debug)]
struct General(Arc<Shop>);

impl General {
    fn enter(shop: &Arc<Shop>) -> Self {
        shop.general_connections.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(shop))
    }
}

impl Drop for General {
    fn drop(&mut self) {
        self.0.general_connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// There is no connection, and none may be made now. Nothing happened to any mail.
struct NoConnection;

impl Courier {
    pub(super) fn new(shop: Arc<Shop>, number: usize, codes_only: bool, soft: CancellationToken) -> Self {
        Self { shop, number, codes_only, soft, connection: None }
    }

    /// Carries until stopped; then ends its connection politely.
    pub(super) async fn run(mut self) {
        let soft = self.soft.clone();
        let mut idle_since = Instant::now();
        let look = if self.codes_only { SEAT_CHECK_INTERVAL } else { IDLE_CONNECTION_MAX };
        while !soft.is_cancelled() {
            if self.is_held_back() {
                // The relay asked for fewer connections, and this one would keep those out who may have one.
                self.hang_up().await;
                let _ = tokio::time::timeout(HELD_BACK_CHECK_INTERVAL, soft.cancelled()).await;
                continue;
            }
            // Checked between mails and while idle, since no event says so.
            if self.owes_its_seat() {
                self.hang_up().await;
            }
            let shop = self.shop.clone();
            let taken = tokio::select! {
                biased;
                () = soft.cancelled() => break,
                held = self.next_held(&shop) => Some(held),
                () = tokio::time::sleep(look), if self.connection.is_some() => None,
            };
            if let Some(held) = taken {
                self.serve(held).await;
                idle_since = Instant::now();
            } else if idle_since.elapsed() >= IDLE_CONNECTION_MAX {
                self.hang_up().await;
            }
        }
        self.hang_up().await;
    }

    /// Whether the relay asked for fewer connections than we have. Couriers for codes go on.
    fn is_held_back(&self) -> bool {
        match &self.shop.transport {
            Transport::Relay { gate, .. } if !self.codes_only => {
                let general = self.shop.general_couriers();
                self.number >= gate.allowed_sessions(general)
            }
            _ => false,
        }
    }

    /// Whether couriers for codes have all the connections that the relay takes while other mails wait. They give them up
    /// then: a general courier carries codes too.
    fn owes_its_seat(&self) -> bool {
        match &self.shop.transport {
            Transport::Relay { gate, .. } if self.codes_only && self.connection.is_some() => {
                let has_general = self.shop.general_connections.load(Ordering::Relaxed) > 0;
                !has_general && self.shop.ready.has_other_than_codes() && gate.is_full()
            }
            _ => false,
        }
    }

    /// Waits for a task. Without a connection, first for room at the relay: others have one, and can do with what is there.
    async fn next_held(&self, shop: &Shop) -> Held {
        if let Transport::Relay { gate, .. } = &shop.transport
            && self.connection.is_none()
        {
            gate.room().await;
        }
        shop.ready.take(self.codes_only).await
    }

    async fn hang_up(&mut self) {
        if let Some(Connection { session, seat, _general }) = self.connection.take() {
            session.quit().await;
            drop(seat);
        }
    }

    /// Carries one task, and whatever is ready behind it.
    async fn serve(&mut self, held: Held) {
        let shop = self.shop.clone();
        match &shop.transport {
            _ if !held.is_mail() => {
                let made = shop.prepare(held, Patience::Until(&self.soft)).await;
                debug_assert!(matches!(made, Prepared::Ended(_)), "a subscription change makes no mail");
            }
            Transport::Outbox => self.capture(held).await,
            Transport::Relay { connector, gate } => {
                // The relay may have asked for fewer since the courier began to wait: another one takes it.
                if self.is_held_back() {
                    return shop.ready.put(held);
                }
                // A connection first: the mark should be as late as can be.
                if self.connect(connector, gate).await.is_err() {
                    return self.put_back(held, gate).await;
                }
                if self.connection.as_ref().is_some_and(|connection| !connection.session.is_pipelining()) {
                    self.carry_alone(held, connector, gate).await;
                } else if let Prepared::Parcel(parcel) = shop.prepare(held, Patience::Until(&self.soft)).await {
                    self.carry(*parcel, connector, gate).await;
                }
            }
        }
    }

    /// Gives up an unmarked task: to a courier with a connection or, when nobody may connect, back to the queue. The
    /// task loses no try.
    async fn put_back(&self, held: Held, gate: &RelayGate) {
        if gate.is_closed() && !self.soft.is_cancelled() {
            self.shop.ready.put(held);
        } else {
            self.shop.conclude(held, Verdict::Release).await;
        }
    }

    /// Makes sure that there is a live connection. Neither waits for permission to connect nor goes on connecting after
    /// a soft stop: a courier that holds a task must give it up instead.
    async fn connect(&mut self, connector: &Connector, gate: &RelayGate) -> Result<(), NoConnection> {
        if self.connection.as_ref().is_some_and(|connection| connection.session.is_alive()) {
            return Ok(());
        }
        self.connection = None;
        let pass = gate.try_enter().ok_or(NoConnection)?;
        let started = Instant::now();
        match self.soft.run_until_cancelled(connector.connect()).await.ok_or(NoConnection)? {
            Ok(session) => {
                // Dropped, when the breaker has opened meanwhile.
                let seat = pass.ready().ok_or(NoConnection)?;
                metrics::smtp_step("connect", started.elapsed());
                let general = (!self.codes_only).then(|| General::enter(&self.shop));
                self.connection = Some(Connection { session, seat, _general: general });
                Ok(())
            }
            Err(failure) => {
                let why = failure.masked();
                pass.failed(chance());
                if gate.is_closed() {
                    tracing::warn!(
                        gomail.relay = connector.relay(),
                        error.message = why,
                        "the relay refused a connection"
                    );
                } else {
                    tracing::warn!(gomail.relay = connector.relay(), error.message = why, "the relay is not ready");
                }
                Err(NoConnection)
            }
        }
    }

    /// Puts a mail into the outbox instead of sending it.
    async fn capture(&self, held: Held) {
        let prepared = self.shop.prepare(held, Patience::Until(&self.soft)).await;
        let Prepared::Parcel(parcel) = prepared else { return };
        let Parcel { held, mail, .. } = *parcel;
        let captured = Captured {
            account: held.task.account.clone(),
            id: held.task.id,
            to: mail.to.as_str().to_owned(),
            subject: mail.subject,
            raw: mail.raw,
        };
        let mut failures = 0;
        // Capturing twice replaces: unlike a relay, the outbox may be asked until it answers.
        while let Err(error) = self.shop.store.capture(captured.clone()).await {
            tracing::debug!(error.message = %error, "waiting for the store");
            tokio::time::sleep(super::pause_after_failure(failures)).await;
            failures += 1;
        }
        let attempt = report::attempt(&held, Outcome::Captured, Some(Stage::Outbox), None);
        self.shop.hand_in(held, Verdict::Succeeded, Some(attempt)).await.recorded().await;
    }

    /// Ends a mail as the relay answered, or did not; wait for it to be recorded.
    async fn end(&self, connection: &Connection, held: Held, answer: Result<Reply, Failure>) -> Recording {
        let task = &held.task;
        let facts = Facts {
            task_type: report::task_type(task),
            retries: u32::from(task.retries),
            tries_used: task.tries_used,
            deferrals: task.failures.saturating_sub(task.tries_used),
            duplicate_possible: task.duplicate_possible,
        };
        let judgement = judge(answer.as_ref(), facts, self.shop.policy(task.lane), chance());
        judgement.relay.tell(&connection.seat, self.shop.general_couriers(), chance());
        let attempt = judgement.outcome.map(|outcome| {
            let (stage, message, code, enhanced) = match answer {
                Ok(Reply { code, enhanced, text }) => (Some(Stage::FinalDot), text, Some(code), enhanced),
                Err(failure) => {
                    let reply = failure.reply();
                    let (code, enhanced) =
                        (reply.map(|reply| reply.code), reply.and_then(|reply| reply.enhanced.clone()));
                    (failure.stage(), failure.message().to_owned(), code, enhanced)
                }
            };
            let mut attempt = report::attempt(&held, outcome, stage, Some(message));
            (attempt.smtp_code, attempt.enhanced_code) = (code, enhanced);
            if let Transport::Relay { connector, .. } = &self.shop.transport {
                attempt.relay = Some(connector.relay().to_owned());
                attempt.tls = connection.session.tls().map(str::to_owned);
            }
            attempt
        });
        self.shop.hand_in(held, judgement.verdict, attempt).await
    }
}
