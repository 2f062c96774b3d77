//! `gomail config`: the settings in force.

use serde_json::json;

use super::{
    args::RoleName,
    failure::{Failure, Outcome},
    output::Table,
    session::{Sessions, Shell, name_of, parse_server},
};
use crate::config::{BadSetting, BadSettings, InForce, Role, Settings, Source, in_force, setting};

/// The source of what `register` saved.
const SAVED: &str = "saved";
/// Stands for a key.
const MASKED: &str = "***";

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
    if shell.api_key_file.is_some() {
        sources.flags.insert("GOMAIL_API_KEY".to_owned(), MASKED.to_owned());
    }
    let loaded = Settings::load(role, &sources);
    let mut shown = in_force(&sources, loaded.as_ref().ok());
    let sessions = shell.sessions();
    if let Ok(sessions) = &sessions {
        show_saved(&mut shown, sessions);
    }
    shell.out.answer(&json!({ "settings": shown }), |_| {
        let mut table = Table::new(&["setting", "value", "source"]).elastic("value");
        for row in &shown {
            let note = row.note.map_or_else(String::new, |note| format!(" ({note})"));
            let value = format!("{}{note}", row.value.as_deref().unwrap_or("-"));
            table.row([row.setting.to_owned(), value, row.source.to_owned()]);
        }
        table.show("")
    });
    let mut bad = loaded.err().map_or_else(Vec::new, |bad| bad.0);
    // Roles do not use it: one must start whatever it says.
    let server = sources.value(setting("GOMAIL_SERVER").expect("it is in the table"));
    if let Err(message) = parse_server(&server.text) {
        bad.push(BadSetting { name: "GOMAIL_SERVER".to_owned(), source: server.source, message });
    }
    if bad.is_empty() { sessions.map(drop) } else { Err(Failure::Settings(BadSettings(bad))) }
}

/// Puts in what client commands take from `register` where nothing else was said.
fn show_saved(shown: &mut [InForce], sessions: &Sessions) {
    let row_of =
        |shown: &[InForce], name| shown.iter().position(|row| row.setting == name).expect("it is in the table");
    let (server, key) = (row_of(shown, "GOMAIL_SERVER"), row_of(shown, "GOMAIL_API_KEY"));
    let is_open = |row: &InForce| row.source == Source::Default.as_str();
    if let Some(latest) = sessions.latest.clone().filter(|_| is_open(&shown[server])) {
        shown[server] = InForce { value: Some(latest), source: SAVED, ..shown[server] };
    }
    let name = shown[server].value.as_deref().and_then(|text| parse_server(text).ok()).map(|url| name_of(&url));
    if is_open(&shown[key]) && name.is_some_and(|name| sessions.servers.contains_key(&name)) {
        shown[key] = InForce { value: Some(MASKED.to_owned()), source: SAVED, ..shown[key] };
    }
}
