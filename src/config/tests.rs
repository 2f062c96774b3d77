//! Laws of the settings: precedence, defaults, and every bad one named.

use std::{collections::BTreeSet, time::Duration};

use secrecy::ExposeSecret as _;

use super::*;

/// Too short for anything, and used by nobody.
const RSA_OF_1024_BITS: &str = "-----BEGIN PRIVATE KEY-----
MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBAM7KKv8waBVnBmz4
+fFKfWYygM/SDFYJniGKN9pgLflVH2SRYl+pDWHBa1C25sOkex4ae4RVKDpd9w40
T+sjqex1FqTRrv6DDBaXWG8P7MZsNCG+/kYwKJzS3aTVQpP2hHzQu+CJGbT14pKV
y03EKGbGIHTMjgFdtcnt172La9GvAgMBAAECgYBCvb1i35y4S6gnQ7RnzELs2R/5
8zFIE5KWAKZGNQShlHetXb8CYO2Qv3yDcITKYCvca2+yJkn1jJ5QV1Hz8m7E7YS9
tgSWRbxsfVbRJUeVX2VVWliBRysvf6P/ijvaTY+yE5Zrlf2xYABTTBUTLEVOWrUk
F3hjFKwtAmwyZYZfAQJBAPllA8ipkL2aOzLa3g7GYt36zi0Jvjn0jFY7NlUlNJSR
qOxmomcENOf8yQBwDOTKxiln66bb5lYROqjtYUN8klsCQQDUREbcEUk9qpF+yUzj
ap3zwi07a964Fff02KmVeLf1YsJsjpJpnuZTyIHIw9TNQQhoAb+aUC/JGqnQz2Km
hXY9AkAjoEyEE8T7cNbYEu/5yFlDQJrHUEb+XHLXtqmyTBhQyOYKrzav5KfyI+hK
ybbt0BGyxIejVHJ5BQkOLKriSx9VAkBZGTO5KhRZKyCZXHvGtbkJWYdM+vFoyefj
wZIlaJ+nA8ZidNHmPcmmf3JiyDip01No/NrlNiVov6VqPbLF/R1tAkANDcHRMAL5
PhkAuD/joszEXmjiJ8I/WucYF895v4A3MxmDtXrU6dlTmts1Ssx7Ydzig9bYrJl0
Y39+eKoWnMc2
-----END PRIVATE KEY-----
";

fn sources(env: &[(&str, &str)]) -> Sources {
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Sources { env, ..Sources::default() }
}

fn load(role: Role, env: &[(&str, &str)]) -> Result<Settings, BadSettings> {
    Settings::load(role, &sources(env))
}

fn up(env: &[(&str, &str)]) -> Settings {
    load(Role::Up, env).unwrap()
}

/// The names of the bad settings.
fn bad(role: Role, env: &[(&str, &str)]) -> Vec<String> {
    load(role, env).unwrap_err().0.into_iter().map(|bad| bad.name).collect()
}

#[test]
fn up_needs_no_setting_at_all() {
    let settings = up(&[]);

    assert!(settings.smtp.is_none());
    assert!(matches!(settings.store.location, StoreLocation::Sqlite) && settings.store.data.ends_with("gomail-data"));
    assert_eq!(settings.mail.from.to_string(), "gomail@localhost");
    assert_eq!(settings.mail.public_url, "http://127.0.0.1:8080");
    assert_eq!(settings.accounts.registration, Registration::OpenLocal);
    assert_eq!(settings.http.max_body, 16 << 20);
    assert_eq!(settings.otp.rules.per_hour, 10);
    assert_eq!(settings.worker.concurrency, 32);
    assert_eq!(settings.log.file.unwrap().to_str(), Some("app.log"));
}

#[test]
fn flag_wins_over_environment_over_dotenv_over_default() {
    let mut sources = Sources::default();
    let lease = |sources: &Sources| Settings::load(Role::Up, sources).unwrap().worker.lease.as_secs();
    let put = |seconds: &str| [("GOMAIL_LEASE".to_owned(), seconds.to_owned())].into_iter().collect();
    assert_eq!(lease(&sources), 30);

    sources.dotenv = put("3s");
    assert_eq!(lease(&sources), 3);
    sources.env = put("2s");
    assert_eq!(lease(&sources), 2);
    sources.flags = put("1s");
    assert_eq!(lease(&sources), 1);
}

