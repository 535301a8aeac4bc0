//! A name for a rule, by which a difference says what explains it.

use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// For which routes a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scope {
    /// For all.
    All,
    /// For one.
    #[default]
    Route,
    /// For all, without anybody having written it.
    BuiltIn,
}

/// A rule: the list it is in, its index there, and its path. Shown and serialised as `ignore[0] $.updated_at`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RuleRef {
    /// Of which rules it is.
    pub scope: Scope,
    /// The key of the list, one of [`crate::RuleSet::KEYS`].
    pub key: &'static str,
    /// Its index in the list.
    pub index: usize,
    /// Its path, or for `statuses` its codes.
    pub path: Arc<str>,
}

impl fmt::Display for RuleRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope {
            Scope::All => write!(formatter, "all routes: {}[{}] {}", self.key, self.index, self.path),
            Scope::Route => write!(formatter, "{}[{}] {}", self.key, self.index, self.path),
            Scope::BuiltIn => write!(formatter, "built in: {} {}", self.key, self.path),
        }
    }
}

impl Serialize for RuleRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
