//! A newsletter's life in running services: months of calendar in seconds of test clock, and many processes over one
//! store, some of which die.

/// Makes each law a test on each store: `sqlite::NAME` and `redis::NAME`.
macro_rules! on_both_stores {
    ($($law:ident)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $law() {
                super::$law(crate::newsletters::house::House::sqlite().await).await;
            })+
        }

        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $law() {
                super::$law(crate::newsletters::house::House::redis().await).await;
            })+
        }
    };
}

mod calendar;
mod changes;
mod crash;
mod house;

use serde_json::{Value, json};

use crate::helpers::process::Account;

/// One subscriber a frequency: `hourly@example.com` and so on.
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

/// Moves the test clock; the time then.
async fn advance(account: &Account, by: &str) -> chrono::DateTime<chrono::Utc> {
    let body = json!({ "by": by });
    let answer = tokio::time::timeout(2 * house::LIMIT, account.post("/test/clock/advance", &body)).await;
    let answer = answer.expect("time moves on");
    let now = answer["now"].as_str().unwrap_or_else(|| panic!("{answer}"));
    chrono::DateTime::parse_from_rfc3339(now).unwrap().to_utc()
}
