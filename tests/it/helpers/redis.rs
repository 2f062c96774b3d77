//! A real `redis-server` on a free port, in a temporary folder, shared by the tests of one process.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tempfile::TempDir;

/// Kills the server when our end of its standard input closes, however this process ends: `Drop` does not run when a
/// test is killed, and a server that outlives its test would stay for good.
const GUARD: &str = r#"redis-server "$@" & exec >&-; read -r _; kill -9 $!"#;

/// The server of this process while any test holds it.
static SHARED: Mutex<Weak<RedisServer>> = Mutex::new(Weak::new());

/// A running server; killed when the last holder drops it.
#[derive(Debug)]
pub(crate) struct RedisServer {
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
    guard: Child,
    /// Held open: closing it is what ends the server.
    stdin: Option<ChildStdin>,
    dir: TempDir,
}

impl RedisServer {
    /// The server of this process, started when there is none.
    pub(crate) fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start());
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Starts a server of its own: append-only file on, synced every second, nothing evicted.
    pub(crate) fn start() -> Self {
        // Another process may take the port between our look and the server's bind; then it ends, and we look again.
        (0..20).find_map(|_| Self::try_start()).expect("redis-server starts on one of twenty free ports")
    }

    fn try_start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let dir = tempfile::tempdir().unwrap();
        let mut guard = Command::new("sh")
            .args(["-c", GUARD, "redis-guard", "--bind", "127.0.0.1", "--port", &port.to_string(), "--dir"])
            .arg(dir.path())
            .args([
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--save",
                "",
                "--maxmemory-policy",
                "noeviction",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh runs");
        let stdin = guard.stdin.take();
        let mut log = BufReader::new(guard.stdout.take().unwrap()).lines();
        // Its own word that it listens, instead of a wait for luck; the end of its output when it could not.
        let ready = log.any(|line| line.is_ok_and(|line| line.contains("Ready to accept connections")));
        let server = Self { port, guard, stdin, dir };
        ready.then_some(server)
    }

    /// `redis://127.0.0.1:port`.
    pub(crate) fn uri(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // Wait: the folder goes next, and a server still writing to it would recreate files.
        let ended = self.guard.wait();
        debug_assert!(ended.is_ok(), "{} is left behind", self.dir.path().display());
    }
}
