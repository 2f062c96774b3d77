//! From settings to a session that is ready for mail.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use lettre::transport::smtp::extension::ClientId;
use secrecy::SecretString;
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};

use super::{
    Failure, Session, auth,
    capabilities::Capabilities,
    link::{Link, LinkError},
    session::Timeouts,
    tls,
};
use crate::{
    config::{SmtpSettings, TlsMode},
    domain::Stage,
};

/// Settings that cannot make a session.
#[derive(Debug, thiserror::Error)]
pub enum ConnectorError {
    /// The file of `GOMAIL_SMTP_CA`: fix it.
    #[error("cannot use the certificates in {}: {problem}", path.display())]
    Ca {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// `smtp_server` is neither a host name nor an address.
    #[error("smtp_server {0:?} is neither a host name nor an address")]
    Host(String),
}

/// Makes sessions with one relay. Built once, shared by all who connect.
#[derive(Debug)]
pub struct Connector {
    relay: String,
    host: String,
    port: u16,
    name: ServerName<'static>,
    mode: TlsMode,
    tls: Arc<ClientConfig>,
    credentials: Option<(String, SecretString)>,
    timeouts: Timeouts,
    hello: String,
}

impl Connector {
    /// Reads the certificates and builds the TLS client. Reads a file: call it at the start.
    ///
    /// # Errors
    /// [`ConnectorError`] names the bad setting.
    pub fn new(settings: &SmtpSettings) -> Result<Self, ConnectorError> {
        let name =
            ServerName::try_from(settings.host.clone()).map_err(|_| ConnectorError::Host(settings.host.clone()))?;
        Ok(Self {
            relay: settings.relay(),
            host: settings.host.clone(),
            port: settings.port,
            name,
            mode: settings.tls,
            tls: tls::client(settings.ca.as_deref())?,
            credentials: settings.credentials.clone(),
            timeouts: Timeouts { step: settings.timeout, data: settings.data_timeout },
            hello: own_name(),
        })
    }

    /// `host:port` of the relay.
    #[must_use]
    pub fn relay(&self) -> &str {
        &self.relay
    }

    /// Connects and goes through every step up to ready: DNS and TCP (all addresses in turn), banner, EHLO, STARTTLS,
    /// EHLO again, AUTH. Each step has its own timeout. Ask a [`super::RelayGate`] first.
    ///
    /// Dropping the future closes the connection.
    ///
    /// # Errors
    /// Always [`Failure::NotReady`], with the step and the relay's words.
    pub async fn connect(&self) -> Result<Session, Failure> {
        let step = self.timeouts.step;
        let mut link = self.dial().await?;
        if self.mode == TlsMode::Implicit {
            link = self.protect(link).await?;
        }
        let banner = link.reply(step).await.map_err(|error| Failure::not_ready(Stage::Banner, &error))?;
        if banner.code != 220 {
            return Err(Failure::turned_away(Stage::Banner, "the relay takes no connections", banner));
        }
        let mut offered = self.greet(&mut link).await?;
        let wants_tls = match self.mode {
            TlsMode::StartTls => true,
            // Plain is for this machine only, whatever the settings say.
            TlsMode::Opportunistic => offered.starttls || !link.peer_ip().is_loopback(),
            TlsMode::Implicit | TlsMode::None => false,
        };
        if wants_tls {
            if !offered.starttls {
                return Err(Failure::NotReady {
                    stage: Stage::Tls,
                    message: "the relay does not offer STARTTLS".to_owned(),
                    reply: None,
                });
            }
            let reply =
                link.command(b"STARTTLS\r\n", step).await.map_err(|error| Failure::not_ready(Stage::Tls, &error))?;
            if reply.code != 220 {
                return Err(Failure::turned_away(Stage::Tls, "STARTTLS refused", reply));
            }
            link = self.protect(link).await?;
            // What was offered in plain may have been tampered with (RFC 3207 §4.2).
            offered = self.greet(&mut link).await?;
        }
        if let Some((user, password)) = &self.credentials {
            auth::log_in(&mut link, offered.auth, user, password, step).await?;
        }
        Ok(Session::new(link, offered, self.timeouts))
    }