#[test]
fn an_empty_value_takes_a_setting_back_to_its_default() {
    let mut sources = sources(&[("smtp_server", ""), ("GOMAIL_LEASE", "")]);
    sources.dotenv = [("smtp_server", "mail.example.com"), ("GOMAIL_LEASE", "5s")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();

    let settings = Settings::load(Role::Up, &sources).unwrap();

    assert!(settings.smtp.is_none());
    assert_eq!(settings.worker.lease, Duration::from_secs(30));
}

#[test]
fn the_first_five_are_found_in_either_case() {
    for upper in [false, true] {
        let spell = |name: &str| if upper { name.to_uppercase() } else { name.to_owned() };
        let names = ["smtp_user", "smtp_pass", "smtp_server", "smtp_port", "redis_uri"].map(spell);
        let values = ["me@example.com", "hush", "mail.example.com", "2525", "redis:6379"];
        let env: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(values).collect();

        let settings = up(&env);

        let smtp = settings.smtp.unwrap();
        assert_eq!(smtp.relay(), "mail.example.com:2525");
        let (user, pass) = smtp.credentials.unwrap();
        assert_eq!((user.as_str(), pass.expose_secret()), ("me@example.com", "hush"));
        assert!(matches!(settings.store.location, StoreLocation::Redis { .. }));
        assert_eq!(settings.mail.from.to_string(), "me@example.com");
    }
}

#[test]
fn every_bad_setting_is_named_at_once() {
    let all = [
        ("smtp_server", "smtp://x"),
        ("smtp_port", "70000"),
        ("smtp_pass", "hush"),
        ("GOMAIL_SMTP_TLS", "maybe"),
        ("GOMAIL_SMTP_CA", "/nowhere/ca.pem"),
        ("GOMAIL_SMTP_TIMEOUT", "10"),
        ("redis_uri", "http://x"),
        ("GOMAIL_DURABILITY", "some"),
        ("GOMAIL_RETENTION", "0"),
        ("GOMAIL_LISTEN", "8080"),
        ("GOMAIL_PUBLIC_URL", "mail.example.com"),
        ("GOMAIL_MAX_BODY", "big"),
        ("GOMAIL_RATE_LIMIT", "5"),
        ("GOMAIL_AUTH_RATE", "0/s"),
        ("GOMAIL_FROM", "nobody"),
        ("GOMAIL_UNSUBSCRIBE_MAILTO", "nobody"),
        ("GOMAIL_DKIM_DOMAIN", "a b"),
        ("GOMAIL_DKIM_SELECTOR", "a b"),
        ("GOMAIL_DKIM_KEY", "/nowhere/key.pem"),
        ("GOMAIL_ADMIN_KEY", "two words"),
        ("GOMAIL_REGISTRATION", "everyone"),
        ("GOMAIL_SECRET", "short"),
        ("GOMAIL_SECRET_PREVIOUS", "short"),
        ("GOMAIL_KEY_TTL", "forever"),
        ("GOMAIL_OTP_TTL", "0"),
        ("GOMAIL_OTP_ATTEMPTS", "0"),
        ("GOMAIL_OTP_COOLDOWN", "-1s"),
        ("GOMAIL_OTP_PER_HOUR", "many"),
        ("GOMAIL_CONCURRENCY", "0"),
        ("GOMAIL_LEASE", "0"),
        ("GOMAIL_RETRY_BASE", "x"),
        ("GOMAIL_OTP_RETRY_BASE", "x"),
        ("GOMAIL_RETRY_MAX", "x"),
        ("GOMAIL_MAX_AGE", "x"),
        ("GOMAIL_TIMEZONE", "Mars/Olympus"),
        ("GOMAIL_CATCH_UP", "maybe"),
        ("GOMAIL_LOG_FORMAT", "xml"),
        ("RUST_LOG", "gomail=loudest"),
        ("RUST_LOG", "verbose"),
        ("GOMAIL_TEST_CLOCK", "maybe"),
        ("GOMAIL_NAMESPACE", "a b"),
        ("GOMAIL_SMTP_DATA_TIMEOUT", "x"),
    ];

    let error = load(Role::Up, &all).unwrap_err();

    let named: BTreeSet<&str> = error.0.iter().map(|bad| bad.name.as_str()).collect();
    let expected: BTreeSet<&str> = all.iter().map(|(name, _)| *name).collect();
    assert_eq!(named, expected);
    assert!(error.0.iter().all(|bad| bad.source == Source::Environment));
    let text = error.to_string();
    assert!(text.starts_with("41 bad settings\n"), "{text}");
    for secret in ["hush", "two words", "short"] {
        assert!(!text.contains(&format!(": {secret}")), "{text}");
    }
}

#[test]
fn a_worker_needs_a_relay_and_a_relay_needs_an_author() {
    assert_eq!(bad(Role::Worker, &[]), ["smtp_server"]);
    assert!(load(Role::Serve, &[]).is_ok());
    assert!(load(Role::Scheduler, &[]).is_ok());
    assert_eq!(bad(Role::Worker, &[("smtp_server", "localhost"), ("smtp_user", "apikey")]), ["GOMAIL_FROM"]);
    let from = [("smtp_server", "localhost"), ("GOMAIL_FROM", "Ann <ann@example.com>")];
    assert_eq!(load(Role::Worker, &from).unwrap().mail.from.to_string(), "Ann <ann@example.com>");
}

#[test]
fn tls_is_required_off_the_machine() {
    let tls = |server: &str, port: &str, mode: &str| {
        let from = ("GOMAIL_FROM", "a@example.com");
        let env = [("smtp_server", server), ("smtp_port", port), ("GOMAIL_SMTP_TLS", mode), from];
        up(&env).smtp.unwrap().tls
    };
    assert_eq!(tls("mail.example.com", "587", ""), TlsMode::StartTls);
    assert_eq!(tls("mail.example.com", "25", "auto"), TlsMode::StartTls);
    assert_eq!(tls("mail.example.com", "465", ""), TlsMode::Implicit);
    assert_eq!(tls("127.0.0.1", "1025", ""), TlsMode::Opportunistic);
    assert_eq!(tls("localhost", "1025", "starttls"), TlsMode::StartTls);
    assert_eq!(tls("mail.example.com", "25", "none"), TlsMode::None);
}

#[test]
fn a_password_never_crosses_a_plain_link_off_the_machine() {
    let env = |server| {
        [("smtp_server", server), ("smtp_user", "a@example.com"), ("smtp_pass", "hush"), ("GOMAIL_SMTP_TLS", "none")]
    };
    assert_eq!(bad(Role::Up, &env("mail.example.com")), ["GOMAIL_SMTP_TLS"]);
    assert_eq!(up(&env("127.0.0.1")).smtp.unwrap().tls, TlsMode::None);
}

#[test]
fn nobody_signs_up_by_default_except_on_this_machine() {
    let registration = |role, env: &[(&str, &str)]| load(role, env).unwrap().accounts.registration;
    let wide = ("GOMAIL_LISTEN", "0.0.0.0:8080");
    let admin = ("GOMAIL_ADMIN_KEY", "k");
    let open = ("GOMAIL_REGISTRATION", "open");
    assert_eq!(registration(Role::Up, &[]), Registration::OpenLocal);
    assert_eq!(registration(Role::Up, &[("GOMAIL_REGISTRATION", "admin")]), Registration::Closed);
    assert_eq!(registration(Role::Up, &[admin]), Registration::Admin);
    assert_eq!(registration(Role::Up, &[admin, open]), Registration::Open);
    assert_eq!(registration(Role::Up, &[wide]), Registration::Closed);
    assert_eq!(registration(Role::Up, &[wide, open]), Registration::Open);
    assert_eq!(registration(Role::Serve, &[]), Registration::Closed);
    assert_eq!(registration(Role::Serve, &[open]), Registration::Open);
    assert_eq!(registration(Role::Serve, &[admin]), Registration::Admin);
}

#[test]
fn the_test_clock_stays_with_up_on_this_machine() {
    let on = ("GOMAIL_TEST_CLOCK", "1");
    assert!(up(&[on]).test_clock);
    assert_eq!(bad(Role::Up, &[on, ("GOMAIL_LISTEN", "0.0.0.0:80")]), ["GOMAIL_TEST_CLOCK"]);
    assert_eq!(bad(Role::Serve, &[on]), ["GOMAIL_TEST_CLOCK"]);
}

fn ed25519() -> String {
    rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap().serialize_pem()
}

/// What is said of a DKIM key; `None` when it is taken.
fn said_of_key(pem: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    std::fs::write(&path, pem).unwrap();
    let env = [
        ("GOMAIL_DKIM_DOMAIN", "example.com"),
        ("GOMAIL_DKIM_SELECTOR", "mail"),
        ("GOMAIL_DKIM_KEY", path.to_str().unwrap()),
    ];
    load(Role::Up, &env).err().map(|bad| bad.to_string())
}

#[test]
fn a_dkim_key_that_cannot_sign_is_a_bad_setting_that_says_why() {
    let generate = |algorithm| rcgen::KeyPair::generate_for(algorithm).unwrap().serialize_pem();
    let bad = [
        (generate(&rcgen::PKCS_ECDSA_P256_SHA256), "holds an EC key"),
        (RSA_OF_1024_BITS.to_owned(), "holds an RSA key of less than 2048 bits"),
        ("-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n".to_owned(), "holds an EC key"),
        ("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n".to_owned(), "cannot be used"),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n".to_owned(),
            "is encrypted",
        ),
        ("hello".to_owned(), "is no PEM file"),
    ];
    for (pem, says) in bad {
        let said = said_of_key(&pem).unwrap_or_else(|| panic!("{says}"));
        assert!(said.contains("GOMAIL_DKIM_KEY (environment): ") && said.contains(says), "{said}");
    }
}

