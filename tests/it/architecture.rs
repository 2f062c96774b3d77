//! The import table of `docs/ARCHITECTURE.md`, and which rooms know which crates, held by reading the sources.
//!
//! The api cannot send mail, the worker cannot see HTTP, only cli knows all rooms. Code under `#[cfg(test)]`
//! counts too: a test that needs a foreign room belongs here, in `tests/it`. To add a room, add it to
//! [`ROOMS`] and to the document in the same commit.

mod paths;

use std::{
    fs,
    path::{Path, PathBuf},
};

use paths::{Reach, reached};

/// Each room and what it may import besides itself. `lib` and `main` are the two files at the crate's root.
const ROOMS: &[(&str, Imports)] = &[
    ("domain", Imports::Only(&[])),
    // A clock tells the time as `domain::Timestamp`, and domain is pure.
    ("clock", Imports::Only(&["domain"])),
    ("lifecycle", Imports::Only(&[])),
    ("wire", Imports::Only(&["domain"])),
    ("config", Imports::Only(&["domain"])),
    ("telemetry", Imports::Only(&["config"])),
    ("store", Imports::Only(&["domain", "config", "clock"])),
    ("mail", Imports::Only(&["domain", "config", "clock"])),
    ("auth", Imports::Only(&["domain", "config", "clock"])),
    ("client", Imports::Only(&["wire", "domain"])),
    ("api", Imports::Only(&["domain", "wire", "config", "store", "auth", "telemetry", "clock"])),
    ("worker", Imports::Only(&["domain", "config", "store", "mail", "telemetry", "clock"])),
    ("scheduler", Imports::Only(&["domain", "config", "store", "telemetry", "clock"])),
    ("cli", Imports::All),
    ("main", Imports::Only(&["cli"])),
    ("lib", Imports::Only(&[])),
];

/// Crates that only these rooms may use.
const CRATES: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    // The settings hold addresses, which the crate reads.
    ("redis", &["store", "config"]),
    ("axum", &["api"]),
    ("hyper", &["api"]),
    ("hyper_util", &["api"]),
    ("tower", &["api"]),
    ("tower_http", &["api"]),
    // The settings hold URLs, and reqwest brings a type for them.
    ("reqwest", &["client", "cli", "config"]),
    ("lettre", &["mail"]),
    ("tokio_rustls", &["mail"]),
    ("minijinja", &["domain"]),
    ("jsonwebtoken", &["auth"]),
    ("tokio_cron_scheduler", &["scheduler"]),
    ("metrics_exporter_prometheus", &["telemetry"]),
    ("dotenvy", &["config"]),
    ("anyhow", &["cli"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("tabled", &["cli"]),
    ("indicatif", &["cli"]),
];

const LINE_LIMIT: usize = 500;

#[derive(Debug, Clone, Copy)]
enum Imports {
    Only(&'static [&'static str]),
    All,
}

fn imports_of(room: &str) -> Option<Imports> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, imports)| *imports)
}

/// What is wrong with the file at `path` (relative to the crate, with `/`), one sentence each.
fn faults(path: &str, source: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = source.lines().count();
    if lines > LINE_LIMIT {
        faults.push(format!("{path}: {lines} lines, more than {LINE_LIMIT}: ask for a second file"));
    }
    let Some(inside) = path.strip_prefix("src/") else { return faults };
    if !source.starts_with("//!") {
        faults.push(format!("{path}:1: the first line is not `//!`"));
    }
    let module = inside.strip_suffix(".rs").unwrap_or(inside);
    let steps: Vec<&str> = module.split('/').filter(|step| *step != "mod").collect();
    let room = steps[0];
    let Some(allowed) = imports_of(room) else {
        faults.push(format!("{path}: `{room}` is no room of the import table"));
        return faults;
    };
    let at_root = matches!(module, "lib" | "main");
    for (reach, line) in reached(source, if at_root { 0 } else { steps.len() }) {
        match reach {
            Reach::Room(other) if may_import(room, allowed, &other) => {}
            Reach::Room(other) => faults.push(format!("{path}:{line}: `{room}` may not import `{other}`")),
            Reach::Name(name) => {
                let rooms = CRATES.iter().find(|(known, _)| *known == name).map(|(_, rooms)| *rooms);
                if rooms.is_some_and(|rooms| !rooms.contains(&room)) {
                    faults.push(format!("{path}:{line}: `{room}` may not use the crate `{name}`"));
                }
            }
            Reach::WholeCrate => faults.push(format!("{path}:{line}: name the rooms, not the whole crate")),
            Reach::Elsewhere => {
                faults.push(format!("{path}:{line}: no `include!` or `#[path]`: the code would escape"));
            }
        }
    }
    faults
}

