//! Builders of the values that tests post: valid, boring, and changed by the test where it matters.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use gomail::{
    clock::{Clock as _, SystemClock},
    domain::{
        AccountId, Address, Attempt, CodeLength, CodeRules, ContentTypeName, Frequency, Message, NewTask, OtpMail,
        Outcome, Purpose, Subject, Tag, TaskId, TaskName, Timestamp, Work,
    },
    store::{CodeKey, PageRequest},
};

/// The usual lease.
pub(crate) const LEASE: Duration = Duration::from_secs(30);
/// How long the test stores keep ended tasks: a week.
pub(crate) const RETENTION: Duration = Duration::from_hours(7 * 24);
/// One minute.
pub(crate) const MINUTE: Duration = Duration::from_mins(1);
/// One hour.
pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// The account that owns what a test makes.
pub(crate) fn account() -> AccountId {
    AccountId::parse("owner@example.com").unwrap()
}

/// An account that must see nothing of it.
pub(crate) fn stranger() -> AccountId {
    AccountId::parse("stranger@example.com").unwrap()
}

/// An address.
pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// The `n`th recipient.
pub(crate) fn nth(n: u64) -> String {
    format!("r{n:06}@example.com")
}

/// A content type's name.
pub(crate) fn content_type(text: &str) -> ContentTypeName {
    ContentTypeName::parse(text).unwrap()
}

/// A subject.
pub(crate) fn subject(text: &str) -> Subject {
    Subject::parse(text).unwrap()
}

/// A tag.
pub(crate) fn tag(text: &str) -> Tag {
    Tag::parse(text).unwrap()
}

/// The default limits on codes: 10 minutes, 5 tries, 30 seconds, 10 an hour.
pub(crate) fn rules() -> CodeRules {
    CodeRules { ttl: Duration::from_mins(10), attempts: 5, cooldown: Duration::from_secs(30), per_hour: 10 }
}

/// A page of at most `limit`.
pub(crate) fn page(limit: usize) -> PageRequest {
    PageRequest { limit, cursor: None }
}

/// A fresh task id. Ids grow with every call, also within one millisecond, as a server's do over time.
pub(crate) fn fresh_id() -> TaskId {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let now = SystemClock.now().millis();
    let last = LAST.fetch_max(now, Ordering::SeqCst).max(now);
    LAST.fetch_add(1, Ordering::SeqCst);
    TaskId::posted_at(Timestamp::from_millis(last))
}

/// A task with this work.
pub(crate) fn task(recipient: &str, work: Work) -> NewTask {
    NewTask {
        id: fresh_id(),
        name: TaskName::parse("test").unwrap(),
        recipient: address(recipient),
        retries: 3,
        tags: Vec::new(),
        work,
    }
}

/// Makes a message due at `at`.
pub(crate) fn schedule(task: &mut NewTask, at: Timestamp) {
    let Work::Message(message) = &mut task.work else { panic!("only messages are scheduled") };
    message.send_at = Some(at);
}

/// A message.
pub(crate) fn message(recipient: &str) -> NewTask {
    let message = Message {
        subject: subject("Hello"),
        content: "Good morning.".to_owned(),
        format: None,
        text: None,
        from_name: None,
        reply_to: None,
        headers: Vec::new(),
        attachments: Vec::new(),
        variables: None,
        send_at: None,
    };
    task(recipient, Work::Message(Box::new(message)))
}

/// Messages to `count` recipients.
pub(crate) fn messages(count: u64) -> Vec<NewTask> {
    (0..count).map(|n| message(&nth(n))).collect()
}

/// A one-time code of six digits, for the default purpose.
pub(crate) fn otp(recipient: &str) -> NewTask {
    otp_for(recipient, "")
}

/// A one-time code for a purpose.
pub(crate) fn otp_for(recipient: &str, purpose: &str) -> NewTask {
    let mail = OtpMail {
        length: CodeLength::parse(6).unwrap(),
        purpose: Purpose::parse(purpose).unwrap(),
        subject: None,
        content: None,
    };
    task(recipient, Work::Otp(mail))
}

/// Whose code [`otp`] makes.
pub(crate) fn code_key(recipient: &str) -> CodeKey {
    CodeKey { account: account(), recipient: address(recipient).key(), purpose: Purpose::default() }
}

/// A subscription to an existing content type.
pub(crate) fn subscribe(recipient: &str, name: &str, frequency: Frequency) -> NewTask {
    task(recipient, Work::Subscribe { content_type: content_type(name), frequency, create: None })
}

/// A subscription that brings its content type.
pub(crate) fn subscribe_creating(recipient: &str, name: &str, title: &str) -> NewTask {
    let create = Some((subject(title), format!("content of {title}")));
    task(recipient, Work::Subscribe { content_type: content_type(name), frequency: Frequency::Daily, create })
}

/// The end of a subscription.
pub(crate) fn unsubscribe(recipient: &str, name: &str) -> NewTask {
    task(recipient, Work::Unsubscribe { content_type: content_type(name) })
}

/// An attempt as a worker reports it; the store numbers it.
pub(crate) fn attempt(outcome: Outcome, at: Timestamp) -> Attempt {
    Attempt {
        n: 0,
        started_at: at,
        finished_at: at,
        outcome,
        stage: None,
        relay: Some("relay.example.com:587".to_owned()),
        tls: Some("TLSv1.3".to_owned()),
        smtp_code: Some(451),
        enhanced_code: Some("4.3.0".to_owned()),
        message: Some("try later".to_owned()),
    }
}
