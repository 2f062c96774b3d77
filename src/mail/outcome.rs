//! What becomes of a task after an attempt: the outcome table, and nothing else decides it.
//!
//! Expired and too old are decided right before DATA, and what a crash leaves behind is the store's; neither is here.

use super::smtp::{Failure, Reply, Seat};
use crate::domain::{AFTER_UNKNOWN, Outcome, Reason, RetryPolicy, Stage, TaskType, Verdict};

/// What is known of the task before this attempt.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The kind of mail.
    pub task_type: TaskType,
    /// Tries allowed after the first, 0–20.
    pub retries: u32,
    /// Tries used up before this attempt.
    pub tries_used: u32,
    /// Attempts before this one that ended in a retry without using up a try.
    pub deferrals: u32,
    /// Whether an earlier attempt may have delivered the mail.
    pub duplicate_possible: bool,
}

/// What the relay's breaker and throttle should hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelaySignal {
    /// Nothing: the attempt says nothing about the relay.
    None,
    /// It took a mail.
    Delivered,
    /// It answered as a relay that works, and refused the mail.
    Answered,
    /// It asks for less.
    Throttle,
    /// It takes no mail at all for now. For a failed connection the [`super::smtp::Pass`] has said so already.
    Unready,
}

impl RelaySignal {
    /// Tells the seat of the session. `max` is the number of sessions wanted, `unit` in `0.0..1.0` the caller's random
    /// number.
    pub fn tell(self, seat: &Seat, max: usize, unit: f64) {
        match self {
            Self::None => {}
            Self::Delivered => seat.delivered(),
            Self::Answered => seat.answered(),
            Self::Throttle => seat.throttled(max),
            Self::Unready => seat.unready(unit),
        }
    }
}

/// The judgement on one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// What becomes of the task.
    pub verdict: Verdict,
    /// What the attempt is recorded as; `None` with [`Verdict::Release`]: nothing was tried.
    pub outcome: Option<Outcome>,
    /// What it says about the relay.
    pub relay: RelaySignal,
}

/// Judges one attempt: the relay's 2xx to the final dot, or what happened instead. `unit` in `0.0..1.0` picks the place within the backoff's ±20 %.
///
/// Each arm here, and in the functions that it asks, is one row of the outcome table.
#[must_use]
pub fn judge(answer: Result<&Reply, &Failure>, facts: Facts, policy: RetryPolicy, unit: f64) -> Judgement {
    let Err(failure) = answer else {
        return Judgement::of(Verdict::Succeeded, Outcome::Delivered, RelaySignal::Delivered);
    };
    match failure {
        Failure::NotReady { .. } => Judgement::given_back(RelaySignal::Unready),
        Failure::Untouched { .. } => Judgement::given_back(RelaySignal::None),
        Failure::Lost { after_final_dot: true, .. } => {
            Judgement::of(unknown(facts), Outcome::Unknown, RelaySignal::None)
        }
        Failure::Lost { .. } => Judgement::of(again(facts, policy, unit), Outcome::Lost, RelaySignal::None),
        Failure::Refused { stage, reply } => refused(*stage, reply, facts, policy, unit),
    }
}

fn refused(stage: Stage, reply: &Reply, facts: Facts, policy: RetryPolicy, unit: f64) -> Judgement {
    if reply.code == 530 {
        return Judgement::given_back(RelaySignal::Unready);
    }
    if reply.code == 421 || (reply.code < 500 && (reply.is_about("4.7") || reply.enhanced.as_deref() == Some("4.2.1")))
    {
        let after = policy.backoff(facts.deferrals.saturating_add(1), unit);
        let verdict = Verdict::Retry { after, burns_try: false, duplicate_possible: facts.duplicate_possible };
        return Judgement::of(verdict, Outcome::Throttled, RelaySignal::Throttle);
    }
    if reply.code < 500 {
        return Judgement::of(again(facts, policy, unit), Outcome::Deferred, RelaySignal::Answered);
    }
    // Those two are about the sender, which many relays look at only now.
    let is_about_sender = matches!(reply.enhanced.as_deref(), Some("5.1.7" | "5.1.8"));
    let suppress = stage == Stage::Rcpt && reply.is_about("5.1") && !is_about_sender;
    Judgement::of(Verdict::Failed { reason: Reason::Refused, suppress }, Outcome::Refused, RelaySignal::Answered)
}

