//! The settings as people see them: those in force, and the example file. Secrets are masked.

use std::{collections::BTreeSet, fmt::Write as _};

use serde::Serialize;

use super::{Given, RedisAddress, Registration, SETTINGS, Scope, Setting, Settings, Source, Sources, TlsMode};

/// One setting in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InForce {
    /// Its name.
    pub setting: &'static str,
    /// Its value, masked if it is secret; `None` when there is none.
    pub value: Option<String>,
    /// What the value comes to here, where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
    /// `flag`, `environment`, `.env` or `default`; of a client setting also `saved`.
    pub source: &'static str,
}

/// All settings in force, in the order of the table.
///
/// With `settings`, defaults that follow from other settings are shown as what they became.
#[must_use]
pub fn in_force(sources: &Sources, settings: Option<&Settings>) -> Vec<InForce> {
    let row = |row: &'static Setting| {
        let Given { text, source } = sources.off(row).unwrap_or_else(|| sources.value(row));
        let (derived, note) = settings.map_or((None, None), |settings| derived(row.name, source, settings));
        let shown = if row.secret { masked(row.name, &text) } else { derived.unwrap_or(text) };
        InForce { setting: row.name, value: Some(shown).filter(|text| !text.is_empty()), note, source: source.as_str() }
    };
    SETTINGS.iter().map(row).collect()
}

/// What a setting became that takes its default from others, and what it means there.
fn derived(name: &str, source: Source, settings: &Settings) -> (Option<String>, Option<&'static str>) {
    match name {
        "GOMAIL_FROM" => (Some(settings.mail.from.to_string()), None),
        "GOMAIL_PUBLIC_URL" => (Some(settings.mail.public_url.clone()), None),
        "GOMAIL_SMTP_TLS" if source == Source::Default => {
            let note = settings.smtp.as_ref().map(|smtp| match smtp.tls {
                TlsMode::Implicit => "implicit",
                TlsMode::StartTls => "STARTTLS required",
                TlsMode::Opportunistic => "STARTTLS if offered, on this machine",
                TlsMode::None => "none",
            });
            (None, note)
        }
        "GOMAIL_REGISTRATION" => {
            let (value, note) = match settings.accounts.registration {
                Registration::OpenLocal => ("open", Some("anyone on this machine")),
                Registration::Open => ("open", None),
                Registration::Admin => ("admin", None),
                Registration::Closed => ("admin", Some("closed: no GOMAIL_ADMIN_KEY")),
            };
            (Some(value.to_owned()), note)
        }
        _ => (None, None),
    }
}

/// Masks a secret. Of an address with a password only the password goes.
fn masked(name: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    // What is no address may hold a password anywhere.
    if name != "redis_uri" || RedisAddress::parse(text).is_err() {
        return "***".to_owned();
    }
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    // The last @ ends the credentials: a password may hold one unescaped.
    let shown = match rest.rsplit_once('@') {
        Some((credentials, place)) => match credentials.split_once(':') {
            Some((user, _)) => format!("{user}:***@{place}"),
            // A name, or a password whose colon was forgotten.
            None => format!("***@{place}"),
        },
        None => rest.to_owned(),
    };
    if scheme.is_empty() { shown } else { format!("{scheme}://{shown}") }
}

/// Names in environment and `.env` that look like settings and are none: most likely misspelt.
#[must_use]
pub fn unknown_names(sources: &Sources) -> Vec<String> {
    let names: BTreeSet<&String> = sources.env.keys().chain(sources.dotenv.keys()).collect();
    let is_known = |name: &str| SETTINGS.iter().any(|setting| setting.name == name);
    names.into_iter().filter(|name| name.starts_with("GOMAIL_") && !is_known(name)).cloned().collect()
}

/// The text of `.env.example`.
#[must_use]
pub fn env_example() -> String {
    let mut text = String::from(
        "# Settings of gomail. Copy this file to `.env` and take the # off the lines you change.\n\
         # Order: flag, environment, `.env`, default. `gomail config` shows what is in force and where it came from.\n\
         # Put values with spaces, # or $ in single quotes. Durations: 500ms 10s 15m 1h 7d.\n",
    );
    let mut section = "";
    for row in SETTINGS {
        if row.section != section {
            section = row.section;
            let note = if row.scope == Scope::Client { " (send, task, metrics, …)" } else { "" };
            write!(text, "\n# === {section}{note} ===\n").expect("a String takes every write");
        }
        write!(text, "\n# {}\n#{}={}\n", row.doc, row.name, row.default).expect("a String takes every write");
    }
    text
}
