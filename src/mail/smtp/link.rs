//! One connection: bytes out, replies in, each with a deadline.

use std::{
    future::poll_fn,
    io,
    net::{IpAddr, SocketAddr},
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};

use super::{
    reply::{REPLY_MAX, Reply, scan},
    stream::{Counted, Stream},
};

/// Why a step on the link failed. The link is of no use afterwards.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    /// The step took longer than it may.
    #[error("timed out")]
    Timeout,
    /// The other side closed.
    #[error("the relay closed the connection")]
    Closed,
    /// The operating system or TLS says so.
    #[error("{0}")]
    Io(io::Error),
    /// What came is no SMTP.
    #[error("{0}")]
    Nonsense(&'static str),
    /// The relay spoke before it could have heard all it was to answer.
    #[error("the relay answered before its turn")]
    TooEarly,
}

impl LinkError {
    /// Whether the other side went away, as opposed to being slow or confused.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self, Self::Closed | Self::Io(_))
    }
}

impl From<io::Error> for LinkError {
    fn from(error: io::Error) -> Self {
        // TLS closed without close_notify. Truncation is harmless, because every reply marks its own end.
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Closed } else { Self::Io(error) }
    }
}

/// A connection and what was read from it but not yet understood.
#[derive(Debug)]
pub(super) struct Link {
    stream: Stream,
    peer: SocketAddr,
    input: Vec<u8>,
}

impl Link {
    /// A link over a fresh connection.
    pub(super) fn new(tcp: TcpStream, peer: SocketAddr) -> Self {
        Self { stream: Stream::Plain(Counted::new(tcp)), peer, input: Vec::with_capacity(1024) }
    }

    /// The same link under TLS. Whatever was read in plain is forgotten: it may be an attacker's
    /// (response injection, CVE-2011-0411).
    ///
    /// # Errors
    /// [`LinkError`] when the handshake fails, the certificate included, or takes longer than `step`.
    pub(super) async fn upgrade(
        self,
        tls: &TlsConnector,
        name: ServerName<'static>,
        step: Duration,
    ) -> Result<Self, LinkError> {
        let Stream::Plain(plain) = self.stream else { return Err(LinkError::Nonsense("TLS inside TLS")) };
        let stream = timeout(step, tls.connect(name, plain)).await.map_err(|_| LinkError::Timeout)??;
        Ok(Self { stream: Stream::Tls(Box::new(stream)), peer: self.peer, input: Vec::with_capacity(1024) })
    }

    /// The relay's address.
    pub(super) fn peer_ip(&self) -> IpAddr {
        self.peer.ip().to_canonical()
    }

