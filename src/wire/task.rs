//! A posted task: JSON to [`NewTask`].

use serde_json::Value;

use super::{fields::Fields, payload};
use crate::domain::{Invalid, NewTask, TaskId, TaskName, TaskType, Timestamp};

/// Reads a task. `id` is the one it gets.
///
/// # Errors
/// [`Invalid`] names the dotted field (`payload.length`, `payload.attachments[0].filename`); an empty field means that
/// the value is no object.
pub fn parse(value: Value, id: TaskId) -> Result<NewTask, Invalid> {
    let mut fields = Fields::of_body(value)?;
    fields.refuse_unknown(&["id", "task", "type", "retries", "payload", "send_at"])?;
    // Clients of the previous service send an empty `id`; it is ignored.
    fields.optional_text("id")?;
    let name = fields.parsed("task", TaskName::parse)?;
    let task_type = fields.parsed("type", task_type)?;
    let rule = "must be a whole number from 0 to 20";
    let retries = fields.whole_number("retries", rule)?;
    let retries = u8::try_from(retries).ok().filter(|n| *n <= 20).ok_or_else(|| Invalid::value("retries", rule))?;
    let send_at = fields.optional_parsed("send_at", Timestamp::parse)?;
    if send_at.is_some() && task_type != TaskType::Message {
        return Err(Invalid::value("send_at", "must come with type message only"));
    }
    let mut payload = payload::open(fields.required("payload")?)?;
    let recipient = payload::recipient(&mut payload)?;
    let (work, tags) = match task_type {
        TaskType::Message => payload::message(&mut payload, send_at)?,
        TaskType::GenerateOtp => (payload::otp(&mut payload)?, Vec::new()),
        TaskType::Subscribe => (payload::subscribe(&mut payload)?, Vec::new()),
        TaskType::Unsubscribe | TaskType::Newsletter => (payload::unsubscribe(&mut payload)?, Vec::new()),
    };
    Ok(NewTask { id, name, recipient, retries, tags, work })
}

