//! Random histories against a model: a map of tasks, moved by the rules of `docs/QUEUE.md` and nothing else.
//!
//! Every span is a whole number of minutes and a history takes less than one, so the time that passes on Redis'
//! clock never changes what is due.

use std::{collections::BTreeMap, time::Duration};

use gomail::{
    domain::{State, TaskId, Timestamp, Verdict},
    store::{Begin, Begun, Cancelled, LeaseRequest, Leased, Retried, Settled},
};
use proptest::{
    prelude::Rng as _,
    test_runner::{RngAlgorithm, TestRng},
};

use crate::helpers::{
    build::{message, nth, otp, schedule},
    store::TestStore,
    verbs::settlement,
};

const STEPS: usize = 200;

/// A lease that was given out, as its worker remembers it.
#[derive(Debug, Clone)]
struct Held {
    leased: Leased,
    /// The verdict it was settled with, when it was.
    settled: Option<Verdict>,
}

/// What the model knows of a task.
#[derive(Debug)]
struct Known {
    state: State,
    is_code: bool,
    /// When it leaves its state by itself: due, or the lease's end. Minutes.
    until: u64,
    token: u64,
    marked: bool,
    reclaims: u32,
    tries: u32,
    duplicate: bool,
    attempts: usize,
}

#[derive(Debug)]
struct Model {
    minute: u64,
    tasks: BTreeMap<TaskId, Known>,
    held: Vec<Held>,
    rng: TestRng,
    made: u64,
}

impl Model {
    fn new(seed: u8) -> Self {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
        Self { minute: 0, tasks: BTreeMap::new(), held: Vec::new(), rng, made: 0 }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.rng.next_u64() % limit
    }

    fn any_task(&mut self) -> Option<TaskId> {
        let count = self.tasks.len() as u64;
        let at = usize::try_from(self.below(count.max(1))).unwrap();
        self.tasks.keys().nth(at).copied()
    }

    /// Some lease, a recent one more often than not.
    fn any_held(&mut self) -> Option<usize> {
        let count = self.held.len();
        if count == 0 {
            return None;
        }
        let reach = if self.below(4) == 0 { count } else { count.min(6) };
        Some(count - 1 - usize::try_from(self.below(reach as u64)).unwrap())
    }

    /// What a lease does first: promote what is due, take back what expired.
    fn settle_time(&mut self) {
        for task in self.tasks.values_mut().filter(|task| task.until <= self.minute) {
            match task.state {
                State::Scheduled | State::Retrying => task.state = State::Queued,
                State::Running if task.marked => {
                    task.attempts += 1;
                    task.marked = false;
                    if task.is_code || task.duplicate {
                        task.state = State::Uncertain;
                    } else {
                        task.duplicate = true;
                        task.state = State::Retrying;
                        task.until = self.minute + 15;
                    }
                }
                State::Running => {
                    task.reclaims += 1;
                    task.state = if task.reclaims > 3 { State::Failed } else { State::Queued };
                }
                _ => {}
            }
        }
    }

    fn holds(&self, held: &Held) -> bool {
        let task = &self.tasks[&held.leased.id];
        task.state == State::Running && task.token == held.leased.token
    }

    /// Whether the lease has ended, noticed or not.
    fn is_over(&self, held: &Held) -> bool {
        self.tasks[&held.leased.id].until <= self.minute
    }
}

fn minutes(count: u64) -> Duration {
    Duration::from_mins(count)
}

async fn enqueue(t: &TestStore, model: &mut Model) {
    for _ in 0..=model.below(3) {
        let is_code = model.below(4) == 0;
        model.made += 1;
        let mut task = if is_code { otp(&nth(model.made)) } else { message(&nth(model.made)) };
        let delay = if is_code { 0 } else { model.below(3) * 10 };
        if delay > 0 {
            schedule(&mut task, t.now().await.plus(minutes(delay)));
        }
        let id = t.post(task).await;
        let state = if delay > 0 { State::Scheduled } else { State::Queued };
        let known = Known {
            state,
            is_code,
            until: model.minute + delay,
            token: 0,
            marked: false,
            reclaims: 0,
            tries: 0,
            duplicate: false,
            attempts: 0,
        };
        model.tasks.insert(id, known);
    }
}

