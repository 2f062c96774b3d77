//! The roles: puts the rooms together and runs them.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;

use super::failure::Failure;
use crate::{
    api::{self, ApiParts, ApiState, Limits},
    auth::Keyring,
    clock::SystemClock,
    config::{Registration, Settings, SmtpSettings, StoreLocation, StoreSettings},
    domain::{Secret, sha256_hex},
    lifecycle::{Failed, GRACE, Lifecycle},
    mail::{
        Composer,
        smtp::{Connector, RelayGate},
    },
    scheduler::Scheduler,
    store::{
        SharedStore, StoreError,
        redis::RedisStore,
        sqlite::{Found, SqliteStore},
    },
    telemetry::{SinkGuard, logs, metrics},
    worker::{Transport, Worker},
};

/// How long a start rests between two tries to reach the store.
const STORE_PAUSE: Duration = Duration::from_millis(500);
/// Bytes of an admin key below which it may be guessed.
const ADMIN_KEY_MIN: usize = 16;

/// All roles in one process.
pub(super) async fn up(settings: Settings) -> anyhow::Result<ExitCode> {
    let mut house = House::open(settings, "up").await?;
    let has_outbox = house.settings.smtp.is_none();
    let listener = house.bind().await?;
    house.expose().await?;
    // Links need the port that was bound. What is wrong with the mails ends the start before anyone is answered.
    house.work(false)?;
    house.schedule();
    let listening = house.serve(listener, has_outbox);
    house.greet(listening);
    house.live().await
}

/// The API.
pub(super) async fn serve(settings: Settings) -> anyhow::Result<ExitCode> {
    let mut house = House::open(settings, "serve").await?;
    // Mails are delivered elsewhere, and only `up` captures any.
    let listener = house.bind().await?;
    house.expose().await?;
    house.serve(listener, false);
    house.live().await
}

/// The worker; with `until_empty` it ends when nothing is queued or running.
pub(super) async fn worker(settings: Settings, until_empty: bool) -> anyhow::Result<ExitCode> {
    let house = House::open(settings, "worker").await?;
    house.expose().await?;
    house.work(until_empty)?;
    house.live().await
}

/// The scheduler.
pub(super) async fn scheduler(settings: Settings) -> anyhow::Result<ExitCode> {
    let house = House::open(settings, "scheduler").await?;
    house.expose().await?;
    house.schedule();
    house.live().await
}

/// For `gomail doctor`: opens the store, if there is one, and checks it. Answers what it found and what is risky about it, or
/// what is wrong.
pub(super) async fn check_store(settings: &Settings) -> Result<(String, Vec<String>), String> {
    let StoreSettings { location, data, .. } = &settings.store;
    if matches!(location, StoreLocation::Sqlite) {
        let folder = data.display();
        match SqliteStore::look(data).map_err(|error| error.to_string())? {
            Found::Nothing => return Ok((format!("none in {folder} yet: the first start makes it"), Vec::new())),
            // Opened, it would be of no more use to the version that may be running.
            Found::Old => {
                return Ok((format!("in {folder}, of an earlier version: the next start updates it"), Vec::new()));
            }
            Found::Current => {}
        }
    }
    let store = open_store(settings).await.map_err(|error| format!("{error:#}"))?;
    let checked = store.check().await.map_err(|error| error.to_string());
    store.close().await;
    Ok((store.describe(), checked?))
}

/// Opens the store. Over Redis the server need not be there yet.
async fn open_store(settings: &Settings) -> anyhow::Result<SharedStore> {
    let StoreSettings { location, data, durability, namespace, retention } = &settings.store;
    match location {
        StoreLocation::Sqlite => {
            let store = SqliteStore::open(data, *retention, Arc::new(SystemClock)).await;
            Ok(Arc::new(store.with_context(|| format!("opening the store in {}", data.display()))?))
        }
        StoreLocation::Redis { uri } => {
            // It connects when first used: what is wrong now is the setting, and stays wrong.
            let store = RedisStore::open(uri, namespace, *durability, *retention);
            Ok(Arc::new(store.map_err(|error| Failure::Usage(error.to_string()))?))
        }
    }
}

