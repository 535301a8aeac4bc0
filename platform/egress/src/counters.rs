//! What became of the fetches.

use crate::error::FetchError;
use prometheus_client::{metrics::counter::Counter, registry::Registry};

/// What became of the fetches since the process started.
#[derive(Debug, Default, Clone)]
pub(crate) struct Counters {
    pub(crate) fetched: Counter,
    pub(crate) refused: Counter,
    pub(crate) dropped: Counter,
    pub(crate) timed_out: Counter,
    pub(crate) failed: Counter,
}

impl Counters {
    /// Counts one fetch.
    pub(crate) fn count<T>(&self, outcome: &Result<T, FetchError>) {
        let counter = match outcome {
            Ok(_) => &self.fetched,
            Err(FetchError::Target(_) | FetchError::Private | FetchError::DryRun) => &self.refused,
            Err(FetchError::Busy) => &self.dropped,
            Err(FetchError::TimedOut) => &self.timed_out,
            Err(_) => &self.failed,
        };
        counter.inc();
    }

    /// Puts the counters into a registry.
    pub(crate) fn register(&self, registry: &mut Registry) {
        let named = [
            ("egress_pages_fetched", "Pages fetched", &self.fetched),
            (
                "egress_pages_refused",
                "Pages that must not be reached, or asked for in a dry run",
                &self.refused,
            ),
            ("egress_pages_dropped", "Pages not fetched because the queue was full", &self.dropped),
            ("egress_pages_timed_out", "Pages that took too long", &self.timed_out),
            ("egress_pages_failed", "Pages that were no 200 HTML answer", &self.failed),
        ];
        for (name, help, counter) in named {
            registry.register(name, help, counter.clone());
        }
    }
}
