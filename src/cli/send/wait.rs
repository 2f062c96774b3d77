//! `--wait`: looks at a task until it has ended.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::{
    cli::failure::{FAILED, Failure, Outcome},
    client::{Client, ClientError},
    domain::{State, TaskId},
    wire::answer::TaskBody,
};

const FIRST_LOOK: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// The task once it has ended.
///
/// # Errors
/// [`Failure::TimedOut`] when it has not within `patience`; it goes on all the same.
pub(super) async fn until_ended(client: &Client, id: TaskId, patience: Duration) -> Result<TaskBody, Failure> {
    let deadline = Instant::now() + patience;
    let mut pause = FIRST_LOOK;
    loop {
        let looked = client.task(&id.to_string()).await;
        let left = deadline.saturating_duration_since(Instant::now());
        match looked {
            Ok(task) if task.state.is_end() => return Ok(task),
            Ok(task) if left.is_zero() => {
                let state = task.state;
                return Err(Failure::TimedOut(format!("{id} is still {state}; see `gomail task get {id}`")));
            }
            Ok(_) => {}
            // Who waits for many tasks looks often; a limit on requests is no reason to give up.
            Err(ClientError::Refused { status: 429, retry_after: Some(wait), .. }) if wait <= left => {
                sleep(wait).await;
                continue;
            }
            // The task goes on without us.
            Err(error) if error.may_pass() && !left.is_zero() => {}
            Err(error) => return Err(error.into()),
        }
        // Codes are out in milliseconds, a retry takes seconds: look often first, then less.
        sleep(pause.min(left)).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// Fails unless the task succeeded; what became of it is told already.
pub(super) fn verdict(task: &TaskBody) -> Outcome {
    if task.state == State::Succeeded { Ok(()) } else { Err(Failure::Told(FAILED)) }
}
