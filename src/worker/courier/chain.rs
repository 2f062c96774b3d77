//! One round trip a mail, for relays with PIPELINING: a mail's body and the next mail's envelope go out in one write.
//!
//! So a connection has at most two mails marked, one whose body is on its way and one whose DATA is answered; and a few
//! more where the relay is as quick as the store.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::{Connection, Courier};
use crate::{
    domain::{Lane, Verdict},
    mail::smtp::{Connector, Failure, RelayGate},
    telemetry::metrics,
    worker::{
        parcel::{Marking, Parcel, Patience, Prepared},
        recording::Recording,
    },
};

/// A relay that takes a mail in less time is quick: a mark takes about as long, so marks are asked for early. For a
/// slower relay that gains nothing, and marks should be made as late as possible.
const QUICK_DELIVERY_MAX: Duration = Duration::from_millis(5);
/// Unrecorded outcomes per connection: a disk sync takes longer than a mail, so the connection does not wait for each.
/// The end of the machine leaves these and the marked mails in doubt, and where the store is slow two more.
const RECORDINGS_MAX: usize = 5;
/// How long a courier waits for the store while the relay waits for a body. Relays end a session that stays silent.
const RECORDING_WAIT_MAX: Duration = Duration::from_secs(1);

impl Courier {
    /// Carries a marked mail, and then, without another round trip, those that are ready.
    pub(super) async fn carry(&mut self, first: Parcel, connector: &Connector, gate: &RelayGate) {
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
        let mut markings: VecDeque<Marking> = VecDeque::new();
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
                self.next_parcel(held.task.lane, &mut markings, &mut recordings).await
            };
            let started = Instant::now();
            let ahead = next.as_ref().filter(|_| is_quick && marked.is_empty()).map(|next| next.held.task.lane);
            let mut unsent = VecDeque::new();
            let asking = async {
                let mut behind = markings.back().map_or(ahead?, Marking::lane);
                while markings.len() < self.marks_ahead(behind) {
                    let marking = self.ask_next(behind, &mut unsent).await?;
                    behind = marking.lane();
                    markings.push_back(marking);
                }
                Some(())
            };
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
            let ((took, recording, opened), _) = tokio::join!(delivering, asking);
            metrics::smtp_step("deliver", took);
            is_quick = took < QUICK_DELIVERY_MAX;
            self.shop.pace.note(took);
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
        // Asked for, and the chain ended before them.
        for marking in markings {
            match self.shop.marked(marking, Patience::Hurries).await {
                Prepared::Parcel(parcel) => marked.push_back(*parcel),
                Prepared::Ended(recording) => recordings.extend(recording.map(|recording| *recording)),
                Prepared::Later => {}
            }
        }
        for recording in recordings {
            recording.recorded().await;
        }
    }

    /// Marks asked for beyond the next mail's, where the relay is quick. After a crash a marked message is sent again,
    /// while a code or newsletter waits for an operator; and without a courier of its own a code waits for marked mails.
    fn marks_ahead(&self, lane: Lane) -> usize {
        if lane == Lane::Message && self.shop.settings.reserved_for_codes() > 0 { 3 } else { 1 }
    }

    /// The next mail that may go behind one of lane `behind`, marked: the first of `markings`, or else of those that are
    /// ready. `None` when there is none to spare, we are stopping, or the store gives no mark now: the relay waits for the
    /// opened mail's body. What ends unsent goes to `recordings`.
    async fn next_parcel(
        &self,
        behind: Lane,
        markings: &mut VecDeque<Marking>,
        recordings: &mut VecDeque<Recording>,
    ) -> Option<Parcel> {
        loop {
            let marking = match markings.pop_front() {
                Some(marking) => marking,
                None => self.ask_next(behind, recordings).await?,
            };
            match self.shop.marked(marking, Patience::Hurries).await {
                Prepared::Parcel(parcel) => return Some(*parcel),
                Prepared::Ended(recording) => recordings.extend(recording.map(|recording| *recording)),
                Prepared::Later => return None,
            }
        }
    }

    /// Builds the next mail that may go behind one of lane `behind` and asks for its mark. As [`Courier::next_parcel`].
    async fn ask_next(&self, behind: Lane, recordings: &mut VecDeque<Recording>) -> Option<Marking> {
        loop {
            if self.soft.is_cancelled() || self.is_held_back() {
                return None;
            }
            let held = self.shop.ready.try_take(self.codes_only, behind)?;
            match self.shop.compose(held, Patience::Hurries).await {
                Ok((held, mail)) => return Some(self.shop.ask_mark(held, mail).await),
                Err(Prepared::Ended(recording)) => recordings.extend(recording.map(|recording| *recording)),
                Err(Prepared::Parcel(_) | Prepared::Later) => return None,
            }
        }
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
