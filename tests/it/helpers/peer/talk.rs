//! One connection of the peer.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, empty},
    net::TcpStream,
};

use super::{Act, Mail, PeerTls, Shared, Step};

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// The connection is over.
struct Over;
type Flow<T = ()> = Result<T, Over>;

struct Talk {
    wire: Box<dyn Wire>,
    input: Vec<u8>,
    out: Vec<u8>,
    number: usize,
    shared: Arc<Shared>,
    is_tls: bool,
    is_logged_in: bool,
    from: Option<String>,
    to: Option<String>,
}

/// Serves one connection until either side closes.
pub(super) async fn talk(tcp: TcpStream, number: usize, shared: Arc<Shared>) {
    let mut talk = Talk {
        wire: Box::new(tcp),
        input: Vec::new(),
        out: Vec::new(),
        number,
        is_tls: false,
        is_logged_in: shared.options.login.is_none(),
        shared,
        from: None,
        to: None,
    };
    let _ = talk.run().await;
    let _ = talk.flush().await;
    let _ = talk.wire.shutdown().await;
}

/// Ends a connection that is one too many.
pub(super) async fn turn_away(mut tcp: TcpStream) {
    let _ = tcp.write_all(b"421 4.7.0 too many connections\r\n").await;
    let _ = tcp.shutdown().await;
}

impl Talk {
    async fn run(&mut self) -> Flow {
        if self.shared.options.tls == PeerTls::Implicit {
            self.go_under_tls().await?;
        }
        self.answer(Step::Banner, "220 peer ESMTP").await?;
        loop {
            let line = self.line().await?;
            self.shared.commands.lock().unwrap().push((self.number, line.clone()));
            self.command(&line).await?;
        }
    }

    async fn command(&mut self, line: &str) -> Flow {
        let upper = line.to_ascii_uppercase();
        let verb = upper.split([' ', ':']).next().unwrap_or_default();
        match verb {
            "EHLO" if self.shared.options.ehlo => {
                let reply = self.offers();
                self.answer(Step::Ehlo, &reply).await.map(drop)
            }
            "EHLO" => self.say("502 5.5.1 what is EHLO"),
            "HELO" => self.answer(Step::Ehlo, "250 peer").await.map(drop),
            "STARTTLS" if self.offers_starttls() => {
                self.answer(Step::StartTls, "220 go ahead").await?;
                self.flush().await?;
                self.go_under_tls().await
            }
            "AUTH" => self.auth(line).await,
            "MAIL" if !self.is_logged_in => self.say("530 5.7.0 log in first"),
            "MAIL" if self.from.is_some() => self.say("503 5.5.1 nested MAIL"),
            "MAIL" => {
                if self.answer(Step::Mail, "250 2.1.0 sender ok").await? {
                    self.from = Some(path(line));
                }
                Ok(())
            }
            "RCPT" => {
                let to = path(line);
                let usual = if self.from.is_some() { "250 2.1.5 recipient ok" } else { "503 5.5.1 MAIL first" };
                if self.answer_for(Step::Rcpt, &to, usual).await? {
                    self.to = Some(to);
                }
                Ok(())
            }
            "DATA" => {
                let usual = if self.to.is_some() { "354 go" } else { "503 5.5.1 no valid recipients" };
                let to = self.to.clone().unwrap_or_default();
                self.answer_for(Step::Data, &to, usual).await?;
                if self.out.ends_with(b"354 go\r\n") { self.body(&to).await } else { Ok(()) }
            }
            "RSET" => {
                (self.from, self.to) = (None, None);
                self.answer_for(Step::Rset, "", "250 2.0.0 reset").await.map(drop)
            }
            "QUIT" => {
                self.say("221 2.0.0 bye")?;
                Err(Over)
            }
            _ => self.say("500 5.5.2 unknown command"),
        }
    }