/// A try is used up: again after the backoff, or dead.
fn again(facts: Facts, policy: RetryPolicy, unit: f64) -> Verdict {
    if facts.tries_used >= facts.retries {
        return Verdict::Failed { reason: Reason::RetriesExhausted, suppress: false };
    }
    Verdict::Retry {
        after: policy.backoff(facts.tries_used + 1, unit),
        burns_try: true,
        duplicate_possible: facts.duplicate_possible,
    }
}

/// Nobody knows. A message may come twice rather than never, once; a code or an issue must not.
fn unknown(facts: Facts) -> Verdict {
    let is_message = facts.task_type == TaskType::Message;
    if is_message && !facts.duplicate_possible {
        // Whatever `retries` says: this is not a refusal that the client bounded, it is ours to find out.
        Verdict::Retry { after: AFTER_UNKNOWN, burns_try: true, duplicate_possible: true }
    } else {
        Verdict::Uncertain
    }
}

impl Judgement {
    fn of(verdict: Verdict, outcome: Outcome, relay: RelaySignal) -> Self {
        Self { verdict, outcome: Some(outcome), relay }
    }

    fn given_back(relay: RelaySignal) -> Self {
        Self { verdict: Verdict::Release, outcome: None, relay }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const POLICY: RetryPolicy =
        RetryPolicy { base: Duration::from_secs(10), max: Duration::from_hours(1), max_age: Duration::from_hours(24) };
    const FACTS: Facts =
        Facts { task_type: TaskType::Message, retries: 3, tries_used: 0, deferrals: 0, duplicate_possible: false };
    const DEAD: Verdict = Verdict::Failed { reason: Reason::Refused, suppress: false };
    const SUPPRESSED: Verdict = Verdict::Failed { reason: Reason::Refused, suppress: true };
    const EXHAUSTED: Verdict = Verdict::Failed { reason: Reason::RetriesExhausted, suppress: false };

    fn refusal(stage: Stage, code: u16, text: &str) -> Failure {
        Failure::Refused { stage, reply: Reply::new(code, text) }
    }

    fn lost(stage: Stage, timeout: bool, after_final_dot: bool) -> Failure {
        Failure::Lost { stage, timeout, message: "gone".to_owned(), reply: None, after_final_dot }
    }

    fn judged(failure: &Failure, facts: Facts) -> Judgement {
        judge(Err(failure), facts, POLICY, 0.5)
    }

    fn retry(secs: u64, burns_try: bool) -> Verdict {
        Verdict::Retry { after: Duration::from_secs(secs), burns_try, duplicate_possible: false }
    }

    #[test]
    fn a_2xx_after_the_final_dot_succeeds() {
        let judgement = judge(Ok(&Reply::new(250, "2.0.0 queued")), FACTS, POLICY, 0.5);

        assert_eq!(judgement, Judgement::of(Verdict::Succeeded, Outcome::Delivered, RelaySignal::Delivered));
    }

    #[test]
    fn a_message_lost_after_the_final_dot_is_retried_once_after_15_minutes() {
        for (stage, timeout) in [(Stage::FinalDot, true), (Stage::FinalDot, false), (Stage::Body, false)] {
            for retries in [0, 3] {
                let first = Facts { retries, ..FACTS };
                let judgement = judged(&lost(stage, timeout, true), first);
                let again =
                    Verdict::Retry { after: Duration::from_mins(15), burns_try: true, duplicate_possible: true };
                assert_eq!(judgement, Judgement::of(again, Outcome::Unknown, RelaySignal::None));

                let second = Facts { duplicate_possible: true, ..first };
                assert_eq!(judged(&lost(stage, timeout, true), second).verdict, Verdict::Uncertain);
            }
        }
    }

    #[test]
    fn a_code_or_newsletter_lost_after_the_final_dot_is_uncertain() {
        for task_type in [TaskType::GenerateOtp, TaskType::Newsletter] {
            let judgement = judged(&lost(Stage::FinalDot, true, true), Facts { task_type, ..FACTS });

            assert_eq!(judgement, Judgement::of(Verdict::Uncertain, Outcome::Unknown, RelaySignal::None));
        }
    }

    #[test]
    fn a_link_lost_before_the_final_dot_uses_up_a_try() {
        for stage in [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Body] {
            for timeout in [true, false] {
                let judgement = judged(&lost(stage, timeout, false), FACTS);

                assert_eq!(judgement, Judgement::of(retry(10, true), Outcome::Lost, RelaySignal::None));
            }
        }
    }

    #[test]
    fn a_relay_that_asks_for_less_is_slowed_and_no_try_is_used_up() {
        for (code, text) in
            [(421, "closing"), (421, "4.3.2 x"), (450, "4.7.1 greylisted"), (451, "4.7.650 x"), (450, "4.2.1 too fast")]
        {
            for stage in [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::FinalDot] {
                let judgement = judged(&refusal(stage, code, text), FACTS);
                assert_eq!(
                    judgement,
                    Judgement::of(retry(10, false), Outcome::Throttled, RelaySignal::Throttle),
                    "{code} {text}"
                );
            }
        }
        let later = Facts { deferrals: 3, tries_used: 3, ..FACTS };
        assert_eq!(judged(&refusal(Stage::Rcpt, 421, ""), later).verdict, retry(80, false));
    }

    #[test]
    fn another_4xx_is_retried_by_backoff() {
        for (code, text) in
            [(450, "busy"), (451, "4.3.0 x"), (452, "4.2.2 full"), (450, "4.2.10 x"), (450, "5.7.1 muddled")]
        {
            let judgement = judged(&refusal(Stage::Rcpt, code, text), FACTS);
            assert_eq!(
                judgement,
                Judgement::of(retry(10, true), Outcome::Deferred, RelaySignal::Answered),
                "{code} {text}"
            );
        }
        let third = Facts { tries_used: 2, ..FACTS };
        assert_eq!(judged(&refusal(Stage::Rcpt, 450, ""), third).verdict, retry(40, true));
    }

    #[test]
    fn used_up_retries_fail_the_task() {
        let last = Facts { tries_used: 3, ..FACTS };
        assert_eq!(judged(&refusal(Stage::Rcpt, 450, ""), last).verdict, EXHAUSTED);
        assert_eq!(judged(&lost(Stage::Data, true, false), last).verdict, EXHAUSTED);
        assert_eq!(judged(&refusal(Stage::Rcpt, 450, ""), Facts { retries: 0, ..FACTS }).verdict, EXHAUSTED);
    }

    #[test]
    fn an_address_that_does_not_exist_fails_and_is_suppressed() {
        for text in ["5.1.1 no such user", "5.1.2 x", "5.1.10 null MX"] {
            let judgement = judged(&refusal(Stage::Rcpt, 550, text), FACTS);
            assert_eq!(judgement, Judgement::of(SUPPRESSED, Outcome::Refused, RelaySignal::Answered), "{text}");
            for stage in [Stage::Mail, Stage::Data, Stage::FinalDot] {
                assert_eq!(judged(&refusal(stage, 550, text), FACTS).verdict, DEAD, "{stage} {text}");
            }
        }
    }

    #[test]
    fn size_content_policy_and_any_other_5xx_fail_without_suppression() {
        for (code, text) in [
            (552, "too big"),
            (552, "5.3.4 too big"),
            (554, "5.6.0 bad content"),
            (550, "5.7.1 policy"),
            (554, "no"),
            (550, "no such user"),
            (550, "5.10.1 x"),
            (503, "5.5.1 x"),
            (550, "5.1.7 bad sender"),
            (550, "5.1.8 sender's domain not found"),
        ] {
            for stage in [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::FinalDot] {
                let judgement = judged(&refusal(stage, code, text), FACTS);
                assert_eq!(judgement, Judgement::of(DEAD, Outcome::Refused, RelaySignal::Answered), "{code} {text}");
            }
        }
    }

    #[test]
    fn a_session_that_is_not_ready_opens_the_breaker_and_costs_nothing() {
        let waits = Judgement::given_back(RelaySignal::Unready);
        for stage in [Stage::Connect, Stage::Banner, Stage::Ehlo, Stage::Tls, Stage::Auth] {
            for reply in [None, Some(Reply::new(421, "4.7.0 busy")), Some(Reply::new(535, "5.7.8 no"))] {
                let failure = Failure::NotReady { stage, message: String::new(), reply };
                assert_eq!(judged(&failure, Facts { retries: 0, ..FACTS }), waits);
            }
        }
        for stage in [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::FinalDot] {
            assert_eq!(judged(&refusal(stage, 530, "5.7.0 log in first"), FACTS), waits);
        }
    }

    #[test]
    fn an_untouched_mail_is_given_back() {
        let failure = Failure::Untouched { message: String::new() };

        assert_eq!(judged(&failure, FACTS), Judgement::given_back(RelaySignal::None));
    }

    proptest! {
        #[test]
        fn once_a_duplicate_is_possible_it_stays_so(code in 400_u16..600, tries_used in 0_u32..5) {
            let facts = Facts { tries_used, duplicate_possible: true, ..FACTS };
            if let Verdict::Retry { duplicate_possible, .. } = judged(&refusal(Stage::Rcpt, code, ""), facts).verdict {
                prop_assert!(duplicate_possible);
            }
        }
    }
}
