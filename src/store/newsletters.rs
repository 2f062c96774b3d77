//! Subscriptions, the runs made from them, and the issues the runs send.

use std::time::Duration;

use async_trait::async_trait;
use chrono_tz::Tz;

use super::{Page, PageRequest, StoreError, TaskView};
use crate::domain::{AccountId, Address, ContentTypeName, Frequency, RunId, Subject, Timestamp, dealt_with};

/// How long a finished run is listed: a year and a month, to compare with the year before. Longer while one of its tasks
/// is kept.
pub const RUN_RETENTION: Duration = Duration::from_hours(400 * 24);

/// A subscription in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Who gets it.
    pub recipient: Address,
    /// What.
    pub content_type: ContentTypeName,
    /// How often.
    pub frequency: Frequency,
    /// When the subscribe task was accepted.
    pub created_at: Timestamp,
}

/// A subscribe or unsubscribe, as accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionChange {
    /// The owner.
    pub account: AccountId,
    /// The subscriber.
    pub recipient: Address,
    /// The newsletter.
    pub content_type: ContentTypeName,
    /// The new frequency; `None` unsubscribes.
    pub frequency: Option<Frequency>,
    /// The task's place in the order of acceptance.
    pub order: u64,
    /// When it was accepted.
    pub accepted_at: Timestamp,
}

/// What a subscription change did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is in force, or already was.
    Done,
    /// A later-accepted change was there before it: nothing to do.
    Superseded,
    /// The content type is gone, or was and is another one of the same name.
    UnknownContentType,
}

/// Which subscriptions are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubscriptionFilter {
    /// To this content type.
    pub content_type: Option<ContentTypeName>,
    /// Of this recipient ([`Address::key`]).
    pub recipient: Option<String>,
}

/// Everyone subscribed to one content type at one frequency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The owner.
    pub account: AccountId,
    /// The newsletter.
    pub content_type: ContentTypeName,
    /// The frequency.
    pub frequency: Frequency,
    /// Start of the last period dealt with; `None` before the first.
    pub last_period: Option<Timestamp>,
    /// When the series got its first subscriber (after having none): before this there is nothing to catch up.
    pub since: Timestamp,
}

impl Series {
    /// The moment up to which periods are dealt with in `zone`. Before its first subscriber there was nobody to miss an
    /// issue.
    #[must_use]
    pub fn dealt_with_until(&self, zone: Tz) -> Timestamp {
        self.last_period.map_or(self.since, |last| dealt_with(self.frequency, last, zone).max(self.since))
    }
}

/// Asks to deal with one period of a series: a compare-and-set on its last period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The series, as read; its `last_period` is what must still hold.
    pub series: Series,
    /// Start of the period dealt with; must be later than `last_period`.
    pub period: Timestamp,
    /// Whether it is sent; otherwise it is only passed over.
    pub send: bool,
    /// Periods given up with this tick, added to [`super::Stats::missed_periods`].
    pub missed: u64,
}

/// What a tick did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticked {
    /// A run was made; subject and content are a snapshot, as is the end of the subscription sequence.
    Run(RunId),
    /// The period is dealt with, without a run: not asked for, or nobody was subscribed before it began.
    Passed,
    /// Someone else was faster, or the series is gone: nothing changed.
    Taken,
    /// The period begins after the store's clock: refused, nothing changed.
    Future,
}

/// What one step of a fan-out did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FanOut {
    /// Tasks made.
    pub created: u64,
    /// Whether the run's subscriptions are all dealt with.
    pub is_done: bool,
}

/// What a run sends: the snapshot taken when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The run.
    pub run: RunId,
    /// Its owner.
    pub account: AccountId,
    /// The newsletter.
    pub content_type: ContentTypeName,
    /// The frequency.
    pub frequency: Frequency,
    /// Start of the period.
    pub period: Timestamp,
    /// Subject template.
    pub subject: Subject,
    /// Body template.
    pub content: String,
    /// When the run was made: the mails' `Date`.
    pub created_at: Timestamp,
}

