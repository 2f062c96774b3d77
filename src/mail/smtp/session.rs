//! One ready session: envelope, body, reply, and the next envelope in the same breath.

use std::time::Duration;

use super::{
    Envelope, Failure, Reply,
    capabilities::Capabilities,
    link::{Link, LinkError},
    wire,
};
use crate::domain::Stage;

/// How long a relay may take to say goodbye.
const QUIT_MAX: Duration = Duration::from_secs(5);
/// What a session keeps of its buffer between mails.
const OUT_KEPT: usize = 64 * 1024;

/// The timeouts of a session.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeouts {
    /// Of each step.
    pub(super) step: Duration,
    /// Of the wait after the final dot.
    pub(super) data: Duration,
}

/// Mails refused in a row after which a session is given up: it may be the session that the relay refuses, not the mails.
const REFUSED_IN_A_ROW_MAX: u32 = 10;

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between mails.
    Ready,
    /// Between mails, after a refused envelope: RSET comes before the next MAIL.
    Stained,
    /// The relay took sender and recipient, and waits for DATA.
    Addressed,
    /// The relay said 354 and waits for a body.
    Open,
    /// The next envelope went out behind a body, and the replies to it are still to be read.
    Announced,
    /// Of no use. Also the state *during* every operation, so that a future dropped midway leaves it behind.
    Dead,
}

/// A connection that is ready for mail, owned by one task. Dropping it closes the connection; a mail whose body was
/// not sent to its end is then not delivered.
#[derive(Debug)]
pub struct Session {
    link: Link,
    tls: Option<&'static str>,
    offered: Capabilities,
    timeouts: Timeouts,
    state: State,
    /// Whether the relay has answered for a mail on this connection before.
    is_kept: bool,
    /// Mails that the relay refused since it last took one.
    refused_in_a_row: u32,
    out: Vec<u8>,
}

impl Session {
    pub(super) fn new(link: Link, offered: Capabilities, timeouts: Timeouts) -> Self {
        let tls = link.tls_version();
        Self { link, tls, offered, timeouts, state: State::Ready, is_kept: false, refused_in_a_row: 0, out: Vec::new() }
    }