fn may_import(room: &str, allowed: Imports, other: &str) -> bool {
    // main and lib are files, not rooms: nothing can be imported from them.
    let is_room = imports_of(other).is_some() && !matches!(other, "main" | "lib");
    let permitted = match allowed {
        Imports::All => true,
        Imports::Only(rooms) => rooms.contains(&other),
    };
    is_room && (room == other || permitted)
}

/// Every `.rs` file below `folder`, relative to the crate.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is part of the repository") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).expect("a source file is UTF-8")));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_sources_hold_the_import_table() {
    let all: Vec<_> = ["src", "tests/it"].into_iter().flat_map(sources).collect();
    assert!(all.iter().any(|(path, _)| path == "src/lib.rs"), "the sources were not found");

    let faults: Vec<String> = all.iter().flat_map(|(path, source)| faults(path, source)).collect();

    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn every_folder_in_src_is_a_room() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(src).expect("src exists") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_stem().expect("an entry has a name").to_string_lossy().into_owned();
        assert!(imports_of(&name).is_some(), "src/{name} is no room of the import table");
    }
}

#[test]
fn the_table_names_only_rooms_and_has_no_cycle() {
    // Peeling off rooms whose imports are all peeled off already empties the table unless there is a cycle.
    let mut peeled: Vec<&str> = Vec::new();
    let mut left: Vec<_> = ROOMS.iter().filter(|(_, imports)| matches!(imports, Imports::Only(_))).collect();
    peeled.push("cli");
    while !left.is_empty() {
        let before = left.len();
        left.retain(|(room, imports)| {
            let Imports::Only(rooms) = imports else { unreachable!("filtered above") };
            let ready = rooms.iter().all(|other| peeled.contains(other));
            if ready {
                peeled.push(room);
            }
            !ready
        });
        assert!(left.len() < before, "a cycle or an unknown room among {left:?}");
    }
}

