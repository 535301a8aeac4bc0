//! Where settings come from, as a value: the process's surroundings are read once, here, and tests give their own.

use crate::PROFILE_VARIABLE;
use std::path::PathBuf;

/// Where settings come from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The settings file that somebody named; it must be there.
    pub file: Option<PathBuf>,
    /// The settings file when none was named, in [`Origin::directory`], if there is one: `banyan.toml`.
    pub default_file: &'static str,
    /// The working directory.
    pub directory: PathBuf,
    /// The environment.
    pub environment: Vec<(String, String)>,
    /// Settings from flags: key (`server.listen`), flag (`--listen`), value.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

impl Origin {
    /// The process's own surroundings, with the name of the settings file that it reads by itself.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn process(default_file: &'static str) -> Self {
        let text = |value: std::ffi::OsString| value.into_string().ok();
        Self {
            file: None,
            default_file,
            directory: PathBuf::from("."),
            environment: std::env::vars_os().filter_map(|(k, v)| Some((text(k)?, text(v)?))).collect(),
            flags: Vec::new(),
        }
    }

    /// Takes a flag in, when it was given.
    #[must_use]
    pub fn flag(mut self, key: &'static str, flag: &'static str, value: Option<String>) -> Self {
        self.flags.extend(value.map(|value| (key, flag, value)));
        self
    }

    pub(crate) fn profile(&self) -> Option<&str> {
        let named = self.environment.iter().find(|(name, _)| name == PROFILE_VARIABLE);
        named.map(|(_, profile)| profile.as_str()).filter(|profile| !profile.is_empty())
    }
}
