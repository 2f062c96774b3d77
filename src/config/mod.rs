//! Settings: the only reader of the environment, one struct per section.
//!
//! Flag > environment > `.env` > default. A start with bad settings lists all of them.
//!
//! [`SETTINGS`] is the one table: flags, look-up, `gomail config` and `.env.example` are all read from it.

mod bad;
mod env;
mod load;
mod mailing;
mod parse;
mod pem;
mod redis;
mod sections;
mod show;
mod sources;
mod table;
#[cfg(test)]
mod tests;

pub use bad::{BadSetting, BadSettings};
pub use env::{Environment, environment};
pub use parse::duration as parse_duration;
pub use pem::{SigningKey, certificates};
pub use redis::RedisAddress;
pub use sections::{
    AccountSettings, DkimSettings, Durability, HttpSettings, LogFormat, LogSettings, MailSettings, OtpSettings, Rate,
    Registration, SchedulerSettings, Settings, SmtpSettings, StoreLocation, StoreSettings, TlsMode, WorkerSettings,
};
pub use show::{InForce, env_example, in_force, unknown_names};
pub use sources::{Given, Role, Source, Sources};
pub use table::{SETTINGS, Scope, Setting, setting};