    async fn body(&mut self, to: &str) -> Flow {
        let act = self.shared.script.lock().unwrap().act(Step::Body, to);
        if let Some(act) = act {
            // Wait for the first bytes of it.
            if self.input.is_empty() {
                self.fill().await?;
            }
            self.perform(act, "").await?;
            self.flush().await?;
        }
        let mut searched = 0;
        let end = loop {
            if self.input.starts_with(b".\r\n") {
                break 0;
            }
            let from = searched.min(self.input.len());
            if let Some(at) = self.input[from..].windows(5).position(|bytes| bytes == b"\r\n.\r\n") {
                break from + at + 2;
            }
            searched = self.input.len().saturating_sub(4);
            let pause = self.shared.script.lock().unwrap().read_pause;
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            self.fill().await?;
        };
        let raw = unstuffed(&self.input[..end]);
        self.input.drain(..end + 3);
        let mail = Mail {
            connection: self.number,
            from: self.from.take().unwrap_or_default(),
            to: self.to.take().unwrap_or_default(),
            raw,
            at: Instant::now(),
        };
        let act = self.shared.script.lock().unwrap().act(Step::Dot, to);
        let words = format!("[{}] {}", mail.header("Subject").unwrap_or_default(), mail.body().replace("\r\n", " "));
        let act = act.map(|act| act.quoting(to, &words));
        let is_taken = !mail.to.is_empty()
            && match &act {
                None | Some(Act::Late(_) | Act::Hold(_) | Act::TakeThenClose | Act::ReplyAsUsualThenClose) => true,
                Some(Act::Reply(line) | Act::ReplyThenClose(line)) => line.starts_with('2'),
                Some(Act::Pieces(pieces)) => pieces.concat().starts_with('2'),
                Some(Act::Stall | Act::Close | Act::Quote(_)) => false,
            };
        let usual = if mail.to.is_empty() { "554 5.5.1 no valid recipients" } else { "250 2.0.0 queued" };
        if is_taken {
            self.shared.ledger.record(mail);
        }
        match act {
            Some(act) => self.perform(act, usual).await,
            None => self.say(usual),
        }
    }

    async fn auth(&mut self, line: &str) -> Flow {
        self.shared.logins.fetch_add(1, Ordering::SeqCst);
        let act = self.shared.script.lock().unwrap().act(Step::Auth, "");
        if let Some(act) = act {
            return self.perform(act, "").await;
        }
        let mut words = line.split(' ').skip(1);
        let given = match (words.next().map(str::to_ascii_uppercase).as_deref(), words.next()) {
            (Some("PLAIN"), Some(response)) => decoded(response),
            (Some("PLAIN"), None) => decoded(&self.ask("334 ").await?),
            (Some("LOGIN"), _) => {
                let user = decoded(&self.ask("334 VXNlcm5hbWU6").await?);
                let password = decoded(&self.ask("334 UGFzc3dvcmQ6").await?);
                format!("\0{user}\0{password}")
            }
            _ => return self.say("504 5.5.4 unknown mechanism"),
        };
        let wanted = self.shared.options.login.clone().map(|(user, password)| format!("\0{user}\0{password}"));
        self.is_logged_in = wanted.as_ref() == Some(&given);
        self.say(if self.is_logged_in { "235 2.7.0 welcome" } else { "535 5.7.8 wrong user or password" })
    }

    async fn ask(&mut self, prompt: &str) -> Flow<String> {
        self.say(prompt)?;
        self.line().await
    }

    async fn go_under_tls(&mut self) -> Flow {
        self.input.clear();
        let plain = std::mem::replace(&mut self.wire, Box::new(empty()));
        self.wire = Box::new(self.shared.acceptor.accept(plain).await.map_err(|_| Over)?);
        self.is_tls = true;
        Ok(())
    }

    fn offers_starttls(&self) -> bool {
        self.shared.options.tls == PeerTls::StartTls && !self.is_tls
    }