/// The secret kept in the store, made when there is none; waits for a store that is away.
async fn kept_secret(store: &SharedStore) -> anyhow::Result<Secret> {
    let candidate = Secret::random_text();
    let mut has_told = false;
    loop {
        match store.secret_or_insert(&candidate).await {
            Ok(text) => return Ok(Secret::parse(&text)?),
            Err(StoreError::Unavailable(why)) => {
                if !has_told {
                    tracing::warn!(error.message = why, "waiting for the store");
                }
                has_told = true;
                tokio::time::sleep(STORE_PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The folder of the workers' journals. Each store has its own: a worker of one that adopts the other's would find none of
/// its tasks, and forget it.
fn journal_of(settings: &StoreSettings, store: &SharedStore) -> PathBuf {
    settings.data.join(match settings.location {
        StoreLocation::Sqlite => "journal".to_owned(),
        StoreLocation::Redis { .. } => {
            let place = sha256_hex(&[store.describe().as_bytes()]);
            format!("journal-{}-{}", settings.namespace, &place[..8])
        }
    })
}

async fn bind(setting: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("{setting}: listening on {address}"))
}

/// What the roles of one process share.
struct House {
    settings: Settings,
    store: SharedStore,
    keyring: Arc<Keyring>,
    life: Lifecycle,
    _logs: SinkGuard,
}

impl House {
    async fn open(settings: Settings, role: &'static str) -> anyhow::Result<Self> {
        let logs = logs::start(&settings.log).with_context(|| {
            let file = settings.log.file.as_deref().unwrap_or(Path::new(""));
            format!("GOMAIL_LOG_FILE: opening {}", file.display())
        })?;
        settings.unknown_names.iter().for_each(|name| tracing::warn!("{name} is not a setting: misspelt?"));
        if settings.accounts.admin_key.as_ref().is_some_and(|key| key.expose_secret().len() < ADMIN_KEY_MIN) {
            tracing::warn!("GOMAIL_ADMIN_KEY is short enough to be guessed; make one by `openssl rand -base64 32`");
        }
        let store = open_store(&settings).await?;
        tracing::info!(
            service.version = env!("CARGO_PKG_VERSION"),
            gomail.role = role,
            gomail.store = store.describe(),
            gomail.relay = settings.smtp.as_ref().map(SmtpSettings::relay),
            "gomail starts"
        );
        let current = match &settings.accounts.secret {
            Some(secret) => secret.clone(),
            None => kept_secret(&store).await?,
        };
        let keyring = Arc::new(Keyring::new(&current, settings.accounts.previous_secret.as_ref()));
        Ok(Self { settings, store, keyring, life: Lifecycle::new(), _logs: logs })
    }

    /// Takes the API's port, which port 0 leaves to the system. Nobody is answered yet.
    async fn bind(&mut self) -> anyhow::Result<TcpListener> {
        let listener = bind("GOMAIL_LISTEN", self.settings.http.listen).await?;
        self.settings.listens_at(listener.local_addr()?);
        Ok(listener)
    }

    /// Starts the API; answers where it listens.
    fn serve(&self, listener: TcpListener, has_outbox: bool) -> SocketAddr {
        let listening = self.settings.http.listen;
        let serving = api::serve(listener, self.api_state(has_outbox), self.life.soft());
        self.life.spawn_vital(async {
            serving.await;
            Ok(())
        });
        tracing::info!(server.address = %listening.ip(), server.port = listening.port(), "the API is listening");
        listening
    }

    /// Serves probes and metrics by themselves, where `GOMAIL_METRICS_LISTEN` asks for it.
    async fn expose(&self) -> anyhow::Result<()> {
        let Some(address) = self.settings.metrics_listen else { return Ok(()) };
        let listener = bind("GOMAIL_METRICS_LISTEN", address).await?;
        let listening = listener.local_addr()?;
        let serving = api::serve_probes(listener, self.api_state(false), self.life.soft());
        self.life.tracker().spawn(serving);
        tracing::info!(server.address = %listening.ip(), server.port = listening.port(), "metrics are listening");
        Ok(())
    }

    fn api_state(&self, has_outbox: bool) -> ApiState {
        ApiState::new(ApiParts {
            store: self.store.clone(),
            keyring: self.keyring.clone(),
            http: self.settings.http.clone(),
            accounts: self.settings.accounts.clone(),
            otp: self.settings.otp,
            from: self.settings.mail.from.address.clone(),
            public_url: self.settings.mail.public_url.clone(),
            zone: self.settings.scheduler.zone,
            has_outbox,
            test_clock: self.settings.test_clock,
            clock: Arc::new(SystemClock),
            exposition: metrics::install(),
            limits: Limits::default(),
        })
    }

    fn work(&self, until_empty: bool) -> anyhow::Result<()> {
        let transport = match &self.settings.smtp {
            Some(smtp) => Transport::Relay { connector: Box::new(Connector::new(smtp)?), gate: RelayGate::new() },
            None => Transport::Outbox,
        };
        let worker = Worker {
            store: self.store.clone(),
            transport,
            composer: Composer::new(&self.settings.mail, self.keyring.current().clone())?,
            settings: self.settings.worker,
            zone: self.settings.scheduler.zone,
            journal: journal_of(&self.settings.store, &self.store),
            until_empty,
        };
        let (soft, hard, tracker) = (self.life.soft(), self.life.hard(), self.life.tracker());
        self.life.spawn_vital(async move {
            worker.run(soft, hard, tracker).await.map_err(|error| {
                tracing::error!(error.message = %error, "the worker cannot use its journal");
                Failed
            })
        });
        Ok(())
    }

    fn schedule(&self) {
        let scheduler = Scheduler {
            store: self.store.clone(),
            settings: self.settings.scheduler,
            test_clock: self.settings.test_clock,
        };
        let soft = self.life.soft();
        self.life.spawn_vital(async move {
            scheduler.run(soft).await.map_err(|error| {
                tracing::error!(error.message = %error, "the scheduler's ticker failed");
                Failed
            })
        });
    }

    /// Prints where everything listens, to standard error, because standard output is for the log.
    fn greet(&self, listening: SocketAddr) {
        let relay = self
            .settings
            .smtp
            .as_ref()
            .map_or_else(|| "none: mails are captured in the outbox".to_owned(), SmtpSettings::relay);
        let mut text = format!(
            "gomail is up\n  API    http://{listening}\n  store  {}\n  relay  {relay}\n",
            self.store.describe()
        );
        if self.settings.accounts.registration == Registration::OpenLocal && !self.settings.mail.is_public_url_local() {
            text.push_str("  warning: whoever reaches this address can sign up, also through a proxy that adds no X-Forwarded-For; set GOMAIL_ADMIN_KEY\n");
        }
        if self.settings.accounts.registration == Registration::Closed {
            text.push_str("  warning: nobody can sign up; set GOMAIL_ADMIN_KEY, or GOMAIL_REGISTRATION=open\n");
        }
        // In one piece: the log may go to the same place.
        anstream::eprint!("{text}");
    }

    async fn live(self) -> anyhow::Result<ExitCode> {
        if let Some(exposition) = metrics::installed() {
            self.life.tracker().spawn(exposition.keep_up(self.life.soft()));
        }
        let code = self.life.run(GRACE).await?;
        self.store.close().await;
        Ok(code)
    }
}
