//! What is SQLite's own; the laws of the store are in `tests/it/laws`.

use std::{sync::mpsc, time::Duration};

use tempfile::TempDir;

use super::*;
use crate::{
    clock::ManualClock,
    domain::{
        AccountId, Address, CodeRules, ContentTypeName, Frequency, Message, NewTask, Reason, State, Subject, TaskId,
        TaskName, Verdict, Work,
    },
    store::{
        Contents as _, Enqueue, Enqueued, LeaseRequest, Leased, Newsletters as _, Queue as _, Settlement,
        SubscriptionChange, Tick, Ticked,
    },
};

const WEEK: Duration = Duration::from_hours(7 * 24);

fn clock() -> ManualClock {
    ManualClock::at(Timestamp::parse("2026-11-24T10:20:30Z").unwrap())
}

async fn open(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(folder.path(), WEEK, Arc::new(clock())).await.unwrap()
}

fn account() -> AccountId {
    AccountId::parse("owner@example.com").unwrap()
}

/// A post of `count` messages with bodies of `size` bytes.
fn post(count: u64, size: usize) -> Enqueue {
    let task = |n: u64| NewTask {
        id: TaskId::posted_at(clock().now()),
        name: TaskName::parse("test").unwrap(),
        recipient: Address::parse(&format!("r{n}@example.com")).unwrap(),
        retries: 3,
        tags: Vec::new(),
        work: Work::Message(Box::new(Message {
            subject: Subject::parse("Hello").unwrap(),
            content: "x".repeat(size),
            format: None,
            text: None,
            from_name: None,
            reply_to: None,
            headers: Vec::new(),
            attachments: Vec::new(),
            variables: None,
            send_at: None,
        })),
    };
    let rules =
        CodeRules { ttl: Duration::from_mins(10), attempts: 5, cooldown: Duration::from_secs(30), per_hour: 10 };
    Enqueue { account: account(), tasks: (0..count).map(task).collect(), idempotency: None, rules }
}

fn lease(any: u32) -> LeaseRequest {
    LeaseRequest { any, codes: 0, lease: Duration::from_secs(30) }
}

/// Holds the writing thread, so that what is asked for meanwhile becomes one round; drop the sender to let it go.
fn hold(store: &Arc<SqliteStore>) -> (mpsc::Sender<()>, impl Future<Output = Result<(), StoreError>> + use<>) {
    let (release, held) = mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let store = Arc::clone(store);
    let holding = async move {
        store
            .lightly(move |_| {
                // An error says that the sender is gone, which is the sign.
                held.lock().unwrap().recv().ok();
                Ok(())
            })
            .await
    };
    (release, holding)
}

/// Writes one row of `meta`, then does `then`.
async fn write(
    store: &SqliteStore,
    key: &'static str,
    then: impl Fn() -> Result<(), StoreError> + Send + 'static,
) -> Result<(), StoreError> {
    store
        .durably(move |tx| {
            tx.conn.run("INSERT INTO meta (key, value) VALUES (?1, 1)", [key])?;
            then()
        })
        .await
}

async fn keys(store: &SqliteStore) -> Vec<String> {
    let sql = "SELECT key FROM meta WHERE key LIKE 'test-%' ORDER BY key";
    store.read(move |conn| conn.all(sql, [], |row| Ok(row.get(0)?))).await.unwrap()
}

