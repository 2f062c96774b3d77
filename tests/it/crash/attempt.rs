//! A worker that dies, or stands still, at each step of an attempt; another one goes on.
//!
//! Each has a message and a code in hand. Before the mark both go out as if nothing had been. After it nobody can tell
//! whether a mail is out: the message goes once more, 15 minutes later, and the code never.

use std::{fs, time::Duration};

use serde_json::{Value, json};

use super::{Bench, LIMIT, is_drained, message, state, until, within};
use crate::helpers::{
    peer::{Act, Gate, Mail, PeerOptions, Rule, Step},
    process::{Account, Gomail},
};

const MESSAGE: &str = "message@example.com";
const CODE: &str = "code@example.com";

/// A message and a code, and a worker that has both in hand at a closed gate.
struct Scene {
    bench: Bench,
    gate: Gate,
    server: Gomail,
    account: Account,
    worker: Gomail,
    message: String,
    code: String,
}

impl Scene {
    async fn at(step: Step) -> Self {
        Self::of(Bench::over_redis().await, step).await
    }

    async fn of(mut bench: Bench, step: Step) -> Self {
        bench.set("RUST_LOG", "info,gomail=debug");
        let gate = Gate::new();
        let held = Rule::at(step, Act::Hold(gate.clone()));
        // A worker's first connection only looks whether the relay is ready.
        bench.peer.rule(if step == Step::Banner { held.after(1) } else { held });
        let (server, account) = bench.serve().await;
        let (message, code) = post_both(&account).await;
        let worker = bench.start("worker");
        gate.wait_for(2).await;
        Self { bench, gate, server, account, worker, message, code }
    }

    /// Kills the worker. All roles, with a clock that can be moved, take its place; an account there.
    fn kill(self) -> After {
        let Self { bench, server, account, worker, message, code, .. } = self;
        worker.kill();
        bench.peer.behave();
        After::new(bench, server, &account, message, code)
    }

    async fn task(&self, id: &str) -> Value {
        self.account.get(&format!("/task/{id}")).await
    }
}

/// The time after a worker's death.
struct After {
    bench: Bench,
    _server: Gomail,
    gomail: Gomail,
    account: Account,
    message: String,
    code: String,
}

impl After {
    fn new(bench: Bench, server: Gomail, account: &Account, message: String, code: String) -> Self {
        let gomail = bench.start_with("up", &[("GOMAIL_TEST_CLOCK", "1")]);
        let account = account.at(&gomail.url);
        Self { bench, _server: server, gomail, account, message, code }
    }

    async fn task(&self, id: &str) -> Value {
        self.account.get(&format!("/task/{id}")).await
    }

    async fn advance(&self, by: &str) {
        let answer = self.account.post("/test/clock/advance", &json!({ "by": by })).await;
        assert_eq!(answer["status"], true, "{answer}");
    }

    /// Both ended succeeded, each in the ledger once; no try is used up and nothing is in doubt.
    async fn both_went_out_once(self) {
        let metrics = until(&self.account, "both succeeded", |metrics| state(metrics, "succeeded") == 2).await;
        assert_eq!(metrics["Total Jobs Executed"], 2, "{metrics}");
        assert_eq!((self.bench.times(MESSAGE), self.bench.times(CODE)), (1, 1));
        for id in [&self.message, &self.code] {
            let task = self.task(id).await;
            assert_eq!(task["duplicate_possible"], false, "{task}");
            assert_eq!(task["attempts"].as_array().unwrap().len(), 1, "a crash costs no attempt: {task}");
        }
        assert!(self.gomail.stop().success());
    }

    /// Both were marked. `taken` is how often each is in the ledger already.
    async fn both_are_in_doubt(self, taken: usize) {
        let metrics = until(&self.account, "taken back", |metrics| {
            is_drained(metrics) && state(metrics, "retrying") + state(metrics, "uncertain") == 2
        })
        .await;
        assert_eq!((state(&metrics, "retrying"), state(&metrics, "uncertain")), (1, 1), "{metrics}");
        let message = self.task(&self.message).await;
        assert_eq!(
            (&message["state"], &message["duplicate_possible"]),
            (&json!("retrying"), &json!(true)),
            "{message}"
        );
        assert_eq!(self.task(&self.code).await["reason"], "outcome_unknown");
        assert_eq!((self.bench.times(MESSAGE), self.bench.times(CODE)), (taken, taken), "nothing goes out at once");
        for told in ["task will be tried again: its worker was lost", "task ended uncertain: its worker was lost"] {
            assert_eq!(self.gomail.logged(told), 1, "one line per outcome, also when the store decides: {told}");
        }

        self.advance("1d").await;

        assert_eq!(self.bench.times(MESSAGE), taken + 1, "once more, and not again");
        assert_eq!(self.bench.times(CODE), taken, "a code whose DATA was open is not sent again");
        assert_eq!(self.task(&self.message).await["state"], "succeeded");
        assert_eq!(self.task(&self.code).await["state"], "uncertain");
        let mut ids: Vec<_> =
            self.bench.peer.mails().iter().filter(|mail| mail.to == MESSAGE).map(Mail::message_id).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1, "the same Message-ID: {ids:?}");
        assert!(self.gomail.stop().success());
    }
}

