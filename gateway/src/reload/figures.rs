//! How reloading goes, for the metrics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use telemetry::{Kind, Metrics, Reading};

/// Counts of reloads.
#[derive(Debug, Default)]
pub(super) struct Figures {
    taken: AtomicU64,
    refused: AtomicU64,
    /// Whether the file on disk is not the one in force.
    stale: AtomicBool,
}

impl Figures {
    pub(super) fn take(&self) {
        self.taken.fetch_add(1, Relaxed);
        self.stale.store(false, Relaxed);
    }

    pub(super) fn refuse(&self) {
        self.refused.fetch_add(1, Relaxed);
        self.stale.store(true, Relaxed);
    }

    /// Puts the figures into the process's metrics.
    pub(super) fn show(self: &Arc<Self>, metrics: &Metrics) {
        let (taken, refused, stale) = (self.clone(), self.clone(), self.clone());
        metrics.read(Reading {
            name: "features_reloads",
            help: "Changes of the features file",
            kind: Kind::Counter,
            label: "result",
            sources: vec![
                ("taken", Box::new(move || taken.taken.load(Relaxed))),
                ("refused", Box::new(move || refused.refused.load(Relaxed))),
            ],
        });
        metrics.read(Reading {
            name: "features_stale",
            help: "1 while the features file was refused and an earlier one is in force",
            kind: Kind::Gauge,
            label: "source",
            sources: vec![("file", Box::new(move || u64::from(stale.stale.load(Relaxed))))],
        });
    }
}

#[cfg(test)]
impl Figures {
    /// Taken, refused, stale.
    pub(super) fn counted(&self) -> (u64, u64, bool) {
        (self.taken.load(Relaxed), self.refused.load(Relaxed), self.stale.load(Relaxed))
    }
}
