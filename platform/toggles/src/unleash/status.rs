//! How it stands with the server: for the admin API, for metrics, and for logs that say a thing once.

use kernel::Timestamp;
use prometheus_client::{metrics::counter::Counter, registry::Registry};
use serde::Serialize;

/// Where the current toggles come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The server said so since the start.
    Server,
    /// From disk: what the server said before the start.
    Backup,
    /// There are none yet.
    None,
}

/// How it stands with the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The server.
    pub url: String,
    /// What the server calls this application.
    pub app_name: String,
    /// What the server calls this process.
    pub instance_id: String,
    /// Where the current toggles come from.
    pub source: Source,
    /// How many there are.
    pub toggles: usize,
    /// The mark of the current state.
    pub etag: Option<String>,
    /// When the server was last asked with success.
    pub last_success: Option<Timestamp>,
    /// When the toggles last changed.
    pub last_change: Option<Timestamp>,
    /// Why the last question for toggles came to nothing; `None` when it did not.
    pub error: Option<String>,
    /// How often in a row.
    pub failures: u32,
    /// Whether the application was registered.
    pub registered: bool,
    /// Why the last report of usage came to nothing; `None` when it did not.
    pub metrics_error: Option<String>,
    /// When usage was last reported.
    pub last_metrics: Option<Timestamp>,
}

/// What became of the calls since the process started.
#[derive(Debug, Default, Clone)]
pub(super) struct Counters {
    pub(super) changed: Counter,
    pub(super) unchanged: Counter,
    pub(super) failed: Counter,
    pub(super) refused: Counter,
    pub(super) reported: Counter,
    pub(super) unreported: Counter,
    pub(super) dropped: Counter,
}

impl Counters {
    pub(super) fn register(&self, registry: &mut Registry) {
        let named = [
            ("unleash_polls_changed", "Questions that brought new toggles", &self.changed),
            ("unleash_polls_unchanged", "Questions answered with 304", &self.unchanged),
            ("unleash_polls_failed", "Questions that came to nothing", &self.failed),
            ("unleash_bodies_refused", "Answers that were no toggles, and changed nothing", &self.refused),
            ("unleash_metrics_sent", "Reports of usage", &self.reported),
            (
                "unleash_metrics_failed",
                "Reports of usage that came to nothing and are tried again",
                &self.unreported,
            ),
            ("unleash_metrics_dropped", "Toggles whose usage was never reported", &self.dropped),
        ];
        for (name, help, counter) in named {
            registry.register(name, help, counter.clone());
        }
    }
}
