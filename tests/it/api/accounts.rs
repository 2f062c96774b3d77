//! Who gets in, and who does not any more.

use std::time::Duration;

use gomail::config::{Rate, Registration};
use serde_json::json;

use crate::helpers::app::{ADMIN, TestApp};

async fn app_with(registration: Registration) -> TestApp {
    TestApp::start_with(|parts| {
        parts.accounts.registration = registration;
        parts.accounts.admin_key = (registration != Registration::Closed).then(|| ADMIN.to_owned().into());
    })
    .await
}

#[tokio::test]
async fn signing_up_needs_the_admin_key_where_registration_is_the_admins() {
    let app = app_with(Registration::Admin).await;
    let body = json!({"id": "me@example.com"});

    let bare = app.send(app.request("POST", "/auth/signup", None).body(body.to_string())).await;
    assert_eq!(bare.refusal(), (403, "registration_closed".to_owned(), None));
    let wrong = app.post("/auth/signup", "wrong", &body).await;
    assert_eq!(wrong.refusal(), (403, "registration_closed".to_owned(), None));
    assert_eq!(app.post("/auth/signup", &format!("Bearer {ADMIN}"), &body).await.status, 200);
    app.finish().await;
}

#[tokio::test]
async fn nobody_signs_up_where_registration_is_closed() {
    let app = app_with(Registration::Closed).await;

    let answer = app.post("/auth/signup", ADMIN, &json!({"id": "me@example.com"})).await;

    assert_eq!(answer.refusal(), (403, "registration_closed".to_owned(), None));
    app.finish().await;
}

#[tokio::test]
async fn only_an_own_key_or_the_admins_ends_an_account() {
    for registration in [Registration::Admin, Registration::Open] {
        let app = app_with(registration).await;
        let sign_up = async |id: &str| {
            let answer = app.post("/auth/signup", ADMIN, &json!({ "id": id })).await;
            answer.json()["apiKey"].as_str().unwrap().to_owned()
        };
        let (mine, yours) = (sign_up("me@example.com").await, sign_up("you@example.com").await);
        let me = json!({"id": "me@example.com"});

        let bare = app.send(app.request("POST", "/auth/deregister", None).body(me.to_string())).await;
        assert_eq!(bare.refusal(), (401, "unauthorized".to_owned(), None));
        assert_eq!(app.post("/auth/deregister", &yours, &me).await.refusal(), (403, "forbidden".to_owned(), None));
        assert_eq!(app.post("/auth/deregister", &mine, &me).await.status, 200);
        assert_eq!(app.post("/auth/deregister", &mine, &me).await.refusal(), (401, "unauthorized".to_owned(), None));
        assert_eq!(app.post("/auth/deregister", ADMIN, &me).await.refusal(), (404, "not_registered".to_owned(), None));
        let you = json!({"id": "you@example.com"});
        assert_eq!(app.post("/auth/deregister", ADMIN, &you).await.status, 200);
        app.finish().await;
    }
}

#[tokio::test]
async fn on_loopback_a_key_of_somebody_else_ends_no_account() {
    let app = TestApp::start().await;
    app.sign_up("me@example.com").await;
    let yours = app.sign_up("you@example.com").await;

    let answer = app.post("/auth/deregister", &yours, &json!({"id": "me@example.com"})).await;

    assert_eq!(answer.refusal(), (403, "forbidden".to_owned(), None));
    app.finish().await;
}

#[tokio::test]
async fn a_removed_key_stops_working_at_once_and_never_works_again() {
    let app = TestApp::start().await;
    let old = app.sign_up("me@example.com").await;
    assert_eq!(app.get("/task", &old).await.status, 200);

    app.post("/auth/deregister", &old, &json!({"id": "me@example.com"})).await;
    assert_eq!(app.get("/task", &old).await.refusal(), (401, "unauthorized".to_owned(), None));

    let new = app.sign_up("Me@Example.com").await;
    assert_eq!(app.get("/task", &new).await.status, 200);
    assert_eq!(app.get("/task", &old).await.status, 401);
    app.finish().await;
}

