//! Building mails where they keep nobody waiting.
//!
//! Most take some microseconds and are built where they are needed. Two things take long: an RSA signature about 0.4 ms, and
//! the text part of HTML about 0.1 ms a KiB, since it is laid out. With such a mail another thread helps, on the core that the
//! role's own threads leave to the store.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use chrono_tz::Tz;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::parcel::{Edition, Obstacle, Patience};
use crate::{
    domain::{Format, Lane, Message, Period, Work, template::written_max},
    mail::{self, ComposeError, Composed, Composer},
    store::{Job, Leased},
};

/// Bytes of HTML that are laid out sooner than another thread is woken for them.
const SHORT_HTML_MAX: usize = 1024;

/// Bytes of HTML that are laid out within two milliseconds.
const PLAIN_HTML_MAX: usize = 16 * 1024;

/// Bytes of a work that is surely built within some milliseconds.
const SMALL_WORK_MAX: usize = 64 * 1024;

/// So many bytes are encoded in the time that it takes to lay out one of HTML.
const ENCODED_PER_LAID_OUT: usize = 16;

/// A long value of a code's mail or a newsletter: an address, a purpose, a link.
const OWN_VALUE_MAX: usize = 512;

/// Least mails that are with other threads, so that even a single one finds the next when it has done one.
const HELPED_MIN: usize = 2;

/// How long it takes to build a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// Some microseconds.
    Little,
    /// Up to two milliseconds.
    Some,
    /// Up to some more.
    Much,
    /// Up to a second, and much memory.
    TooMuch,
}

/// What mails are built with.
#[derive(Debug)]
pub(super) struct Workbench {
    pub(super) composer: Arc<Composer>,
    /// `GOMAIL_TIMEZONE`: how periods are named in newsletters.
    zone: Tz,
    /// Room for mails that are built with help.
    helper: Arc<Semaphore>,
    /// Turns at building large mails.
    large: Arc<Semaphore>,
}

impl Workbench {
    pub(super) fn new(composer: Composer, zone: Tz) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let [helper, large] = [cores.max(HELPED_MIN), cores].map(|places| Arc::new(Semaphore::new(places)));
        Self { composer: Arc::new(composer), zone, helper, large }
    }

    /// The mail of a task, one of this edition if it is a run's.
    pub(super) async fn build(
        &self,
        task: &Arc<Leased>,
        edition: Option<Arc<Edition>>,
        patience: Patience<'_>,
    ) -> Result<Composed, Obstacle> {
        let (effort, lane) = (self.effort(task, edition.as_deref()), task.lane);
        let (composer, zone, task) = (Arc::clone(&self.composer), self.zone, Arc::clone(task));
        let build = move || built(|| compose(&composer, zone, &task, edition.as_deref()));
        let turn = match effort {
            Effort::Little => return build(),
            Effort::Some => match Arc::clone(&self.helper).try_acquire_owned() {
                Ok(turn) => Some(turn),
                Err(_) => return build(),
            },
            // No code waits for other mails.
            Effort::Much if lane == Lane::Otp => None,
            Effort::Much => Some(turn_at(&self.helper, patience).await?),
            // The relay would wait too long for a body, or has answered for one.
            Effort::TooMuch if matches!(patience, Patience::Hurries) => return Err(Obstacle::Busy),
            Effort::TooMuch => Some(turn_at(&self.large, patience).await?),
        };
        let building = tokio::task::spawn_blocking(move || {
            // Until it is built, not until the courier, in whose thread others may be at work, comes to it.
            let _turn = turn;
            build()
        });
        let mail = building.await;
        // No panic gets here; the runtime drops it when the process ends.
        mail.unwrap_or(Err(Obstacle::Busy))
    }

    fn effort(&self, task: &Leased, edition: Option<&Edition>) -> Effort {
        let bytes = edition.map_or(task.bytes, |edition| edition.issue.content.len());
        let is_shared = edition.is_some_and(|edition| edition.text.is_ready());
        let laid_out = match (&task.job, edition) {
            (Job::Posted { work: Work::Message(message), .. }, _) => message_effort(message, task.bytes),
            (Job::Posted { work: Work::Otp(code), .. }, _) => {
                code.content.as_ref().map_or(0, |content| template_effort(content))
            }
            (_, Some(_)) if is_shared => bytes / ENCODED_PER_LAID_OUT,
            (_, Some(edition)) => template_effort(&edition.issue.content),
            (_, None) => 0,
        };
        // A code's own template is not very large.
        if bytes > SMALL_WORK_MAX && task.lane != Lane::Otp && !is_shared {
            Effort::TooMuch
        } else if laid_out > PLAIN_HTML_MAX {
            Effort::Much
        } else if laid_out > SHORT_HTML_MAX || self.composer.signs_slowly() {
            Effort::Some
        } else {
            Effort::Little
        }
    }
}