#[tokio::test]
async fn a_lost_task_that_cannot_be_read_keeps_nobody_from_leasing() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.enqueue(post(1, 10)).await.unwrap();
    assert_eq!(store.lease(lease(10)).await.unwrap().len(), 1);
    store.durably(|tx| tx.conn.run("UPDATE task SET recipient = 'nobody'", [])).await.unwrap();
    store.enqueue(post(1, 10)).await.unwrap();
    store.advance_clock(Duration::from_mins(1)).await.unwrap();

    let leased = store.lease(lease(10)).await.unwrap();

    assert_eq!(leased.iter().map(|task| task.recipient.as_str()).collect::<Vec<_>>(), ["r0@example.com"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_commands_failure_harms_no_other_of_its_round() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&folder).await);
    let (release, holding) = hold(&store);

    let (_, first, failed, panicked, twice, last, ()) = tokio::join!(
        holding,
        write(&store, "test-first", || Ok(())),
        write(&store, "test-failed", || Err(StoreError::Fault("mine alone".to_owned()))),
        write(&store, "test-panicked", || panic!("on purpose")),
        write(&store, "test-first", || Ok(())),
        write(&store, "test-last", || Ok(())),
        async { drop(release) },
    );

    assert!(first.is_ok() && last.is_ok(), "{first:?} {last:?}");
    assert!(matches!(&failed, Err(StoreError::Fault(text)) if text == "mine alone"), "{failed:?}");
    assert!(matches!(panicked, Err(StoreError::Fault(_))) && matches!(twice, Err(StoreError::Fault(_))));
    assert_eq!(keys(&store).await, ["test-first", "test-last"], "what failed left nothing behind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_its_caller_gave_up_before_its_turn_does_not_happen() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&folder).await);
    let (release, holding) = hold(&store);
    let mut holding = std::pin::pin!(holding);
    let mut given_up = Box::pin(write(&store, "test-given-up", || Ok(())));

    // Polling once sends the command.
    assert!(tokio::select! { biased; _ = &mut holding => false, _ = &mut given_up => false, () = async {} => true });
    drop(given_up);
    drop(release);
    holding.await.unwrap();

    write(&store, "test-later", || Ok(())).await.unwrap();
    assert_eq!(keys(&store).await, ["test-later"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_unavailable_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let limit = |pages: &'static str| store.durably(move |tx| Ok(tx.conn.execute_batch(pages)?));
    limit("PRAGMA max_page_count = 100").await.unwrap();

    let refused = store.enqueue(post(1000, 2000)).await;

    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    limit("PRAGMA max_page_count = 1000000").await.unwrap();
    assert!(matches!(store.enqueue(post(1000, 2000)).await, Ok(Enqueued::Accepted(_))));
    assert_eq!(store.stats().await.unwrap().gauge(State::Queued), 1000);
    assert_eq!(store.recount().await.unwrap()[1], 1000, "nothing of the refused post is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stores_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(&folder).await, open(&folder).await);

    let posts = async {
        for _ in 0..50 {
            one.enqueue(post(2, 10)).await.unwrap();
        }
    };
    let leasing = async {
        let mut leased = Vec::new();
        while leased.len() < 100 {
            let batch = two.lease(lease(7)).await.unwrap();
            leased.extend(batch.into_iter().map(|leased| leased.id));
        }
        leased
    };
    let ((), mut leased) = tokio::join!(posts, leasing);

    leased.sort_unstable();
    leased.dedup();
    assert_eq!(leased.len(), 100);
    assert_eq!(one.stats().await.unwrap().gauges, two.recount().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_of_another_process_wakes_one_that_never_rests() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (open(&folder).await, open(&folder).await);
    let mut hint = two.wake().subscribe();
    let is_busy = async {
        loop {
            two.extend(&[], Duration::from_secs(30)).await.unwrap();
        }
    };

    let hinted = async {
        one.enqueue(post(1, 10)).await.unwrap();
        tokio::time::timeout(Duration::from_secs(20), hint.changed()).await.expect("a hint comes").unwrap();
    };

    tokio::select! {
        () = is_busy => {}
        () = hinted => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_of_another_process_wakes_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(&folder).await, open(&folder).await);
    let mut hint = two.wake().subscribe();

    one.enqueue(post(1, 10)).await.unwrap();

    tokio::time::timeout(Duration::from_secs(20), hint.changed()).await.expect("a hint comes").unwrap();
}

#[tokio::test]
async fn reads_whose_callers_are_gone_keep_their_place() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    let (release, held) = mpsc::channel::<()>();
    let held = Arc::new(std::sync::Mutex::new(held));
    for _ in 0..4 {
        let held = Arc::clone(&held);
        let reading = store.read(move |_| {
            // An error says that the sender is gone, which is the sign.
            held.lock().unwrap().recv().ok();
            Ok(())
        });
        assert!(tokio::time::timeout(Duration::from_millis(50), reading).await.is_err());
    }

    let fifth = store.read(|_| Ok(()));
    tokio::pin!(fifth);

    assert!(tokio::time::timeout(Duration::from_millis(200), &mut fifth).await.is_err(), "four read already");
    drop(release);
    fifth.await.unwrap();
}

#[tokio::test]
async fn a_closed_store_is_unavailable_and_hangs_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;

    store.close().await;
    store.close().await;

    assert!(matches!(store.enqueue(post(1, 1)).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.stats().await, Err(StoreError::Unavailable(_))));
}

/// The budget of `docs/OPERATIONS.md`, *Sizing*.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_newsletter_mail_takes_at_most_250_bytes() {
    const COUNT: u64 = 10_000;
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let name = ContentTypeName::parse("news").unwrap();
    store.create_content(&account(), &name, &Subject::parse("News").unwrap(), &"x".repeat(20_000)).await.unwrap();
    let now = store.now().await.unwrap();
    let subscribe = |order: u64| SubscriptionChange {
        account: account(),
        recipient: Address::parse(&format!("a.usual.name{order:06}@mail.example.com")).unwrap(),
        content_type: name.clone(),
        frequency: Some(Frequency::Hourly),
        order,
        accepted_at: now.minus(Duration::from_hours(1)),
    };
    let changes: Vec<_> = (1..=COUNT).map(subscribe).collect();
    store
        .durably(move |tx| changes.iter().try_for_each(|change| newsletters::apply(tx, change).map(drop)))
        .await
        .unwrap();
    let pages = || {
        store.read(|conn| {
            let pragma =
                |sql: &str| conn.first(sql, [], |row| Ok(row.get::<_, i64>(0)?)).map(Option::unwrap_or_default);
            Ok((pragma("PRAGMA page_count")? - pragma("PRAGMA freelist_count")?) * pragma("PRAGMA page_size")?)
        })
    };
    let before = pages().await.unwrap();

    let series = store.series().await.unwrap().remove(0);
    let tick = Tick { series, period: now.minus(Duration::from_mins(1)), send: true, missed: 0 };
    let Ticked::Run(run) = store.tick(&tick).await.unwrap() else { panic!("no run") };
    while !store.fan_out(run, 1000, u64::MAX).await.unwrap().is_done {}

    let bytes = (pages().await.unwrap() - before) / i64::try_from(COUNT).unwrap();
    assert_eq!(store.stats().await.unwrap().gauge(State::Queued), COUNT);
    assert!((60..=250).contains(&bytes), "{bytes} bytes");
}

/// How many works are there, and how many lists of spent ones.
async fn works(store: &SqliteStore) -> (i64, i64) {
    let sql = "SELECT (SELECT count(*) FROM work), (SELECT count(*) FROM spent)";
    let counts = store.read(move |conn| conn.first(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))).await;
    counts.unwrap().unwrap()
}

