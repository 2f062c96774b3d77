//! One story, told by the command line to a running service: it is the same over SQLite and over Redis.

use serde_json::{Value, json};

use crate::{
    cli::{Ended, Sandbox},
    helpers::{process::Gomail, redis::RedisServer},
};

/// What differs from one run to the next.
const CHANGING: &[&str] = &[
    "id",
    "apiKey",
    "request_id",
    "created_at",
    "updated_at",
    "started_at",
    "finished_at",
    "next_attempt_at",
    "message_id",
    "raw",
    "oldest_age_seconds",
];

/// Commands and what came of them.
struct Story {
    shell: Sandbox,
    told: Vec<(String, i32, Value)>,
}

impl Story {
    /// Runs a command that must end with `code`; its answer, or its error's.
    fn tell(&mut self, code: i32, args: &[&str]) -> Value {
        let ended: Ended = self.shell.run(&[args, &["--json"]].concat());
        assert_eq!(ended.code, code, "{args:?}: {}{}", ended.out, ended.err);
        let text = if ended.out.is_empty() { &ended.err } else { &ended.out };
        let answer: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {args:?}: {text}"));
        self.told.push((args.join(" "), code, answer.clone()));
        answer
    }

    /// The whole story without what differs by nature: times, ids, and the code.
    fn normalised(mut self, words: &[(&str, &str)]) -> Vec<(String, i32, Value)> {
        for (command, _, answer) in &mut self.told {
            *command = plain(command, words);
            normalise(answer, words);
        }
        self.told
    }
}

/// The text with each word's name in its place.
fn plain(text: &str, words: &[(&str, &str)]) -> String {
    words.iter().fold(text.to_owned(), |text, (name, word)| text.replace(word, name))
}

fn normalise(value: &mut Value, words: &[(&str, &str)]) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if CHANGING.contains(&name.as_str()) && !field.is_null() {
                    *field = json!("…");
                }
                normalise(field, words);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| normalise(item, words)),
        Value::String(text) => *text = plain(text, words),
        _ => {}
    }
}

/// Tells the story to a service with these settings.
fn tell(settings: &[(&str, &str)]) -> Vec<(String, i32, Value)> {
    let folder = tempfile::tempdir().unwrap();
    let gomail = Gomail::start("up", folder.path(), settings);
    let mut story = Story { shell: Sandbox::new(), told: Vec::new() };

    story.tell(0, &["register", "me@example.com", "--server", &gomail.url]);
    story.tell(5, &["register", "me@example.com", "--server", &gomail.url]);

    let hello = ["send", "--to", "ann@example.com", "--subject", "Hi", "--content", "Hello, Ann."];
    story.tell(0, &[&hello[..], &["--tag", "greeting", "--idempotency-key", "hello", "--wait"]].concat());
    story.tell(0, &[&hello[..], &["--tag", "greeting", "--idempotency-key", "hello"]].concat());
    let mail = story.tell(0, &["outbox", "get"]);
    assert_eq!((&mail["subject"], mail["text"].as_str().unwrap().trim()), (&json!("Hi"), "Hello, Ann."));

    story.tell(0, &["send", "otp", "--to", "ann@example.com", "--purpose", "login", "--wait"]);
    let mail = story.tell(0, &["outbox", "get"]);
    let words = mail["text"].as_str().unwrap().split_whitespace().map(|word| word.trim_matches('.'));
    let code =
        words.clone().find(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit())).unwrap().to_owned();
    // As wrong whatever the code: no digit of it is right.
    let wrong: String = code.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect();
    story.tell(3, &["verify", "ann@example.com", &wrong, "--purpose", "login"]);
    story.tell(3, &["verify", "ann@example.com", &code]);
    assert_eq!(story.tell(0, &["verify", "ann@example.com", &code, "--purpose", "login"])["verified"], true);
    story.tell(3, &["verify", "ann@example.com", &code, "--purpose", "login"]);
    story.tell(6, &["send", "otp", "--to", "ann@example.com", "--purpose", "login"]);

    let news = ["--subject", "News of {{ period }}", "--content", "<p>Hi {{ email }}</p>"];
    story.tell(0, &[&["content", "create", "news"][..], &news].concat());
    story.tell(5, &[&["content", "create", "news"][..], &news].concat());
    story.tell(3, &[&["content", "update", "olds"][..], &news].concat());
    story.tell(0, &["content", "list"]);
    story.tell(0, &["content", "preview", "news", "--var", "email=ann@example.com", "--var", "period=today"]);
    let subscribe = ["send", "subscribe", "--content-type", "news", "--frequency", "@daily", "--wait"];
    story.tell(0, &[&subscribe[..], &["--to", "ann@example.com"]].concat());
    story.tell(0, &[&subscribe[..], &["--to", "bob@example.com"]].concat());
    story.tell(2, &["send", "subscribe", "--content-type", "olds", "--frequency", "@daily", "--to", "ann@example.com"]);
    story.tell(0, &["send", "unsubscribe", "--content-type", "news", "--to", "bob@example.com", "--wait"]);
    let subscriptions = story.tell(0, &["subscriptions", "list"]);
    assert_eq!(subscriptions["subscriptions"].as_array().unwrap().len(), 1, "{subscriptions}");
    story.tell(5, &["content", "delete", "news"]);
    story.tell(0, &["content", "delete", "news", "--force"]);
    story.tell(3, &["content", "get", "news"]);

    story.tell(0, &["suppressions", "add", "bob@example.com", "--reason", "asked"]);
    story.tell(2, &["send", "--to", "Bob@example.com", "--subject", "Hi", "--content", "Hello"]);
    story.tell(0, &["suppressions", "list"]);
    story.tell(0, &["suppressions", "remove", "bob@example.com"]);
    let later = ["--subject", "Hi", "--content", "Hello", "--at", "2099-01-01T00:00:00Z"];
    let later = story.tell(0, &[&["send", "--to", "bob@example.com"][..], &later].concat());
    let id = later["id"].as_str().unwrap();
    let shell = &story.shell;
    assert_eq!(shell.run(&["task", "get", id, "--json"]).json()["state"], "scheduled");
    assert_eq!(shell.run(&["task", "cancel", id, "--json"]).json()["state"], "cancelled");
    assert_eq!(shell.run(&["task", "cancel", id, "--json"]).code, 5);
    story.tell(0, &["task", "list"]);
    story.tell(0, &["task", "list", "--state", "cancelled"]);
    story.tell(0, &["task", "list", "--type", "generateOtp"]);
    story.tell(0, &["runs", "list"]);
    let metrics = story.tell(0, &["metrics"]);
    assert_eq!(metrics["Total Jobs Executed"], 5, "{metrics}");
    story.tell(0, &["deregister"]);
    let url = gomail.url.clone();
    assert!(gomail.stop().success());
    story.normalised(&[("URL", &url), ("CODE", &code), ("WRONG", &wrong)])
}

#[test]
fn the_story_is_the_same_over_sqlite_and_over_redis() {
    let redis = RedisServer::shared();

    let over_sqlite = tell(&[]);
    let over_redis = tell(&[("redis_uri", &redis.uri())]);

    for (sqlite, redis) in over_sqlite.iter().zip(&over_redis) {
        assert_eq!(sqlite, redis);
    }
    assert_eq!(over_sqlite.len(), over_redis.len());
}
