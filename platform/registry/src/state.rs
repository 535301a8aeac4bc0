//! How a source fares: what the admin side shows, and what is logged when it changes.

use crate::{Origin, RegistryError};
use kernel::Timestamp;
use serde::Serialize;

/// How one source fares. A source that fails keeps what it said last in the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceState {
    /// Its kind.
    pub origin: Origin,
    /// Which one of its kind: `SERVICE dns://…` for a DNS name, else empty.
    pub name: String,
    /// Services with instances here.
    pub services: usize,
    /// Instances, those of the other sources not taken away.
    pub instances: usize,
    /// Entries of the last reading that were not valid, or beyond a bound, and not used.
    pub refused: usize,
    /// When it last answered; milliseconds since the epoch.
    pub last_success: Option<Timestamp>,
    /// Since when it fails; none while it answers.
    pub failing_since: Option<Timestamp>,
    /// Why it fails; none while it answers.
    pub error: Option<String>,
}

impl SourceState {
    pub(crate) fn new(origin: Origin, name: String) -> Self {
        Self {
            origin,
            name,
            services: 0,
            instances: 0,
            refused: 0,
            last_success: None,
            failing_since: None,
            error: None,
        }
    }

    /// It answered.
    pub(crate) fn succeeded(&mut self, now: Timestamp) {
        if self.error.take().is_some() {
            tracing::info!(source = ?self.origin, name = self.name, "the source of instances answers again");
        }
        self.failing_since = None;
        self.last_success = Some(now);
    }

    /// It did not answer. Logged once, not at each attempt.
    pub(crate) fn failed(&mut self, now: Timestamp, error: &RegistryError) {
        let line = error.line();
        if self.error.is_none() {
            tracing::warn!(
                source = ?self.origin,
                name = self.name,
                error = line,
                instances = self.instances,
                "a source of instances is away: its last known instances stay"
            );
        }
        self.failing_since.get_or_insert(now);
        self.error = Some(line);
    }
}
