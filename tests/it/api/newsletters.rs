//! Content types, subscriptions, and the way out of them.

use std::time::Duration;

use gomail::{
    domain::{AccountId, Address, ContentTypeName, Frequency},
    store::SubscriptionChange,
};
use serde_json::{Value, json};

use crate::helpers::app::TestApp;

fn content(name: &str) -> Value {
    json!({"content_type": name, "subject": "News of {{ period }}", "content": "<p>Dear {{ email }}, <a href=\"{{ unsubscribe_url }}\">out</a></p>"})
}

async fn subscribe(app: &TestApp, recipient: &str) {
    let change = SubscriptionChange {
        account: AccountId::parse("me@example.com").unwrap(),
        recipient: Address::parse(recipient).unwrap(),
        content_type: ContentTypeName::parse("news").unwrap(),
        frequency: Some(Frequency::Daily),
        order: 1,
        accepted_at: app.store.now().await,
    };
    app.store.store.apply_subscription(&change).await.unwrap();
}

#[tokio::test]
async fn a_content_type_lives_and_dies() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    assert_eq!(app.post("/task/subscriptionContent", &key, &content("news")).await.status, 200);
    let again = app.post("/task/subscriptionContent", &key, &content("news")).await;
    assert_eq!(again.refusal(), (409, "content_type_exists".to_owned(), None));
    let absent = app.call("PUT", "/task/subscriptionContent", &key, &content("other")).await;
    assert_eq!(absent.refusal(), (404, "unknown_content_type".to_owned(), None));

    let shown = app.get("/task/subscriptionContent/news", &key).await.json();
    assert_eq!((&shown["content_type"], &shown["subject"]), (&json!("news"), &json!("News of {{ period }}")));
    let preview = app
        .post(
            "/task/subscriptionContent/news/preview",
            &key,
            &json!({"variables": {"email": "<a@b.c>", "period": "2026-11"}}),
        )
        .await
        .json();
    assert_eq!(preview["subject"], "News of 2026-11");
    assert!(preview["html"].as_str().unwrap().contains("&lt;a@b.c&gt;"), "{preview}");
    assert!(preview["text"].as_str().unwrap().contains("Dear <a@b.c>"), "{preview}");
    let bare = app.send(app.request("POST", "/task/subscriptionContent/news/preview", Some(&key))).await;
    assert_eq!(bare.status, 200, "{bare:?}");

    subscribe(&app, "You@example.com").await;
    let listed = app.get("/task/subscriptions?content_type=news&recipient=you@example.com", &key).await.json();
    assert_eq!(
        (&listed["subscriptions"][0]["recipient"], &listed["subscriptions"][0]["frequency"]),
        (&json!("You@example.com"), &json!("@daily"))
    );
    let path = "/task/subscriptionContent/news";
    let used = app.send(app.request("DELETE", path, Some(&key))).await;
    assert_eq!(used.refusal(), (409, "content_type_in_use".to_owned(), None));
    let forced = app.send(app.request("DELETE", &format!("{path}?force=true"), Some(&key))).await;
    assert_eq!(forced.status, 200);
    assert_eq!(app.get("/task/subscriptions", &key).await.json()["subscriptions"], json!([]));
    app.finish().await;
}

#[tokio::test]
async fn subscribing_creates_a_missing_content_type_and_ignores_what_it_brings_for_one_that_is_there() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let subscribe = |subject: &str, content: &str| {
        json!({"task": "t", "type": "subscribe", "retries": 0, "payload": {"userId": "you@example.com",
            "content_type": "news", "frequency": "@daily", "subject": subject, "content": content}})
    };

    let answer = app.post("/task", &key, &subscribe("S", "{{ nobody }}")).await;
    assert_eq!(answer.refusal().2.as_deref(), Some("payload.content"));
    assert_eq!(app.post("/task", &key, &subscribe("S", "first")).await.status, 200);
    assert_eq!(app.post("/task", &key, &subscribe("S", "{{ nobody }}")).await.status, 200);
    assert_eq!(app.get("/task/subscriptionContent/news", &key).await.json()["content"], "first");
    app.finish().await;
}

#[tokio::test]
async fn looking_at_the_unsubscribe_page_changes_nothing_and_its_button_does_twice() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    app.post("/task/subscriptionContent", &key, &content("news")).await;
    subscribe(&app, "you@example.com").await;
    let account = AccountId::parse("me@example.com").unwrap();
    let name = ContentTypeName::parse("news").unwrap();
    let token = app.keyring.current().unsubscribe_token(&account, &Address::parse("you@example.com").unwrap(), &name);
    let path = format!("/unsubscribe/{token}");
    let subscribed =
        async || app.get("/task/subscriptions", &key).await.json()["subscriptions"].as_array().unwrap().len();

    for method in ["GET", "HEAD"] {
        let page = app.send(app.request(method, &path, None)).await;
        assert_eq!((page.status, subscribed().await), (200, 1));
        assert!(page.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    }
    let page = app.send(app.request("GET", &path, None)).await;
    assert!(page.text.contains("<form method=\"post\">") && page.text.contains("noindex"), "{}", page.text);

    for _ in 0..2 {
        let request = app.request("POST", &path, None).header("origin", "https://webmail.example");
        let done = app.send(request.body("List-Unsubscribe=One-Click")).await;
        assert_eq!((done.status, subscribed().await), (200, 0));
    }
    for bad in ["x", &token[1..], &token.replace('.', "")] {
        for method in ["GET", "POST"] {
            let answer = app.send(app.request(method, &format!("/unsubscribe/{bad}"), None)).await;
            assert_eq!(answer.refusal(), (404, "not_found".to_owned(), None), "{bad}");
            let browser = app.request(method, &format!("/unsubscribe/{bad}"), None);
            let page = app.send(browser.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")).await;
            assert_eq!(page.status, 404);
            assert!(page.text.starts_with("<!doctype html>") && page.text.contains("not valid"), "{}", page.text);
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn a_preview_is_of_the_stores_day() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    app.post("/task/subscriptionContent", &key, &content("news")).await;

    app.store.advance(Duration::from_hours(24 * 40)).await;

    let preview = app.post("/task/subscriptionContent/news/preview", &key, &json!({})).await.json();
    assert_eq!(preview["subject"], "News of 2027-01-03");
    app.finish().await;
}
