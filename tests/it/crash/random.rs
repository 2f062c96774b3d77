//! Deaths at random moments, while a client posts all along.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Bench, is_drained, message, state, until};
use crate::helpers::{
    dice::Dice,
    peer::{Act, Rule, Step},
    process::{Account, Gomail},
    size::from_environment,
};

const SERVERS: usize = 2;
const WORKERS: usize = 3;
const CLIENTS: usize = 4;
const CONNECTIONS: usize = 8;

/// What a connection can leave in doubt: the mail whose body is on its way, the next one, and what is being recorded.
const OPEN_PER_CONNECTION: usize = 6;

/// Clients that post, one after the other, until told to stop; a task without an answer is posted again under its key.
struct Clients {
    /// Where the servers are now.
    urls: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
    posting: JoinSet<Vec<Value>>,
}

impl Clients {
    fn start(account: &Account, servers: &[Gomail]) -> Self {
        let urls = Arc::new(Mutex::new(servers.iter().map(|server| server.url.clone()).collect::<Vec<_>>()));
        let is_over = Arc::new(AtomicBool::new(false));
        let next = Arc::new(AtomicUsize::new(0));
        let mut posting = JoinSet::new();
        for _ in 0..CLIENTS {
            let (account, urls, is_over, next) = (account.clone(), urls.clone(), is_over.clone(), next.clone());
            posting.spawn(async move {
                let mut accepted = Vec::new();
                while !is_over.load(Ordering::SeqCst) {
                    accepted.push(post(&account, &urls, next.fetch_add(1, Ordering::SeqCst)).await);
                }
                accepted
            });
        }
        Self { urls, is_over, posting }
    }

    fn is_at(&self, place: usize, url: &str) {
        url.clone_into(&mut self.urls.lock().unwrap()[place]);
    }

    /// What was accepted: `{id, to}` of each.
    async fn stop(self) -> Vec<Value> {
        self.is_over.store(true, Ordering::SeqCst);
        self.posting.join_all().await.into_iter().flatten().collect()
    }
}