    /// Tries the host's addresses in turn.
    async fn dial(&self) -> Result<Link, Failure> {
        let fail = |message: String| Failure::NotReady { stage: Stage::Connect, message, reply: None };
        let addresses: Vec<SocketAddr> =
            match timeout(self.timeouts.step, lookup_host((self.host.as_str(), self.port))).await {
                Err(_) => return Err(fail(format!("looking up {} timed out", self.host))),
                Ok(Err(error)) => return Err(fail(format!("cannot look up {}: {error}", self.host))),
                Ok(Ok(found)) => found.collect(),
            };
        let mut last = format!("{} has no address", self.host);
        for address in addresses {
            last = match timeout(self.timeouts.step, TcpStream::connect(address)).await {
                Err(_) => format!("connecting to {address} timed out"),
                Ok(Err(error)) => format!("cannot connect to {address}: {error}"),
                // Without TCP_NODELAY every mail waits 40 ms for a delayed ACK.
                Ok(Ok(tcp)) => match tcp.set_nodelay(true) {
                    Ok(()) => return Ok(Link::new(tcp, address)),
                    Err(error) => format!("cannot connect to {address}: {error}"),
                },
            };
        }
        Err(fail(last))
    }

    async fn protect(&self, link: Link) -> Result<Link, Failure> {
        link.upgrade(&TlsConnector::from(Arc::clone(&self.tls)), self.name.clone(), self.timeouts.step)
            .await
            .map_err(|error| Failure::not_ready(Stage::Tls, &error))
    }

    /// EHLO; HELO for a relay that does not know it (RFC 5321 §3.2).
    async fn greet(&self, link: &mut Link) -> Result<Capabilities, Failure> {
        let fail = |error: LinkError| Failure::not_ready(Stage::Ehlo, &error);
        let step = self.timeouts.step;
        link.write(format!("EHLO {}\r\n", self.hello).as_bytes(), step).await.map_err(fail)?;
        let (reply, offered) = link
            .raw_reply(step, |code, raw| (super::Reply::read(code, raw), Capabilities::parse(raw)))
            .await
            .map_err(fail)?;
        match reply.code {
            250 => Ok(offered),
            500..=599 => {
                let reply = link.command(format!("HELO {}\r\n", self.hello).as_bytes(), step).await.map_err(fail)?;
                if reply.code == 250 {
                    Ok(Capabilities::default())
                } else {
                    Err(Failure::turned_away(Stage::Ehlo, "greeting refused", reply))
                }
            }
            _ => Err(Failure::turned_away(Stage::Ehlo, "greeting refused", reply)),
        }
    }
}

/// What we call ourselves: the host's name, or an address literal where it has none that is fit to print.
fn own_name() -> String {
    let name = ClientId::default().to_string();
    let is_fit = name.starts_with('[')
        || (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.'));
    if is_fit { name } else { "[127.0.0.1]".to_owned() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn settings(host: &str, ca: Option<PathBuf>) -> SmtpSettings {
        SmtpSettings {
            host: host.to_owned(),
            port: 587,
            credentials: Some(("user".to_owned(), "hunter2".into())),
            tls: TlsMode::StartTls,
            ca,
            timeout: Duration::from_secs(1),
            data_timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn bad_settings_are_named() {
        let missing = Connector::new(&settings("mx.example.com", Some("no/such.pem".into()))).unwrap_err();
        let host = Connector::new(&settings("not a host", None)).unwrap_err();

        assert!(missing.to_string().contains("no/such.pem"), "{missing}");
        assert!(matches!(host, ConnectorError::Host(_)));
    }

    #[test]
    fn the_password_is_not_in_what_debug_shows() {
        let shown = format!("{:?}", Connector::new(&settings("::1", None)).unwrap());

        assert!(!shown.contains("hunter2"));
    }
}
