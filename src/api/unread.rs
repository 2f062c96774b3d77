//! What a handler left unread of a request's body.
//!
//! An answer that is given early (401, 429, 404) leaves the body on the connection. hyper then closes it without saying so,
//! and a client that keeps connections sends its next request into the closed one. So the body comes back here when the
//! handler drops it: a small rest is read, and then the connection goes on; with a larger one the answer says
//! `Connection: close`.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody as _};
use hyper::{
    Request,
    body::{Frame, Incoming, SizeHint},
    header,
};
use tokio::time::timeout;

use super::extract::next_data;

/// How much of a rest is read. Beyond it a new connection is cheaper.
const REST_MAX_BYTES: usize = 64 * 1024;
/// How long. A client that sends head and body apart has sent both by then.
const REST_MAX_TIME: Duration = Duration::from_millis(100);

/// Where a body comes back to.
type Slot = Arc<Mutex<Option<Incoming>>>;

/// A body that goes back to its [`Slot`] when it is dropped before its end.
struct Lent {
    body: Option<Incoming>,
    slot: Slot,
}

/// What is left of a request's body once its handler has answered.
pub(super) struct Rest {
    slot: Option<Slot>,
    is_awaited: bool,
}

/// The request with its body lent to the handler.
pub(super) fn lend(request: Request<Incoming>) -> (Request<Body>, Rest) {
    if request.body().is_end_stream() {
        return (request.map(Body::new), Rest { slot: None, is_awaited: false });
    }
    let slot = Slot::default();
    // Whoever asks before sending (`Expect: 100-continue`) would take reading for a yes.
    let is_awaited = request.headers().contains_key(header::EXPECT);
    let lent = request.map(|body| Body::new(Lent { body: Some(body), slot: Arc::clone(&slot) }));
    (lent, Rest { slot: Some(slot), is_awaited })
}

impl Rest {
    /// Reads the rest if it is small; answers whether the connection can take another request.
    pub(super) async fn read(self) -> bool {
        let rest = self.slot.and_then(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner).take());
        let Some(rest) = rest else { return true };
        if self.is_awaited {
            return false;
        }
        let mut body = Body::new(rest);
        let reading = async {
            let mut left = REST_MAX_BYTES;
            while let Some(data) = next_data(&mut body).await {
                left = left.checked_sub(data.ok()?.len())?;
            }
            Some(())
        };
        timeout(REST_MAX_TIME, reading).await.is_ok_and(|read| read.is_some())
    }
}

impl hyper::body::Body for Lent {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = Pin::new(body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None)) {
            self.body = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(body) = self.body.take().filter(|body| !body.is_end_stream()) {
            *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
        }
    }
}