/// Posts the message, then the code; their ids.
async fn post_both(account: &Account) -> (String, String) {
    let posted = account.post("/task", &message(MESSAGE)).await;
    let code = account.task("generateOtp", json!({ "userId": CODE, "length": 6 })).await;
    (posted["id"].as_str().unwrap().to_owned(), code)
}

#[tokio::test]
async fn crash_after_the_lease_leaves_no_trace() {
    Scene::at(Step::Banner).await.kill().both_went_out_once().await;
}

#[tokio::test]
async fn crash_after_the_mark_is_a_doubt() {
    let scene = Scene::at(Step::Mail).await;
    assert_eq!(scene.task(&scene.message).await["state"], "running");

    scene.kill().both_are_in_doubt(0).await;
}

/// Such a relay is told DATA by itself, and the mark is right before it.
#[tokio::test]
async fn crash_before_data_of_a_relay_without_pipelining_leaves_no_trace() {
    for step in [Step::Mail, Step::Rcpt] {
        let scene = Scene::of(without_pipelining().await, step).await;
        assert_eq!(scene.bench.begun(), 0);

        scene.kill().both_went_out_once().await;
    }
}

#[tokio::test]
async fn crash_in_data_of_a_relay_without_pipelining_is_a_doubt() {
    Scene::of(without_pipelining().await, Step::Body).await.kill().both_are_in_doubt(0).await;
}

async fn without_pipelining() -> Bench {
    let redis = Bench::over_redis().await.redis.unwrap();
    Bench::new(PeerOptions { pipelining: false, ..PeerOptions::default() }, Some(redis))
}

#[tokio::test]
async fn crash_in_data_is_a_doubt() {
    Scene::at(Step::Body).await.kill().both_are_in_doubt(0).await;
}

#[tokio::test]
async fn crash_in_data_is_a_doubt_over_sqlite() {
    Scene::of(Bench::over_sqlite(), Step::Body).await.kill().both_are_in_doubt(0).await;
}

#[tokio::test]
async fn crash_between_dot_and_reply_doubles_a_message_once_and_a_code_never() {
    Scene::at(Step::Dot).await.kill().both_are_in_doubt(1).await;
}

/// Both replies are in, and the store has not answered when the worker dies.
async fn crash_between_reply_and_record() -> Scene {
    let scene = Scene::at(Step::Dot).await;
    // Writes wait; those of a client that is gone are not done at all.
    scene.bench.redis().cli(&["client", "pause", "60000", "write"]);
    scene.gate.open();
    within(LIMIT, "both are in the journal", || journalled(&scene) == 2).await;
    scene
}

#[tokio::test]
async fn crash_between_reply_and_record_forgets_no_reply() {
    let Scene { bench, server, account, worker, message, code, .. } = crash_between_reply_and_record().await;
    worker.kill();
    bench.redis().cli(&["client", "unpause"]);

    After::new(bench, server, &account, message, code).both_went_out_once().await;
}

/// The journal is lost with the worker: it ran on another machine.
#[tokio::test]
async fn crash_between_reply_and_record_elsewhere_doubles_a_message_once_and_a_code_never() {
    let Scene { bench, server, account, worker, message, code, .. } = crash_between_reply_and_record().await;
    worker.kill();
    fs::remove_dir_all(bench.folder.path().join("gomail-data")).unwrap();
    bench.redis().cli(&["client", "unpause"]);

    After::new(bench, server, &account, message, code).both_are_in_doubt(1).await;
}

/// The 250s that the store did not take are in the journal, each as soon as it has come.
#[tokio::test]
async fn crash_while_the_store_is_away_forgets_no_reply() {
    let mut scene = Scene::at(Step::Banner).await;
    let (first, second) = (Gate::new(), Gate::new());
    scene.bench.peer.rule(Rule::at(Step::Dot, Act::Hold(first.clone())).to(MESSAGE));
    scene.bench.peer.rule(Rule::at(Step::Dot, Act::Hold(second.clone())).to(CODE));
    scene.gate.open();
    first.wait_for(1).await;
    second.wait_for(1).await;
    scene.bench.redis.as_mut().unwrap().kill();

    first.open();
    within(LIMIT, "the message is in the journal", || journalled(&scene) == 1).await;
    second.open();
    within(Duration::from_secs(5), "the code is in the journal", || journalled(&scene) == 2).await;
    let Scene { mut bench, server, account, worker, message, code, .. } = scene;
    worker.kill();
    bench.redis.as_mut().unwrap().restart().await;
    bench.peer.behave();

    let after = After::new(bench, server, &account, message, code);
    until(&after.account, "both succeeded", |metrics| state(metrics, "succeeded") == 2).await;
    after.advance("1d").await;
    assert_eq!((after.bench.times(MESSAGE), after.bench.times(CODE)), (1, 1));
    assert!(after.gomail.stop().success());
}

