//! Which service a client command talks to, and with which key.
//!
//! `register` saves the key per server, in a file of mode 0600; a key is only ever sent to the server it is for.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use reqwest::Url;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{failure::Failure, output::Out};
use crate::{
    client::Client,
    config::{Environment, Sources, setting},
};

const FILE: &str = "sessions.json";

/// What every command is handed: where its answer goes, and what the process was started with.
#[derive(Debug)]
pub(super) struct Shell {
    pub(super) out: Out,
    pub(super) environment: Environment,
    /// `--server`.
    pub(super) server: Option<String>,
    /// `--api-key-file`.
    pub(super) api_key_file: Option<PathBuf>,
}

/// One saved key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Saved {
    /// The account.
    pub(super) id: String,
    /// Its API key.
    pub(super) key: String,
}

/// The saved keys, by server.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Sessions {
    /// The server of the last registration.
    #[serde(default)]
    pub(super) latest: Option<String>,
    #[serde(default)]
    pub(super) servers: BTreeMap<String, Saved>,
}

impl Shell {
    /// The sources of settings, without flags.
    pub(super) fn sources(&self) -> &Sources {
        &self.environment.sources
    }

    /// The value of a client setting, if environment or `.env` has one.
    ///
    /// # Errors
    /// [`Failure::Usage`] when it cannot be read: another value would stand in for it, and nobody would know.
    pub(super) fn given(&self, name: &str) -> Result<Option<String>, Failure> {
        let row = setting(name).expect("the name is in the table");
        if let Some(bad) = self.sources().unreadable.iter().find(|bad| bad.name == name) {
            return Err(Failure::Usage(bad.to_string()));
        }
        let text = self.sources().given(row).map(|given| given.text.trim().to_owned());
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// The server: `--server`, `GOMAIL_SERVER`, where `register` last signed up, else this machine.
    pub(super) fn server(&self) -> Result<Url, Failure> {
        let given = match &self.server {
            Some(text) => Some(text.clone()),
            None => self.given("GOMAIL_SERVER")?,
        };
        let text = match given {
            Some(text) => text,
            None => match self.sessions()?.latest {
                Some(latest) => latest,
                None => setting("GOMAIL_SERVER").expect("it is in the table").default.to_owned(),
            },
        };
        parse_server(&text).map_err(|why| Failure::Usage(format!("the server {why}, not {text}")))
    }

    /// A client with the caller's key, or none when there is none: the service says so where one is needed.
    pub(super) fn client(&self) -> Result<Client, Failure> {
        let server = self.server()?;
        let key = self.key(&server)?;
        Ok(Client::new(server, key)?)
    }

    /// A client that may sign up: with the admin key where there is one, else with the key that was given. A saved key
    /// is an account's, and signs up nobody.
    pub(super) fn admin_client(&self) -> Result<Client, Failure> {
        let admin = self.given("GOMAIL_ADMIN_KEY")?.map(|key| header_value(&key, "GOMAIL_ADMIN_KEY")).transpose()?;
        let key = if admin.is_some() { admin } else { self.given_key()? };
        Ok(Client::new(self.server()?, key)?)
    }

    /// The key: `--api-key-file`, `GOMAIL_API_KEY`, or the one saved for this server.
    pub(super) fn key(&self, server: &Url) -> Result<Option<SecretString>, Failure> {
        let given = self.given_key()?;
        if given.is_some() {
            return Ok(given);
        }
        Ok(self.saved(server)?.map(|saved| SecretString::from(saved.key)))
    }

    /// The key that was given for this one command.
    fn given_key(&self) -> Result<Option<SecretString>, Failure> {
        if let Some(path) = &self.api_key_file {
            let text = fs::read_to_string(path)
                .map_err(|error| Failure::Usage(format!("--api-key-file {}: {error}", path.display())))?;
            return header_value(text.trim(), "--api-key-file").map(Some);
        }
        self.given("GOMAIL_API_KEY")?.map(|key| header_value(&key, "GOMAIL_API_KEY")).transpose()
    }

    /// What is saved for a server.
    pub(super) fn saved(&self, server: &Url) -> Result<Option<Saved>, Failure> {
        Ok(self.sessions()?.servers.remove(&name_of(server)))
    }

    /// The file of saved keys.
    pub(super) fn session_file(&self) -> Result<PathBuf, Failure> {
        let folder = self.environment.config_folder();
        let folder =
            folder.ok_or_else(|| Failure::Failed("no place to keep a key: set HOME or XDG_CONFIG_HOME".to_owned()))?;
        Ok(folder.join(FILE))
    }

    /// Every saved key; none when nothing was saved yet.
    pub(super) fn sessions(&self) -> Result<Sessions, Failure> {
        let Some(folder) = self.environment.config_folder() else { return Ok(Sessions::default()) };
        let path = folder.join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| {
                Failure::Failed(format!("{} cannot be read ({error}); remove it and register again", path.display()))
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Sessions::default()),
            Err(error) => Err(Failure::Failed(format!("{}: {error}", path.display()))),
        }
    }

    /// Saves `saved` for `server`, or forgets what was saved.
    pub(super) fn save(&self, server: &Url, saved: Option<Saved>) -> Result<PathBuf, Failure> {
        let path = self.session_file()?;
        let mut sessions = self.sessions()?;
        let name = name_of(server);
        if let Some(saved) = saved {
            sessions.servers.insert(name.clone(), saved);
            sessions.latest = Some(name);
        } else {
            sessions.servers.remove(&name);
            sessions.latest = sessions.latest.filter(|latest| *latest != name);
        }
        let text = serde_json::to_vec_pretty(&sessions).expect("text keys and text values");
        write_private(&path, &text).map_err(|error| Failure::Failed(format!("{}: {error}", path.display())))?;
        Ok(path)
    }
}

/// A server's name in the file: its URL without a trailing slash.
pub(super) fn name_of(server: &Url) -> String {
    server.as_str().trim_end_matches('/').to_owned()
}

/// Reads a server's URL; the scheme may be left out.
///
/// # Errors
/// What it must be.
pub(super) fn parse_server(text: &str) -> Result<Url, String> {
    let wrong = || "must be a URL such as http://127.0.0.1:8080".to_owned();
    let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&full).map_err(|_| wrong())?;
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain { Ok(url) } else { Err(wrong()) }
}

/// A key must fit a header; the message never holds the key.
fn header_value(key: &str, from: &str) -> Result<SecretString, Failure> {
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        return Err(Failure::Usage(format!("{from} holds no key: it must be one line of visible characters")));
    }
    Ok(SecretString::from(key))
}

/// Writes beside the file and renames: a crash leaves the old file or the new one, and no moment in which others can
/// read it.
fn write_private(path: &Path, text: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = fs::DirBuilder::new();
    let mut options = fs::OpenOptions::new();
    builder.recursive(true);
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        builder.mode(0o700);
        options.mode(0o600);
    }
    builder.create(folder)?;
    let beside = folder.join(format!(".{FILE}.{}", std::process::id()));
    // What a crashed process of the same number left behind.
    let _ = fs::remove_file(&beside);
    let written = options.open(&beside).and_then(|mut file| file.write_all(text).and_then(|()| file.sync_all()));
    let moved = written.and_then(|()| fs::rename(&beside, path));
    if moved.is_err() {
        let _ = fs::remove_file(&beside);
    }
    moved
}