#[tokio::test]
async fn no_key_and_no_valid_key_are_the_same() {
    let app = TestApp::start().await;
    let key = app.sign_up("me@example.com").await;
    let mut forged = key.clone();
    forged.replace_range(key.len() - 10..key.len() - 9, if key.as_bytes()[key.len() - 10] == b'A' { "B" } else { "A" });

    for (method, path) in [
        ("POST", "/task"),
        ("GET", "/task"),
        ("GET", "/task/x"),
        ("POST", "/task/verify"),
        ("GET", "/suppressions"),
        ("GET", "/outbox"),
        ("GET", "/task/runs"),
        ("GET", "/auth/accounts"),
    ] {
        for bad in [None, Some(""), Some("Bearer"), Some("x"), Some(forged.as_str())] {
            let answer = app.send(app.request(method, path, bad).body("{}")).await;
            assert_eq!(answer.refusal(), (401, "unauthorized".to_owned(), None), "{method} {path} {bad:?}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn only_the_admin_sees_the_accounts() {
    let app = TestApp::start_with(|parts| parts.accounts.admin_key = Some(ADMIN.to_owned().into())).await;
    let key = app.sign_up("me@example.com").await;
    app.sign_up("you@example.com").await;

    assert_eq!(app.get("/auth/accounts", &key).await.refusal(), (403, "forbidden".to_owned(), None));
    assert_eq!(app.get("/task", ADMIN).await.status, 401, "the admin key does nothing else");
    let body = app.get("/auth/accounts?limit=1", ADMIN).await.json();
    assert_eq!(body["accounts"][0]["id"], "me@example.com");
    let cursor = body["next_cursor"].as_str().unwrap();
    let body = app.get(&format!("/auth/accounts?limit=1&cursor={cursor}"), ADMIN).await.json();
    assert_eq!(body["accounts"][0]["id"], "you@example.com");
    app.finish().await;
}

#[tokio::test]
async fn requests_and_sign_ups_are_limited_in_rate() {
    let app = TestApp::start_with(|parts| {
        parts.http.rate_limit = Some(Rate { count: 2, per: Duration::from_hours(1) });
        parts.http.auth_rate = Some(Rate { count: 2, per: Duration::from_hours(1) });
    })
    .await;
    let (mine, yours) = (app.sign_up("me@example.com").await, app.sign_up("you@example.com").await);

    let third = app.send(app.request("POST", "/auth/signup", None).body(r#"{"id":"third@example.com"}"#)).await;
    assert_eq!(third.refusal(), (429, "rate_limited".to_owned(), None));
    for status in [200, 200, 429] {
        assert_eq!(app.get("/task", &mine).await.status, status);
    }
    assert_eq!(app.get("/task", &mine).await.refusal(), (429, "rate_limited".to_owned(), None));
    assert_eq!(app.get("/task", &yours).await.status, 200, "another key has its own rate");
    app.finish().await;
}

#[tokio::test]
async fn a_key_ends_by_the_stores_clock() {
    let app = TestApp::start_with(|parts| {
        parts.accounts.key_ttl = Some(Duration::from_hours(1));
        parts.test_clock = true;
    })
    .await;
    let key = app.sign_up("me@example.com").await;
    app.store.advance(Duration::from_mins(59)).await;
    assert_eq!(app.get("/task", &key).await.status, 200);

    app.store.advance(Duration::from_mins(2)).await;

    assert_eq!(app.get("/task", &key).await.refusal(), (401, "unauthorized".to_owned(), None));
    let later = app.sign_up("you@example.com").await;
    assert_eq!(app.get("/task", &later).await.status, 200, "its hour begins now");
    app.finish().await;
}

/// On loopback anyone on the machine signs up; what a proxy passes on comes from elsewhere.
#[tokio::test]
async fn what_a_proxy_passes_on_is_not_from_this_machine() {
    let app = TestApp::start().await;
    app.sign_up("me@example.com").await;
    let passed_on = async |path: &str, header: &str, id: &str| {
        let request = app.request("POST", path, None).header(header, "for=203.0.113.9");
        app.send(request.body(json!({ "id": id }).to_string())).await.refusal()
    };

    for header in ["forwarded", "x-forwarded-for", "x-real-ip", "via"] {
        let refused = passed_on("/auth/signup", header, "you@example.com").await;
        assert_eq!(refused, (403, "registration_closed".to_owned(), None));
        assert_eq!(passed_on("/auth/deregister", header, "me@example.com").await.0, 401);
    }
    app.finish().await;
}

/// Where there is no admin, nobody else could free the account.
#[tokio::test]
async fn a_key_that_has_ended_deregisters_its_account_and_does_nothing_else() {
    let app = TestApp::start_with(|parts| {
        parts.accounts.registration = Registration::Open;
        parts.accounts.key_ttl = Some(Duration::from_mins(1));
    })
    .await;
    let key = app.sign_up("me@example.com").await;
    app.store.store.advance_clock(Duration::from_mins(2)).await.unwrap();
    let body = json!({"id": "me@example.com"});
    assert_eq!(app.get("/task", &key).await.status, 401);

    assert_eq!(app.post("/auth/deregister", &key, &json!({"id": "you@example.com"})).await.refusal().0, 403);
    assert_eq!(app.post("/auth/deregister", &key, &body).await.status, 200);
    assert_eq!(app.post("/auth/deregister", &key, &body).await.status, 401, "a removed key is no key");

    app.sign_up("me@example.com").await;
    app.finish().await;
}