/// A lease takes back what seems lost; a worker that knows better says so first.
#[tokio::test]
async fn crash_free_outage_longer_than_the_leases_records_deliveries_first() {
    let mut scene = Scene::at(Step::Dot).await;
    scene.bench.redis.as_mut().unwrap().kill();
    scene.gate.open();
    within(LIMIT, "both are in the journal", || journalled(&scene) == 2).await;
    // Until no lease is left: 2 s (LEASE).
    tokio::time::sleep(Duration::from_secs(3)).await;
    scene.bench.redis.as_mut().unwrap().restart().await;

    let metrics = until(&scene.account, "both succeeded", |metrics| state(metrics, "succeeded") == 2).await;

    assert_eq!(metrics["Total Jobs Executed"], 2, "{metrics}");
    for id in [&scene.message, &scene.code] {
        let task = scene.task(id).await;
        assert_eq!(
            (task["attempts"].as_array().unwrap().len(), &task["duplicate_possible"]),
            (1, &json!(false)),
            "{task}"
        );
    }
    assert!(scene.worker.stop().success());
}

/// Lines in all journals.
fn journalled(scene: &Scene) -> usize {
    let Ok(folders) = fs::read_dir(scene.bench.folder.path().join("gomail-data")) else { return 0 };
    let files = folders.filter_map(|folder| fs::read_dir(folder.unwrap().path()).ok()).flatten();
    files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap_or_default().lines().count()).sum()
}

/// A worker that hangs before its marks and wakes after its leases meets the fence.
#[tokio::test]
async fn crash_free_hang_before_the_mark_sends_nothing_twice() {
    let scene = Scene::at(Step::Banner).await;
    scene.worker.freeze();
    scene.bench.peer.behave();
    let other = scene.bench.start("worker");
    until(&scene.account, "both succeeded", |metrics| state(metrics, "succeeded") == 2).await;

    scene.gate.open();
    scene.worker.thaw();

    let fenced = || scene.worker.logged("the lease is someone else's") == 2;
    within(LIMIT, "the late worker meets the fence", fenced).await;
    assert_eq!((scene.bench.times(MESSAGE), scene.bench.times(CODE)), (1, 1));
    assert!(other.stop().success());
    assert!(scene.worker.stop().success());
}

/// Its marks are of no use to it any more: by then the mails are for others to send, or to cancel.
#[tokio::test]
async fn crash_free_hang_after_the_mark_begins_no_body_when_it_ends() {
    let scene = Scene::at(Step::Rcpt).await;
    scene.worker.freeze();
    scene.bench.peer.behave();
    let other = scene.bench.start("worker");
    let in_doubt = |metrics: &Value| state(metrics, "retrying") == 1 && state(metrics, "uncertain") == 1;
    until(&scene.account, "taken back", in_doubt).await;
    let cancelled = scene.account.delete(&format!("/task/{}", scene.message)).await;
    assert_eq!(cancelled["state"], "cancelled", "{cancelled}");

    scene.gate.open();
    scene.worker.thaw();

    let stale = || scene.worker.logged("the lease was someone else's by then") == 2;
    within(LIMIT, "the late worker gives both up", stale).await;
    assert_eq!((scene.bench.times(MESSAGE), scene.bench.times(CODE)), (0, 0));
    assert_eq!(scene.task(&scene.message).await["state"], "cancelled");
    assert!(other.stop().success());
    assert!(scene.worker.stop().success());
}

/// A worker that hangs in DATA and wakes after its leases has delivered all the same: its successes count.
#[tokio::test]
async fn crash_free_hang_in_data_counts_as_delivered_when_it_ends() {
    let scene = Scene::at(Step::Dot).await;
    scene.worker.freeze();
    scene.bench.peer.behave();
    let other = scene.bench.start("worker");
    let in_doubt = |metrics: &Value| state(metrics, "retrying") == 1 && state(metrics, "uncertain") == 1;
    until(&scene.account, "taken back", in_doubt).await;

    scene.gate.open();
    scene.worker.thaw();

    let metrics = until(&scene.account, "both succeeded", |metrics| state(metrics, "succeeded") == 2).await;
    assert_eq!(state(&metrics, "retrying") + state(&metrics, "uncertain"), 0, "{metrics}");
    assert_eq!((scene.bench.times(MESSAGE), scene.bench.times(CODE)), (1, 1));
    assert!(other.stop().success());
    assert!(scene.worker.stop().success());
}
