//! Counters of a module's store, plain atomics: telemetry reads a snapshot when it is asked.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// A module's store in figures. Counters count from the start of the process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreMetrics {
    /// Units of work that wait now.
    pub queued: usize,
    /// Connections that are open now.
    pub connected: usize,
    /// Units of work that ran and answered `Ok`.
    pub done: u64,
    /// Units of work that ran and answered an error of their own.
    pub failed: u64,
    /// Units of work that panicked.
    pub panicked: u64,
    /// Refused because the queue was full.
    pub refused: u64,
    /// Refused because the database is away.
    pub unavailable: u64,
    /// Callers that gave up waiting.
    pub timed_out: u64,
    /// Units of work that were not run, or were rolled back, because their caller had given up.
    pub abandoned: u64,
    /// Units of work of dry runs that went well and were rolled back; `done` counts them too.
    pub dry_runs: u64,
    /// Commits of the SQLite writer.
    pub groups: u64,
    /// Units of work in those commits: divided by `groups`, the mean size of a group.
    pub grouped: u64,
    /// The most units of work that one commit carried.
    pub group_largest: u64,
    /// Connections made, the first ones included.
    pub connects: u64,
    /// Attempts to make a connection that failed.
    pub connect_failures: u64,
}

/// The counters behind [`StoreMetrics`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) connected: AtomicUsize,
    pub(crate) done: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) panicked: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) unavailable: AtomicU64,
    pub(crate) timed_out: AtomicU64,
    pub(crate) abandoned: AtomicU64,
    pub(crate) dry_runs: AtomicU64,
    pub(crate) groups: AtomicU64,
    pub(crate) grouped: AtomicU64,
    pub(crate) group_largest: AtomicU64,
    pub(crate) connects: AtomicU64,
    pub(crate) connect_failures: AtomicU64,
}

/// One more of them.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}

impl Counters {
    /// A unit of work ended.
    pub(crate) fn ran(&self, outcome: crate::job::Outcome) {
        use crate::job::Outcome;
        count(match outcome {
            Outcome::Done => &self.done,
            Outcome::Failed => &self.failed,
            Outcome::Panicked => &self.panicked,
        });
    }

    /// A commit carried `size` units of work.
    pub(crate) fn committed(&self, size: usize) {
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        self.groups.fetch_add(1, Relaxed);
        self.grouped.fetch_add(size, Relaxed);
        self.group_largest.fetch_max(size, Relaxed);
    }

    /// The figures now.
    pub(crate) fn snapshot(&self, queued: usize) -> StoreMetrics {
        StoreMetrics {
            queued,
            connected: self.connected.load(Relaxed),
            done: self.done.load(Relaxed),
            failed: self.failed.load(Relaxed),
            panicked: self.panicked.load(Relaxed),
            refused: self.refused.load(Relaxed),
            unavailable: self.unavailable.load(Relaxed),
            timed_out: self.timed_out.load(Relaxed),
            abandoned: self.abandoned.load(Relaxed),
            dry_runs: self.dry_runs.load(Relaxed),
            groups: self.groups.load(Relaxed),
            grouped: self.grouped.load(Relaxed),
            group_largest: self.group_largest.load(Relaxed),
            connects: self.connects.load(Relaxed),
            connect_failures: self.connect_failures.load(Relaxed),
        }
    }
}
