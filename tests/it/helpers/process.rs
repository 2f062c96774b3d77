//! The built binary as a process of its own, and a client for it.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    time::Duration,
};

use serde_json::{Value, json};

use super::app::Answer;

/// Longest wait for a process to be up; it fails the test, it is never slept through.
const START: Duration = Duration::from_secs(30);

/// A running `gomail`; killed when dropped.
#[derive(Debug)]
pub(crate) struct Gomail {
    child: Child,
    /// `http://127.0.0.1:PORT` of the API, or of the metrics for a role without one; empty for one that does not listen.
    pub(crate) url: String,
    log: PathBuf,
}

impl Gomail {
    /// Starts a role in `folder` with these settings, and nothing else from the environment.
    ///
    /// Waits until it listens, if it does.
    pub(crate) fn start(role: &str, folder: &Path, settings: &[(&str, &str)]) -> Self {
        Self::start_with(&[role], folder, settings)
    }

    /// Starts a role with more arguments.
    pub(crate) fn start_with(args: &[&str], folder: &Path, settings: &[(&str, &str)]) -> Self {
        let role = args[0];
        let has_metrics = settings.iter().any(|(name, _)| *name == "GOMAIL_METRICS_LISTEN");
        let until = match role {
            "up" | "serve" => "the API is listening",
            _ if has_metrics => "metrics are listening",
            _ => "",
        };
        let log = folder.join(format!("{role}-{}.log", fastname()));
        let mut command = Command::new(env!("CARGO_BIN_EXE_gomail"));
        command
            .args(args)
            .current_dir(folder)
            .env_clear()
            .env("GOMAIL_LISTEN", "127.0.0.1:0")
            .env("GOMAIL_LOG_FILE", &log)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (found, wait) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if !until.is_empty() && line.contains(until) {
                    let _ = found.send(line);
                }
            }
        });
        let mut process = Self { child, url: String::new(), log };
        if !until.is_empty() {
            let line: Value = serde_json::from_str(&wait.recv_timeout(START).unwrap()).unwrap();
            process.url = format!("http://127.0.0.1:{}", line["server.port"]);
        }
        process
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and how it ended.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.terminate();
        self.child.wait().unwrap()
    }

    /// How it ended after [`Gomail::terminate`].
    pub(crate) fn ended(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
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
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// The most memory it ever had resident, in KiB: `VmHWM` of proc(5).
    pub(crate) fn peak_memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Where it logs to.
    pub(crate) fn log_file(&self) -> PathBuf {
        self.log.clone()
    }

    /// How many lines of its log hold `text`.
    pub(crate) fn logged(&self, text: &str) -> usize {
        std::fs::read_to_string(&self.log).unwrap_or_default().lines().filter(|line| line.contains(text)).count()
    }
}

impl Drop for Gomail {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn fastname() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// An account at a running service.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    http: reqwest::Client,
    url: String,
    /// Its API key.
    pub(crate) key: String,
}

impl Account {
    /// Signs up at an open service.
    pub(crate) async fn sign_up(url: &str, id: &str) -> Self {
        let mut account = Self { http: reqwest::Client::new(), url: url.to_owned(), key: String::new() };
        let answer = account.post("/auth/signup", &json!({ "id": id })).await;
        answer["apiKey"].as_str().unwrap_or_else(|| panic!("{answer}")).clone_into(&mut account.key);
        account
    }

    /// The same account at another server.
    pub(crate) fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// A request's answer, whatever its status.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.url)).header("Authorization", &self.key);
        request.json(body).send().await.unwrap().json().await.unwrap()
    }

    /// A request's answer, whatever its status.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.url)).header("Authorization", &self.key);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// A post's answer with its status; `None` when nobody answers within five seconds.
    pub(crate) async fn try_post(&self, path: &str, body: &Value, idempotency_key: Option<&str>) -> Option<Answer> {
        let mut request = self.http.post(format!("{}{path}", self.url)).header("Authorization", &self.key).json(body);
        if let Some(key) = idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        let response = request.timeout(Duration::from_secs(5)).send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Some(Answer { status, headers, text: response.text().await.ok()? })
    }

    /// Every task of the account.
    pub(crate) async fn tasks(&self) -> Vec<Value> {
        let mut tasks = Vec::new();
        let mut path = "/task?limit=1000".to_owned();
        loop {
            let page = self.get(&path).await;
            tasks.extend(page["tasks"].as_array().unwrap_or_else(|| panic!("{page}")).iter().cloned());
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/task?limit=1000&cursor={cursor}"),
                None => return tasks,
            }
        }
    }

    /// A request's answer, whatever its status.
    pub(crate) async fn delete(&self, path: &str) -> Value {
        let request = self.http.delete(format!("{}{path}", self.url)).header("Authorization", &self.key);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Posts a task; its id.
    pub(crate) async fn task(&self, task_type: &str, payload: Value) -> String {
        let task = json!({ "task": "test", "type": task_type, "retries": 3, "payload": payload });
        let answer = self.post("/task", &task).await;
        answer["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}
