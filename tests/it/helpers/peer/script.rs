//! How the peer is told to misbehave.

use std::time::Duration;

use super::Gate;

/// Where a rule applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Before the banner.
    Banner,
    /// EHLO and HELO.
    Ehlo,
    /// STARTTLS.
    StartTls,
    /// AUTH, its first line.
    Auth,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA.
    Data,
    /// RSET.
    Rset,
    /// When the first bytes of a body are there.
    Body,
    /// The final dot.
    Dot,
}

/// What happens there instead of the ordinary.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Replies with this line, or lines. At the dot, a 2xx takes the mail.
    Reply(String),
    /// Replies with this code and then quotes what it was given: the recipient and, at the dot, subject and body.
    Quote(String),
    /// Replies, then closes.
    ReplyThenClose(String),
    /// Sends the pieces one by one as they are, a moment apart.
    Pieces(Vec<String>),
    /// Replies as usual, this much later.
    Late(Duration),
    /// Replies as usual once the gate is open. At the dot, the mail is taken before.
    Hold(Gate),
    /// Never says anything again.
    Stall,
    /// Closes; at the dot, the mail is forgotten.
    Close,
    /// At the dot: takes the mail, then closes without a word.
    TakeThenClose,
    /// At the dot: takes the mail and says so, then closes.
    ReplyAsUsualThenClose,
}

impl Act {
    /// The act with its quotation, if it is to quote.
    pub(super) fn quoting(self, recipient: &str, mail: &str) -> Self {
        match self {
            Self::Quote(code) => Self::Reply(format!("{code} <{recipient}>: not {}! {mail}", recipient.to_uppercase())),
            act => act,
        }
    }
}

/// One rule. It fits at its step, for its recipients, after `skip` times, at most `times` times.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    step: Step,
    recipient: Option<String>,
    skip: usize,
    times: usize,
    act: Act,
}

impl Rule {
    /// At every `step`.
    pub(crate) fn at(step: Step, act: Act) -> Self {
        Self { step, recipient: None, skip: 0, times: usize::MAX, act }
    }

    /// At every `step`, replies with `line`.
    pub(crate) fn reply(step: Step, line: &str) -> Self {
        Self::at(step, Act::Reply(line.to_owned()))
    }

    /// Only for recipients that contain `part`. MAIL comes before the recipient is known: no use there.
    pub(crate) fn to(mut self, part: &str) -> Self {
        self.recipient = Some(part.to_owned());
        self
    }

    /// Passes over the first `n` times.
    pub(crate) fn after(mut self, n: usize) -> Self {
        self.skip = n;
        self
    }

    /// Only `n` times.
    pub(crate) fn times(mut self, n: usize) -> Self {
        self.times = n;
        self
    }
}

/// All rules in force.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) rules: Vec<Rule>,
    pub(super) latency: Duration,
    pub(super) read_pause: Duration,
}

impl Script {
    /// What to do at `step`; uses up one time of the rule that fits.
    pub(super) fn act(&mut self, step: Step, recipient: &str) -> Option<Act> {
        for rule in &mut self.rules {
            let fits = rule.step == step && rule.recipient.as_ref().is_none_or(|part| recipient.contains(part));
            if !fits || rule.times == 0 {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.times -= 1;
            return Some(rule.act.clone());
        }
        None
    }
}
