//! A client's connection whose HTTP errors have the API's shape.
//!
//! hyper answers what it cannot parse by itself, with an empty body. Those answers are recognised on their way out
//! (no answer of ours is an error with an empty body) and replaced.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::http::StatusCode;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use super::errors::ApiError;
use crate::auth::random_id;

/// The longest head hyper writes for an error of its own.
const ERROR_HEAD_MAX: usize = 512;

/// A connection; see the module.
#[derive(Debug)]
pub(super) struct ClientStream {
    tcp: TcpStream,
    /// The replacement being written, and how much of it is out.
    pending: (Vec<u8>, usize),
    patience: Duration,
    /// When the client must have taken something; set while it takes nothing.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl ClientStream {
    /// Wraps a connection, which fails when the client takes nothing of an answer for as long as `patience`.
    pub(super) const fn new(tcp: TcpStream, patience: Duration) -> Self {
        Self { tcp, pending: (Vec::new(), 0), patience, deadline: None }
    }

    /// The connection itself.
    pub(super) fn into_inner(self) -> TcpStream {
        self.tcp
    }

    fn poll_tcp_write(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = Pin::new(&mut self.tcp).poll_write(cx, buf) {
            self.deadline = None;
            return Poll::Ready(written);
        }
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(self.patience)));
        ready!(deadline.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_pending(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.pending.1 < self.pending.0.len() {
            let (bytes, written) = std::mem::take(&mut self.pending);
            let outcome = self.poll_tcp_write(cx, &bytes[written..]);
            self.pending = (bytes, written);
            match ready!(outcome)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.pending.1 += count,
            }
        }
        self.pending = (Vec::new(), 0);
        Poll::Ready(Ok(()))
    }
}

/// A whole HTTP/1.1 answer with a refusal, after which the connection ends.
pub(super) fn refusal(error: ApiError) -> Vec<u8> {
    let id = random_id();
    let parts = error.parts();
    let status = parts.status;
    let reason = status.canonical_reason().unwrap_or_default();
    let body = serde_json::to_string(&parts.body(&id)).unwrap_or_default();
    format!(
        "HTTP/1.1 {} {reason}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nx-request-id: {id}\r\n\
         connection: close\r\n\r\n{body}",
        status.as_u16(),
        body.len()
    )
    .into_bytes()
}

/// The replacement for an answer that hyper gave by itself.
fn replacement(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() > ERROR_HEAD_MAX || !bytes.starts_with(b"HTTP/1.1 4") {
        return None;
    }
    let head = std::str::from_utf8(bytes).ok()?;
    if !head.ends_with("\r\n\r\n") || !head.to_ascii_lowercase().contains("\r\ncontent-length: 0\r\n") {
        return None;
    }
    let status = StatusCode::from_bytes(head.get(9..12)?.as_bytes()).ok()?;
    match status {
        StatusCode::BAD_REQUEST => Some(refusal(ApiError::BadRequest)),
        StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            Some(refusal(ApiError::HeadersTooLarge))
        }
        _ => None,
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_read(cx, buf)
    }
}

// Not vectored: then hyper writes a head, and a small body with it, in one piece.
impl AsyncWrite for ClientStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_pending(cx))?;
        match replacement(buf) {
            Some(bytes) => {
                this.pending = (bytes, 0);
                Poll::Ready(Ok(buf.len()))
            }
            None => this.poll_tcp_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_pending(cx))?;
        Pin::new(&mut this.tcp).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_pending(cx))?;
        Pin::new(&mut this.tcp).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hypers_own_errors_are_replaced() {
        let replaced = |head: &str| replacement(head.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap());

        let answer = replaced(
            "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n",
        );
        assert!(answer.unwrap().contains(r#""error":"headers_too_large""#));
        let answer = replaced("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        assert!(answer.unwrap().contains(r#"{"status":false,"#));
        for ours in [
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 10\r\n\r\n0123456789",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 10\r\n\r\n",
        ] {
            assert!(replaced(ours).is_none(), "{ours}");
        }
    }
}
