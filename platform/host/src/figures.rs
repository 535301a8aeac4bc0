//! The figures of the modules' stores, for `/metrics`.

use crate::Module;
use storage::StoreMetrics;
use telemetry::{Kind, Metrics, Reading, Source};

type Figure = fn(&StoreMetrics) -> u64;

const FIGURES: [(&str, &str, Kind, Figure); 12] = [
    ("store_queued", "Units of work that wait for a connection", Kind::Gauge, |m| m.queued as u64),
    ("store_connected", "Connections that are open", Kind::Gauge, |m| m.connected as u64),
    ("store_done", "Units of work that succeeded", Kind::Counter, |m| m.done),
    ("store_failed", "Units of work that answered an error", Kind::Counter, |m| m.failed),
    ("store_panicked", "Units of work that panicked", Kind::Counter, |m| m.panicked),
    ("store_refused", "Units of work that found the queue full", Kind::Counter, |m| m.refused),
    ("store_unavailable", "Units of work that found the database away", Kind::Counter, |m| m.unavailable),
    ("store_timed_out", "Callers that gave up waiting", Kind::Counter, |m| m.timed_out),
    ("store_dry_runs", "Units of work of dry runs, rolled back", Kind::Counter, |m| m.dry_runs),
    ("store_groups", "Commits of the SQLite writer", Kind::Counter, |m| m.groups),
    ("store_grouped", "Units of work in those commits", Kind::Counter, |m| m.grouped),
    ("store_connect_failures", "Connections that could not be made", Kind::Counter, |m| m.connect_failures),
];

/// Adds the figures of these modules' stores to the metrics.
pub fn watch_stores(metrics: &Metrics, modules: &[Module]) {
    for (name, help, kind, figure) in FIGURES {
        let sources = modules.iter().filter_map(|module| {
            let store = module.store.clone()?;
            let source: Source = Box::new(move || figure(&store.metrics()));
            Some((module.about.name, source))
        });
        metrics.read(Reading { name, help, kind, label: "module", sources: sources.collect() });
    }
}