/// Bytes that are laid out, or the like of it, for a message whose work has so many bytes.
fn message_effort(message: &Message, bytes: usize) -> usize {
    let written = |source: &str| match &message.variables {
        Some(_) => written_max(source, bytes),
        None => source.len(),
    };
    match &message.text {
        None if message.format() == Format::Html => written(&message.content),
        text => (written(&message.content) / ENCODED_PER_LAID_OUT)
            .saturating_add(text.as_ref().map_or(0, |text| written(text) / ENCODED_PER_LAID_OUT)),
    }
}

/// The same for the template of a code's mail or a newsletter.
fn template_effort(content: &str) -> usize {
    let written = written_max(content, OWN_VALUE_MAX);
    if Format::of(content) == Format::Html { written } else { written / ENCODED_PER_LAID_OUT }
}

/// A turn, for which nobody waits beyond a stop, or while a relay waits.
async fn turn_at(turns: &Arc<Semaphore>, patience: Patience<'_>) -> Result<OwnedSemaphorePermit, Obstacle> {
    let turns = Arc::clone(turns);
    let turn = match patience {
        Patience::Until(stop) => stop.run_until_cancelled(turns.acquire_owned()).await.and_then(Result::ok),
        Patience::Hurries => turns.try_acquire_owned().ok(),
    };
    turn.ok_or(Obstacle::Busy)
}

fn compose(composer: &Composer, zone: Tz, task: &Leased, edition: Option<&Edition>) -> Result<Composed, ComposeError> {
    match (&task.job, edition) {
        (Job::Posted { work: Work::Message(message), .. }, _) => {
            composer.message(task.id, &task.recipient, task.created_at, message)
        }
        (Job::Posted { work: Work::Otp(code), .. }, _) => {
            let lifetime = task.expires_at.map_or(Duration::ZERO, |end| end.since(task.created_at));
            composer.code(task.id, &task.recipient, task.created_at, code, lifetime)
        }
        (Job::Issue(_), Some(Edition { issue, text })) => composer.newsletter(&mail::Issue {
            id: task.id,
            to: &task.recipient,
            account: &issue.account,
            content_type: &issue.content_type,
            subject: &issue.subject,
            content: &issue.content,
            text,
            period: Period { frequency: issue.frequency, start: issue.period }.label(zone),
            created_at: issue.created_at,
        }),
        (Job::Posted { .. } | Job::Issue(_), _) => unreachable!("a subscription change makes no mail"),
    }
}

