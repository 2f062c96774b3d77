//! A courier: one SMTP connection, and the mails it carries one after the other.
//!
//! Where the relay pipelines, a mail's body and the next mail's envelope go out in one write: one round trip a mail.
//! So a courier has at most two mails marked there, one whose body is on its way and one whose DATA is answered; and a third
//! where the relay is as quick as the store.

use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{
    Shop, Transport, chance,
    holds::Held,
    parcel::{Parcel, Patience, Prepared, envelope_of},
    recording::Recording,
    report,
};
use crate::{
    domain::{Lane, Outcome, Stage, Verdict},
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

/// A relay that takes a mail in less time is quick: the mark of the mail after next takes about as long, so it is
/// requested one mail early. For a slower relay that gains nothing, and marks should be made as late as possible.
const QUICK_DELIVERY_MAX: Duration = Duration::from_millis(5);
/// Unrecorded outcomes per connection: a disk sync takes longer than a mail, so the connection does not wait for each.
/// A crash leaves these and the marked mails in doubt, and where the store is slow two more.
const RECORDINGS_MAX: usize = 3;

/// How long a courier rests that has a recipient taken and no mark.
const STORE_AWAY_PAUSE: Duration = Duration::from_secs(1);
/// How long a courier waits for the store while the relay waits for a body. Relays end a session that stays silent.
const RECORDING_WAIT_MAX: Duration = Duration::from_secs(1);

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

    /// Carries one mail to a relay that takes one command at a time: it is marked between RCPT and DATA.
    async fn carry_alone(&mut self, held: Held, connector: &Connector, gate: &RelayGate) {
        let shop = self.shop.clone();
        let Ok((held, mail)) = shop.compose(held, Patience::Until(&self.soft)).await else { return };
        let envelope = envelope_of(&mail);
        loop {
            if self.connect(connector, gate).await.is_err() {
                return self.put_back(held, gate).await;
            }
            let Some(mut connection) = self.connection.take() else { return };
            let addressed = self.soft.run_until_cancelled(connection.session.address(&envelope)).await;
            match addressed {
                Some(Ok(())) => match shop.mark(held, mail, Patience::Hurries).await {
                    Prepared::Parcel(parcel) => self.deliver_alone(&mut connection, *parcel).await,
                    Prepared::Ended(recording) => {
                        if let Some(recording) = recording {
                            recording.recorded().await;
                        }
                    }
                    // The relay is not to hear of the same mail again and again.
                    Prepared::Later => {
                        let _ = tokio::time::timeout(STORE_AWAY_PAUSE, self.soft.cancelled()).await;
                    }
                },
                // The kept connection was gone before it saw anything of this mail: over a new one.
                Some(Err(Failure::Untouched { .. })) => continue,
                Some(Err(failure)) => self.end(&connection, held, Err(failure)).await.recorded().await,
                // A stop.
                None => shop.conclude(held, Verdict::Release).await,
            }
            self.connection = connection.session.is_usable().then_some(connection);
            return;
        }
    }

    /// DATA and body of a mail whose recipient is taken.
    async fn deliver_alone(&self, connection: &mut Connection, parcel: Parcel) {
        let Some(Parcel { held, mail, envelope }) = self.shop.in_time(parcel).await else { return };
        match self.soft.run_until_cancelled(connection.session.data(&envelope)).await {
            Some(Ok(())) => {}
            Some(Err(failure)) => return self.end(connection, held, Err(failure)).await.recorded().await,
            None => return self.shop.conclude(held, Verdict::Release).await,
        }
        // The relay may have taken its time.
        let Some(Parcel { held, mail, .. }) = self.shop.in_time(Parcel { held, mail, envelope }).await else { return };
        let started = Instant::now();
        let outcome = connection.session.deliver(&mail.raw, None).await;
        metrics::smtp_step("deliver", started.elapsed());
        self.end(connection, held, outcome).await.recorded().await;
    }

    /// Carries a marked mail, and then, without another round trip, those that are ready.
    async fn carry(&mut self, first: Parcel, connector: &Connector, gate: &RelayGate) {
        let mut marked = VecDeque::from([first]);
        while let Some(parcel) = marked.pop_front() {
            let Some(parcel) = self.shop.in_time(parcel).await else { continue };
            if self.connect(connector, gate).await.is_err() {
                // Not into `ready`: only a release to the store takes the mark back.
                self.shop.conclude(parcel.held, Verdict::Release).await;
                continue;
            }
            let Some(mut connection) = self.connection.take() else { return };
            match self.soft.run_until_cancelled(connection.session.open(&parcel.envelope)).await {
                Some(Ok(())) => self.deliver_chain(&mut connection, parcel, &mut marked).await,
                // The kept connection was gone before it saw anything of this mail: over a new one.
                Some(Err(Failure::Untouched { .. })) => marked.push_front(parcel),
                Some(Err(failure)) => self.end(&connection, parcel.held, Err(failure)).await.recorded().await,
                // A stop. Its body has not begun, so the session, if it was used at all, is dropped and delivers nothing.
                None => self.shop.conclude(parcel.held, Verdict::Release).await,
            }
            self.connection = connection.session.is_usable().then_some(connection);
        }
    }

    /// Delivers `opened`, then those `marked`, then whatever else is pipelined behind them. On return `marked` holds
    /// the mails that are marked but whose envelope was not sent.
    async fn deliver_chain(&self, connection: &mut Connection, opened: Parcel, marked: &mut VecDeque<Parcel>) {
        let mut current = opened;
        let mut recordings: VecDeque<Recording> = VecDeque::new();
        let mut is_quick = false;
        let mut is_behind = false;
        // Its turn may have come late, behind a slow mail. What is open then has no body, and ends with the session.
        while let Some(Parcel { held, mail, .. }) = self.shop.in_time(current).await {
            let next = if is_behind {
                // No further envelope: the relay would wait for its body as long as the store is slow.
                None
            } else if let Some(parcel) = marked.pop_front() {
                Some(parcel)
            } else {
                self.next_parcel(held.task.lane, &mut recordings).await
            };
            let started = Instant::now();
            let behind = next.as_ref().filter(|_| is_quick && marked.is_empty()).map(|next| next.held.task.lane);
            let mut unsent = VecDeque::new();
            let ahead = async { self.next_parcel(behind?, &mut unsent).await };
            let envelope = next.as_ref().map(|next| &next.envelope);
            let delivering = async {
                let outcome = connection.session.deliver(&mail.raw, envelope).await;
                let took = started.elapsed();
                // Handed in before anything else: the relay may be slow to answer for the next envelope.
                let recording = self.end(connection, held, outcome).await;
                let opened = match envelope {
                    Some(envelope) => connection.session.opened(envelope, self.soft.cancelled()).await,
                    None => None,
                };
                (took, recording, opened)
            };
            let ((took, recording, opened), ahead) = tokio::join!(delivering, ahead);
            metrics::smtp_step("deliver", took);
            is_quick = took < QUICK_DELIVERY_MAX;
            marked.extend(ahead);
            recordings.push_back(recording);
            recordings.append(&mut unsent);
            is_behind = !are_few(&mut recordings).await;
            let Some(parcel) = next else { break };
            match opened {
                Some(Ok(())) if !self.soft.is_cancelled() => current = parcel,
                // Not begun, or open at a stop: a body that begins now may outlast the grace.
                None | Some(Ok(()) | Err(Failure::Untouched { .. })) => {
                    marked.push_front(parcel);
                    break;
                }
                Some(Err(failure)) => {
                    self.end(connection, parcel.held, Err(failure)).await.recorded().await;
                    break;
                }
            }
        }
        for recording in recordings {
            recording.recorded().await;
        }
    }

    /// The next mail that may go behind one of lane `behind`, marked; `None` when there is none to spare, we are stopping,
    /// or the store gives no mark now: the relay waits for the opened mail's body. What ends unsent goes to `recordings`.
    async fn next_parcel(&self, behind: Lane, recordings: &mut VecDeque<Recording>) -> Option<Parcel> {
        loop {
            if self.soft.is_cancelled() || self.is_held_back() {
                return None;
            }
            let held = self.shop.ready.try_take(self.codes_only, behind)?;
            match self.shop.prepare(held, Patience::Hurries).await {
                Prepared::Parcel(parcel) => return Some(*parcel),
                Prepared::Ended(recording) => recordings.extend(recording.map(|recording| *recording)),
                Prepared::Later => return None,
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

/// Waits until at most [`RECORDINGS_MAX`] are on their way, but not for long; whether they are that few.
async fn are_few(recordings: &mut VecDeque<Recording>) -> bool {
    if recordings.len() <= RECORDINGS_MAX {
        return true;
    }
    let waiting = async {
        while recordings.len() > RECORDINGS_MAX
            && let Some(oldest) = recordings.front_mut()
        {
            oldest.wait().await;
            recordings.pop_front();
        }
    };
    tokio::time::timeout(RECORDING_WAIT_MAX, waiting).await.is_ok()
}