/// The mails of a run by state. The sum of all but `total` is `total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunTotals {
    /// Tasks made so far.
    pub total: u64,
    /// Taken by the relay.
    pub succeeded: u64,
    /// Dead.
    pub failed: u64,
    /// Suppressed or unsubscribed meanwhile.
    pub skipped: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// Outcome unknown.
    pub uncertain: u64,
    /// Not ended.
    pub waiting: u64,
}

/// One content type × frequency × period being sent, or sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The newsletter.
    pub content_type: ContentTypeName,
    /// The frequency.
    pub frequency: Frequency,
    /// Start of the period.
    pub period: Timestamp,
    /// Whether tasks are still being made.
    pub is_fanning_out: bool,
    /// Its mails by state.
    pub totals: RunTotals,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Newsletters.
///
/// Laws: one run per series and period, for any number of schedulers; one mail per run and subscription; a subscription
/// accepted in or after a period never gets that period's issue; changes take effect in the order of acceptance.
///
/// Every method's error is [`StoreError::Unavailable`] when the backend cannot be reached; the verbs may be repeated.
#[async_trait]
pub trait Newsletters {
    /// Applies a change unless a later-accepted one is in force. Durable.
    ///
    /// A new or changed frequency gives the subscription the next sequence number of the store; subscribing again at
    /// the same frequency while subscribed changes nothing but the order.
    ///
    /// # Errors
    /// See [`Newsletters`].
    async fn apply_subscription(&self, change: &SubscriptionChange) -> Result<Applied, StoreError>;

    /// Unsubscribes at once, as the newest change: what a one-click link does. Twice is fine. Durable.
    ///
    /// # Errors
    /// See [`Newsletters`].
    async fn unsubscribe(
        &self,
        account: &AccountId,
        recipient: &str,
        content_type: &ContentTypeName,
    ) -> Result<(), StoreError>;

    /// The account's subscriptions in force, by content type and recipient.
    ///
    /// # Errors
    /// See [`Newsletters`].
    async fn subscriptions(
        &self,
        account: &AccountId,
        filter: &SubscriptionFilter,
        page: &PageRequest,
    ) -> Result<Page<Subscription>, StoreError>;

    /// Every series with a subscriber, over all accounts.
    ///
    /// # Errors
    /// See [`Newsletters`].
    async fn series(&self) -> Result<Vec<Series>, StoreError>;

    /// Deals with one period of a series. Durable.
    ///
    /// # Errors
    /// See [`Newsletters`].
    async fn tick(&self, tick: &Tick) -> Result<Ticked, StoreError>;

    /// Runs whose fan-out is not done, oldest first, over all accounts.
    ///
    /// # Errors
    /// See [`Newsletters`].
    async fn open_runs(&self) -> Result<Vec<RunId>, StoreError>;

    /// Makes the tasks of the next at most `limit` subscriptions of a run and moves its cursor, in one step.
    ///
    /// Makes none while `high_water` newsletter tasks or more are queued. Subscriptions accepted in or after the
    /// run's period are passed over. An unknown or finished run is `done`.
    ///
    /// # Errors
    /// See [`Newsletters`].
    async fn fan_out(&self, run: RunId, limit: u32, high_water: u64) -> Result<FanOut, StoreError>;

    /// What a run sends; `None` when it is pruned.
    ///
    /// # Errors
    /// See [`Newsletters`].
    async fn issue(&self, run: RunId) -> Result<Option<Issue>, StoreError>;

    /// The account's runs, newest first.
    ///
    /// # Errors
    /// See [`Newsletters`].
    async fn runs(
        &self,
        account: &AccountId,
        content_type: Option<&ContentTypeName>,
        page: &PageRequest,
    ) -> Result<Page<Run>, StoreError>;

    /// One run of the account.
    ///
    /// # Errors
    /// See [`Newsletters`].
    async fn run(&self, account: &AccountId, id: RunId) -> Result<Option<Run>, StoreError>;

    /// The mails of a run that ended without success: who did not get it, and why.
    ///
    /// # Errors
    /// See [`Newsletters`].
    async fn undelivered(
        &self,
        account: &AccountId,
        run: RunId,
        page: &PageRequest,
    ) -> Result<Page<TaskView>, StoreError>;
}
