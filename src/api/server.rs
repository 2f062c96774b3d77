//! The listener: one task a connection, with limits on connections, headers and time.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::extract::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{edge, extract::Peer, routes::router, state::ApiState};

/// Serves until `soft`, then finishes the requests in flight, at most for the grace.
///
/// Cancel safe: dropped midway, open connections are closed when their tasks end.
pub async fn serve(listener: TcpListener, state: ApiState, soft: CancellationToken) {
    let connections = TaskTracker::new();
    let room = Arc::new(Semaphore::new(state.parts.limits.connections));
    let app = router(state.clone());
    loop {
        let accepted = tokio::select! {
            biased;
            () = soft.cancelled() => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let (state, app, soft) = (state.clone(), app.clone(), soft.clone());
        connections.spawn(async move {
            let _permit = permit;
            connection(stream, peer, state, app, soft).await;
        });
    }
    connections.close();
    let _ = tokio::time::timeout(state.parts.limits.grace, connections.wait()).await;
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let permit = room.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            tracing::warn!(error.message = %error, "a connection could not be accepted");
            // Out of file descriptors, most likely: others must end first.
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, state: ApiState, app: axum::Router, soft: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let limits = state.parts.limits;
    let service = service_fn(move |request: Request<Incoming>| {
        let (state, app) = (state.clone(), app.clone());
        async move {
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(Peer(peer.ip()));
            Ok::<_, Infallible>(edge::answer(&state, app, request).await)
        }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_buf_size(limits.header_bytes.max(8 * 1024))
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        biased;
        () = soft.cancelled() => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
        _ = serving.as_mut() => {}
    }
}