    fn offers(&self) -> String {
        let options = &self.shared.options;
        let mut lines = vec!["peer".to_owned()];
        if options.pipelining {
            lines.push("PIPELINING".to_owned());
        }
        if self.offers_starttls() {
            lines.push("STARTTLS".to_owned());
        }
        if let Some(size) = options.size {
            lines.push(format!("SIZE {size}"));
        }
        if options.login.is_some() {
            lines.push(format!("AUTH {}", options.mechanisms));
        }
        lines.push("ENHANCEDSTATUSCODES".to_owned());
        let last = lines.len() - 1;
        let lines: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(n, line)| format!("250{}{line}", if n < last { '-' } else { ' ' }))
            .collect();
        lines.join("\r\n")
    }

    async fn answer(&mut self, step: Step, usual: &str) -> Flow<bool> {
        self.answer_for(step, "", usual).await
    }

    /// Does what the script says, or replies `usual`. True when the reply was 2xx.
    async fn answer_for(&mut self, step: Step, recipient: &str, usual: &str) -> Flow<bool> {
        let act = self.shared.script.lock().unwrap().act(step, recipient);
        let Some(act) = act.map(|act| act.quoting(recipient, "")) else {
            self.say(usual)?;
            return Ok(usual.starts_with('2'));
        };
        let is_good = match &act {
            Act::Reply(line) => line.starts_with('2'),
            Act::Pieces(pieces) => pieces.concat().starts_with('2'),
            _ => usual.starts_with('2'),
        };
        self.perform(act, usual).await?;
        Ok(is_good)
    }

    async fn perform(&mut self, act: Act, usual: &str) -> Flow {
        match act {
            Act::Reply(line) | Act::Quote(line) => self.say(&line),
            Act::ReplyThenClose(line) => {
                self.say(&line)?;
                Err(Over)
            }
            Act::ReplyAsUsualThenClose => {
                self.say(usual)?;
                Err(Over)
            }
            Act::Pieces(pieces) => {
                self.flush().await?;
                for piece in pieces {
                    self.out.extend_from_slice(piece.as_bytes());
                    self.flush().await?;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Ok(())
            }
            Act::Late(by) => {
                self.flush().await?;
                tokio::time::sleep(by).await;
                self.say_if_any(usual)
            }
            Act::Hold(gate) => {
                self.flush().await?;
                gate.pass().await;
                self.say_if_any(usual)
            }
            Act::Stall => {
                self.flush().await?;
                std::future::pending().await
            }
            Act::Close | Act::TakeThenClose => Err(Over),
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "reads as every other step does")]
    fn say(&mut self, line: &str) -> Flow {
        self.out.extend_from_slice(line.as_bytes());
        self.out.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// In the middle of a body there is no usual reply.
    fn say_if_any(&mut self, usual: &str) -> Flow {
        if usual.is_empty() { Ok(()) } else { self.say(usual) }
    }

    /// Replies leave when the client's words are used up: one batch is one round trip.
    async fn flush(&mut self) -> Flow {
        if self.out.is_empty() {
            return Ok(());
        }
        let latency = self.shared.script.lock().unwrap().latency;
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        self.shared.round_trips.fetch_add(1, Ordering::SeqCst);
        self.wire.write_all(&self.out).await.map_err(|_| Over)?;
        self.wire.flush().await.map_err(|_| Over)?;
        self.out.clear();
        Ok(())
    }

    async fn fill(&mut self) -> Flow {
        self.flush().await?;
        // A whole write of the client in one read, or a round trip would count as several.
        self.input.reserve(64 * 1024);
        match self.wire.read_buf(&mut self.input).await {
            Ok(n) if n > 0 => Ok(()),
            _ => Err(Over),
        }
    }

    async fn line(&mut self) -> Flow<String> {
        loop {
            if let Some(end) = self.input.iter().position(|&b| b == b'\n') {
                let line: Vec<u8> = self.input.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            self.fill().await?;
        }
    }
}

fn path(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(path, _)| path.to_owned()).unwrap_or_default()
}

fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&STANDARD.decode(text).unwrap_or_default()).into_owned()
}

fn unstuffed(wire: &[u8]) -> Vec<u8> {
    let mut raw = Vec::with_capacity(wire.len());
    for line in wire.split_inclusive(|&b| b == b'\n') {
        raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
    }
    raw
}
