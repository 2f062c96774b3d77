//! Connections: accepted, limited in number and time, served, and ended in order.
//!
//! axum's own server knows neither a limit on headers nor one on connections, so this one drives hyper.

use std::{convert::Infallible, future::poll_fn, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderValue, header},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    select,
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    edge,
    errors::ApiError,
    extract::Peer,
    routes::{probe_router, router},
    state::{ApiState, Limits},
    stream::{ClientStream, refusal},
    unread,
};

/// hyper's read buffer: over the header limit, so that a request that is over it is seen whole and answered.
const BUFFER_BYTES: usize = 64 * 1024;
/// How long a client has to hang up after an answer that ended its connection.
const LINGER: Duration = Duration::from_secs(1);
/// The pause after a failed accept: the process is out of file descriptors, and asking at once only spins.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves the API on `listener` until `shutdown`, then finishes what is in flight within [`Limits::grace`] and returns.
///
/// After `shutdown` nothing is accepted and idle connections end; requests in flight get their answers. What is still
/// there after the grace is cut off. Dropping the future leaves open connections to their clients.
pub async fn serve(listener: TcpListener, state: ApiState, shutdown: CancellationToken) {
    serve_router(listener, router(state.clone()), state, shutdown).await;
}

/// Serves only the probes and the metrics, for a role without an API or for a network apart from it. As [`serve`].
pub async fn serve_probes(listener: TcpListener, state: ApiState, shutdown: CancellationToken) {
    serve_router(listener, probe_router(state.clone()), state, shutdown).await;
}

async fn serve_router(listener: TcpListener, router: Router, state: ApiState, shutdown: CancellationToken) {
    let limits = state.parts.limits;
    let server = Server { router, state, soft: shutdown.clone(), hard: CancellationToken::new() };
    let slots = Arc::new(Semaphore::new(limits.connections));
    let connections = TaskTracker::new();
    loop {
        // The slot first: a connection that nobody serves waits better in the kernel's queue than here.
        let slot = select! {
            biased;
            () = shutdown.cancelled() => break,
            slot = Arc::clone(&slots).acquire_owned() => slot,
        };
        let accepted = select! {
            biased;
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let server = server.clone();
                connections.spawn(async move {
                    server.connection(stream, peer, limits).await;
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(error.message = %error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.close();
    if timeout(limits.grace, connections.wait()).await.is_err() {
        tracing::warn!(open = connections.len(), "requests were still in flight after the grace");
        server.hard.cancel();
        connections.wait().await;
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Server {
    router: Router,
    state: ApiState,
    soft: CancellationToken,
    hard: CancellationToken,
}

impl Server {
    /// Serves one connection to its end.
    async fn connection(self, stream: TcpStream, peer: SocketAddr, limits: Limits) {
        // Without it a small answer waits for the client's delayed ACK.
        let _ = stream.set_nodelay(true);
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(limits.headers)
            // A client may say that it sends no more and still wait for its answer. Only the test clock must know that its
            // client has gone: it stops where it came to.
            .half_close(!self.state.parts.test_clock)
            .max_header_size(limits.header_bytes)
            .max_buf_size(BUFFER_BYTES.max(2 * limits.header_bytes));
        let (state, router) = (self.state, self.router);
        let service = service_fn(move |request| answer(state.clone(), router.clone(), request, peer));
        let mut connection = builder.serve_connection(TokioIo::new(ClientStream::new(stream, limits.write)), service);
        let mut is_stopping = false;
        let outcome = loop {
            select! {
                biased;
                () = self.hard.cancelled() => return,
                () = self.soft.cancelled(), if !is_stopping => {
                    is_stopping = true;
                    Pin::new(&mut connection).graceful_shutdown();
                }
                outcome = poll_fn(|cx| connection.poll_without_shutdown(cx)) => break outcome,
            }
        };
        let parts = connection.into_parts();
        let mut stream = parts.io.into_inner().into_inner();
        // A connection that is only idle is closed without a word.
        if outcome.is_err_and(|error| error.is_timeout()) && !parts.read_buf.is_empty() {
            // The client may be gone, that is its affair.
            let _ = timeout(LINGER, stream.write_all(&refusal(ApiError::Timeout))).await;
        }
        hang_up(stream, &self.hard).await;
    }
}

/// One request of a connection.
fn answer(
    state: ApiState,
    router: Router,
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
) -> Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>> {
    Box::pin(async move {
        let (mut request, rest) = unread::lend(request);
        request.extensions_mut().insert(Peer(peer.ip()));
        let mut response = edge::answer(&state, router, request).await;
        if !rest.read().await {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    })
}

/// Ends a connection so that its client gets to read the last answer: closing a socket that holds unread bytes resets
/// the connection, and the client's system throws the answer away.
async fn hang_up(mut stream: TcpStream, hard: &CancellationToken) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let until_closed = async {
        let mut scrap = [0_u8; 4096];
        while matches!(stream.read(&mut scrap).await, Ok(count) if count > 0) {}
    };
    select! {
        biased;
        () = hard.cancelled() => {}
        _ = timeout(LINGER, until_closed) => {}
    }
}
