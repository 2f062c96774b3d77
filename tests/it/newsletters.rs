//! A newsletter's life in a running service: months of calendar in seconds of test clock.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::helpers::process::{Account, Gomail};

async fn subscribe_all(account: &Account) {
    let content = json!({ "content_type": "news", "subject": "News {{ period }}", "content": "<p>Hi {{ email }}</p>" });
    assert_eq!(account.post("/task/subscriptionContent", &content).await["status"], true);
    for frequency in ["hourly", "daily", "weekly", "monthly"] {
        let to = format!("{frequency}@example.com");
        let payload = json!({ "userId": to, "content_type": "news", "frequency": format!("@{frequency}") });
        account.task("subscribe", payload).await;
    }
}

async fn every_mail(account: &Account) -> Vec<Value> {
    let mut mails = Vec::new();
    let mut path = "/outbox?limit=1000".to_owned();
    loop {
        let page = account.get(&path).await;
        mails.extend(page["outbox"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/outbox?limit=1000&cursor={cursor}"),
            None => return mails,
        }
    }
}

async fn advance(account: &Account, by: &str) {
    let answer = account.post("/test/clock/advance", &json!({ "by": by })).await;
    assert_eq!(answer["status"], true, "{answer}");
}

/// The days from `from` to `to`, the months and Sundays among them, as `(daily, weekly, monthly)` starts after `from`.
fn calendar(from: chrono::NaiveDate, to: chrono::NaiveDate) -> (usize, usize, usize) {
    use chrono::Datelike as _;

    let days: Vec<_> = from.iter_days().skip(1).take_while(|day| *day <= to).collect();
    let sundays = days.iter().filter(|day| day.weekday() == chrono::Weekday::Sun).count();
    let firsts = days.iter().filter(|day| day.day() == 1).count();
    (days.len(), sundays, firsts)
}

#[tokio::test]
async fn a_month_of_newsletters_is_what_a_calendar_says() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("GOMAIL_TEST_CLOCK", "1"), ("GOMAIL_RETENTION", "60d"), ("RUST_LOG", "info")];
    let gomail = Gomail::start("up", folder.path(), &settings);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    subscribe_all(&account).await;
    let clock = |answer: Value| chrono::DateTime::parse_from_rfc3339(answer["now"].as_str().unwrap()).unwrap().to_utc();
    let start = clock(account.post("/test/clock/advance", &json!({ "by": "0" })).await);

    let end = clock(account.post("/test/clock/advance", &json!({ "by": "31d" })).await);

    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for mail in every_mail(&account).await {
        *count.entry(mail["to"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let (days, sundays, firsts) = calendar(start.date_naive(), end.date_naive());
    let hours = usize::try_from(end.timestamp() / 3600 - start.timestamp() / 3600).unwrap();
    let expected = [("daily", days), ("hourly", hours), ("monthly", firsts), ("weekly", sundays)];
    let expected: BTreeMap<String, usize> =
        expected.into_iter().filter(|(_, n)| *n > 0).map(|(who, n)| (format!("{who}@example.com"), n)).collect();
    assert_eq!(count, expected);
    assert_eq!(account.get("/health/metrics").await["missed_periods"], 0);
    assert!(gomail.stop().success());
}

#[tokio::test]
async fn a_link_in_the_mail_unsubscribes_with_one_click() {
    let folder = tempfile::tempdir().unwrap();
    let gomail = Gomail::start("up", folder.path(), &[("GOMAIL_TEST_CLOCK", "1")]);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    subscribe_all(&account).await;
    advance(&account, "1h").await;
    let mail = every_mail(&account).await.into_iter().find(|mail| mail["to"] == "hourly@example.com").unwrap();
    let raw = account.get(&format!("/outbox/{}", mail["id"].as_str().unwrap())).await["raw"].to_string();
    assert!(raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{raw}");
    let unfolded = raw.replace("\\r\\n ", "").replace("=\\r\\n", "");
    let token = unfolded.split("/unsubscribe/").nth(1).unwrap().split('>').next().unwrap().to_owned();
    let link = format!("{}/unsubscribe/{token}", gomail.url);
    let http = reqwest::Client::new();

    let page = http.get(&link).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("<button"));
    assert_eq!(
        account.get("/task/subscriptions").await["subscriptions"].as_array().unwrap().len(),
        4,
        "GET changes nothing"
    );

    for _ in 0..2 {
        let answer = http.post(&link).body("List-Unsubscribe=One-Click").send().await.unwrap();
        assert_eq!(answer.status(), 200, "twice is fine");
    }
    assert_eq!(account.get("/task/subscriptions").await["subscriptions"].as_array().unwrap().len(), 3);
    advance(&account, "2h").await;
    let hourly = every_mail(&account).await.into_iter().filter(|mail| mail["to"] == "hourly@example.com").count();
    assert_eq!(hourly, 1);
}

#[tokio::test]
async fn the_last_accepted_change_wins_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let gomail = Gomail::start("up", folder.path(), &[("GOMAIL_CONCURRENCY", "16")]);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    subscribe_all(&account).await;
    let one = |task_type: &str, to: &str| {
        json!({ "task": "t", "type": task_type, "retries": 0,
                "payload": { "userId": to, "content_type": "news", "frequency": "@weekly" } })
    };

    let mut last = String::new();
    for round in 0..200 {
        let to = format!("flip{round}@example.com");
        let tasks = [one("subscribe", &to), one("unsubscribe", &to), one("subscribe", &to)];
        let answer = account.post("/task/batch", &json!({ "tasks": tasks })).await;
        assert_eq!(answer["status"], true, "{answer}");
        answer["results"][2]["id"].as_str().unwrap().clone_into(&mut last);
    }
    while account.get("/health/metrics").await["ended"]["unsubscribe"]["succeeded"] != 200
        || account.get(&format!("/task/{last}")).await["state"] != "succeeded"
        || account.get("/health/metrics").await["states"]["queued"] != 0
        || account.get("/health/metrics").await["states"]["running"] != 0
    {
        tokio::task::yield_now().await;
    }

    let kept = account.get("/task/subscriptions?content_type=news&limit=1000").await;
    assert_eq!(kept["subscriptions"].as_array().unwrap().len(), 204);
}