/// Posts the `n`th task, every fifth a code, until a server has accepted it.
async fn post(account: &Account, urls: &Mutex<Vec<String>>, n: usize) -> Value {
    let to = format!("u{n}@example.com");
    let code = json!({ "task": "t", "type": "generateOtp", "retries": 5, "payload": { "userId": to, "length": 6 } });
    let task = if n.is_multiple_of(5) { code } else { message(&to) };
    let key = format!("key-{n}");
    for turn in n.. {
        let url = {
            let urls = urls.lock().unwrap();
            urls[turn % urls.len()].clone()
        };
        match account.at(&url).try_post("/task", &task, Some(&key)).await {
            Some(answer) if answer.status == 200 => return json!({ "id": answer.json()["id"], "to": to }),
            Some(answer) => assert_eq!(answer.status, 503, "{answer:?}"),
            // A server that was killed takes a moment to be back.
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    unreachable!("turns do not run out")
}

/// Two servers and three workers die at random for `CRASH_SECONDS` (20), by the dice of `CRASH_SEED`. For a minute:
/// `CRASH_SECONDS=60 cargo nextest run crash_at_random`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_at_random_of_servers_and_workers_loses_nothing() {
    let length = Duration::from_secs(from_environment("CRASH_SECONDS", 20));
    let seed = from_environment("CRASH_SEED", u64::from(std::process::id()));
    println!("CRASH_SEED={seed}");
    let mut dice = Dice(seed);
    let mut bench = Bench::over_redis().await;
    bench.set("GOMAIL_CONCURRENCY", &CONNECTIONS.to_string());
    bench.peer.rule(Rule::at(Step::Dot, Act::Late(Duration::from_millis(20))));
    let (first, account) = bench.serve().await;
    let mut servers = vec![first, bench.start("serve")];
    let mut workers: Vec<Gomail> = (0..WORKERS).map(|_| bench.start("worker")).collect();
    let clients = Clients::start(&account, &servers);

    let (began, mut killed_workers, mut killed_servers) = (Instant::now(), 0, 0);
    while began.elapsed() < length {
        tokio::time::sleep(Duration::from_millis(100 + dice.roll(700))).await;
        let victim = usize::try_from(dice.roll((SERVERS + WORKERS) as u64)).unwrap();
        if victim < SERVERS {
            servers.remove(victim).kill();
            servers.insert(victim, bench.start("serve"));
            clients.is_at(victim, &servers[victim].url);
            killed_servers += 1;
        } else {
            workers.remove(victim - SERVERS).kill();
            workers.insert(victim - SERVERS, bench.start("worker"));
            killed_workers += 1;
        }
    }
    let accepted = clients.stop().await;
    let account = account.at(&servers[0].url);
    let metrics = until(&account, "drained", is_drained).await;

    let tasks = by_id(account.tasks().await);
    let doubts = doubts(&accepted, &tasks, &bench.ledger());
    println!(
        "{} accepted, {doubts} in doubt after {killed_servers} servers and {killed_workers} workers died",
        accepted.len()
    );
    assert!(doubts <= killed_workers * CONNECTIONS * OPEN_PER_CONNECTION, "{doubts} in doubt");
    let ends = ["succeeded", "failed", "skipped", "cancelled", "uncertain", "retrying"];
    let sum: u64 = ends.iter().map(|end| state(&metrics, end)).sum();
    assert_eq!(sum, accepted.len() as u64, "{metrics}");
    assert_eq!(metrics["Total Jobs Executed"], state(&metrics, "succeeded") + state(&metrics, "uncertain"));

    let up = bench.start_with("up", &[("GOMAIL_TEST_CLOCK", "1")]);
    let account = account.at(&up.url);
    account.post("/test/clock/advance", &json!({ "by": "1h" })).await;
    let end = by_id(account.tasks().await);
    let ledger = bench.ledger();
    for task in end.values() {
        let times = ledger.get(task["recipient"].as_str().unwrap()).copied().unwrap_or_default();
        let was_in_doubt = tasks[task["id"].as_str().unwrap()]["duplicate_possible"] == true;
        let allowed = match task["state"].as_str().unwrap() {
            "succeeded" if was_in_doubt => 1..=2,
            "succeeded" => 1..=1,
            "uncertain" => 0..=1,
            other => panic!("{other}: {task}"),
        };
        assert!(allowed.contains(&times), "{times} times: {task}");
    }
    for process in workers.into_iter().chain(servers).chain([up]) {
        assert!(process.stop().success());
    }
}

/// How many are in doubt. All others succeeded and are in the ledger once; nothing accepted is lost, nothing came twice.
fn doubts(accepted: &[Value], tasks: &BTreeMap<String, Value>, ledger: &BTreeMap<String, usize>) -> usize {
    let ids: HashSet<&str> = accepted.iter().map(|task| task["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), accepted.len(), "a key has one task");
    assert_eq!(tasks.len(), accepted.len(), "what was accepted is there, and nothing else");
    let twice: Vec<_> = ledger.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "came twice: {twice:?}");
    let mut doubts = 0;
    for posted in accepted {
        let (id, to) = (posted["id"].as_str().unwrap(), posted["to"].as_str().unwrap());
        let task = tasks.get(id).unwrap_or_else(|| panic!("{id} is lost"));
        match task["state"].as_str().unwrap() {
            "succeeded" => assert!(ledger.contains_key(to), "never came: {task}"),
            "retrying" if task["duplicate_possible"] == true => doubts += 1,
            "uncertain" if task["type"] == "generateOtp" => doubts += 1,
            other => panic!("{other}: {task}"),
        }
    }
    doubts
}

fn by_id(tasks: Vec<Value>) -> BTreeMap<String, Value> {
    tasks.into_iter().map(|task| (task["id"].as_str().unwrap().to_owned(), task)).collect()
}
