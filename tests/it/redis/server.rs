//! A `redis-server` of a test's own: its settings, its death, its freeze and its return.

use std::{
    fs::File,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{net::TcpStream, time::Instant};

/// Ends the server when our end of its standard input closes, however this process ends. A frozen one dies too.
const GUARD: &str = r#""$@" & server=$!; echo $server > pid; read -r _; kill -9 $server 2>/dev/null; wait"#;

/// A running server; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
    args: Vec<String>,
    guard: Child,
    dir: TempDir,
}

/// A port nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Server {
    /// Starts a server with an append-only file that is synced at every write, and `args` after that.
    pub(crate) async fn start(args: &[&str]) -> Self {
        Self::start_on(free_port(), args).await
    }

    /// The same on a given port.
    pub(crate) async fn start_on(port: u16, args: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let port_text = port.to_string();
        let all = ["redis-server", "--bind", "127.0.0.1", "--port", &port_text, "--save", ""];
        let all = [&all[..], &["--appendonly", "yes", "--appendfsync", "always"], args].concat();
        Self::run(port, all.iter().map(ToString::to_string).collect(), dir).await
    }

    /// Starts a sentinel with this configuration.
    pub(crate) async fn sentinel(config: &str) -> Self {
        let (port, dir) = (free_port(), tempfile::tempdir().unwrap());
        let file = dir.path().join("sentinel.conf");
        std::fs::write(&file, format!("port {port}\nbind 127.0.0.1\n{config}")).unwrap();
        let args = ["redis-server", file.to_str().unwrap(), "--sentinel"].map(str::to_owned);
        Self::run(port, args.to_vec(), dir).await
    }

    async fn run(port: u16, args: Vec<String>, dir: TempDir) -> Self {
        let guard = spawn(&args, dir.path());
        let server = Self { port, args, guard, dir };
        server.wait_until_it_listens().await;
        server
    }

    async fn wait_until_it_listens(&self) {
        within(Duration::from_secs(10), async || TcpStream::connect(("127.0.0.1", self.port)).await.ok()).await;
    }

    /// `127.0.0.1:port`.
    pub(crate) fn uri(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `kill -9`: nothing is flushed, nobody is told.
    pub(crate) fn kill(&mut self) {
        drop(self.guard.stdin.take());
        self.guard.wait().unwrap();
    }

    /// Starts it again on the same port and data.
    pub(crate) async fn restart(&mut self) {
        self.guard = spawn(&self.args, self.dir.path());
        self.wait_until_it_listens().await;
    }

    /// Stops it in its tracks; connections stay open.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = std::fs::read_to_string(self.dir.path().join("pid")).unwrap();
        assert!(Command::new("kill").args([signal, pid.trim()]).status().unwrap().success());
    }

    /// Asks it something with `redis-cli`.
    pub(crate) fn cli(&self, args: &[&str]) -> String {
        let output = Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// A number out of INFO.
    pub(crate) fn info(&self, field: &str) -> u64 {
        let info = self.cli(&["info"]);
        let value = info.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).unwrap();
        value.trim().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

fn spawn(args: &[String], dir: &Path) -> Child {
    let log = File::options().create(true).append(true).open(dir.join("log")).unwrap();
    Command::new("sh")
        .args(["-c", GUARD, "guard"])
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(log)
        .stderr(Stdio::null())
        .spawn()
        .expect("sh runs")
}

/// Asks until there is an answer; a server is another process, so there is nothing to wait on but its answers.
///
/// # Panics
/// When there is none within `limit`.
pub(crate) async fn within<T>(limit: Duration, ask: impl AsyncFn() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < end, "no answer within {limit:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
