//! From texts to [`Settings`]: every section read, every bad setting noted, then all or nothing.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use secrecy::SecretString;

use super::{
    AccountSettings, BadSetting, BadSettings, Durability, Given, HttpSettings, LogFormat, LogSettings, OtpSettings,
    RedisAddress, Registration, Role, SETTINGS, SchedulerSettings, Settings, Source, Sources, StoreLocation,
    StoreSettings, WorkerSettings, mailing, parse, setting, unknown_names,
};
use crate::domain::{CatchUp, CodeRules, Secret};

impl Settings {
    /// Reads the settings of `role`. A pure function of `sources`, but for the files that settings name: those must
    /// be readable.
    ///
    /// # Errors
    /// [`BadSettings`] with every setting that cannot be used, in the order of the table.
    pub fn load(role: Role, sources: &Sources) -> Result<Self, BadSettings> {
        let mut read = Reader { sources, bad: sources.unreadable.clone() };
        let http = http(&mut read);
        let smtp = mailing::smtp(&mut read);
        if smtp.is_none() && role == Role::Worker && !read.is_bad("smtp_server") {
            read.refuse("smtp_server", "is needed: a worker hands mail to it (only `gomail up` has an outbox)");
        }
        let settings = Self {
            store: store(&mut read),
            mail: mailing::mail(&mut read, smtp.is_some(), http.listen),
            smtp,
            accounts: accounts(&mut read, role, http.listen),
            otp: otp(&mut read),
            worker: worker(&mut read),
            scheduler: scheduler(&mut read),
            log: log(&mut read),
            metrics_listen: read.read_if_given("GOMAIL_METRICS_LISTEN", parse::listen),
            test_clock: test_clock(&mut read, role, http.listen),
            unknown_names: unknown_names(sources),
            http,
        };
        if read.bad.is_empty() {
            return Ok(settings);
        }
        let place = |bad: &BadSetting| SETTINGS.iter().position(|setting| setting.name == bad.name);
        read.bad.sort_by_key(place);
        Err(BadSettings(read.bad))
    }
}

/// Reads values, and notes those that cannot be used.
pub(super) struct Reader<'a> {
    sources: &'a Sources,
    bad: Vec<BadSetting>,
}

impl Reader<'_> {
    /// The value of a setting, its default included.
    pub(super) fn value(&self, name: &str) -> Given {
        self.sources.value(setting(name).expect("the name is in the table"))
    }

    /// The value of a setting that is off without one.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        Some(self.value(name).text).filter(|text| !text.is_empty())
    }

    /// Reads a setting that has a default. A bad value is noted, and the default stands in for it.
    pub(super) fn read<T>(&mut self, name: &str, parser: impl Fn(&str) -> Result<T, String>) -> T {
        match parser(&self.value(name).text) {
            Ok(value) => value,
            Err(message) => {
                self.refuse(name, message);
                let default = setting(name).expect("the name is in the table").default;
                parser(default).expect("the table's defaults can be read; a test reads them all")
            }
        }
    }

    /// Reads a setting that may be absent. A bad value is noted and reads as absent.
    pub(super) fn read_if_given<T>(&mut self, name: &str, parser: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        parser(&self.text(name)?).map_err(|message| self.refuse(name, message)).ok()
    }

    /// Notes a setting that cannot be used.
    pub(super) fn refuse(&mut self, name: &str, message: impl Into<String>) {
        let source = self.value(name).source;
        self.bad.push(BadSetting { name: name.to_owned(), source, message: message.into() });
    }

    /// Whether the setting was refused already.
    pub(super) fn is_bad(&self, name: &str) -> bool {
        self.bad.iter().any(|bad| bad.name == name)
    }

    /// Reads a duration of at least `least`.
    pub(super) fn duration(&mut self, name: &str, least: Duration) -> Duration {
        self.read(name, |text| parse::duration_from(text, least))
    }
}

const INSTANT: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

fn store(read: &mut Reader<'_>) -> StoreSettings {
    let uri = read.read_if_given("redis_uri", |text| RedisAddress::parse(text).map(|_| SecretString::from(text)));
    let data = PathBuf::from(read.value("GOMAIL_DATA").text);
    if uri.is_none() && data.exists() && !data.is_dir() {
        read.refuse("GOMAIL_DATA", "must be a folder, and a file of that name is there");
    }
    let durability = read.read("GOMAIL_DURABILITY", |text| match text {
        "store" => Ok(Durability::Store),
        "replicated" => Ok(Durability::Replicated),
        _ => Err("must be store or replicated".to_owned()),
    });
    if durability == Durability::Replicated && uri.is_none() && !read.is_bad("redis_uri") {
        read.refuse("GOMAIL_DURABILITY", "replicated needs redis_uri: SQLite has no replica");
    }
    let namespace = read.read("GOMAIL_NAMESPACE", |text| {
        let fits = text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
        if fits { Ok(text.to_owned()) } else { Err("must be at most 64 of A-Z a-z 0-9 _ . -".to_owned()) }
    });
    let location = uri.map_or(StoreLocation::Sqlite, |uri| StoreLocation::Redis { uri });
    StoreSettings { location, data, durability, namespace, retention: read.duration("GOMAIL_RETENTION", SECOND) }
}

fn http(read: &mut Reader<'_>) -> HttpSettings {
    HttpSettings {
        listen: read.read("GOMAIL_LISTEN", parse::listen),
        max_body: read.read("GOMAIL_MAX_BODY", |text| match parse::size(text)? {
            bytes if bytes < 1024 => Err("must be at least 1KiB".to_owned()),
            bytes => Ok(bytes),
        }),
        rate_limit: read.read("GOMAIL_RATE_LIMIT", parse::rate),
        auth_rate: read.read("GOMAIL_AUTH_RATE", parse::rate),
    }
}

