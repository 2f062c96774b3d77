//! An SMTP server that can misbehave, and remembers what it took.
//!
//! It runs on a thread and runtime of its own, so that it serves blocking tests too and a test's runtime does not
//! slow it. Dropping it closes every connection.

mod certificates;
mod gate;
mod ledger;
mod script;
mod talk;

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use certificates::Certificates;
pub(crate) use gate::Gate;
use ledger::Ledger;
pub(crate) use ledger::Mail;
use script::Script;
pub(crate) use script::{Act, Rule, Step};

/// How the peer protects its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeerTls {
    /// Not at all.
    None,
    /// STARTTLS is offered.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// What the peer is; what it does can change while it runs.
#[derive(Debug, Clone)]
pub(crate) struct PeerOptions {
    /// 0: any free port.
    pub(crate) port: u16,
    /// Offers PIPELINING.
    pub(crate) pipelining: bool,
    /// Knows EHLO.
    pub(crate) ehlo: bool,
    /// Announces SIZE.
    pub(crate) size: Option<usize>,
    /// Link protection.
    pub(crate) tls: PeerTls,
    /// Demands this user and password.
    pub(crate) login: Option<(String, String)>,
    /// Mechanisms announced, `PLAIN LOGIN`.
    pub(crate) mechanisms: &'static str,
    /// Takes so many connections at a time and turns away the others (421).
    pub(crate) most_connections: Option<usize>,
    /// Appends a JSON line per mail, so that the ledger outlives the process.
    pub(crate) ledger_file: Option<PathBuf>,
}

impl Default for PeerOptions {
    fn default() -> Self {
        Self {
            port: 0,
            pipelining: true,
            ehlo: true,
            size: None,
            tls: PeerTls::None,
            login: None,
            mechanisms: "PLAIN LOGIN",
            most_connections: None,
            ledger_file: None,
        }
    }
}

/// What the peer's connections share.
struct Shared {
    options: PeerOptions,
    acceptor: TlsAcceptor,
    script: Mutex<Script>,
    ledger: Ledger,
    /// When each connection was taken.
    connections: Mutex<Vec<Instant>>,
    /// Connections that are open now.
    open: AtomicUsize,
    logins: AtomicUsize,
    round_trips: AtomicUsize,
    commands: Mutex<Vec<(usize, String)>>,
    stop: CancellationToken,
    /// Replaced when all connections are to be cut.
    cut: Mutex<CancellationToken>,
}

/// The peer.
pub(crate) struct SmtpPeer {
    shared: Arc<Shared>,
    address: SocketAddr,
    certificates: Certificates,
    thread: Option<JoinHandle<()>>,
}

impl SmtpPeer {
    /// A peer with every option at its default.
    pub(crate) fn start() -> Self {
        Self::with(PeerOptions::default())
    }

    /// Starts a peer; it listens when this returns.
    pub(crate) fn with(options: PeerOptions) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let certificates = Certificates::new();
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            acceptor: certificates.acceptor(),
            script: Mutex::default(),
            ledger: Ledger::new(options.ledger_file.as_deref()),
            connections: Mutex::default(),
            open: AtomicUsize::new(0),
            logins: AtomicUsize::new(0),
            round_trips: AtomicUsize::new(0),
            commands: Mutex::default(),
            cut: Mutex::new(stop.child_token()),
            stop,
            options,
        });
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(accept(listener, shared));
            }
        });
        Self { shared, address, certificates, thread: Some(thread) }
    }

    /// The port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// A PEM file with the root that signed the peer's certificate for `localhost` and 127.0.0.1.
    pub(crate) fn ca(&self) -> &Path {
        self.certificates.ca()
    }

    /// Adds a rule; the first that fits is used.
    pub(crate) fn rule(&self, rule: Rule) {
        self.shared.script.lock().unwrap().rules.push(rule);
    }

    /// From now on the peer behaves.
    pub(crate) fn behave(&self) {
        *self.shared.script.lock().unwrap() = Script::default();
    }

    /// Waits this long before every batch of replies: a relay far away.
    pub(crate) fn set_latency(&self, latency: Duration) {
        self.shared.script.lock().unwrap().latency = latency;
    }

    /// Waits this long before every read of a body: a relay that is slow to read.
    pub(crate) fn set_read_pause(&self, pause: Duration) {
        self.shared.script.lock().unwrap().read_pause = pause;
    }

    /// Closes every connection; new ones are taken.
    pub(crate) fn cut_connections(&self) {
        let fresh = self.shared.stop.child_token();
        std::mem::replace(&mut *self.shared.cut.lock().unwrap(), fresh).cancel();
    }

    /// The mails taken so far, in the order in which they were.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.shared.ledger.mails()
    }

    /// How many mails are taken so far.
    pub(crate) fn taken(&self) -> usize {
        self.shared.ledger.len()
    }

    /// The mails taken after the first `first`, in order.
    pub(crate) fn mails_from(&self, first: usize) -> Vec<Mail> {
        self.shared.ledger.mails_from(first)
    }

    /// Waits until `n` mails are taken and returns them all.
    ///
    /// # Panics
    /// After 30 s.
    pub(crate) async fn wait_for(&self, n: usize) -> Vec<Mail> {
        self.shared.ledger.wait_for(n).await
    }

    /// Connections taken so far.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.lock().unwrap().len()
    }

    /// The longest time between one connection and the next so far; zero with fewer than two.
    pub(crate) fn longest_pause(&self) -> Duration {
        let taken = self.shared.connections.lock().unwrap();
        taken.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
    }

    /// AUTH commands so far.
    pub(crate) fn logins(&self) -> usize {
        self.shared.logins.load(Ordering::SeqCst)
    }

    /// Batches of replies sent so far: how often a client had to wait.
    pub(crate) fn round_trips(&self) -> usize {
        self.shared.round_trips.load(Ordering::SeqCst)
    }

    /// Commands so far (`(connection, line)`), connections numbered from 1.
    pub(crate) fn commands(&self) -> Vec<(usize, String)> {
        self.shared.commands.lock().unwrap().clone()
    }
}

impl Drop for SmtpPeer {
    fn drop(&mut self) {
        self.shared.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the peer panicked");
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let tracker = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = shared.stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((tcp, _)) = accepted else { continue };
        tcp.set_nodelay(true).unwrap();
        let number = {
            let mut taken = shared.connections.lock().unwrap();
            taken.push(Instant::now());
            taken.len()
        };
        let cut = shared.cut.lock().unwrap().clone();
        let shared = Arc::clone(&shared);
        let open = shared.open.fetch_add(1, Ordering::SeqCst);
        let has_room = shared.options.most_connections.is_none_or(|most| open < most);
        tracker.spawn(async move {
            let serving = async {
                if has_room { talk::talk(tcp, number, Arc::clone(&shared)).await } else { talk::turn_away(tcp).await }
            };
            tokio::select! {
                biased;
                () = cut.cancelled() => {}
                () = serving => {}
            }
            shared.open.fetch_sub(1, Ordering::SeqCst);
        });
    }
    tracker.close();
    tracker.wait().await;
}