/// Sources that break a rule, each with the fault that must be found. If one passes, the law above is blind.
#[test]
fn broken_samples_are_caught() {
    let samples: &[(&str, &str, &str)] = &[
        ("src/api/task.rs", "use crate::mail::Smtp;", "`api` may not import `mail`"),
        ("src/api/task.rs", "use crate::{domain::{Lane, State}, mail::{smtp::{Pool}, Message}};", "`mail`"),
        ("src/api/task.rs", "use {crate::domain::Lane, crate::worker::Worker};", "`worker`"),
        ("src/api/task.rs", "pub use crate::worker::Worker as W;", "`worker`"),
        ("src/api/task.rs", "pub(crate) use crate :: worker :: Worker;", "`worker`"),
        ("src/api/task.rs", "fn f(p: &crate::mail::Pool) {}", "`mail`"),
        ("src/api/task.rs", "use ::gomail::mail::Pool;", "`mail`"),
        ("src/api/task.rs", "macro_rules! m { () => { $crate::mail::send() } }", "`mail`"),
        ("src/api/mod.rs", "use super::mail::Pool;", "`mail`"),
        ("src/api/task.rs", "use super::super::mail::Pool;", "`mail`"),
        ("src/api/task.rs", "use super::{state, super::mail::Pool};", "`mail`"),
        ("src/api/task.rs", "use self::super::super::{domain::Lane, mail};", "`mail`"),
        ("src/api/task.rs", "mod tests { use super::super::super::mail::Pool; }", "`mail`"),
        ("src/api/task.rs", "#[cfg(test)] mod tests { use crate::worker::Worker; }", "`worker`"),
        ("src/api/task.rs", "use crate::r#mail::Pool;", "`mail`"),
        ("src/api/task.rs", "const A: char = '\"'; use crate::mail::Pool; const B: char = '\"';", "`mail`"),
        ("src/api/task.rs", r#"const A: &str = "\""; use crate::mail::Pool;"#, "`mail`"),
        ("src/api/task.rs", "/* /* */ */ use crate::mail::Pool;", "`mail`"),
        ("src/api/task.rs", "use crate::*;", "whole crate"),
        ("src/api/task.rs", "use crate::{self as all};", "whole crate"),
        ("src/api/task.rs", "use crate as all;", "whole crate"),
        ("src/api/task.rs", "use super::super as all;", "whole crate"),
        ("src/api/task.rs", "use super::super::*;", "whole crate"),
        ("src/api/task.rs", "#[path = \"../mail/pool.rs\"] mod pool;", "#[path]"),
        ("src/api/task.rs", "include!(\"../mail/pool.rs\");", "include!"),
        ("src/api/task.rs", "use crate::helpers::x;", "may not import `helpers`"),
        ("src/cli/up.rs", "use crate::helpers::x;", "may not import `helpers`"),
        ("src/worker/run.rs", "use crate::wire::Task;", "`worker` may not import `wire`"),
        ("src/mail/mod.rs", "use crate::store::Store;", "`mail` may not import `store`"),
        ("src/domain/task.rs", "use crate::clock::Clock;", "`domain` may not import `clock`"),
        ("src/api/task.rs", "use rusqlite::Connection;", "`api` may not use the crate `rusqlite`"),
        ("src/api/task.rs", "fn f(pool: &::redis::Client) {}", "crate `redis`"),
        ("src/worker/run.rs", "use {std::fmt, reqwest::Client};", "crate `reqwest`"),
        ("src/worker/run.rs", "use tower;", "crate `tower`"),
        ("src/worker/run.rs", "use hyper as http;", "crate `hyper`"),
        ("src/cli/up.rs", "pub use axum::{Json, Router};", "crate `axum`"),
        ("src/cli/up.rs", "mod tests { fn f() { if true { lettre::x(); } } }", "crate `lettre`"),
        ("src/config/env.rs", "#[derive(clap::Parser)] struct A;", "crate `clap`"),
        ("src/config/env.rs", "use r#tabled::Table;", "crate `tabled`"),
        ("src/lib.rs", "pub use indicatif::ProgressBar;", "crate `indicatif`"),
        ("src/main.rs", "use gomail::{cli, store};", "`main` may not import `store`"),
        ("src/lib.rs", "pub use crate::domain::Lane;", "`lib` may not import `domain`"),
        ("src/lib.rs", "pub use self::domain::Lane;", "`lib` may not import `domain`"),
        ("src/helpers/mod.rs", "", "`helpers` is no room"),
        ("src/helpers.rs", "", "`helpers` is no room"),
    ];
    for (path, code, expected) in samples {
        let found = faults(path, &format!("//! A sample.\n{code}\n"));
        assert!(found.iter().any(|fault| fault.contains(expected)), "{path}: {code}\nfound only {found:?}");
    }
}

#[test]
fn a_fault_names_the_line() {
    let source = "//! A sample.\n\nuse crate::domain::Lane;\nuse crate::{\n    store::Store,\n    mail::Pool,\n};\n";

    assert_eq!(faults("src/api/task.rs", source), ["src/api/task.rs:6: `api` may not import `mail`"]);
}

#[test]
fn what_is_allowed_or_no_code_passes() {
    let samples: &[(&str, &str)] = &[
        ("src/api/task.rs", "use crate::{api::error::Refusal, domain::Lane, store::Store}; use super::error::Refusal;"),
        ("src/api/task.rs", "// use crate::mail::Pool;\n/// See [`crate::mail`].\n/* crate::mail::x */ fn f() {}"),
        ("src/api/task.rs", "const A: &str = \"crate::mail::x\"; const B: &str = r#\"\" crate::mail::x\"#;"),
        ("src/api/task.rs", "const A: &[u8] = b\"crate::mail::x\"; const B: u8 = b'\"'; const C: char = '\\'';"),
        ("src/api/task.rs", "struct A<'crate_>(&'crate_ str); pub(crate) fn f() {} pub(in crate::api) fn g() {}"),
        ("src/api/task.rs", "mod tests { use super::*; use super::super::error::Refusal; } use crate::store::*;"),
        ("src/api/task.rs", "fn f(mail: u8) { other::mail::send(); include_str!(\"x\"); let path = [path]; }"),
        ("src/store/sqlite/lease.rs", "use super::super::error::StoreError; use crate::clock::Clock;"),
        ("src/cli/up.rs", "use crate::{api, mail, scheduler, worker};"),
        ("src/cli/up.rs", "use crate::{store::{Store, redis::RedisStore}}; use crate::store::redis::RedisStore;"),
        ("src/cli/up.rs", "use {clap::Parser, reqwest::Client}; fn f(axum: u8) { crate::store::redis::f(axum); }"),
        ("src/config/env.rs", "fn f() -> reqwest::Url { Vec::new(); } // axum::Router"),
        ("src/main.rs", "fn main() -> std::process::ExitCode { gomail::cli::main() }"),
        ("src/lib.rs", "pub mod domain; mod tests { }"),
    ];
    for (path, code) in samples {
        assert_eq!(faults(path, &format!("//! A sample.\n{code}\n")), Vec::<String>::new(), "{path}: {code}");
    }
}

#[test]
fn a_long_file_and_a_missing_headline_are_caught() {
    let long = "//! A sample.\n".to_owned() + &"\n".repeat(LINE_LIMIT);

    assert_eq!(faults("src/api/task.rs", &long).len(), 1);
    assert_eq!(faults("tests/it/api.rs", &long).len(), 1);
    assert_eq!(faults("tests/it/api.rs", long.strip_suffix('\n').expect("ends in a newline")), Vec::<String>::new());
    assert_eq!(faults("src/api/task.rs", "\n//! Late.\n").len(), 1);
    assert_eq!(faults("src/api/task.rs", "// Not a module comment.\n").len(), 1);
}
