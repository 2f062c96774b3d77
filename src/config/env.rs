//! The one place that reads the process environment and the `.env` file. It never changes the environment.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

use super::{BadSetting, SETTINGS, Setting, Source, Sources};

/// What the process was started with.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Settings from the environment and `.env`; no flags yet.
    pub sources: Sources,
}

/// Reads the process environment, and `.env` in the working directory when there is one.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "config is where the environment is read")]
pub fn environment() -> Environment {
    let (env, mut unreadable) = variables(std::env::vars_os());
    let (dotenv, lines) = dotenv(Path::new(".env"));
    unreadable.extend(lines);
    Environment { sources: Sources { flags: BTreeMap::new(), env, dotenv, unreadable } }
}

/// The variables that are text. A setting that is none is noted; others are not ours to judge.
fn variables(vars: impl Iterator<Item = (OsString, OsString)>) -> (BTreeMap<String, String>, Vec<BadSetting>) {
    let mut values = BTreeMap::new();
    let mut unreadable = Vec::new();
    for (name, value) in vars {
        let Ok(name) = name.into_string() else { continue };
        if let Ok(value) = value.into_string() {
            values.insert(name, value);
            continue;
        }
        let is_named = |setting: &&Setting| setting.name == name || setting.name.to_ascii_uppercase() == name;
        if let Some(setting) = SETTINGS.iter().find(is_named) {
            let (name, message) = (setting.name.to_owned(), "is not UTF-8 text".to_owned());
            unreadable.push(BadSetting { name, source: Source::Environment, message });
        }
    }
    (values, unreadable)
}

/// Reads one `.env` file; an absent file is an empty one.
fn dotenv(path: &Path) -> (BTreeMap<String, String>, Vec<BadSetting>) {
    let bad = |message: String| vec![BadSetting { name: ".env".to_owned(), source: Source::Default, message }];
    let mut values = BTreeMap::new();
    let mut unreadable = Vec::new();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (values, unreadable),
        Err(error) => return (values, bad(format!("cannot be read: {error}"))),
    };
    // Editors of Windows put a byte order mark in front; it would become part of the first name.
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    for line in dotenvy::from_read_iter(text) {
        match line {
            Ok((name, value)) => {
                values.insert(name, value);
            }
            Err(error) => {
                unreadable.extend(bad(reason(path, &error)));
                // After an I/O error the iterator would give the same one for ever.
                if matches!(error, dotenvy::Error::Io(_)) {
                    break;
                }
            }
        }
    }
    (values, unreadable)
}

/// Why the file cannot be read. The line is named by its number, never quoted: it may hold a password.
fn reason(path: &Path, error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(part, _) => {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let line = text.lines().position(|line| line.contains(part.as_str())).map_or(0, |place| place + 1);
            format!("line {line} cannot be read; lines are NAME=value, with single quotes around spaces, # or $")
        }
        dotenvy::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => "is not UTF-8 text".to_owned(),
        other => format!("cannot be read: {other}"),
    }
}

impl Environment {
    /// The folder for saved sessions: `$XDG_CONFIG_HOME/gomail`, else `~/.config/gomail` (XDG Base Directory 0.8).
    ///
    /// `None` when neither variable is set.
    #[must_use]
    pub fn config_folder(&self) -> Option<PathBuf> {
        let var = |name: &str| self.sources.env.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // The specification: a relative path is to be ignored.
        let base = var("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
        base.or_else(|| var("HOME").map(|home| home.join(".config"))).map(|base| base.join("gomail"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_named_without_its_value_and_the_rest_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        std::fs::write(&path, "smtp_user=a\nsmtp_pass=hush hush\nGOMAIL_LEASE='5s'\n").unwrap();

        let (values, unreadable) = dotenv(&path);

        assert_eq!(values.get("smtp_user").map(String::as_str), Some("a"));
        assert_eq!(values.get("GOMAIL_LEASE").map(String::as_str), Some("5s"));
        assert_eq!(unreadable.len(), 1, "{unreadable:?}");
        assert!(unreadable[0].message.contains("line 2 ") && !unreadable[0].message.contains("hush"));
    }

    #[test]
    fn the_config_folder_follows_xdg() {
        let mut environment = Environment::default();
        assert_eq!(environment.config_folder(), None);

        environment.sources.env.insert("HOME".to_owned(), "/home/a".to_owned());
        assert_eq!(environment.config_folder(), Some(PathBuf::from("/home/a/.config/gomail")));

        environment.sources.env.insert("XDG_CONFIG_HOME".to_owned(), "/x".to_owned());
        assert_eq!(environment.config_folder(), Some(PathBuf::from("/x/gomail")));
    }
}
