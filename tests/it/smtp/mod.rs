//! The session against a peer that misbehaves.

mod body;
mod envelope;
mod keeping;
mod login;
mod pipelining;

use std::time::Duration;

use gomail::{
    config::{SmtpSettings, TlsMode},
    domain::Address,
    mail::smtp::{Connector, Envelope, Failure, Reply, Session},
};

use crate::helpers::peer::SmtpPeer;

/// Long enough for any step that happens, short enough to wait for one that does not.
const SHORT: Duration = Duration::from_millis(300);

fn settings(peer: &SmtpPeer) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: peer.port(),
        credentials: None,
        tls: TlsMode::None,
        ca: None,
        timeout: Duration::from_secs(10),
        data_timeout: Duration::from_secs(10),
    }
}

async fn session_with(settings: &SmtpSettings) -> Result<Session, Failure> {
    Connector::new(settings).unwrap().connect().await
}

async fn session(peer: &SmtpPeer) -> Session {
    session_with(&settings(peer)).await.unwrap()
}

/// A session whose every step may take [`SHORT`].
async fn impatient(peer: &SmtpPeer) -> Session {
    session_with(&SmtpSettings { timeout: SHORT, data_timeout: SHORT, ..settings(peer) }).await.unwrap()
}

fn envelope(to: &str) -> Envelope {
    let address = |text: &str| Address::parse(text).unwrap();
    Envelope { from: address("sender@example.com"), to: address(&format!("{to}@example.org")), size: 0 }
}

const MAIL: &[u8] = b"Subject: hello\r\nMessage-ID: <1@example.com>\r\n\r\nbody\r\n";

/// What came of a mail, and of the next one's envelope.
#[derive(Debug)]
struct Delivery {
    outcome: Result<Reply, Failure>,
    next: Option<Result<(), Failure>>,
}

/// Delivers the mail of the open envelope; no stop comes.
async fn deliver(session: &mut Session, body: &[u8], next: Option<&Envelope>) -> Delivery {
    let outcome = session.deliver(body, next).await;
    let next = match next {
        Some(next) => session.opened(next, std::future::pending()).await,
        None => None,
    };
    Delivery { outcome, next }
}

/// Opens and delivers one mail.
async fn send(session: &mut Session, to: &str) -> Result<u16, Failure> {
    session.open(&envelope(to)).await?;
    deliver(session, MAIL, None).await.outcome.map(|reply| reply.code)
}