async fn lease(t: &TestStore, model: &mut Model) {
    let (limit, length) = (1 + model.below(4), 1 + model.below(3));
    let request = LeaseRequest { any: u32::try_from(limit).unwrap(), codes: 0, lease: minutes(length) };

    let leased = t.store.lease(request).await.unwrap();

    model.settle_time();
    let due: Vec<_> = model.tasks.values().filter(|task| task.state == State::Queued).collect();
    let wanted = due.len().min(usize::try_from(limit).unwrap());
    if due.iter().all(|task| task.reclaims < 3) {
        assert_eq!(leased.len(), wanted, "all that is due, up to the limit");
    } else {
        assert!(leased.len() <= wanted && leased.is_empty() == due.is_empty(), "{} of {wanted}", leased.len());
    }
    for leased in &leased {
        let task = model.tasks.get_mut(&leased.id).expect("only what was posted is leased");
        assert_eq!(task.state, State::Queued, "only what is due is leased: {}", leased.id);
        assert!(leased.token > task.token, "tokens grow");
        assert_eq!(leased.is_suspect, task.reclaims == 3);
        assert_eq!((leased.tries_used, leased.duplicate_possible), (task.tries, task.duplicate));
        task.state = State::Running;
        task.token = leased.token;
        task.until = model.minute + length;
    }
    assert!(leased.len() == 1 || leased.iter().all(|leased| !leased.is_suspect), "alone is alone");
    model.held.extend(leased.into_iter().map(|leased| Held { leased, settled: None }));
}

async fn extend(t: &TestStore, model: &mut Model) {
    let Some(at) = model.any_held() else { return };
    let held = model.held[at].clone();
    let length = 1 + model.below(3);

    let extended = t.store.extend(&[(held.leased.id, held.leased.token)], minutes(length)).await.unwrap();

    assert_eq!(extended, [model.holds(&held) && !model.is_over(&held)]);
    if extended[0] {
        let until = model.minute + length;
        model.tasks.get_mut(&held.leased.id).unwrap().until = until;
    }
}

async fn begin(t: &TestStore, model: &mut Model) {
    let Some(at) = model.any_held() else { return };
    let held = model.held[at].clone();
    let is_late = model.below(5) == 0;
    let now: Timestamp = t.now().await;
    let not_after = if is_late { now } else { now.plus(minutes(60)) };

    let asked = Begin { id: held.leased.id, token: held.leased.token, not_after };
    let begun = t.store.begin(&[asked]).await.unwrap()[0];

    let wanted = match (model.holds(&held) && !model.is_over(&held), is_late) {
        (false, _) => Begun::Stale,
        (true, true) => Begun::Late,
        (true, false) => Begun::Go,
    };
    assert_eq!(begun, wanted);
    if begun == Begun::Go {
        model.tasks.get_mut(&held.leased.id).unwrap().marked = true;
    }
}

fn any_verdict(model: &mut Model) -> Verdict {
    let reason = gomail::domain::Reason::Refused;
    match model.below(10) {
        0..=3 => Verdict::Succeeded,
        4 => Verdict::Failed { reason, suppress: false },
        5 => Verdict::Skipped { reason: gomail::domain::Reason::Expired },
        6 => Verdict::Uncertain,
        7 => Verdict::Release,
        _ => Verdict::Retry {
            after: minutes(5 * (1 + model.below(3))),
            burns_try: model.below(2) == 0,
            duplicate_possible: false,
        },
    }
}

async fn settle(t: &TestStore, model: &mut Model) {
    let Some(at) = model.any_held() else { return };
    let held = model.held[at].clone();
    let holds = model.holds(&held);
    // A worker repeats what it said; it never says another thing about the same lease.
    let verdict = held.settled.unwrap_or_else(|| any_verdict(model));

    let settled = t.store.settle(&[settlement(&held.leased, verdict)]).await.unwrap()[0];

    let minute = model.minute;
    let task = model.tasks.get_mut(&held.leased.id).unwrap();
    let counts = holds || (verdict == Verdict::Succeeded && task.state != State::Succeeded && held.settled.is_none());
    if counts {
        assert_eq!(settled, Settled::Done, "{verdict:?}");
        apply(task, verdict, minute);
    } else if verdict == Verdict::Succeeded {
        assert_eq!(settled, Settled::Done, "a success counts, or is counted already");
    } else if held.settled.is_none() {
        assert_eq!(settled, Settled::Stale, "{verdict:?}");
    }
    if settled == Settled::Done {
        model.held[at].settled = Some(verdict);
    }
}

