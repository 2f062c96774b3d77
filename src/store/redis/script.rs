//! The scripts: one verb each, one file each.

use std::sync::LazyLock;

use super::millis;
use crate::{
    domain::{AFTER_UNKNOWN, CODES_WINDOW, ISSUE_RETRIES, RECLAIMS_ALONE},
    store::codes::CODE_KEPT,
};

/// A script as it is sent: its `#!lua` line, what it builds on, and itself.
#[derive(Debug)]
pub(super) struct Script {
    /// The text, for a server that does not have it yet.
    pub(super) code: String,
    /// Its SHA-1 in hex, by which the server keeps it.
    pub(super) sha: String,
    /// Whether a call may be sent again after its answer was lost.
    pub(super) repeatable: bool,
    /// Whether its caller is promised durability.
    pub(super) durable: bool,
}

const CORE: &str = include_str!("lua/core.lua");
const ISSUES: &str = include_str!("lua/issues.lua");
const PRELUDE: &str = concat!(include_str!("lua/issues.lua"), include_str!("lua/prelude.lua"));
const TASK: &str = include_str!("lua/task.lua");
const NEXT_DUE: &str = include_str!("lua/next_due.lua");
const VIEW: &str = include_str!("lua/view.lua");
const MARK: &str = include_str!("lua/mark.lua");
const DELIVER: &str = include_str!("lua/deliver.lua");

/// Numbers that this store shares with the other, durations in milliseconds: what every script begins with.
fn shared_numbers() -> String {
    let [unknown, window, kept] = [AFTER_UNKNOWN, CODES_WINDOW, CODE_KEPT].map(millis);
    format!(
        "local RECLAIMS_ALONE, ISSUE_RETRIES = {RECLAIMS_ALONE}, {ISSUE_RETRIES}\n\
         local AFTER_UNKNOWN, CODES_WINDOW, CODE_KEPT = {unknown}, {window}, {kept}\n"
    )
}

impl Script {
    fn new(parts: &[&str], text: &str, repeatable: bool, durable: bool) -> Self {
        let (shebang, body) = text.split_once('\n').expect("every script begins with its #!lua line");
        let code = format!("{shebang}\n{}{CORE}{}{body}", shared_numbers(), parts.concat());
        let sha = ::redis::Script::new(&code).get_hash().to_owned();
        Self { code, sha, repeatable, durable }
    }
}

/// `NAME: file, parts, [repeatable] [durable];`
macro_rules! scripts {
    ($($name:ident: $file:literal, $parts:expr $(, $flag:ident)*;)*) => {
        $(pub(super) static $name: LazyLock<Script> = LazyLock::new(|| {
            let flags: &[&str] = &[$(stringify!($flag)),*];
            Script::new(
                $parts,
                include_str!(concat!("lua/", $file, ".lua")),
                flags.contains(&"repeatable"),
                flags.contains(&"durable"),
            )
        });)*

        #[cfg(test)]
        fn all() -> Vec<(&'static str, &'static Script)> {
            vec![$(($file, &*$name)),*]
        }
    };
}

scripts! {
    APPLY: "apply", &[PRELUDE], repeatable, durable;
    BEGIN: "begin", &[MARK, PRELUDE], repeatable;
    CANCEL: "cancel", &[PRELUDE, TASK], durable;
    CAPTURE: "capture", &[PRELUDE], repeatable, durable;
    CHECK_CODE: "check_code", &[PRELUDE], repeatable, durable;
    CLOCK: "clock", &[PRELUDE], durable;
    DELETE_CONTENT: "delete_content", &[PRELUDE], durable;
    DEREGISTER: "deregister", &[PRELUDE], durable;
    DUE: "due", &[NEXT_DUE], repeatable;
    ENQUEUE: "enqueue", &[PRELUDE, TASK], repeatable, durable;
    EXTEND: "extend", &[PRELUDE], repeatable;
    FAN_OUT: "fan_out", &[PRELUDE], repeatable;
    KEPT_SECRET: "kept_secret", &[], repeatable;
    LEASE: "lease", &[NEXT_DUE, ISSUES];
    LIST: "list", &[PRELUDE, VIEW], repeatable;
    LIVE_CODE: "live_code", &[PRELUDE], repeatable;
    MAILS: "mails", &[PRELUDE], repeatable;
    NAMES: "names", &[PRELUDE], repeatable;
    NOW: "now", &[PRELUDE], repeatable;
    PROMOTE: "promote", &[PRELUDE, TASK];
    PRUNE: "prune", &[PRELUDE, TASK], repeatable;
    RECOUNT: "recount", &[PRELUDE], repeatable;
    RETRY: "retry", &[PRELUDE, TASK], durable;
    RUNS: "runs", &[PRELUDE], repeatable;
    SECRET: "secret", &[PRELUDE], repeatable, durable;
    SERIES: "series", &[PRELUDE], repeatable;
    SETTLE: "settle", &[DELIVER, PRELUDE, TASK], repeatable, durable;
    SHOW: "show", &[PRELUDE, VIEW], repeatable;
    SIGN_UP: "sign_up", &[PRELUDE], durable;
    STATS: "stats", &[PRELUDE], repeatable;
    SUBSCRIPTIONS: "subscriptions", &[PRELUDE], repeatable;
    SUPPRESS: "suppress", &[PRELUDE], repeatable, durable;
    TICK: "tick", &[PRELUDE], durable;
    UNDELIVERED: "undelivered", &[PRELUDE, VIEW], repeatable;
    UNSUPPRESS: "unsuppress", &[PRELUDE], durable;
    WRITE_CONTENT: "write_content", &[PRELUDE], durable;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_script_with_its_header_first() {
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/redis/lua")).unwrap();
        let parts = [
            "core.lua",
            "issues.lua",
            "prelude.lua",
            "task.lua",
            "view.lua",
            "mark.lua",
            "deliver.lua",
            "next_due.lua",
        ];
        let mut names: Vec<String> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| !parts.contains(&name.as_str()))
            .map(|name| name.trim_end_matches(".lua").to_owned())
            .collect();
        names.sort();

        assert_eq!(names, all().iter().map(|(name, _)| *name).collect::<Vec<_>>());
        for (name, script) in all() {
            assert!(script.code.starts_with("#!lua"), "{name}");
            assert_eq!(script.code.matches("#!lua").count(), 1, "{name}");
        }
    }

    #[test]
    fn what_settles_runs_in_a_full_store() {
        let scripts = all();
        for settles in ["lease", "promote", "begin", "settle", "extend", "cancel", "prune", "apply"] {
            let script = scripts.iter().find(|(name, _)| *name == settles).map(|(_, script)| script);
            let header = script.and_then(|script| script.code.lines().next());
            assert!(header.is_some_and(|header| header.contains("allow-oom")), "{settles}: {header:?}");
        }
    }
}
