//! Where values come from: flags, environment and `.env`, as plain maps, so that a test needs no process environment.

use std::{collections::BTreeMap, fmt};

use super::{BadSetting, Setting};

/// What the settings are read for: some depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// All roles in one process.
    Up,
    /// The API.
    Serve,
    /// The worker.
    Worker,
    /// The scheduler.
    Scheduler,
}

/// Where a value came from, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The command line.
    Flag,
    /// The process environment.
    Environment,
    /// The `.env` file.
    DotEnv,
    /// Nobody said anything.
    Default,
}

impl Source {
    /// `flag`, `environment`, `.env` or `default`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::DotEnv => ".env",
            Self::Default => "default",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The text; may be empty when a source said so.
    pub text: String,
    /// Its source.
    pub source: Source,
}

/// Everything that was said about settings.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// By [`Setting::name`].
    pub flags: BTreeMap<String, String>,
    /// The process environment.
    pub env: BTreeMap<String, String>,
    /// The `.env` file.
    pub dotenv: BTreeMap<String, String>,
    /// What in the environment and the `.env` file cannot be read.
    pub unreadable: Vec<BadSetting>,
}

impl Sources {
    /// What was said about `setting`, by the strongest source that says anything; `None` leaves the default.
    ///
    /// An empty value counts as said: it takes a setting back to its default whatever weaker sources say.
    #[must_use]
    pub fn given(&self, setting: &Setting) -> Option<Given> {
        let of = |text: &String, source| Some(Given { text: text.clone(), source });
        if let Some(text) = self.flags.get(setting.name) {
            return of(text, Source::Flag);
        }
        if let Some(text) = named(&self.env, setting.name) {
            return of(text, Source::Environment);
        }
        named(&self.dotenv, setting.name).and_then(|text| of(text, Source::DotEnv))
    }

    /// The value of `setting` if a source gave one that is not empty, else its default (which may be empty).
    #[must_use]
    pub fn value(&self, setting: &Setting) -> Given {
        match self.given(setting) {
            // A password may end in a space.
            Some(given) if setting.secret && !given.text.is_empty() => given,
            Some(given) if !given.text.trim().is_empty() => Given { text: given.text.trim().to_owned(), ..given },
            _ => Given { text: setting.default.to_owned(), source: Source::Default },
        }
    }

    /// An explicitly empty `GOMAIL_LOG_FILE`, which means no file. An empty value of any other setting means
    /// the default.
    pub(super) fn off(&self, setting: &Setting) -> Option<Given> {
        let given = self.given(setting).filter(|_| setting.name == "GOMAIL_LOG_FILE")?;
        given.text.trim().is_empty().then(|| Given { text: String::new(), ..given })
    }
}

/// Looks `name` up; a name in lower case is found in upper case too, the exact spelling first.
fn named<'a>(map: &'a BTreeMap<String, String>, name: &str) -> Option<&'a String> {
    map.get(name).or_else(|| map.get(&name.to_ascii_uppercase()))
}
