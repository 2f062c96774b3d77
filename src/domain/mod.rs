//! The nouns of gomail: pure values that, once built, are valid.
//!
//! Nothing here reads a clock, the environment, the network or a store. A parser that refuses returns
//! [`Invalid`], which names the field.

mod account;
mod address;
mod attempt;
mod content;
mod frequency;
mod invalid;
mod lane;
mod otp;
mod period;
mod rendered;
mod retry;
mod secret;
mod state;
mod task;
pub mod template;
mod text;
mod time;
mod unsubscribe;
mod work;

pub use account::{AccountId, IdempotencyKey};
pub use address::{Address, Mailbox, mask_addresses};
pub use attempt::{Attempt, Outcome, Stage};
pub use content::{Content, ContentTypeName};
pub use frequency::Frequency;
pub use invalid::{Invalid, Problem, has_control};
pub use lane::{LANES, Lane, LaneShares};
pub use otp::{CODES_WINDOW, CodeLength, CodeRules, Purpose, code_from_digest, without_code};
pub use period::{CatchUp, CatchUpPlan, Period, dealt_with, plan_catch_up};
pub use rendered::{
    NEWSLETTER_VARIABLES, NO_NUL, Rendered, SharedText, check_message, check_newsletter, holds_code, render_code,
    render_message, render_newsletter,
};
pub use retry::{AFTER_UNKNOWN, ISSUE_RETRIES, RECLAIMS_ALONE, RetryPolicy, Verdict};
pub use secret::{Keys, Secret, equal_in_constant_time, sha256_hex};
pub use state::{Reason, State};
pub use task::{IDEMPOTENCY_WINDOW, NewTask, RunId, Tag, TaskId, TaskName, TaskType, message_id};
pub use template::TemplateFault;
pub use text::html_to_text;
pub use time::Timestamp;
pub use unsubscribe::UnsubscribeLink;
pub use work::{Attachment, Format, HeaderLine, Message, OtpMail, Subject, Work};
