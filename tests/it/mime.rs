//! Mails before outside judges: Python's e-mail parser finds no defect, dkimpy verifies the signatures.

use std::{
    collections::BTreeMap,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gomail::{
    config::{DkimSettings, MailSettings},
    domain::{
        AccountId, Address, Attachment, CodeLength, ContentTypeName, Format, HeaderLine, Keys, Mailbox, Message,
        OtpMail, Purpose, RunId, Secret, SharedText, Subject, TaskId, Timestamp,
    },
    mail::{Composed, Composer, Issue},
};
use rcgen::PublicKeyData as _;
use serde_json::{Value, json};

fn keys() -> Keys {
    Secret::parse(&"k".repeat(32)).unwrap().keys()
}

/// A sender with a name, whose mails the builder makes, and one without, whose plain ones are made by hand.
const NAMED: &str = "Jörg Sender <news@shop.example>";
const BARE: &str = "news@shop.example";

fn composer(dkim: Option<DkimSettings>) -> Composer {
    composer_from(NAMED, dkim)
}

fn composer_from(from: &str, dkim: Option<DkimSettings>) -> Composer {
    let settings = MailSettings {
        from: Mailbox::parse(from).unwrap(),
        dkim,
        public_url: "https://mail.shop.example".to_owned(),
        unsubscribe_mailto: Some(Address::parse("leave@shop.example").unwrap()),
    };
    Composer::new(&settings, keys()).unwrap()
}

fn at() -> Timestamp {
    Timestamp::parse("2026-11-24T10:20:30Z").unwrap()
}

fn id() -> TaskId {
    TaskId::from_text("019a0000-0000-7000-8000-000000000001").unwrap()
}

fn to() -> Address {
    Address::parse("Ann.Reader@bücher.example").unwrap()
}

fn message(subject: &str, content: &str) -> Message {
    Message {
        subject: Subject::parse(subject).unwrap(),
        content: content.to_owned(),
        format: None,
        text: None,
        from_name: None,
        reply_to: None,
        headers: Vec::new(),
        attachments: Vec::new(),
        variables: None,
        send_at: None,
    }
}

fn compose(message: &Message) -> Composed {
    compose_from(NAMED, message)
}

fn compose_from(from: &str, message: &Message) -> Composed {
    let composed = composer_from(from, None).message(id(), &to(), at(), message).unwrap();
    let again = composer_from(from, None).message(id(), &to(), at(), message).unwrap();
    assert_eq!(composed.raw, again.raw, "every attempt sends the same bytes");
    composed
}

/// The interpreter that tests/run.sh prepared, with the judges' packages; a developer's own must have them.
#[expect(clippy::disallowed_methods, reason = "the way tests/run.sh tells it")]
fn python() -> String {
    std::env::var("GOMAIL_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// What the judges say of each mail.
fn judged(mails: &[Composed], dns: &BTreeMap<String, String>) -> Vec<Value> {
    let python = python();
    let mut judge =
        Command::new(python).arg("tests/judges/mail.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = judge.stdin.take().unwrap();
    let asked: Vec<Value> = mails.iter().map(|mail| json!({ "raw": STANDARD.encode(&mail.raw), "dns": dns })).collect();
    // Apart: the judge answers while it is still being asked, and a pipe holds only so much.
    let asking = std::thread::spawn(move || asked.iter().for_each(|each| writeln!(input, "{each}").unwrap()));
    let output = judge.wait_with_output().unwrap();
    asking.join().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn faultless(found: &Value) {
    assert_eq!(found["defects"], json!([]), "{found}");
    assert_eq!(found["bare"], 0, "every line ends with CRLF");
    assert_eq!(found["ascii"], true);
    assert!(found["longest"].as_u64().unwrap() <= 998, "{found}");
    for name in ["from", "to", "subject", "date", "message-id", "mime-version"] {
        assert!(found["headers"][name].is_string(), "{name} is missing: {found}");
    }
}

#[test]
fn nasty_messages_have_no_defect_and_read_as_they_were_meant() {
    let long = "word ".repeat(20_000);
    let unbroken = "x".repeat(5_000);
    let contents =
        ["Hello", ".\r\n.leading dot\n\nFrom here", "Grüße 🎉\nzweite Zeile\rdritte", &long, &unbroken, "tail \n\n\n"];
    let (wide, blank) = ("x".repeat(998), format!("a {}b", " ".repeat(900)));
    let subjects = [
        "Hi",
        "Grüße, 🎉 und mehr — mit einem langen Betreff, der gefaltet werden muss, weil er lang ist",
        "=?x?=",
        "=?utf-8?q?fake?=",
        "two words, then =?utf-8?b?ZmFrZQ==?= and more",
        " before and after ",
        &wide,
        &blank,
    ];
    let mut mails = Vec::new();
    let mut meant = Vec::new();
    for content in contents {
        for subject in subjects {
            for from in [NAMED, BARE] {
                mails.push(compose_from(from, &message(subject, content)));
                meant.push((subject, content.replace("\r\n", "\n").replace('\r', "\n")));
            }
        }
    }

    for (found, (subject, content)) in judged(&mails, &BTreeMap::new()).iter().zip(meant) {
        faultless(found);
        assert_eq!(found["headers"]["subject"], subject);
        assert_eq!(found["headers"]["message-id"], format!("<{}@shop.example>", id()));
        assert_eq!(found["headers"]["to"], "Ann.Reader@xn--bcher-kva.example");
        assert_eq!(found["types"], json!(["text/plain"]));
        let text = found["texts"][0].as_str().unwrap().replace("\r\n", "\n");
        assert_eq!(text.trim_end(), content.trim_end());
    }
}

#[test]
fn a_name_is_read_as_it_was_meant() {
    let names = ["=?utf-8?q?fake?=", "A =?utf-8?q?fake?= B", "Jörg, \"the\" Boss", "Ann", &"wide ".repeat(40)];
    let mails = names.map(|name| {
        let mut message = message("Hi", "Hello");
        message.from_name = Some(name.trim().to_owned());
        compose(&message)
    });

    for (found, name) in judged(&mails, &BTreeMap::new()).iter().zip(names) {
        faultless(found);
        assert_eq!(found["name"], name.trim());
    }
}

#[test]
fn html_comes_after_its_text_and_files_after_both() {
    let mut rich = message("Hi", "<h1>Grüße</h1><p>See <a href=\"https://shop.example\">us</a></p>");
    rich.from_name = Some("Ann, \"the\" Boss".to_owned());
    rich.reply_to = Some(Address::parse("help@shop.example").unwrap());
    rich.headers = vec![
        HeaderLine::parse("X-Order", "42 ä").unwrap(),
        HeaderLine::parse("References", "<a@b.example>").unwrap(),
        HeaderLine::parse("X-Quite-A-Long-Name", &"größer ".repeat(40)).unwrap(),
    ];
    rich.attachments = vec![
        Attachment {
            filename: "räport.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            content: STANDARD.encode([0, 255, 10, 13]),
        },
        Attachment {
            filename: "a.txt".to_owned(),
            content_type: "text/plain".to_owned(),
            content: STANDARD.encode("hi"),
        },
    ];
    let mut plain = message("Hi", "<b>not html</b>");
    plain.format = Some(Format::Text);

    let found = judged(&[compose(&rich), compose(&plain)], &BTreeMap::new());

    faultless(&found[0]);
    assert_eq!(found[0]["types"], json!(["text/plain", "text/html", "application/pdf", "text/plain"]));
    assert!(found[0]["texts"][0].as_str().unwrap().contains("Grüße"));
    assert_eq!(found[0]["files"], json!(["räport.pdf", "a.txt"]));
    assert!(found[0]["headers"]["from"].as_str().unwrap().contains("the"));
    assert_eq!(found[0]["headers"]["reply-to"], "help@shop.example");
    assert_eq!(found[0]["headers"]["x-order"], "42 ä");
    assert_eq!(found[0]["headers"]["x-quite-a-long-name"], "größer ".repeat(40).trim());
    faultless(&found[1]);
    assert_eq!(found[1]["types"], json!(["text/plain"]));
}

#[test]
fn files_arrive_byte_for_byte_and_signed() {
    let folder = tempfile::tempdir().unwrap();
    let (key, record) = write_key(folder.path(), "ed.pem", &rcgen::PKCS_ED25519);
    let dns = BTreeMap::from([("e1._domainkey.shop.example.".to_owned(), record)]);
    let dkim = DkimSettings { domain: "shop.example".to_owned(), selectors: vec!["e1".to_owned()], keys: vec![key] };
    let (long, empty_lines) = ("x".repeat(5_000), "\n\r\n\r".repeat(20));
    let files = ["one\ntwo\n", "one\r\ntwo", "no end", "", "Grüße\n", "a\rb", &long, &empty_lines];
    let mut message = message("Hi", "Hello");
    message.attachments = files
        .map(|content| Attachment {
            filename: "a.csv".to_owned(),
            content_type: "text/csv".to_owned(),
            content: STANDARD.encode(content),
        })
        .to_vec();

    let mail = composer(Some(dkim)).message(id(), &to(), at(), &message).unwrap();

    let found = &judged(&[mail], &dns)[0];
    faultless(found);
    assert_eq!(found["bytes"], json!(files.map(|content| STANDARD.encode(content))));
    assert_eq!(found["dkim"], json!([true]));
}

#[test]
fn a_text_ends_with_one_line_end() {
    for from in [NAMED, BARE] {
        for (content, body) in [
            ("Hello", "Hello\r\n"),
            ("Hello\n", "Hello\r\n"),
            ("Hello\n\n", "Hello\r\n\r\n"),
            ("One ü in a long text", "One =C3=BC in a long text\r\n"),
            ("Grüße", "R3LDvMOfZQ0K\r\n"),
        ] {
            let raw = String::from_utf8(compose_from(from, &message("Hi", content)).raw).unwrap();
            assert_eq!(raw.split_once("\r\n\r\n").unwrap().1, body, "{from}: {content:?}");
        }
    }
}

#[test]
fn a_code_stands_where_mail_clients_look_for_it() {
    let length = CodeLength::parse(6).unwrap();
    let code = keys().code(id(), length);
    let own = OtpMail {
        length,
        purpose: Purpose::default(),
        subject: Some(Subject::parse("Login {{ otp }}").unwrap()),
        content: Some("<p>{{ otp }}</p>".to_owned()),
    };
    let built_in = OtpMail { subject: None, content: None, ..own.clone() };
    let composer = composer(None);
    let mails = [&built_in, &own].map(|otp| composer.code(id(), &to(), at(), otp, Duration::from_mins(10)).unwrap());

    let found = judged(&mails, &BTreeMap::new());

    faultless(&found[0]);
    assert!(found[0]["headers"]["subject"].as_str().unwrap().contains(&code));
    assert!(found[0]["texts"][0].as_str().unwrap().lines().any(|line| line == code), "alone on its line");
    assert_eq!(found[0]["headers"]["auto-submitted"], "auto-generated");
    faultless(&found[1]);
    assert_eq!(found[1]["headers"]["subject"], format!("Login {code}"));
}

#[test]
fn a_codes_own_words_know_what_it_is_for_and_how_long_it_works() {
    let otp = OtpMail {
        length: CodeLength::parse(6).unwrap(),
        purpose: Purpose::parse("login").unwrap(),
        subject: Some(Subject::parse("{{ purpose }}: {{ otp }}").unwrap()),
        content: Some("{{ otp }} for {{ purpose }}, {{ minutes }} min".to_owned()),
    };

    for (seconds, minutes) in [(600, 10), (119, 1), (45, 1)] {
        let mail = composer(None).code(id(), &to(), at(), &otp, Duration::from_secs(seconds)).unwrap();
        let code = keys().code(id(), otp.length);
        assert_eq!(mail.subject, format!("login: {code}"));
        let raw = String::from_utf8(mail.raw).unwrap();
        assert!(raw.contains(&format!("{code} for login, {minutes} min")), "{raw}");
    }
}

#[test]
fn a_code_promises_no_longer_life_than_it_has() {
    let otp =
        OtpMail { length: CodeLength::parse(6).unwrap(), purpose: Purpose::default(), subject: None, content: None };

    for (seconds, told) in [(600, "10 minutes"), (60, "1 minute"), (90, "90 seconds"), (1, "1 second")] {
        let mail = composer(None).code(id(), &to(), at(), &otp, Duration::from_secs(seconds)).unwrap();
        let raw = String::from_utf8(mail.raw).unwrap();
        assert!(raw.contains(&format!("It works once and for {told}.")), "{raw}");
    }
}

fn newsletter(composer: &Composer) -> Composed {
    newsletter_of(composer, "<p>Hi {{ email }}</p>")
}

fn newsletter_of(composer: &Composer, content: &str) -> Composed {
    let account = AccountId::parse("me@example.com").unwrap();
    let content_type = ContentTypeName::parse("Weekly Grüße").unwrap();
    let subject = Subject::parse("News {{ period }}").unwrap();
    let issue = Issue {
        id: TaskId::Issue { run: RunId(1_764_000_000), seq: 7 },
        to: &to(),
        account: &account,
        content_type: &content_type,
        subject: &subject,
        content,
        text: &SharedText::default(),
        period: "2026-11-24".to_owned(),
        created_at: at(),
    };
    composer.newsletter(&issue).unwrap()
}

#[test]
fn a_newsletter_says_how_to_leave_it() {
    let found = &judged(&[newsletter(&composer(None))], &BTreeMap::new())[0];

    faultless(found);
    let leave = found["headers"]["list-unsubscribe"].as_str().unwrap();
    assert!(leave.starts_with("<https://mail.shop.example/unsubscribe/"), "{leave}");
    assert!(leave.ends_with(", <mailto:leave@shop.example?subject=unsubscribe>"), "{leave}");
    assert_eq!(found["headers"]["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
    assert!(found["headers"]["list-id"].as_str().unwrap().ends_with(".shop.example>"));
    let url = leave.trim_start_matches('<').split('>').next().unwrap();
    for text in found["texts"].as_array().unwrap() {
        assert!(text.as_str().unwrap().contains(url), "a visible link: {text}");
    }
}

#[test]
fn a_link_in_html_reads_as_it_is_written() {
    let link = "https://shop.example/a?b=1&c=2";
    let mut message = message("Hi", "<a href=\"{{ link }}\">here</a>");
    message.variables = json!({ "link": link }).as_object().cloned();
    let own = newsletter_of(&composer(None), "<a href=\"{{ unsubscribe_url }}\">leave</a>");

    let found = judged(&[compose(&message), own], &BTreeMap::new());

    assert_eq!(found[0]["texts"][1], "<a href=\"https://shop.example/a?b=1&amp;c=2\">here</a>\r\n");
    let leave = found[1]["headers"]["list-unsubscribe"].as_str().unwrap();
    let url = leave.trim_start_matches('<').split('>').next().unwrap();
    assert_eq!(found[1]["texts"][1], format!("<a href=\"{url}\">leave</a>\r\n"));
}

/// A reader sorts by it, and filters take an old one for a sign of spam.
#[test]
fn a_scheduled_mail_is_dated_when_it_is_due() {
    let date = |send_at: &str| {
        let message = Message { send_at: Some(Timestamp::parse(send_at).unwrap()), ..message("Hi", "Hello") };
        let raw = String::from_utf8(compose(&message).raw).unwrap();
        raw.lines().find_map(|line| line.strip_prefix("Date: ")).unwrap().to_owned()
    };

    assert_eq!(date("2026-12-11T08:00:00Z"), "Fri, 11 Dec 2026 08:00:00 +0000");
    assert_eq!(
        date("2020-01-01T08:00:00Z"),
        "Tue, 24 Nov 2026 10:20:30 +0000",
        "one that was due before it was posted"
    );
}

/// Writes a new key, and makes its DNS record: what belongs at `SELECTOR._domainkey.DOMAIN` (RFC 6376 §3.6.1, RFC 8463 §4).
fn write_key(folder: &Path, name: &str, algorithm: &'static rcgen::SignatureAlgorithm) -> (PathBuf, String) {
    let path = folder.join(name);
    let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
    std::fs::write(&path, key.serialize_pem()).unwrap();
    let record = if algorithm == &rcgen::PKCS_ED25519 {
        format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(key.public_key_raw()))
    } else {
        format!("v=DKIM1; k=rsa; p={}", STANDARD.encode(key.subject_public_key_info()))
    };
    (path, record)
}

#[test]
fn both_signatures_verify_and_a_changed_mail_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let (keys, records): (Vec<PathBuf>, Vec<String>) = [
        write_key(folder.path(), "rsa.pem", &rcgen::PKCS_RSA_SHA256),
        write_key(folder.path(), "ed.pem", &rcgen::PKCS_ED25519),
    ]
    .into_iter()
    .unzip();
    let selectors = vec!["r1".to_owned(), "e1".to_owned()];
    let dns: BTreeMap<String, String> = selectors
        .iter()
        .zip(records)
        .map(|(selector, record)| (format!("{selector}._domainkey.shop.example."), record))
        .collect();
    let composer = composer(Some(DkimSettings { domain: "shop.example".to_owned(), selectors, keys }));
    let content = "Grüße  \n\ttab  and   blanks \n\n\n";
    let signed = composer
        .message(id(), &to(), at(), &message("Grüße, gefaltet und lang, länger, am längsten, noch länger", content))
        .unwrap();
    let mut changed = signed.clone();
    let place = changed.raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    changed.raw[place] ^= 1;

    let found = judged(&[signed, newsletter(&composer), changed], &dns);

    faultless(&found[0]);
    assert_eq!(found[0]["dkim"], json!([true, true]));
    assert_eq!(found[1]["dkim"], json!([true, true]));
    assert_eq!(found[2]["dkim"], json!([false, false]));
}
