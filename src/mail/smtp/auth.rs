//! AUTH PLAIN (RFC 4616) and AUTH LOGIN, over RFC 4954.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};

use super::{Failure, Reply, capabilities::Mechanisms, link::Link};
use crate::domain::Stage;

/// Longest command line, RFC 5321 §4.5.3.1.4; a longer initial response waits for its 334 (RFC 4954 §4).
const LINE_MAX: usize = 512;

/// Logs in. PLAIN first; LOGIN when it is all there is, or the relay does not know PLAIN after all.
///
/// # Errors
/// [`Failure::NotReady`] at [`Stage::Auth`] when the link is plain and leaves the machine (nothing is sent then), no
/// mechanism fits, the relay refuses, or the link fails.
pub(super) async fn log_in(
    link: &mut Link,
    offered: Mechanisms,
    user: &str,
    password: &SecretString,
    step: Duration,
) -> Result<(), Failure> {
    // The settings see to this too. A password that went out in plain cannot be taken back, so it is asked twice.
    if link.tls_version().is_none() && !link.peer_ip().is_loopback() {
        return Err(refuse("a password does not cross a plain link off the machine"));
    }
    if offered.plain {
        let reply = plain(link, user, password, step).await?;
        // 504: the mechanism is not known (RFC 4954 §4). A wrong password is 535 and is not tried a second time.
        if !(reply.code == 504 && offered.login) {
            return judge(reply, user, password);
        }
    }
    if offered.login {
        return judge(login(link, user, password, step).await?, user, password);
    }
    Err(refuse("the relay offers neither AUTH PLAIN nor AUTH LOGIN"))
}

async fn plain(link: &mut Link, user: &str, password: &SecretString, step: Duration) -> Result<Reply, Failure> {
    let response = STANDARD.encode(format!("\0{user}\0{}", password.expose_secret()));
    let command = format!("AUTH PLAIN {response}\r\n");
    if command.len() <= LINE_MAX {
        return say(link, &command, step).await;
    }
    let reply = say(link, "AUTH PLAIN\r\n", step).await?;
    if reply.code != 334 {
        return Ok(reply);
    }
    say(link, &format!("{response}\r\n"), step).await
}

async fn login(link: &mut Link, user: &str, password: &SecretString, step: Duration) -> Result<Reply, Failure> {
    let mut reply = say(link, "AUTH LOGIN\r\n", step).await?;
    for answer in [user, password.expose_secret()] {
        // The prompts' texts differ between relays; their order does not.
        if reply.code != 334 {
            return Ok(reply);
        }
        reply = say(link, &format!("{}\r\n", STANDARD.encode(answer)), step).await?;
    }
    Ok(reply)
}

async fn say(link: &mut Link, words: &str, step: Duration) -> Result<Reply, Failure> {
    link.command(words.as_bytes(), step).await.map_err(|error| Failure::not_ready(Stage::Auth, &error))
}

fn judge(mut reply: Reply, user: &str, password: &SecretString) -> Result<(), Failure> {
    if reply.code == 235 {
        return Ok(());
    }
    // Some relays quote the line that they refuse, and their words are logged.
    let password = password.expose_secret();
    let secrets = [STANDARD.encode(format!("\0{user}\0{password}")), STANDARD.encode(password), password.to_owned()];
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        reply.text = reply.text.replace(secret, "***");
    }
    Err(Failure::turned_away(Stage::Auth, "login refused", reply))
}

fn refuse(why: &str) -> Failure {
    Failure::NotReady { stage: Stage::Auth, message: why.to_owned(), reply: None }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::AsyncReadExt as _,
        net::{TcpListener, TcpStream},
    };

    use super::*;

    #[tokio::test]
    async fn a_password_does_not_cross_a_plain_link_off_the_machine() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tcp = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut relay, _) = listener.accept().await.unwrap();
        // What the session knows of the other side is the address it dialled.
        let mut link = Link::new(tcp, "192.0.2.1:25".parse().unwrap());
        let offered = Mechanisms { plain: true, login: true };

        let result = log_in(&mut link, offered, "ann", &"secret".into(), Duration::from_millis(100)).await;
        drop(link);

        assert!(matches!(result, Err(Failure::NotReady { stage: Stage::Auth, reply: None, .. })));
        let mut heard = Vec::new();
        relay.read_to_end(&mut heard).await.unwrap();
        assert!(heard.is_empty());
    }
}