/// The types a client may post; `newsletter` is ours alone.
fn task_type(text: &str) -> Result<TaskType, Invalid> {
    TaskType::from_name(text)
        .filter(|task_type| *task_type != TaskType::Newsletter)
        .ok_or_else(|| Invalid::value("type", "must be message, generateOtp, subscribe or unsubscribe"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;
    use crate::domain::{Problem, Work};

    fn read(value: Value) -> Result<NewTask, Invalid> {
        parse(value, TaskId::posted_at(Timestamp::from_millis(1_764_000_000_000)))
    }

    fn message(extra: &Value) -> Value {
        let mut payload = json!({"userId": "you@example.com", "subject": "Hi", "content": "Hello"});
        for (name, value) in extra.as_object().unwrap() {
            payload[name] = value.clone();
        }
        json!({"task": "t", "type": "message", "retries": 3, "payload": payload})
    }

    fn of(task_type: &str, payload: &Value) -> Value {
        json!({"task": "t", "type": task_type, "retries": 0, "payload": payload})
    }

    fn refused(value: Value) -> (Problem, String) {
        let invalid = read(value).expect_err("it is refused");
        (invalid.problem, invalid.field)
    }

    #[test]
    fn every_fault_of_a_message_names_its_field() {
        let file = |name: &str, kind: &str, content: &str| {
            json!({"attachments": [
            {"filename": "a.txt", "content_type": "text/plain", "content": "YQ=="},
            {"filename": name, "content_type": kind, "content": content}]})
        };
        for (extra, field) in [
            (json!({"userId": 5}), "payload.userId"),
            (json!({"userId": "you"}), "payload.userId"),
            (json!({"subject": "a\r\nBcc: x@y.z"}), "payload.subject"),
            (json!({"subject": null}), "payload.subject"),
            (json!({"subject": ""}), "payload.subject"),
            (json!({"content": ["x"]}), "payload.content"),
            (json!({"content": ""}), "payload.content"),
            (json!({"content": "a\0"}), "payload.content"),
            (json!({"format": "pdf"}), "payload.format"),
            (json!({"text": 1}), "payload.text"),
            (json!({"from_name": "a\nb"}), "payload.from_name"),
            (json!({"reply_to": "x"}), "payload.reply_to"),
            (json!({"headers": []}), "payload.headers"),
            (json!({"headers": {"Bcc": "x"}}), "payload.headers.Bcc"),
            (json!({"headers": {"X-A": 1}}), "payload.headers.X-A"),
            (json!({"headers": {"X-A": "1\n"}}), "payload.headers.X-A"),
            (json!({"headers": {"X-A": "1", "x-a": "2"}}), "payload.headers.x-a"),
            (json!({"tags": "a"}), "payload.tags"),
            (json!({"tags": ["ok", "not ok"]}), "payload.tags[1]"),
            (json!({"tags": vec!["a"; 11]}), "payload.tags"),
            (json!({"variables": "x"}), "payload.variables"),
            (json!({"attachments": {}}), "payload.attachments"),
            (json!({"attachments": ["x"]}), "payload.attachments[0]"),
            (file("../b", "text/plain", ""), "payload.attachments[1].filename"),
            (file("b\r\n", "text/plain", ""), "payload.attachments[1].filename"),
            (file("b", "plain", ""), "payload.attachments[1].content_type"),
            (file("b", "multipart/mixed", ""), "payload.attachments[1].content_type"),
            (file("b", "text/plain; a", ""), "payload.attachments[1].content_type"),
            (file("b", "text/plain", "%"), "payload.attachments[1].content"),
        ] {
            assert_eq!(refused(message(&extra)), (Problem::Invalid, field.to_owned()), "{extra}");
        }
    }

    #[test]
    fn every_fault_of_a_task_names_its_field() {
        let with = |name: &str, value: Value| {
            let mut task = message(&json!({}));
            task[name] = value;
            task
        };
        for (task, field) in [
            (with("task", json!("")), "task"),
            (with("task", json!("a\n")), "task"),
            (with("type", json!("newsletter")), "type"),
            (with("type", json!(1)), "type"),
            (with("retries", json!(21)), "retries"),
            (with("retries", json!(-1)), "retries"),
            (with("retries", json!(1.5)), "retries"),
            (with("retries", json!("3")), "retries"),
            (with("retries", json!(null)), "retries"),
            (with("payload", json!([])), "payload"),
            (with("send_at", json!("tomorrow")), "send_at"),
            (with("send_at", json!(5)), "send_at"),
            (with("id", json!(5)), "id"),
            (json!([]), ""),
            (of("generateOtp", &json!({"userId": "a@b.c", "length": 3})), "payload.length"),
            (of("generateOtp", &json!({"userId": "a@b.c", "length": 9})), "payload.length"),
            (of("generateOtp", &json!({"userId": "a@b.c", "length": "6"})), "payload.length"),
            (of("generateOtp", &json!({"userId": "a@b.c", "length": 6, "purpose": "a\n"})), "payload.purpose"),
            (
                of("generateOtp", &json!({"userId": "a@b.c", "length": 6, "content": "{{otp}}", "subject": "a\n"})),
                "payload.subject",
            ),
            (
                of("subscribe", &json!({"userId": "a@b.c", "content_type": "n", "frequency": "daily"})),
                "payload.frequency",
            ),
            (
                of("subscribe", &json!({"userId": "a@b.c", "content_type": "a/b", "frequency": "@daily"})),
                "payload.content_type",
            ),
        ] {
            assert_eq!(refused(task.clone()), (Problem::Invalid, field.to_owned()), "{task}");
        }
    }

    #[test]
    fn a_clients_own_id_is_taken_and_ignored() {
        let plain = read(message(&json!({}))).unwrap();
        for id in [json!(""), json!("abc"), json!(null)] {
            let mut task = message(&json!({}));
            task["id"] = id;
            assert_eq!(NewTask { id: plain.id, ..read(task).unwrap() }, plain);
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        for name in ["task", "type", "retries", "payload"] {
            let mut task = message(&json!({}));
            task.as_object_mut().unwrap().remove(name);
            assert_eq!(refused(task), (Problem::Missing, name.to_owned()));
        }
        for (task_type, payload, field) in [
            ("message", json!({}), "payload.userId"),
            ("message", json!({"userId": "a@b.c"}), "payload.subject"),
            ("message", json!({"userId": "a@b.c", "subject": "s"}), "payload.content"),
            ("generateOtp", json!({"userId": "a@b.c"}), "payload.length"),
            ("subscribe", json!({"userId": "a@b.c"}), "payload.content_type"),
            ("subscribe", json!({"userId": "a@b.c", "content_type": "n"}), "payload.frequency"),
            ("unsubscribe", json!({"userId": "a@b.c"}), "payload.content_type"),
        ] {
            assert_eq!(refused(of(task_type, &payload)), (Problem::Missing, field.to_owned()));
        }
        let bare = message(&json!({"attachments": [{"filename": "a", "content": ""}]}));
        assert_eq!(refused(bare), (Problem::Missing, "payload.attachments[0].content_type".to_owned()));
    }

    #[test]
    fn what_nobody_knows_is_named() {
        let mut task = message(&json!({}));
        task["sendAt"] = json!(1);
        assert_eq!(refused(task), (Problem::Unknown, "sendAt".to_owned()));
        assert_eq!(refused(message(&json!({"cc": "x"}))), (Problem::Unknown, "payload.cc".to_owned()));
        let file = json!({"attachments": [{"filename": "a", "content_type": "a/b", "content": "", "path": "x"}]});
        assert_eq!(refused(message(&file)), (Problem::Unknown, "payload.attachments[0].path".to_owned()));
    }

    #[test]
    fn a_field_of_another_type_is_ignored_whatever_it_holds() {
        let full = json!({"userId": "a@b.c", "subject": "", "content": "", "length": [], "content_type": 5,
            "frequency": {}, "attachments": "x", "tags": 7, "purpose": "login"});

        let mut otp = full.clone();
        otp["length"] = json!(6);
        assert!(matches!(read(of("generateOtp", &otp)).unwrap().work, Work::Otp(_)));
        let mut subscribe = full.clone();
        subscribe["content_type"] = json!("news");
        subscribe["frequency"] = json!("@weekly");
        assert!(matches!(read(of("subscribe", &subscribe)).unwrap().work, Work::Subscribe { create: None, .. }));
        let mut unsubscribe = full;
        unsubscribe["content_type"] = json!("news");
        assert!(matches!(read(of("unsubscribe", &unsubscribe)).unwrap().work, Work::Unsubscribe { .. }));
        assert!(read(message(&json!({"length": "x", "frequency": 1, "content_type": 2, "purpose": 3}))).is_ok());
    }

    #[test]
    fn a_codes_words_are_kept_only_if_they_hold_the_code() {
        let otp = |content: &str| {
            let task = of("generateOtp", &json!({"userId": "a@b.c", "length": 6, "subject": "S", "content": content}));
            let Work::Otp(mail) = read(task).unwrap().work else { panic!("a code") };
            (mail.subject.is_some(), mail.content.is_some())
        };
        for kept in ["Code {{ otp }}", "{{otp}}", "<b>{{- otp -}}</b>", "{{ name }} {{ otp }}"] {
            assert_eq!(otp(kept), (true, true), "{kept}");
        }
        for dropped in ["", "Code", "{{ otpx }}", "{ otp }", "{{ x }} otp }}"] {
            assert_eq!(otp(dropped), (false, false), "{dropped}");
        }
    }

    #[test]
    fn a_code_in_a_template_with_a_fault_is_refused() {
        let otp = |content: &str| of("generateOtp", &json!({"userId": "a@b.c", "length": 6, "content": content}));
        for faulty in ["{{ otp", "{{otp }", "{{- otp }} {% if %}", "{{ otp|nofilter( }}", "{% if x %}{{  otp }}"] {
            assert_eq!(refused(otp(faulty)), (Problem::Invalid, "payload.content".to_owned()), "{faulty}");
        }
        let large = "x".repeat(256 * 1024) + "{{ otp }}";
        assert_eq!(refused(otp(&large)), (Problem::Invalid, "payload.content".to_owned()));
        assert!(read(otp(&large[9..])).is_ok());
        for none in ["{{ otpx", "{{ name", "otp }} {%", "{% raw %}{{ otp }}{% endraw %}", "{% set otp = 1 %}{{ otp }}"]
        {
            let Work::Otp(mail) = read(otp(none)).unwrap().work else { panic!("a code") };
            assert_eq!(mail.content, None, "{none}");
        }
    }

    #[test]
    fn a_time_to_send_belongs_to_messages_only() {
        let mut task = message(&json!({}));
        task["send_at"] = json!("2026-11-24T10:00:00+01:00");
        assert_eq!(read(task).unwrap().send_at(), Some(Timestamp::parse("2026-11-24T09:00:00Z").unwrap()));

        let mut code = of("generateOtp", &json!({"userId": "a@b.c", "length": 6}));
        code["send_at"] = json!("2026-11-24T10:00:00Z");
        assert_eq!(refused(code), (Problem::Invalid, "send_at".to_owned()));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-99_i32..99).prop_map(|n| Value::from(f64::from(n) / 4.0)),
            any::<String>().prop_map(Value::from),
            prop::sample::select(vec!["a@b.c", "@daily", "message", "html", "{{ otp }}"]).prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let name =
                prop_oneof![any::<String>(), prop::sample::select(vec!["filename", "content"]).prop_map(str::to_owned)];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((name, inner), 0..4).prop_map(|all| Value::Object(all.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn arbitrary_json_never_panics_and_whatever_is_taken_survives_the_store(
            task_type in prop::sample::select(vec!["message", "generateOtp", "subscribe", "unsubscribe"]),
            changes in prop::collection::vec((prop::sample::select(vec![
                "userId", "subject", "content", "length", "content_type", "frequency", "format", "text", "from_name",
                "reply_to", "headers", "attachments", "variables", "tags", "purpose", "other",
            ]), any_json()), 0..3),
            top in prop::option::of((prop::sample::select(vec!["task", "type", "retries", "payload", "send_at"]), any_json())),
            whole in any_json(),
        ) {
            let _ = read(whole);
            let mut payload: Map<String, Value> = json!({"userId": "a@b.c", "subject": "S", "content": "{{ otp }}", "length": 6,
                "content_type": "news", "frequency": "@daily"}).as_object().unwrap().clone();
            payload.extend(changes.into_iter().map(|(name, value)| (name.to_owned(), value)));
            let mut task = of(task_type, &Value::Object(payload));
            if let Some((name, value)) = top {
                task[name] = value;
            }
            match read(task) {
                Ok(task) => {
                    let kept = serde_json::to_string(&task.work).unwrap();
                    prop_assert_eq!(serde_json::from_str::<Work>(&kept).unwrap(), task.work);
                }
                Err(invalid) => prop_assert!(!invalid.field.is_empty() && !invalid.message.is_empty()),
            }
        }
    }
}
