//! A relay in trouble, seen from outside.

use serde_json::json;

use super::{Bench, post_messages, state, until};
use crate::helpers::peer::{Rule, Step};

#[tokio::test]
async fn crash_free_refusals_end_as_the_table_says() {
    let mut bench = Bench::over_sqlite();
    bench.peer.rule(Rule::reply(Step::Rcpt, "550 5.1.1 no such user").to("u0@"));
    bench.peer.rule(Rule::reply(Step::Rcpt, "451 4.3.0 later").to("u1@").times(1));
    bench.peer.rule(Rule::reply(Step::Rcpt, "554 5.7.1 policy").to("u2@"));
    bench.set("GOMAIL_RETRY_BASE", "100ms");
    let (_gomail, account) = bench.up().await;
    post_messages(&account, 4).await;

    let metrics =
        until(&account, "all ended", |metrics| state(metrics, "succeeded") + state(metrics, "failed") == 4).await;

    assert_eq!((state(&metrics, "succeeded"), state(&metrics, "failed")), (2, 2), "{metrics}");
    assert_eq!(metrics["Total Jobs Executed"], 4);
    let task = |to: &str| {
        let (account, path) = (account.clone(), format!("/task?recipient={to}"));
        async move { account.get(&path).await["tasks"][0].clone() }
    };
    let gone = task("u0@example.com").await;
    assert_eq!((&gone["reason"], &gone["attempts"][0]["enhanced_code"]), (&json!("refused"), &json!("5.1.1")));
    assert_eq!(task("u1@example.com").await["attempts"].as_array().unwrap().len(), 2);
    let suppressed = account.get("/suppressions").await;
    assert_eq!(suppressed["suppressions"].as_array().unwrap().len(), 1, "only 5.1.x suppresses: {suppressed}");
    assert_eq!(suppressed["suppressions"][0]["email"], "u0@example.com");
}
