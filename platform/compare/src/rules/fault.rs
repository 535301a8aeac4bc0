//! A rule that cannot be used, and which one it is.

use crate::rules::Scope;
use thiserror::Error;

/// A rule that was refused. Whoever read the file turns `scope`, `key` and `index` into a place in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{key}[{index}]: {reason}")]
pub struct RuleFault {
    /// Of which rules it is.
    pub scope: Scope,
    /// The key of the list it is in, one of [`crate::RuleSet::KEYS`].
    pub key: &'static str,
    /// Its index in the list.
    pub index: usize,
    /// What is wrong with it, in words for whoever wrote it.
    pub reason: String,
}