#[test]
fn a_dkim_key_may_be_rsa_or_ed25519_with_text_before_it() {
    let rsa = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap().serialize_pem();
    let exported = format!("Bag Attributes\n    localKeyID: 01 02 \nKey Attributes: <No Attributes>\n{}", ed25519());
    for pem in [rsa, ed25519(), exported] {
        assert_eq!(said_of_key(&pem), None);
    }
}

#[test]
fn certificates_that_cannot_be_read_are_a_bad_setting() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let good = rcgen::generate_simple_self_signed(["mx.example.com".to_owned()]).unwrap().cert.pem();
    let garbage = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let env = [("GOMAIL_SMTP_CA", path.to_str().unwrap())];

    std::fs::write(&path, format!("{good}{garbage}")).unwrap();
    let said = load(Role::Up, &env).unwrap_err().to_string();
    assert!(said.contains("GOMAIL_SMTP_CA") && said.contains("certificate 2 of 2"), "{said}");
    std::fs::write(&path, format!("subject=x\n{good}")).unwrap();
    assert!(load(Role::Up, &env).is_ok());
}

#[test]
fn dkim_settings_go_together() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    std::fs::write(&key, ed25519()).unwrap();
    let key = key.to_str().unwrap();
    let domain = ("GOMAIL_DKIM_DOMAIN", "example.com");
    let selector = ("GOMAIL_DKIM_SELECTOR", "mail");

    assert_eq!(bad(Role::Up, &[domain]), ["GOMAIL_DKIM_SELECTOR", "GOMAIL_DKIM_KEY"]);
    assert_eq!(bad(Role::Up, &[domain, ("GOMAIL_DKIM_SELECTOR", "a,b"), ("GOMAIL_DKIM_KEY", key)]), [selector.0]);
    let dkim = up(&[domain, selector, ("GOMAIL_DKIM_KEY", key)]).mail.dkim.unwrap();
    assert_eq!((dkim.domain.as_str(), dkim.selectors, dkim.keys.len()), ("example.com", vec!["mail".to_owned()], 1));
}

