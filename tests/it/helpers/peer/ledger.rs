//! What the peer took.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    path::Path,
    sync::Mutex,
    time::{Duration, Instant},
};

use tokio::sync::Notify;

/// One mail, from the moment at which the peer takes responsibility: just before its 2xx.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    /// The connection it came over, from 1.
    pub(crate) connection: usize,
    /// Return path.
    pub(crate) from: String,
    /// Recipient.
    pub(crate) to: String,
    /// The bytes without dot-stuffing and final dot.
    pub(crate) raw: Vec<u8>,
    /// When.
    pub(crate) at: Instant,
}

impl Mail {
    /// The value of the first header line `name`, unfolded only as far as one line goes.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.raw);
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// The body after the head.
    pub(crate) fn body(&self) -> String {
        let text = String::from_utf8_lossy(&self.raw);
        text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }

    /// The `Message-ID` without its brackets.
    pub(crate) fn message_id(&self) -> Option<String> {
        self.header("Message-ID").map(|id| id.trim_matches(['<', '>']).to_owned())
    }
}

/// All mails, in memory and, where asked for, in a file.
pub(super) struct Ledger {
    mails: Mutex<Vec<Mail>>,
    file: Option<Mutex<File>>,
    grown: Notify,
}

impl Ledger {
    pub(super) fn new(path: Option<&Path>) -> Self {
        let file = path.map(|path| OpenOptions::new().create(true).append(true).open(path).unwrap());
        Self { mails: Mutex::default(), file: file.map(Mutex::new), grown: Notify::new() }
    }

    pub(super) fn record(&self, mail: Mail) {
        if let Some(file) = &self.file {
            let line = serde_json::json!({
                "connection": mail.connection,
                "from": mail.from,
                "to": mail.to,
                "message_id": mail.message_id(),
                "bytes": mail.raw.len(),
            });
            // One write: a line is whole or absent, whoever reads.
            file.lock().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
        }
        self.mails.lock().unwrap().push(mail);
        self.grown.notify_waiters();
    }

    pub(super) fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    pub(super) fn mails_from(&self, first: usize) -> Vec<Mail> {
        self.mails.lock().unwrap().get(first..).unwrap_or_default().to_vec()
    }

    pub(super) fn len(&self) -> usize {
        self.mails.lock().unwrap().len()
    }

    pub(super) async fn wait_for(&self, n: usize) -> Vec<Mail> {
        let waiting = async {
            loop {
                let grown = self.grown.notified();
                if self.mails.lock().unwrap().len() >= n {
                    return self.mails();
                }
                grown.await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
        waited.unwrap_or_else(|_| panic!("{n} mails were waited for, {} came", self.mails.lock().unwrap().len()))
    }
}
