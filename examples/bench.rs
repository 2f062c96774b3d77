//! Throw-away.
#![allow(clippy::all, missing_docs, clippy::pedantic, clippy::unwrap_used)]
use gomail::{
    config::Durability,
    domain::*,
    store::{redis::RedisStore, *},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
fn account() -> AccountId {
    AccountId::parse("owner@example.com").unwrap()
}
fn rules() -> CodeRules {
    CodeRules { ttl: Duration::from_secs(600), attempts: 5, cooldown: Duration::from_secs(30), per_hour: 10 }
}
fn msg(n: usize, now: Timestamp) -> NewTask {
    let m = Message {
        subject: Subject::parse("Hello").unwrap(),
        content: "x".repeat(1024),
        format: None,
        text: None,
        from_name: None,
        reply_to: None,
        headers: vec![],
        attachments: vec![],
        variables: None,
    };
    NewTask {
        id: TaskId::posted_at(now),
        name: TaskName::parse("t").unwrap(),
        recipient: Address::parse(&format!("r{n:010}@example.com")).unwrap(),
        retries: 3,
        send_at: None,
        tags: vec![],
        work: Work::Message(Box::new(m)),
    }
}
fn mem(port: &str) -> u64 {
    let out = std::process::Command::new("redis-cli").args(["-p", port, "info", "memory"]).output().unwrap();
    String::from_utf8(out.stdout)
        .unwrap()
        .lines()
        .find_map(|l| l.strip_prefix("used_memory:"))
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}
#[tokio::main]
async fn main() {
    let port = std::env::args().nth(1).unwrap();
    let repl = std::env::args().nth(2).is_some();
    let d = if repl { Durability::Replicated } else { Durability::Store };
    let s: Arc<dyn Store> = Arc::new(
        RedisStore::open(&format!("127.0.0.1:{port}").into(), "bench", d, Duration::from_secs(7 * 86400)).unwrap(),
    );
    println!("check {:?}", s.check().await);
    let now = s.now().await.unwrap();
    let total = 40_000;
    let t0 = Instant::now();
    let mut set = tokio::task::JoinSet::new();
    for c in 0..64 {
        let s = s.clone();
        set.spawn(async move {
            for i in 0..total / 64 {
                s.enqueue(Enqueue {
                    account: account(),
                    tasks: vec![msg(c * 1000000 + i, now)],
                    idempotency: None,
                    rules: rules(),
                })
                .await
                .unwrap();
            }
        });
    }
    set.join_all().await;
    println!("enqueue 64 callers: {:.0}/s", (total / 64 * 64) as f64 / t0.elapsed().as_secs_f64());
    let (t0, mut n) = (Instant::now(), 0);
    let (mut tl, mut tb, mut ts) = (0.0, 0.0, 0.0);
    loop {
        let t = Instant::now();
        let l = s.lease(LeaseRequest { any: 30, codes: 0, lease: Duration::from_secs(30) }).await.unwrap();
        tl += t.elapsed().as_secs_f64();
        if l.is_empty() {
            break;
        }
        n += l.len();
        let t = Instant::now();
        s.begin(
            &l.iter()
                .map(|l| Begin { id: l.id, token: l.token, not_after: l.leased_at.plus(Duration::from_secs(99)) })
                .collect::<Vec<_>>(),
        )
        .await
        .unwrap();
        tb += t.elapsed().as_secs_f64();
        let t = Instant::now();
        s.settle(
            &l.iter()
                .map(|l| Settlement {
                    id: l.id,
                    token: l.token,
                    verdict: Verdict::Succeeded,
                    attempt: Some(Attempt {
                        n: 0,
                        started_at: l.leased_at,
                        finished_at: l.leased_at,
                        outcome: "delivered".into(),
                        stage: Some(Stage::FinalDot),
                        relay: Some("127.0.0.1:2525".into()),
                        tls: None,
                        smtp_code: Some(250),
                        enhanced_code: Some("2.0.0".into()),
                        message: Some("2.0.0 ok queued as 12345".into()),
                    }),
                })
                .collect::<Vec<_>>(),
        )
        .await
        .unwrap();
        ts += t.elapsed().as_secs_f64();
    }
    println!(
        "lease+begin+settle by 30: {n} at {:.0}/s (lease {tl:.2} begin {tb:.2} settle {ts:.2})",
        n as f64 / t0.elapsed().as_secs_f64()
    );
    // newsletters
    let ct = ContentTypeName::parse("news").unwrap();
    s.create_content(&account(), &ct, &Subject::parse("News").unwrap(), "text").await.unwrap();
    let t0 = Instant::now();
    let mut set = tokio::task::JoinSet::new();
    for c in 0..50u64 {
        let (s, ct) = (s.clone(), ct.clone());
        set.spawn(async move {
            for i in 0..2000 {
                let k = c * 2000 + i;
                s.apply_subscription(&SubscriptionChange {
                    account: account(),
                    recipient: Address::parse(&format!("r{k:011}@example.com")).unwrap(),
                    content_type: ct.clone(),
                    frequency: Some(Frequency::Daily),
                    order: k + 1,
                    accepted_at: now,
                })
                .await
                .unwrap();
            }
        });
    }
    set.join_all().await;
    println!("apply: {:.0}/s", 100_000.0 / t0.elapsed().as_secs_f64());
    let series = s.series().await.unwrap().remove(0);
    s.advance_clock(Duration::from_secs(5)).await.unwrap();
    let Ticked::Run(run) =
        s.tick(&Tick { series, period: now.plus(Duration::from_secs(1)), send: true, missed: 0 }).await.unwrap()
    else {
        panic!()
    };
    let before = mem(&port);
    let (t0, mut made) = (Instant::now(), 0);
    loop {
        let f = s.fan_out(run, 1000, 1_000_000).await.unwrap();
        made += f.created;
        if f.done {
            break;
        }
    }
    let el = t0.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!(
        "fan-out: {made} at {:.0}/s, {:.1} bytes each",
        made as f64 / el,
        (mem(&port) - before) as f64 / made as f64
    );
    let l = s.lease(LeaseRequest { any: 1, codes: 0, lease: Duration::from_secs(30) }).await.unwrap();
    println!("{} {}", l[0].id, l[0].recipient);
    s.close().await;
}
