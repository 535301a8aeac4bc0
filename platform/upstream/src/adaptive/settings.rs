//! The section of load shedding.

use serde::{Deserialize, Serialize};

/// Bounds and pace of an [`AdaptiveLimit`](super::AdaptiveLimit).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdaptiveSettings {
    /// The limit at the beginning, requests.
    pub initial: u32,
    /// The limit is never lower, requests.
    pub min: u32,
    /// The limit is never higher, requests.
    pub max: u32,
    /// The limit is set once in so long.
    pub window_ms: u64,
    /// A window lasts until it has so many samples.
    pub samples_min: u32,
    /// Answers that take longer than usual by up to this share, percent, are as usual still.
    pub tolerance_percent: u32,
    /// Answers that take less than this are as usual, whatever is, milliseconds.
    pub slow_from_ms: u32,
    /// Windows over which the usual latency follows slower answers.
    pub memory_windows: u32,
}

impl Default for AdaptiveSettings {
    fn default() -> Self {
        Self {
            initial: 1_024,
            min: 128,
            max: 65_536,
            window_ms: 250,
            samples_min: 50,
            tolerance_percent: 100,
            slow_from_ms: 100,
            memory_windows: 600,
        }
    }
}

impl AdaptiveSettings {
    /// At least one request is let in, or nothing would ever be learnt.
    pub(super) fn min(&self) -> u32 {
        self.min.max(1)
    }

    pub(super) fn max(&self) -> u32 {
        self.max.max(self.min())
    }
}