async fn settle_all(store: &SqliteStore, verdict: Verdict) {
    let leased = store.lease(lease(100)).await.unwrap();
    let settle = |leased: Leased| Settlement { id: leased.id, token: leased.token, verdict, attempt: None };
    let settlements: Vec<_> = leased.into_iter().map(settle).collect();
    store.settle(&settlements).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_work_goes_soon_after_its_final_end_and_stays_after_another() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    store.enqueue(post(3, 2000)).await.unwrap();

    settle_all(&store, Verdict::Failed { reason: Reason::Refused, suppress: false }).await;
    store.enqueue(post(2, 2000)).await.unwrap();
    settle_all(&store, Verdict::Succeeded).await;

    tokio::time::timeout(Duration::from_secs(20), async {
        while works(&store).await != (3, 0) {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("what is spent is swept though nobody writes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_process_left_spent_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    store.enqueue(post(3, 2000)).await.unwrap();
    // As a process leaves it that dies between an end and the sweep.
    store
        .durably(|tx| Ok(tx.conn.execute_batch("INSERT INTO spent (ords) SELECT json_group_array(ord) FROM work")?))
        .await
        .unwrap();
    store.close().await;
    drop(store);

    let store = open(&folder).await;
    write(&store, "test-any", || Ok(())).await.unwrap();

    assert_eq!(works(&store).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_folded_into_the_file_while_writing_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let log = folder.path().join("gomail.db-wal");

    // Eight times the log's bound.
    for _ in 0..256 {
        store.enqueue(post(100, 20_000)).await.unwrap();
    }

    let bytes = std::fs::metadata(log).unwrap().len();
    assert!((1 << 20..200 << 20).contains(&bytes), "{bytes} bytes");
    assert_eq!(store.recount().await.unwrap()[1], 25_600);
}

/// Whether the first post is kept is unknown; nothing new may begin.
#[tokio::test]
async fn after_a_failed_sync_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let mut store = open(&folder).await;
    store.writer.close().await;
    // A device that cannot be synced.
    let syncer = syncer::start_on(PathBuf::from("/dev/full")).unwrap();
    let conn = open::writer(&store.file).unwrap();
    store.writer = Writer::start_with(conn, syncer, Arc::new(clock()), store.wake.clone()).unwrap();

    let refused = [
        // Written by then: only the sync says that it is not safe.
        store.enqueue(post(1, 10)).await.map(drop),
        store.enqueue(post(1, 10)).await.map(drop),
        store.lease(lease(1)).await.map(drop),
        store.check().await.map(drop),
    ];

    for outcome in refused {
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    }
    let stats = store.stats().await.unwrap();
    assert_eq!((stats.gauge(State::Queued), stats.gauge(State::Running)), (1, 0));

    store.close().await;
    assert!(folder.path().join("gomail.db-wal").exists(), "what the log holds is for a new start to find out");
}

#[tokio::test]
async fn the_last_store_to_close_leaves_one_file() {
    let folder = TempDir::new().unwrap();
    let first = open(&folder).await;
    let second = open(&folder).await;
    first.enqueue(post(1, 10)).await.unwrap();
    let files = || std::fs::read_dir(folder.path()).unwrap().count();

    first.close().await;
    assert_eq!(files(), 3, "the other still writes to the log");
    second.close().await;

    assert_eq!(files(), 1);
}
