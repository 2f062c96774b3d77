//! `gomail config`: the settings in force.

use serde_json::json;

use super::{
    args::RoleName,
    failure::{Failure, Outcome},
    output::Table,
    session::Shell,
};
use crate::config::{Role, Settings, in_force};

/// Shows all settings, bad ones included, then fails for the bad ones.
pub(super) fn run(shell: &Shell, role: RoleName) -> Outcome {
    let role = match role {
        RoleName::Up => Role::Up,
        RoleName::Serve => Role::Serve,
        RoleName::Worker => Role::Worker,
        RoleName::Scheduler => Role::Scheduler,
    };
    let mut sources = shell.sources().clone();
    if let Some(server) = &shell.server {
        sources.flags.insert("GOMAIL_SERVER".to_owned(), server.clone());
    }
    let loaded = Settings::load(role, &sources);
    let shown = in_force(&sources, loaded.as_ref().ok());
    shell.out.answer(&json!({ "settings": shown }), |_| {
        let mut table = Table::new(&["setting", "value", "source"]).elastic("value");
        for row in &shown {
            let value = row.value.clone().unwrap_or_else(|| "-".to_owned());
            table.row([row.setting.to_owned(), value, row.source.to_owned()]);
        }
        table.show("")
    });
    loaded.map(drop).map_err(Failure::from)
}
