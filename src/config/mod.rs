//! Settings: the only reader of the environment, one struct per section.
//!
//! Flag > environment > `.env` > default. A start with bad settings lists all of them.

mod sections;

pub use sections::{
    AccountSettings, DkimSettings, Durability, HttpSettings, LogFormat, LogSettings, MailSettings, OtpSettings, Rate,
    Registration, SchedulerSettings, Settings, SmtpSettings, StoreLocation, StoreSettings, TlsMode, WorkerSettings,
};
