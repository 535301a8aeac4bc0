//! A change of a promotion, for the audit log and whoever watches.

use crate::State;
use serde::Serialize;
use std::sync::Arc;

/// A change of a promotion.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The route.
    pub route: Arc<str>,
    /// Where it stood; `None`: it was never promoted before.
    pub before: Option<State>,
    /// Where it stands now.
    pub after: State,
    /// Who changed it.
    pub by: Why,
}

/// Who changed a promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// What this gateway has seen.
    Evidence,
    /// A person, by this gateway.
    Person,
    /// Another gateway of the fleet.
    Fleet,
}
