//! Hints from other processes: a subscription to the channel that scripts publish on.
//!
//! It has a connection of its own and makes it anew when it breaks. While it is away hints are lost, which costs a loop
//! that polls each second at most that.

use std::{sync::Arc, time::Duration};

use redis::{ProtocolVersion, PushKind, RedisResult};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::target::{CONNECT, Target, config};
use crate::store::Wake;

/// How often a silent connection is asked whether it is still there.
const PROBE: Duration = Duration::from_secs(10);
/// The wait after a connection that failed.
const PAUSE: Duration = Duration::from_millis(500);

/// Passes on hints until `stop`.
pub(super) async fn listen(target: Arc<Target>, channel: String, wake: Wake, stop: CancellationToken) {
    let mut turn = 0;
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            result = relay(&target, turn, &channel, &wake) => {
                if let Err(error) = result {
                    tracing::debug!(kind = ?error.kind(), "no hints from other processes for now");
                }
            }
        }
        turn += 1;
        // What was published meanwhile is lost: look once.
        wake.notify();
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = sleep(PAUSE) => {}
        }
    }
}

/// One connection's life.
async fn relay(target: &Target, turn: usize, channel: &str, wake: &Wake) -> RedisResult<()> {
    let (hints, mut pushed) = mpsc::unbounded_channel();
    let timed_out = || redis::RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
    let connecting = async {
        let client = target.client(ProtocolVersion::RESP3, turn).await?;
        let mut connection =
            client.get_multiplexed_async_connection_with_config(&config().set_push_sender(hints)).await?;
        connection.subscribe(channel).await?;
        RedisResult::Ok(connection)
    };
    let mut connection = timeout(2 * CONNECT, connecting).await.map_err(|_| timed_out())??;
    wake.notify();
    loop {
        match timeout(PROBE, pushed.recv()).await {
            Ok(Some(push)) if push.kind == PushKind::Message => wake.notify(),
            Ok(Some(push)) if push.kind == PushKind::Disconnection => return Ok(()),
            Ok(Some(_)) => {}
            Ok(None) => return Ok(()),
            Err(_) => redis::cmd("PING").query_async::<()>(&mut connection).await?,
        }
    }
}
