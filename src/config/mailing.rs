//! The settings of mail: the relay, and what every mail carries.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::SecretString;

use super::{
    DkimSettings, MailSettings, Settings, SigningKey, SmtpSettings, TlsMode, certificates, load::Reader, parse,
};
use crate::domain::{Address, Mailbox};

const LEAST_TIMEOUT: Duration = Duration::from_millis(100);

/// The relay; `None` without `smtp_server`. Everything is checked even so: a bad port is bad without a server too.
pub(super) fn smtp(read: &mut Reader<'_>) -> Option<SmtpSettings> {
    let host = read.read_if_given("smtp_server", parse::host);
    let port = read.read("smtp_port", |text| parse::number(text, 1, 65_535));
    let port = u16::try_from(port).expect("at most 65535");
    let credentials = match (read.text("smtp_user"), read.text("smtp_pass")) {
        (Some(user), Some(pass)) => Some((user, SecretString::from(pass))),
        (None, Some(_)) => {
            read.refuse("smtp_pass", "is there without smtp_user");
            None
        }
        _ => None,
    };
    let is_local = host.as_deref().is_some_and(parse::is_loopback);
    let tls = read.read("GOMAIL_SMTP_TLS", |text| match text {
        "auto" if port == 465 => Ok(TlsMode::Implicit),
        "auto" if is_local => Ok(TlsMode::Opportunistic),
        "auto" | "starttls" => Ok(TlsMode::StartTls),
        "implicit" => Ok(TlsMode::Implicit),
        "none" => Ok(TlsMode::None),
        _ => Err("must be auto, implicit, starttls or none".to_owned()),
    });
    if tls == TlsMode::None && host.is_some() && !is_local && credentials.is_some() {
        read.refuse("GOMAIL_SMTP_TLS", "none would send smtp_pass in the clear: use auto, or a relay without password");
    }
    let ca = read.read_if_given("GOMAIL_SMTP_CA", |text| match certificates(Path::new(text)) {
        Ok(_) => Ok(PathBuf::from(text)),
        Err(why) => Err(format!("{text} {why}")),
    });
    let timeout = read.duration("GOMAIL_SMTP_TIMEOUT", LEAST_TIMEOUT);
    let data_timeout = read.duration("GOMAIL_SMTP_DATA_TIMEOUT", LEAST_TIMEOUT);
    Some(SmtpSettings { host: host?, port, credentials, tls, ca, timeout, data_timeout })
}

/// What every mail carries.
pub(super) fn mail(read: &mut Reader<'_>, has_relay: bool, listen: SocketAddr) -> MailSettings {
    let from = from(read, has_relay);
    let public_url = read.read_if_given("GOMAIL_PUBLIC_URL", parse::public_url);
    MailSettings {
        from,
        dkim: dkim(read),
        public_url: public_url.unwrap_or_else(|| url_of(listen)),
        unsubscribe_mailto: read
            .read_if_given("GOMAIL_UNSUBSCRIBE_MAILTO", |text| Address::parse(text).map_err(|error| error.message)),
    }
}

impl MailSettings {
    /// Whether [`MailSettings::public_url`] names this machine and nothing else.
    #[must_use]
    pub fn is_public_url_local(&self) -> bool {
        let url = reqwest::Url::parse(&self.public_url).ok();
        url.is_some_and(|url| url.host_str().is_some_and(|host| parse::is_loopback(host.trim_matches(['[', ']']))))
    }
}

impl Settings {
    /// Says where the API listens now that the system has chosen a port for port 0: links lead there, unless
    /// `GOMAIL_PUBLIC_URL` says otherwise.
    pub fn listens_at(&mut self, address: SocketAddr) {
        // An explicit public URL differs from the listen address; one that names port 0 could never work.
        if self.mail.public_url == url_of(self.http.listen) {
            self.mail.public_url = url_of(address);
        }
        self.http.listen = address;
    }
}

/// Where this machine reaches `listen`: an unspecified address is no place to go to.
fn url_of(listen: SocketAddr) -> String {
    if listen.ip().is_unspecified() {
        format!("http://localhost:{}", listen.port())
    } else {
        format!("http://{listen}")
    }
}

fn from(read: &mut Reader<'_>, has_relay: bool) -> Mailbox {
    let local = || Mailbox::parse("gomail@localhost").expect("it is an address");
    if read.text("GOMAIL_FROM").is_some() {
        let parsed = read.read_if_given("GOMAIL_FROM", |text| Mailbox::parse(text).map_err(|error| error.message));
        return parsed.unwrap_or_else(local);
    }
    let user = read.text("smtp_user").and_then(|user| Address::parse(&user).ok());
    match user {
        Some(address) => Mailbox { name: None, address },
        None if has_relay => {
            read.refuse("GOMAIL_FROM", "is needed: smtp_user is no address that mail could come from");
            local()
        }
        None => local(),
    }
}

fn dkim(read: &mut Reader<'_>) -> Option<DkimSettings> {
    const NAMES: [&str; 3] = ["GOMAIL_DKIM_DOMAIN", "GOMAIL_DKIM_SELECTOR", "GOMAIL_DKIM_KEY"];
    let missing: Vec<&str> = NAMES.into_iter().filter(|name| read.text(name).is_none()).collect();
    if missing.len() == NAMES.len() {
        return None;
    }
    for name in &missing {
        read.refuse(name, "is needed: the GOMAIL_DKIM_ settings go together");
    }
    let domain = read.read_if_given("GOMAIL_DKIM_DOMAIN", |text| {
        let domain = idna::domain_to_ascii_strict(text).map_err(|_| "must be a domain name".to_owned())?;
        parse::host(&domain)
    });
    let selectors = read.read_if_given("GOMAIL_DKIM_SELECTOR", |text| {
        list(text).map(|name| parse::host(name).map_err(|_| "must be selectors such as mail2026".to_owned())).collect()
    });
    let keys: Option<Vec<PathBuf>> = read.read_if_given("GOMAIL_DKIM_KEY", |text| {
        let read = |file| match SigningKey::read(Path::new(file)) {
            Ok(_) => Ok(PathBuf::from(file)),
            Err(why) => Err(format!("{file} {why}")),
        };
        list(text).map(read).collect()
    });
    let selectors: Vec<String> = selectors?;
    let keys = keys?;
    if selectors.len() != keys.len() {
        read.refuse("GOMAIL_DKIM_SELECTOR", "must name one selector for each file of GOMAIL_DKIM_KEY");
    }
    Some(DkimSettings { domain: domain?, selectors, keys })
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}
