//! The flags of settings, made from the table: one per setting of a role.

use std::collections::BTreeMap;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::config::{SETTINGS, Scope, Setting};

/// The settings given as flags, by [`Setting::name`].
#[derive(Debug, Clone, Default)]
pub(super) struct SettingFlags(pub(super) BTreeMap<String, String>);

fn rows() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(|setting| setting.scope == Scope::Service)
}

impl Args for SettingFlags {
    fn augment_args(mut command: Command) -> Command {
        for setting in rows() {
            let default =
                if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) };
            let mut arg = Arg::new(setting.name)
                .long(setting.flag)
                .value_name(setting.form)
                .help(format!("{} [env: {}]{default}", setting.doc, setting.name))
                .help_heading("Settings");
            if setting.name == "GOMAIL_TEST_CLOCK" {
                arg = arg.num_args(0..=1).default_missing_value("1");
            }
            command = command.arg(arg);
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let value = |setting: &Setting| {
            let text = matches.get_one::<String>(setting.name)?;
            Some((setting.name.to_owned(), text.clone()))
        };
        Ok(Self(rows().filter_map(value).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}
