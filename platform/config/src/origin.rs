//! Where settings come from, as a value: the process's surroundings are read once, here, and tests give their own.

use crate::PROFILE_VARIABLE;
use std::path::PathBuf;

/// Where settings come from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The settings file; `None`: `banyan.toml` in [`Origin::directory`], if there is one.
    pub file: Option<PathBuf>,
    /// The working directory.
    pub directory: PathBuf,
    /// The environment.
    pub environment: Vec<(String, String)>,
    /// Settings from flags: key (`server.listen`), flag (`--listen`), value.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

impl Origin {
    /// The process's own surroundings.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn process() -> Self {
        let text = |value: std::ffi::OsString| value.into_string().ok();
        Self {
            file: None,
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
