//! `gomail doctor`: checks settings, store, service, key and relay, and says what to do.

use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use tokio::time::timeout;

use super::{
    failure::{FAILED, Failure, Outcome},
    output::Table,
    roles,
    session::{Shell, name_of},
};
use crate::{
    client::ClientError,
    config::{Role, Settings, SmtpSettings, unknown_names},
    mail::smtp::Connector,
};

/// How long the relay may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Finding {
    Ok,
    Warning,
    Failed,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the field is the column of the JSON that programs read")]
struct Check {
    check: &'static str,
    finding: Finding,
    detail: String,
}

impl Check {
    fn new(check: &'static str, finding: Finding, detail: impl Into<String>) -> Self {
        Self { check, finding, detail: detail.into() }
    }
}

/// Runs every check; fails if one found something broken.
pub(super) async fn run(shell: &Shell) -> Outcome {
    let mut checks = Vec::new();
    let loaded = Settings::load(Role::Up, shell.sources());
    match &loaded {
        Ok(_) => checks.push(Check::new("settings", Finding::Ok, "all can be read")),
        Err(bad) => checks.extend(bad.0.iter().map(|bad| Check::new("settings", Finding::Failed, bad.to_string()))),
    }
    for name in unknown_names(shell.sources()) {
        checks.push(Check::new("settings", Finding::Warning, format!("{name} is not a setting: misspelt?")));
    }
    if let Ok(settings) = &loaded {
        checks.push(match roles::check_store(settings).await {
            Ok((found, risks)) if risks.is_empty() => Check::new("store", Finding::Ok, found),
            Ok((found, risks)) => Check::new("store", Finding::Warning, format!("{found}: {}", risks.join("; "))),
            Err(problem) => Check::new("store", Finding::Failed, problem),
        });
        checks.push(relay(settings.smtp.as_ref()).await);
    }
    service(shell, &mut checks).await;
    shell.out.answer(&json!({ "checks": checks }), |_| {
        let mut table = Table::new(&["check", "finding", "detail"]);
        for check in &checks {
            let finding = match check.finding {
                Finding::Ok => "ok",
                Finding::Warning => "warning",
                Finding::Failed => "failed",
            };
            table.row([check.check.to_owned(), finding.to_owned(), check.detail.clone()]);
        }
        table.show("")
    });
    if checks.iter().any(|check| check.finding == Finding::Failed) { Err(Failure::Told(FAILED)) } else { Ok(()) }
}

/// Whether a session with the relay gets as far as a worker's before its first mail.
async fn relay(smtp: Option<&SmtpSettings>) -> Check {
    let Some(smtp) = smtp else {
        return Check::new("relay", Finding::Ok, "none: `gomail up` captures mail in its outbox");
    };
    let connector = match Connector::new(smtp) {
        Ok(connector) => connector,
        Err(error) => return Check::new("relay", Finding::Failed, error.to_string()),
    };
    let relay = connector.relay();
    match timeout(PATIENCE, connector.connect()).await {
        Ok(Ok(session)) => {
            let link = session.tls().map_or_else(|| "without TLS".to_owned(), |version| format!("over {version}"));
            session.quit().await;
            Check::new("relay", Finding::Ok, format!("{relay} is ready for mail, {link}"))
        }
        Ok(Err(failure)) => Check::new("relay", Finding::Failed, format!("{relay}: {failure}")),
        Err(_) => Check::new("relay", Finding::Failed, format!("{relay}: not ready within {} s", PATIENCE.as_secs())),
    }
}

/// Whether the service is ready, and the key works there.
async fn service(shell: &Shell, checks: &mut Vec<Check>) {
    let (client, server) = match (shell.client(), shell.server()) {
        (Ok(client), Ok(server)) => (client, server),
        (Err(failure), _) | (_, Err(failure)) => {
            checks.push(Check::new("service", Finding::Failed, failure.to_string()));
            return;
        }
    };
    if let Err(error) = client.ready().await {
        checks.push(Check::new("service", Finding::Failed, Failure::from(error).to_string()));
        return;
    }
    checks.push(Check::new("service", Finding::Ok, format!("{} is ready", client.server())));
    let has_key = shell.key(&server).is_ok_and(|key| key.is_some());
    let probe = client.list::<serde_json::Value>(&["task"], "tasks", &[("limit", "1".to_owned())]).await;
    checks.push(match probe {
        Ok(_) => Check::new("key", Finding::Ok, format!("works at {}", name_of(&server))),
        Err(ClientError::Refused { status: 401, .. }) if !has_key => {
            Check::new("key", Finding::Warning, "none yet: `gomail register ID` gets one")
        }
        Err(error) => Check::new("key", Finding::Failed, Failure::from(error).to_string()),
    });
}
