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
                // The setting's own spelling works too: `--smtp_server`.
                .alias(setting.name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_a_flag_under_both_spellings() {
        for flag in ["--smtp-server", "--smtp_server"] {
            let matches = SettingFlags::augment_args(Command::new("gomail"))
                .try_get_matches_from(["gomail", flag, "mx.example.com", "--GOMAIL_LEASE", "9s"])
                .unwrap();
            let flags = SettingFlags::from_arg_matches(&matches).unwrap().0;
            assert_eq!(flags["smtp_server"], "mx.example.com");
            assert_eq!(flags["GOMAIL_LEASE"], "9s");
        }
    }
}