fn apply(task: &mut Known, verdict: Verdict, minute: u64) {
    task.marked = false;
    task.attempts += usize::from(!matches!(verdict, Verdict::Release | Verdict::Skipped { .. }));
    task.state = match verdict {
        Verdict::Succeeded => State::Succeeded,
        Verdict::Failed { .. } => State::Failed,
        Verdict::Skipped { .. } => State::Skipped,
        Verdict::Uncertain => State::Uncertain,
        Verdict::Release => State::Queued,
        Verdict::Retry { after, burns_try, .. } => {
            task.tries += u32::from(burns_try);
            task.until = minute + after.as_secs() / 60;
            State::Retrying
        }
    };
}

async fn cancel(t: &TestStore, model: &mut Model) {
    let Some(id) = model.any_task() else { return };
    let cancelled = t.cancel(id).await;

    let task = model.tasks.get_mut(&id).unwrap();
    if task.state.is_cancellable() || (task.state == State::Running && !task.marked) {
        assert_eq!(cancelled, Cancelled::Done);
        task.state = State::Cancelled;
    } else {
        assert_eq!(cancelled, Cancelled::Not(task.state));
    }
}

async fn retry(t: &TestStore, model: &mut Model) {
    let Some(id) = model.any_task() else { return };
    let retried = t.retry(id).await;

    let task = model.tasks.get_mut(&id).unwrap();
    if task.state.is_retryable() {
        assert_eq!(retried, Retried::Done);
        // What may have arrived may now arrive twice.
        task.duplicate |= task.state == State::Uncertain;
        task.state = State::Queued;
        (task.tries, task.reclaims) = (0, 0);
    } else {
        assert_eq!(retried, Retried::Not(task.state));
    }
}

/// Every task is where the model has it, and the gauges say the same.
async fn compare(t: &TestStore, model: &Model) {
    let mut gauges = [0; 9];
    for (id, task) in &model.tasks {
        let view = t.view(*id).await;
        assert_eq!(view.state, task.state, "{id}: {task:?}");
        assert_eq!((view.attempts.len(), view.duplicate_possible), (task.attempts, task.duplicate), "{id}: {task:?}");
        gauges[State::ALL.iter().position(|state| *state == task.state).unwrap()] += 1;
    }
    assert_eq!(t.stats().await.gauges, gauges);
    t.check_books().await;
}

async fn history(t: &mut TestStore, seed: u8) {
    let mut model = Model::new(seed);
    for step in 0..STEPS {
        let kind = model.below(20);
        match kind {
            0..=2 => enqueue(t, &mut model).await,
            3..=6 => lease(t, &mut model).await,
            7 => extend(t, &mut model).await,
            8..=10 => begin(t, &mut model).await,
            11..=14 => settle(t, &mut model).await,
            15 | 16 => {
                // Nobody notices the time by itself: what is due moves with the next lease.
                let by = 1 + model.below(4) * 2;
                t.advance(minutes(by)).await;
                model.minute += by;
                lease(t, &mut model).await;
            }
            17 => cancel(t, &mut model).await,
            18 => retry(t, &mut model).await,
            _ if model.below(4) == 0 => t.reopen().await,
            _ => {}
        }
        if step % 4 == 0 || kind >= 15 {
            compare(t, &model).await;
        }
    }
    compare(t, &model).await;
}

pub(crate) async fn random_histories_follow_the_model_1(t: &mut TestStore) {
    history(t, 1).await;
}

pub(crate) async fn random_histories_follow_the_model_2(t: &mut TestStore) {
    history(t, 2).await;
}

pub(crate) async fn random_histories_follow_the_model_3(t: &mut TestStore) {
    history(t, 3).await;
}

pub(crate) async fn random_histories_follow_the_model_4(t: &mut TestStore) {
    history(t, 4).await;
}