#[test]
fn an_empty_log_file_is_none_and_a_wide_address_has_a_url_one_can_open() {
    assert_eq!(up(&[("GOMAIL_LOG_FILE", "")]).log.file, None);
    assert_eq!(up(&[("GOMAIL_LISTEN", "0.0.0.0:81")]).mail.public_url, "http://localhost:81");
    assert_eq!(up(&[("GOMAIL_LISTEN", "[::1]:81")]).mail.public_url, "http://[::1]:81");
    assert_eq!(up(&[("GOMAIL_PUBLIC_URL", "https://m.example.com/")]).mail.public_url, "https://m.example.com");
}

#[test]
fn a_log_file_that_is_off_is_shown_as_off() {
    for text in ["", " "] {
        let sources = sources(&[("GOMAIL_LOG_FILE", text)]);

        let shown = in_force(&sources, None);

        let row = shown.iter().find(|row| row.setting == "GOMAIL_LOG_FILE").unwrap();
        assert_eq!((row.value.as_deref(), row.source), (None, "environment"), "{text:?}");
        assert_eq!(Settings::load(Role::Up, &sources).unwrap().log.file, None);
    }
}

#[test]
fn links_lead_to_the_port_that_was_bound_unless_a_url_was_given() {
    let bound = |env: &[(&str, &str)], address: &str| {
        let mut settings = up(env);
        settings.listens_at(address.parse().unwrap());
        (settings.mail.public_url, settings.http.listen.to_string())
    };
    let any = ("GOMAIL_LISTEN", "127.0.0.1:0");

    assert_eq!(bound(&[any], "127.0.0.1:4711"), ("http://127.0.0.1:4711".to_owned(), "127.0.0.1:4711".to_owned()));
    assert_eq!(bound(&[("GOMAIL_LISTEN", "0.0.0.0:0")], "0.0.0.0:4711").0, "http://localhost:4711");
    assert_eq!(bound(&[], "127.0.0.1:8080").0, "http://127.0.0.1:8080");
    let given = ("GOMAIL_PUBLIC_URL", "https://m.example.com");
    assert_eq!(bound(&[any, given], "127.0.0.1:4711").0, "https://m.example.com");
}

