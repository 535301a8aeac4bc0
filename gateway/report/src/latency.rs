//! How long answers took: a histogram that can be added to another one and kept as bytes.

use std::collections::BTreeMap;
use std::time::Duration;

/// A histogram of durations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Latency(BTreeMap<u64, u64>);

impl Latency {
    /// Counts a duration.
    pub(crate) fn record(&mut self, duration: Duration) {
        let us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        *self.0.entry(us).or_default() += 1;
    }

    /// Adds what another one counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (us, count) in &other.0 {
            *self.0.entry(*us).or_default() += count;
        }
    }

    /// Durations counted.
    pub(crate) fn count(&self) -> u64 {
        self.0.values().sum()
    }
}