/// The mail that `build` makes. Should it panic, the mail is at fault, not the courier.
fn built(build: impl FnOnce() -> Result<Composed, ComposeError>) -> Result<Composed, Obstacle> {
    match catch_unwind(AssertUnwindSafe(build)) {
        Ok(outcome) => outcome.map_err(|error| Obstacle::Unbuildable(error.to_string())),
        Err(_) => Err(Obstacle::Unbuildable("building it failed; please report this".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::{
        config::MailSettings,
        domain::{
            AccountId, ContentTypeName, Frequency, Keys, Mailbox, RunId, Secret, SharedText, Subject, TaskType,
            Timestamp,
        },
        store::Issue,
        worker::holds::leased,
    };

    fn workbench() -> Workbench {
        let settings = MailSettings {
            from: Mailbox::parse("me@example.com").unwrap(),
            dkim: None,
            public_url: "https://example.com".to_owned(),
            unsubscribe_mailto: None,
        };
        let keys: Keys = Secret::parse("a secret that is long enough for a test").unwrap().keys();
        Workbench::new(Composer::new(&settings, keys).unwrap(), Tz::UTC)
    }

    fn task(kind: TaskType, lane: Lane, work: &serde_json::Value) -> Arc<Leased> {
        let work = work.to_string();
        let bytes = work.len();
        let job = Job::Posted { order: 1, work: Work::from_json(kind, &work).unwrap() };
        Arc::new(Leased { job, ..leased(lane, bytes) })
    }

    fn message(content: &str) -> Arc<Leased> {
        task(TaskType::Message, Lane::Message, &json!({ "subject": "Hi", "content": content }))
    }

    fn code(content: &str) -> Arc<Leased> {
        let work = json!({ "length": 6, "purpose": "", "subject": "Hi", "content": content });
        task(TaskType::GenerateOtp, Lane::Otp, &work)
    }

    fn edition(content: &str) -> Edition {
        let issue = Issue {
            run: RunId(1),
            account: AccountId::trusted("me@example.com".to_owned()),
            content_type: ContentTypeName::parse("news").unwrap(),
            frequency: Frequency::Daily,
            period: Timestamp::from_millis(1),
            subject: Subject::parse("News").unwrap(),
            content: content.to_owned(),
            created_at: Timestamp::from_millis(1),
        };
        Edition { issue, text: SharedText::default() }
    }

    fn html(bytes: usize) -> String {
        "<p>one of many paragraphs</p>\n".repeat(bytes / 30)
    }

    #[test]
    fn html_takes_longer_than_text() {
        let workbench = workbench();
        for (task, effort) in [
            (message(&"text ".repeat(2_000)), Effort::Little),
            (message("<p>short</p>"), Effort::Little),
            (message(&html(4_000)), Effort::Some),
            (message(&html(40_000)), Effort::Much),
            (message(&"text ".repeat(20_000)), Effort::TooMuch),
            (code("{{ otp }}"), Effort::Little),
            (code(&html(200_000)), Effort::Much),
        ] {
            assert_eq!(workbench.effort(&task, None), effort, "{} bytes", task.bytes);
        }
    }

    #[test]
    fn a_template_takes_as_long_as_what_it_may_write() {
        let workbench = workbench();
        let message = |content: &str| {
            let work = json!({ "subject": "Hi", "content": content, "variables": { "name": "Ann", "l": [1, 2] } });
            task(TaskType::Message, Lane::Message, &work)
        };
        for (task, effort) in [
            (message("<p>Hi {{ name }}</p>"), Effort::Little),
            (message(&"<p>Hi {{ name }}</p>".repeat(20)), Effort::Some),
            (message(&"<p>Hi {{ name }}</p>".repeat(200)), Effort::Much),
            (message("{% for a in l %}{% for b in l %}<p>x{% endfor %}{% endfor %}"), Effort::Much),
            (message("{{ name * 100000 }}"), Effort::Much),
            (code("<b>{{ otp }}</b>"), Effort::Little),
            (code("{% for a in purpose %}{% for b in purpose %}<p>{{ otp }}{% endfor %}{% endfor %}"), Effort::Much),
        ] {
            assert_eq!(workbench.effort(&task, None), effort, "{} bytes", task.bytes);
        }
    }

    #[test]
    fn an_edition_that_is_laid_out_takes_little() {
        let (workbench, edition) = (workbench(), edition(&html(100_000)));
        let task = Arc::new(leased(Lane::Newsletter, 0));
        assert_eq!(workbench.effort(&task, Some(&edition)), Effort::TooMuch);

        compose(&workbench.composer, Tz::UTC, &task, Some(&edition)).unwrap();

        assert_eq!(workbench.effort(&task, Some(&edition)), Effort::Some);
    }

    #[tokio::test]
    async fn while_the_helper_is_busy_only_long_html_waits_for_it() {
        let (workbench, stop) = (workbench(), CancellationToken::new());
        let patience = Patience::Until(&stop);
        let busy =
            workbench.helper.acquire_many(u32::try_from(workbench.helper.available_permits()).unwrap()).await.unwrap();
        let (short, long) = (message(&html(4_000)), message(&html(40_000)));
        tokio::select! {
            biased;
            built = workbench.build(&short, None, patience) => drop(built.unwrap()),
            () = std::future::ready(()) => panic!("it waits"),
        }
        workbench.build(&code(&format!("{{{{ otp }}}}{}", html(100_000))), None, patience).await.unwrap();
        assert!(matches!(workbench.build(&long, None, Patience::Hurries).await, Err(Obstacle::Busy)));
        let mut waiting = std::pin::pin!(workbench.build(&long, None, patience));
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("it was built without a turn"),
            () = std::future::ready(()) => {}
        }

        drop(busy);

        waiting.await.unwrap();
        workbench.build(&long, None, Patience::Hurries).await.unwrap();
    }

    #[tokio::test]
    async fn no_relay_waits_for_a_large_mail_to_be_built() {
        let (workbench, large) = (workbench(), message(&"text ".repeat(20_000)));

        assert!(matches!(workbench.build(&large, None, Patience::Hurries).await, Err(Obstacle::Busy)));
    }

    #[tokio::test]
    async fn a_stop_ends_the_wait_for_a_turn() {
        let workbench = workbench();
        for (turns, mail) in
            [(&workbench.large, message(&"text ".repeat(20_000))), (&workbench.helper, message(&html(40_000)))]
        {
            let all = u32::try_from(turns.available_permits()).unwrap();
            let _others = turns.acquire_many(all).await.unwrap();
            let stop = CancellationToken::new();

            let (built, ()) =
                tokio::join!(workbench.build(&mail, None, Patience::Until(&stop)), async { stop.cancel() });

            assert!(matches!(built, Err(Obstacle::Busy)));
        }
    }

    #[test]
    fn a_mail_whose_building_panics_is_unbuildable() {
        assert!(matches!(built(|| panic!("on purpose")), Err(Obstacle::Unbuildable(_))));
    }
}
