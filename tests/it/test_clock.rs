//! The test clock: it waits for what is in hand before it goes on.

use serde_json::json;

use crate::helpers::process::{Account, Gomail};

/// An advance that overtook a worker would let its lease end, and count a delivered mail as uncertain first.
#[tokio::test]
async fn no_lease_ends_because_time_was_moved() {
    let folder = tempfile::tempdir().unwrap();
    let gomail = Gomail::start("up", folder.path(), &[("GOMAIL_TEST_CLOCK", "1"), ("RUST_LOG", "info")]);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    let content = json!({ "content_type": "news", "subject": "News", "content": "Hello" });
    account.post("/task/subscriptionContent", &content).await;
    let payload = json!({ "userId": "you@example.com", "content_type": "news", "frequency": "@hourly" });
    account.task("subscribe", payload).await;

    let answer = account.post("/test/clock/advance", &json!({ "by": "2d" })).await;

    assert_eq!(answer["status"], true, "{answer}");
    let metrics = account.get("/health/metrics").await;
    assert_eq!(metrics["attempts"], json!({ "captured": 48 }), "{metrics}");
    assert_eq!(metrics["Jobs Failed"], 0, "{metrics}");
    assert!(gomail.stop().success());
}