    /// The TLS version, `TLSv1.2` or `TLSv1.3`; `None` on a plain link.
    #[must_use]
    pub fn tls(&self) -> Option<&'static str> {
        self.tls
    }

    /// Whether another mail can go over the session. One that cannot carry any, also since an envelope is still open, is to be
    /// dropped.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        matches!(self.state, State::Ready | State::Stained | State::Addressed)
    }

    /// Whether the relay takes several commands in one write. If not, [`Session::address`] and [`Session::data`] are the way.
    #[must_use]
    pub fn is_pipelining(&self) -> bool {
        self.offered.pipelining
    }

    /// Whether the session can go on *and* the relay has neither closed nor spoken unasked (`421`, idle too long).
    /// One system call; ask before a kept session is used again.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.is_usable() && self.link.is_quiet()
    }

    /// Announces a mail: MAIL, RCPT and DATA, in one write where the relay takes that. `Ok` means 354: the mail is
    /// [`Session::deliver`]'s to send. An open envelope can be given up only by dropping the session.
    ///
    /// # Errors
    /// [`Failure::Refused`] with the step that was refused first; the session goes on unless the code was 421 or 530, or it
    /// has carried mails and MAIL is refused for now, or ten mails in a row were.
    /// [`Failure::Lost`] or [`Failure::Untouched`]; the session is dead.
    ///
    /// # Cancel safety
    /// A session whose future is dropped midway is dead; nothing is delivered, not even after a 354: a mail ends with its
    /// final dot, and a connection that closes before it ends the transaction (RFC 5321 §3.8).
    pub async fn open(&mut self, envelope: &Envelope) -> Result<(), Failure> {
        if !self.offered.pipelining {
            self.address(envelope).await?;
            return self.data(envelope).await;
        }
        let is_stained = self.start(envelope)?;
        self.out.clear();
        if is_stained {
            self.out.extend_from_slice(b"RSET\r\n");
        }
        wire::mail(envelope, self.offered.size.is_some(), &mut self.out);
        wire::rcpt(envelope, &mut self.out);
        wire::data(&mut self.out);
        self.link.write(&self.out, self.timeouts.step).await.map_err(|e| self.lost(Stage::Mail, &e))?;
        if is_stained {
            self.reset_reply().await?;
        }
        self.envelope_replies(envelope, &[Stage::Mail, Stage::Rcpt, Stage::Data]).await
    }

    /// Announces a mail up to its recipient: MAIL and RCPT, one after the other. The next is [`Session::data`], or
    /// another envelope in its place.
    ///
    /// # Errors
    /// As [`Session::open`].
    ///
    /// # Cancel safety
    /// A session whose future is dropped midway is dead; nothing is delivered.
    pub async fn address(&mut self, envelope: &Envelope) -> Result<(), Failure> {
        if self.start(envelope)? {
            self.link.write(b"RSET\r\n", self.timeouts.step).await.map_err(|e| self.lost(Stage::Mail, &e))?;
            self.reset_reply().await?;
        }
        self.envelope_replies(envelope, &[Stage::Mail, Stage::Rcpt]).await
    }

    /// Says DATA for the envelope that [`Session::address`] announced. `Ok` means 354.
    ///
    /// # Errors
    /// As [`Session::open`].
    ///
    /// # Cancel safety
    /// As [`Session::open`].
    pub async fn data(&mut self, envelope: &Envelope) -> Result<(), Failure> {
        if std::mem::replace(&mut self.state, State::Dead) != State::Addressed {
            return Err(Failure::Untouched { message: "no envelope is addressed".to_owned() });
        }
        self.envelope_replies(envelope, &[Stage::Data]).await
    }

    /// What comes before an envelope; whether RSET must.
    fn start(&mut self, envelope: &Envelope) -> Result<bool, Failure> {
        let state = std::mem::replace(&mut self.state, State::Dead);
        match state {
            State::Ready | State::Stained | State::Addressed => {}
            State::Open | State::Announced => {
                return Err(Failure::Untouched { message: "another envelope is still open".to_owned() });
            }
            State::Dead => return Err(Failure::Untouched { message: "the session is over".to_owned() }),
        }
        if let Some(failure) = self.too_large(envelope) {
            self.state = state;
            return Err(failure);
        }
        if self.is_kept && !self.link.is_quiet() {
            return Err(Failure::untouched(&LinkError::Closed));
        }
        Ok(state != State::Ready)
    }

    /// Sends the body of the open envelope, CRLF or LF, and waits for the relay's word. Where the relay takes it,
    /// `next` is announced in the same write, so that a mail costs one round trip: ask [`Session::opened`] for it then.
    ///
    /// # Errors
    /// What became of the mail. The session may be dead.
    ///
    /// # Cancel safety
    /// A session whose future is dropped midway is dead, and the mail may be out.
    pub async fn deliver(&mut self, body: &[u8], next: Option<&Envelope>) -> Result<Reply, Failure> {
        let state = std::mem::replace(&mut self.state, State::Dead);
        if state != State::Open {
            return Err(Failure::Untouched { message: "no envelope is open".to_owned() });
        }
        self.out.clear();
        wire::stuff(body, &mut self.out);
        let dot_starts = self.out.len();
        self.out.extend_from_slice(wire::FINAL_DOT);
        let dot_ends = self.out.len();
        let announced = next.filter(|next| self.offered.pipelining && self.too_large(next).is_none());
        if let Some(next) = announced {
            wire::mail(next, self.offered.size.is_some(), &mut self.out);
            wire::rcpt(next, &mut self.out);
            wire::data(&mut self.out);
        }
        let outcome = self.body_reply(dot_starts, dot_ends).await;
        if self.state == State::Ready && announced.is_some() {
            self.state = State::Announced;
        }
        outcome
    }

    /// Waits for the replies to `next`, which [`Session::deliver`] was given. `Ok` means 354. `None` when it was not
    /// announced, since the relay does not pipeline: it is [`Session::open`]'s then.
    ///
    /// They are not waited for once `stopping` is ready: the session is dead then, and `next` is [`Failure::Untouched`].
    /// Its envelope may be on its way, and even its 354, but no byte of its body is: a relay drops such a mail when the
    /// connection closes (RFC 5321 §3.8).
    ///
    /// # Cancel safety
    /// A session whose future is dropped midway is dead; `next` is not delivered.
    pub async fn opened(&mut self, next: &Envelope, stopping: impl Future<Output = ()>) -> Option<Result<(), Failure>> {
        if !self.offered.pipelining {
            return None;
        }
        if let Some(failure) = self.too_large(next) {
            return Some(Err(failure));
        }
        if self.state != State::Announced {
            return Some(Err(Failure::Untouched { message: "the session ended with the mail before".to_owned() }));
        }
        self.state = State::Dead;
        // What has come is understood first; nearly always that is all, and nobody waits.
        tokio::select! {
            biased;
            opened = self.envelope_replies(next, &[Stage::Mail, Stage::Rcpt, Stage::Data]) => Some(opened),
            () = stopping => {
                Some(Err(Failure::Untouched { message: "a stop did not wait for the replies".to_owned() }))
            }
        }
    }

    /// Says goodbye and closes. Waits at most five seconds for the answer; nothing depends on it.
    pub async fn quit(mut self) {
        let patience = self.timeouts.step.min(QUIT_MAX);
        // With an envelope open, QUIT would be the mail's first line.
        if self.is_usable() {
            let _ = self.link.command(b"QUIT\r\n", patience).await;
        }
        self.link.close(patience).await;
    }

    /// Writes what is in `out` up to the end and reads the reply to the final dot. Leaves the state `Ready` when the
    /// session can go on.
    async fn body_reply(&mut self, dot_starts: usize, dot_ends: usize) -> Result<Reply, Failure> {
        let before = self.link.handed();
        let written = match self.link.listen().await {
            Ok(()) => self.link.write_guarded(&self.out, dot_ends, self.timeouts.step).await,
            Err(error) => Err(error),
        };
        // A large mail's bytes are not kept for the next one: there are many sessions.
        self.out.clear();
        self.out.shrink_to(OUT_KEPT);
        // Under TLS the count is of ciphertext, which is longer: it can only say "may be out" too early.
        let handed = self.link.handed() - before;
        let is_dot_out = handed > dot_starts as u64;
        if let Err(error) = written {
            return self.last_words(error, is_dot_out, handed >= dot_ends as u64).await;
        }
        match self.link.reply(self.timeouts.data).await {
            Ok(reply) if reply.is_positive() => {
                self.is_kept = true;
                self.refused_in_a_row = 0;
                self.state = State::Ready;
                Ok(reply)
            }
            Ok(reply) if reply.is_negative() => {
                self.is_kept = true;
                self.refused_in_a_row += 1;
                if !ends_session(&reply) && self.refused_in_a_row < REFUSED_IN_A_ROW_MAX {
                    self.state = State::Ready;
                }
                Err(Failure::Refused { stage: Stage::FinalDot, reply })
            }
            Ok(reply) => Err(Failure::nonsense(Stage::FinalDot, reply, true)),
            Err(error) => Err(Failure::lost(Stage::FinalDot, &error, true)),
        }
    }

    /// The writing broke off. A relay that closes early has often said why (552, 421); that beats "broken pipe".
    async fn last_words(&mut self, error: LinkError, is_dot_out: bool, is_dot_whole: bool) -> Result<Reply, Failure> {
        let stage = if is_dot_out { Stage::FinalDot } else { Stage::Body };
        if error.is_gone() || matches!(error, LinkError::TooEarly) {
            match self.link.reply(self.timeouts.step).await {
                Ok(reply) if reply.is_negative() => return Err(Failure::Refused { stage, reply }),
                // The relay had the whole mail; only the next one's envelope found the door shut.
                Ok(reply) if reply.is_positive() && is_dot_whole => return Ok(reply),
                Ok(reply) => return Err(Failure::nonsense(stage, reply, is_dot_out)),
                Err(_) => {}
            }
        }
        Err(Failure::lost(stage, &error, is_dot_out))
    }

    async fn reset_reply(&mut self) -> Result<(), Failure> {
        match self.link.reply(self.timeouts.step).await {
            Ok(reply) if reply.is_positive() => Ok(()),
            Ok(reply) if reply.code == 421 => Err(Failure::Refused { stage: Stage::Mail, reply }),
            Ok(reply) => Err(Failure::Untouched { message: format!("RSET refused: {reply}") }),
            // It was about the mail before; of this one nothing is known yet.
            Err(error) => Err(Failure::Untouched { message: format!("no answer to RSET: {error}") }),
        }
    }

    /// Reads the replies to these commands of an envelope, every one of them; without PIPELINING, sends each before.
    /// Sets the state.
    async fn envelope_replies(&mut self, envelope: &Envelope, stages: &[Stage]) -> Result<(), Failure> {
        let step = self.timeouts.step;
        let was_kept = self.is_kept;
        let mut refused = None;
        let mut is_rcpt_taken = false;
        let mut is_data_taken = false;
        for stage in stages.iter().copied() {
            if !self.offered.pipelining {
                self.out.clear();
                match stage {
                    Stage::Mail => wire::mail(envelope, self.offered.size.is_some(), &mut self.out),
                    Stage::Rcpt => wire::rcpt(envelope, &mut self.out),
                    _ => wire::data(&mut self.out),
                }
                self.link.write(&self.out, step).await.map_err(|error| self.lost(stage, &error))?;
            }
            let reply = match self.link.reply(step).await {
                Ok(reply) => reply,
                Err(error) => return Err(refused.unwrap_or_else(|| self.lost(stage, &error))),
            };
            self.is_kept = true;
            let is_due = if stage == Stage::Data { reply.code == 354 } else { reply.is_positive() };
            if is_due {
                is_rcpt_taken |= stage == Stage::Rcpt;
                is_data_taken |= stage == Stage::Data;
            } else if reply.is_negative() {
                let is_over = ends_session(&reply);
                let failure = refused.get_or_insert(Failure::Refused { stage, reply });
                if is_over {
                    return Err(failure.clone());
                }
                if !self.offered.pipelining {
                    break;
                }
            } else {
                return Err(refused.unwrap_or_else(|| Failure::nonsense(stage, reply, false)));
            }
        }
        let Some(failure) = refused else {
            self.state = if is_data_taken { State::Open } else { State::Addressed };
            return Ok(());
        };
        // Some relays say 354 to the DATA of a refused envelope. With no recipient a lone dot ends that (RFC 2920
        // §3.1); if they took the recipient all the same, the dot would deliver an empty mail: the session dies instead.
        let is_clean = match (is_data_taken, is_rcpt_taken) {
            (false, _) => true,
            (true, true) => false,
            (true, false) => self.link.command(wire::FINAL_DOT, step).await.is_ok_and(|reply| !ends_session(&reply)),
        };
        self.refused_in_a_row += 1;
        let is_worn = was_kept && is_put_off_at_mail(&failure) || self.refused_in_a_row >= REFUSED_IN_A_ROW_MAX;
        if is_clean && !is_worn {
            self.state = State::Stained;
        }
        Err(failure)
    }

    /// The relay's limit, before a byte is sent.
    fn too_large(&self, envelope: &Envelope) -> Option<Failure> {
        let limit = self.offered.limit_broken_by(envelope.size)?;
        let text = format!("5.3.4 the mail has {} bytes, the relay takes {limit}", envelope.size);
        Some(Failure::Refused { stage: Stage::Mail, reply: Reply::new(552, &text) })
    }

    /// The link failed before a reply to `stage`. On a kept connection, where the relay has answered nothing for this
    /// mail, that is a connection gone stale and no fault of the mail.
    fn lost(&self, stage: Stage, error: &LinkError) -> Failure {
        if self.is_kept && stage == Stage::Mail && error.is_gone() {
            Failure::untouched(error)
        } else {
            Failure::lost(stage, error, false)
        }
    }
}

/// Whether MAIL was refused for now: some relays take so many mails a session and then no more (4.5.3). A new session may be
/// taken.
fn is_put_off_at_mail(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused { stage: Stage::Mail, reply } if reply.code / 100 == 4)
}

/// 421: the relay is closing (RFC 5321 §3.8). 530: it wants a login that this session does not have.
fn ends_session(reply: &Reply) -> bool {
    matches!(reply.code, 421 | 530)
}
