//! What is told of a task's end: the attempt that is recorded, one log line, the metrics.

use crate::{
    domain::{Attempt, Outcome, Reason, Stage, TaskType, Verdict, mask_addresses},
    store::{Job, Leased},
    telemetry::metrics,
};

use super::holds::Held;

/// The type of a leased task.
pub(super) fn task_type(task: &Leased) -> TaskType {
    match &task.job {
        Job::Posted { work, .. } => work.task_type(),
        Job::Issue(_) => TaskType::Newsletter,
    }
}

/// An attempt that ends now. The store numbers it.
pub(super) fn attempt(held: &Held, outcome: Outcome, stage: Option<Stage>, message: Option<String>) -> Attempt {
    Attempt {
        n: held.task.failures + 1,
        started_at: held.task.leased_at,
        finished_at: held.now(),
        outcome,
        stage,
        relay: None,
        tls: None,
        smtp_code: None,
        enhanced_code: None,
        message,
    }
}

/// Tells of an attempt's end. The address is masked; of the mail itself nothing is told, nor what the relay said, which
/// may quote both.
pub(super) fn tell(held: &Held, verdict: Verdict, attempt: Option<&Attempt>) {
    let task = &held.task;
    let took = held.since.elapsed();
    if verdict == Verdict::Release {
        tracing::debug!(gomail.task.id = %task.id, gomail.lane = task.lane.as_str(), "given back untouched");
        return;
    }
    let (state, reason) = state_of(verdict);
    let outcome = attempt.map_or("none", |attempt| attempt.outcome.as_str());
    if let Some(attempt) = attempt {
        metrics::attempt(task.lane.as_str(), attempt.outcome.as_str(), took);
    }
    if verdict == Verdict::Succeeded && attempt.is_some() {
        metrics::delivered(task.lane.as_str(), held.now().since(task.due_at));
    }
    let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
    // `None` leaves the field out.
    let code = attempt.and_then(|attempt| attempt.smtp_code);
    let enhanced = attempt.and_then(|attempt| attempt.enhanced_code.as_deref());
    // With a code the words are the relay's, without one they are ours.
    let error = attempt.filter(|attempt| attempt.smtp_code.is_none()).and_then(|attempt| attempt.message.as_deref());
    macro_rules! line {
        ($level:ident, $message:literal) => {
            tracing::$level!(
                event.action = "attempt",
                event.outcome = state,
                event.reason = reason,
                event.duration = nanos,
                gomail.task.id = %task.id,
                gomail.task.type = task_type(task).as_str(),
                gomail.lane = task.lane.as_str(),
                gomail.attempt = task.failures + 1,
                gomail.attempt_outcome = outcome,
                email.to.address = task.recipient.masked(),
                user.email = mask_addresses(task.account.as_str()),
                smtp.response.code = code,
                smtp.response.enhanced_code = enhanced,
                error.message = error,
                $message
            )
        };
    }
    match verdict {
        Verdict::Succeeded => line!(info, "task succeeded"),
        Verdict::Retry { .. } => line!(info, "task will be tried again"),
        Verdict::Skipped { .. } => line!(info, "task skipped"),
        Verdict::Failed { .. } => line!(warn, "task failed"),
        Verdict::Uncertain => line!(warn, "task ended uncertain"),
        Verdict::Release => {}
    }
}

fn state_of(verdict: Verdict) -> (&'static str, Option<&'static str>) {
    match verdict {
        Verdict::Succeeded => ("success", None),
        Verdict::Failed { reason, .. } => ("failure", Some(reason.as_str())),
        Verdict::Skipped { reason } => ("unknown", Some(reason.as_str())),
        Verdict::Uncertain => ("unknown", Some(Reason::OutcomeUnknown.as_str())),
        Verdict::Retry { .. } | Verdict::Release => ("failure", None),
    }
}