#[test]
fn replicas_are_a_matter_of_redis() {
    assert_eq!(bad(Role::Up, &[("GOMAIL_DURABILITY", "replicated")]), ["GOMAIL_DURABILITY"]);
    let both = [("GOMAIL_DURABILITY", "replicated"), ("redis_uri", "redis:6379")];
    assert_eq!(up(&both).store.durability, Durability::Replicated);
}

#[test]
fn what_is_in_force_is_shown_with_its_source_and_secrets_masked() {
    let sources = sources(&[
        ("smtp_pass", "hush"),
        ("smtp_user", "me@example.com"),
        ("redis_uri", "rediss://ann:h@sh@host:1"),
        ("GOMAIL_API_KEY", "eyJ"),
    ]);
    let settings = Settings::load(Role::Up, &sources).unwrap();

    let shown = in_force(&sources, Some(&settings));

    let of = |name: &str| {
        let row = shown.iter().find(|row| row.setting == name).unwrap();
        (row.value.as_deref(), row.source)
    };
    assert_eq!(of("smtp_pass"), (Some("***"), "environment"));
    assert_eq!(of("GOMAIL_API_KEY"), (Some("***"), "environment"));
    assert_eq!(of("redis_uri"), (Some("rediss://ann:***@host:1"), "environment"));
    assert_eq!(of("GOMAIL_FROM"), (Some("me@example.com"), "default"));
    assert_eq!(of("smtp_server"), (None, "default"));
    assert_eq!(of("GOMAIL_REGISTRATION"), (Some("open"), "default"));
    let note = |name: &str| shown.iter().find(|row| row.setting == name).unwrap().note;
    assert_eq!((note("GOMAIL_REGISTRATION"), note("smtp_user")), (Some("anyone on this machine"), None));
}

#[test]
fn of_an_address_that_cannot_be_used_nothing_is_shown() {
    for text in ["redis://localhost:6379?password=hush", "redis://hush@localhost:6379", "hush"] {
        let shown = in_force(&sources(&[("redis_uri", text)]), None);

        let row = shown.iter().find(|row| row.setting == "redis_uri").unwrap();
        assert!(!row.value.as_deref().unwrap().contains("hush"), "{row:?}");
    }
}

#[test]
fn flags_are_named_for_their_settings_and_no_name_is_there_twice() {
    let mut names = BTreeSet::new();
    for row in SETTINGS {
        assert!(names.insert(row.name), "{} is there twice", row.name);
        let kebab = row.name.trim_start_matches("GOMAIL_").to_lowercase().replace('_', "-");
        if row.scope == Scope::Service {
            assert_eq!(row.flag, kebab);
        }
    }
}

#[test]
fn a_misspelt_name_is_noticed() {
    let sources = sources(&[("GOMAIL_RETRYBASE", "1s"), ("GOMAIL_LEASE", "1s"), ("PATH", "x")]);
    assert_eq!(unknown_names(&sources), ["GOMAIL_RETRYBASE"]);
}