    /// The TLS version in force.
    pub(super) fn tls_version(&self) -> Option<&'static str> {
        self.stream.tls_version()
    }

    /// Bytes handed to the kernel so far.
    pub(super) fn handed(&self) -> u64 {
        self.stream.handed()
    }

    /// Whether the link is open and the relay has said nothing unasked.
    pub(super) fn is_quiet(&self) -> bool {
        self.input.is_empty() && self.stream.is_quiet()
    }

    /// Writes all of `out`. See [`Link::write_guarded`].
    ///
    /// # Errors
    /// [`LinkError`], but never [`LinkError::TooEarly`].
    pub(super) async fn write(&mut self, out: &[u8], step: Duration) -> Result<(), LinkError> {
        self.write_guarded(out, 0, step).await
    }

    /// Writes all of `out`, with a deadline on progress, and takes in what the relay says meanwhile: two sides that
    /// only write wait for each other forever.
    ///
    /// A reply that is there before `quiet_until` bytes of `out` are handed over ends the writing.
    ///
    /// # Errors
    /// [`LinkError`]; [`Link::handed`] tells how far the writing came.
    pub(super) async fn write_guarded(
        &mut self,
        out: &[u8],
        quiet_until: usize,
        step: Duration,
    ) -> Result<(), LinkError> {
        let quiet_until = self.stream.handed() + quiet_until as u64;
        let mut done = 0;
        let mut deadline = None;
        loop {
            // The deadline is set after the first try, which nearly always finishes, and anew whenever the relay
            // took something: a large mail over a slow link is no timeout, a relay that reads nothing is.
            let turn = poll_fn(|cx| self.poll_turn(cx, out, &mut done, quiet_until));
            let until = *deadline.get_or_insert_with(|| Instant::now() + step);
            match timeout_at(until, turn).await {
                Err(_) => return Err(LinkError::Timeout),
                Ok(Turn::Finished) => return Ok(()),
                Ok(Turn::Progress) => deadline = None,
                Ok(Turn::Heard) => {}
                Ok(Turn::Failed(error)) => return Err(error),
            }
        }
    }

    fn poll_turn(&mut self, cx: &mut Context<'_>, out: &[u8], done: &mut usize, quiet_until: u64) -> Poll<Turn> {
        if self.stream.handed() < quiet_until && !matches!(scan(&self.input), Ok(None)) {
            return Poll::Ready(Turn::Failed(LinkError::TooEarly));
        }
        let before = *done;
        while *done < out.len() {
            match Pin::new(&mut self.stream).poll_write(cx, &out[*done..]) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Turn::Failed(LinkError::Closed)),
                Poll::Ready(Ok(n)) => *done += n,
                Poll::Ready(Err(error)) => return Poll::Ready(Turn::Failed(error.into())),
                Poll::Pending => break,
            }
        }
        if *done == out.len() {
            match Pin::new(&mut self.stream).poll_flush(cx) {
                Poll::Ready(Ok(())) => return Poll::Ready(Turn::Finished),
                Poll::Ready(Err(error)) => return Poll::Ready(Turn::Failed(error.into())),
                Poll::Pending => {}
            }
        }
        if *done > before {
            return Poll::Ready(Turn::Progress);
        }
        if self.input.len() > REPLY_MAX {
            return Poll::Ready(Turn::Failed(LinkError::Nonsense("reply is too long")));
        }
        match pin!(self.stream.read_buf(&mut self.input)).poll(cx) {
            Poll::Ready(Ok(0)) => Poll::Ready(Turn::Failed(LinkError::Closed)),
            Poll::Ready(Ok(_)) => Poll::Ready(Turn::Heard),
            Poll::Ready(Err(error)) => Poll::Ready(Turn::Failed(error.into())),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Takes in, without waiting, what the runtime already knows to be readable.
    ///
    /// # Errors
    /// [`LinkError`] when the link is closed or broken.
    pub(super) async fn listen(&mut self) -> Result<(), LinkError> {
        let heard = poll_fn(|cx| match pin!(self.stream.read_buf(&mut self.input)).poll(cx) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending => Poll::Ready(None),
        })
        .await;
        match heard {
            Some(Ok(0)) => Err(LinkError::Closed),
            Some(Err(error)) => Err(error.into()),
            Some(Ok(_)) | None => Ok(()),
        }
    }

    /// The next reply, whole within `step`.
    ///
    /// # Errors
    /// [`LinkError`] when none comes or what comes is none.
    pub(super) async fn reply(&mut self, step: Duration) -> Result<Reply, LinkError> {
        self.raw_reply(step, Reply::read).await
    }

    /// The next reply, understood by `read` from its code and raw lines.
    ///
    /// # Errors
    /// [`LinkError`] when none comes or what comes is none.
    pub(super) async fn raw_reply<T>(
        &mut self,
        step: Duration,
        read: impl FnOnce(u16, &[u8]) -> T,
    ) -> Result<T, LinkError> {
        let mut deadline = None;
        loop {
            if let Some((code, len)) = scan(&self.input).map_err(LinkError::Nonsense)? {
                let reply = read(code, &self.input[..len]);
                self.input.drain(..len);
                return Ok(reply);
            }
            // One deadline for the whole reply: a relay that sends a byte a minute must not hold us for hours.
            let until = *deadline.get_or_insert_with(|| Instant::now() + step);
            match timeout_at(until, self.stream.read_buf(&mut self.input)).await {
                Err(_) => return Err(LinkError::Timeout),
                Ok(Ok(0)) => return Err(LinkError::Closed),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(error.into()),
            }
        }
    }

    /// Sends one command and reads its reply.
    ///
    /// # Errors
    /// [`LinkError`] when either fails.
    pub(super) async fn command(&mut self, line: &[u8], step: Duration) -> Result<Reply, LinkError> {
        self.write(line, step).await?;
        self.reply(step).await
    }

    /// Ends the link in good order, as far as that goes within `step`.
    pub(super) async fn close(mut self, step: Duration) {
        // Nothing depends on it: the mails are settled by their own replies.
        let _ = timeout(step, self.stream.shutdown()).await;
    }
}

/// How one turn of writing ended.
enum Turn {
    /// All is written and flushed.
    Finished,
    /// Some more is written.
    Progress,
    /// Nothing more is written, but the relay said something.
    Heard,
    /// The link is of no use.
    Failed(LinkError),
}