fn accounts(read: &mut Reader<'_>, role: Role, listen: SocketAddr) -> AccountSettings {
    let admin_key = read.read_if_given("GOMAIL_ADMIN_KEY", |text| {
        // It travels in a header.
        if text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(SecretString::from(text))
        } else {
            Err("must be of visible ASCII characters, without spaces".to_owned())
        }
    });
    let asked = read.read_if_given("GOMAIL_REGISTRATION", |text| match text {
        "open" => Ok(Registration::Open),
        "admin" => Ok(Registration::Admin),
        _ => Err("must be open or admin".to_owned()),
    });
    let is_local = role == Role::Up && listen.ip().is_loopback();
    let registration = match (asked, &admin_key) {
        // The original service's way holds wherever it is the default; asking for it changes nothing there.
        (None | Some(Registration::Open), None) if is_local => Registration::OpenLocal,
        (Some(Registration::Open), _) => Registration::Open,
        (_, Some(_)) => Registration::Admin,
        (_, None) => Registration::Closed,
    };
    let secret = |text: &str| Secret::parse(text).map_err(|error| error.message);
    AccountSettings {
        admin_key,
        registration,
        secret: read.read_if_given("GOMAIL_SECRET", secret),
        previous_secret: read.read_if_given("GOMAIL_SECRET_PREVIOUS", secret),
        key_ttl: read.read("GOMAIL_KEY_TTL", |text| match text {
            "none" => Ok(None),
            text => parse::duration_from(text, SECOND).map(Some).map_err(|why| format!("{why}, or none")),
        }),
    }
}

fn otp(read: &mut Reader<'_>) -> OtpSettings {
    let rules = CodeRules {
        ttl: read.duration("GOMAIL_OTP_TTL", SECOND),
        attempts: read.read("GOMAIL_OTP_ATTEMPTS", |text| parse::number(text, 1, 100)),
        cooldown: read.duration("GOMAIL_OTP_COOLDOWN", Duration::ZERO),
        per_hour: read.read("GOMAIL_OTP_PER_HOUR", |text| parse::number(text, 1, 1_000_000)),
    };
    OtpSettings { rules }
}

fn worker(read: &mut Reader<'_>) -> WorkerSettings {
    let concurrency = read.read("GOMAIL_CONCURRENCY", |text| parse::number(text, 1, 4096));
    WorkerSettings {
        concurrency: usize::try_from(concurrency).expect("4096 fits"),
        lease: read.duration("GOMAIL_LEASE", Duration::from_millis(100)),
        retry_base: read.duration("GOMAIL_RETRY_BASE", INSTANT),
        otp_retry_base: read.duration("GOMAIL_OTP_RETRY_BASE", INSTANT),
        retry_max: read.duration("GOMAIL_RETRY_MAX", INSTANT),
        max_age: read.duration("GOMAIL_MAX_AGE", INSTANT),
    }
}

fn scheduler(read: &mut Reader<'_>) -> SchedulerSettings {
    SchedulerSettings {
        zone: read.read("GOMAIL_TIMEZONE", |text| {
            text.parse().map_err(|_| "is not an IANA time zone, such as Europe/Berlin".to_owned())
        }),
        catch_up: read.read("GOMAIL_CATCH_UP", |text| {
            let policies = [CatchUp::Coalesce, CatchUp::All, CatchUp::Skip];
            let found = policies.into_iter().find(|policy| policy.as_str() == text);
            found.ok_or_else(|| "must be coalesce, all or skip".to_owned())
        }),
    }
}

fn log(read: &mut Reader<'_>) -> LogSettings {
    let is_off = read.sources.off(setting("GOMAIL_LOG_FILE").expect("the name is in the table")).is_some();
    LogSettings {
        file: (!is_off).then(|| PathBuf::from(read.value("GOMAIL_LOG_FILE").text)),
        format: read.read("GOMAIL_LOG_FORMAT", |text| match text {
            "json" => Ok(LogFormat::Json),
            "pretty" => Ok(LogFormat::Pretty),
            _ => Err("must be json or pretty".to_owned()),
        }),
        filter: read.read("RUST_LOG", |text| {
            // A word alone would be taken for a target, and a misspelt level would silence everything.
            let is_level = |part: &str| {
                part.contains(['=', '[']) || part.parse::<tracing_subscriber::filter::LevelFilter>().is_ok()
            };
            let is_clear = text.split(',').map(str::trim).all(|part| part.is_empty() || is_level(part));
            match tracing_subscriber::EnvFilter::try_new(text) {
                Ok(_) if is_clear => Ok(text.to_owned()),
                _ => Err("must be a level (error, warn, info, debug, trace) or target=level, …".to_owned()),
            }
        }),
    }
}

fn test_clock(read: &mut Reader<'_>, role: Role, listen: SocketAddr) -> bool {
    let is_on = read.read("GOMAIL_TEST_CLOCK", |text| match text {
        "1" | "on" | "true" => Ok(true),
        "0" | "off" | "false" => Ok(false),
        _ => Err("must be 1 or 0".to_owned()),
    });
    if is_on
        && (role != Role::Up || !listen.ip().is_loopback())
        && read.value("GOMAIL_TEST_CLOCK").source != Source::Default
    {
        read.refuse("GOMAIL_TEST_CLOCK", "works only with `gomail up` on a loopback address");
    }
    is_on
}
