//! Subscribing and unsubscribing in a running service.

use serde_json::json;

use super::{
    advance, every_mail,
    house::{House, LIMIT},
    subscribe_all,
};
use crate::{
    helpers::process::{Account, Gomail},
    redis::server::{free_port, within},
};

#[tokio::test]
async fn a_link_in_the_mail_unsubscribes_with_one_click() {
    let folder = tempfile::tempdir().unwrap();
    let gomail = Gomail::start("up", folder.path(), &[("GOMAIL_TEST_CLOCK", "1")]);
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    let into_hour = advance(&account, "0").await.timestamp() % 3600;
    // Twenty past: no hour begins by itself while the test lasts.
    advance(&account, &format!("{}s", 4800 - into_hour)).await;
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

async fn the_last_accepted_change_wins_every_time(mut house: House) {
    house.set("GOMAIL_CONCURRENCY", "16");
    let gomail = house.start("up");
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
    let is_done = async || {
        let metrics = account.get("/health/metrics").await;
        let is_empty = ["queued", "running", "retrying"].iter().all(|state| metrics["states"][*state] == 0);
        (is_empty && metrics["ended"]["unsubscribe"]["succeeded"] == 200).then_some(())
    };
    within(LIMIT, is_done).await;
    assert_eq!(account.get(&format!("/task/{last}")).await["state"], "succeeded");

    let kept = account.get("/task/subscriptions?content_type=news&limit=1000").await;
    assert_eq!(kept["subscriptions"].as_array().unwrap().len(), 204);
}

async fn a_change_does_not_wait_for_a_relay_that_is_down(mut house: House) {
    house.send_to(free_port());
    let gomail = house.start("up");
    let account = Account::sign_up(&gomail.url, "me@example.com").await;
    let content = json!({ "content_type": "news", "subject": "News", "content": "Hi" });
    account.post("/task/subscriptionContent", &content).await;
    let message = json!({ "task": "t", "type": "message", "retries": 0,
                          "payload": { "userId": "a@example.com", "subject": "Hi", "content": "Hello" } });
    let messages = account.post("/task/batch", &json!({ "tasks": vec![message; 300] })).await;
    assert_eq!(messages["status"], true, "{messages}");

    for (task_type, subscribed) in [("subscribe", 1), ("unsubscribe", 0)] {
        let payload = json!({ "userId": "reader@example.com", "content_type": "news", "frequency": "@weekly" });
        let id = account.task(task_type, payload).await;
        within(LIMIT, async || {
            let state = account.get(&format!("/task/{id}")).await["state"].clone();
            (state == "succeeded").then_some(())
        })
        .await;
        let list = account.get("/task/subscriptions").await;
        assert_eq!(list["subscriptions"].as_array().unwrap().len(), subscribed, "{list}");
    }

    let states = account.get("/health/metrics").await["states"].clone();
    let waiting = ["queued", "running"].map(|state| states[state].as_u64().unwrap());
    assert_eq!(waiting.iter().sum::<u64>(), 300, "the messages wait, untried: {states}");
    assert!(gomail.stop().success());
}

on_both_stores! {
    the_last_accepted_change_wins_every_time
    a_change_does_not_wait_for_a_relay_that_is_down
}
