//! Moments as plain numbers, so that they fit into atomics.

use kernel::{Clock, Monotonic};
use std::sync::Arc;
use std::time::Duration;

/// Nanoseconds since the timeline began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

impl Moment {
    /// Time since `earlier`, zero if it lies ahead.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The moment `ms` milliseconds later; saturates.
    pub(crate) fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms.saturating_mul(1_000_000)))
    }

    /// Whole milliseconds since the timeline began.
    pub(crate) fn millis(self) -> u64 {
        self.0 / 1_000_000
    }
}

/// A clock with its own zero.
#[derive(Clone)]
pub(crate) struct Timeline {
    clock: Arc<dyn Clock>,
    zero: Monotonic,
}

impl Timeline {
    /// Begins now.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let zero = clock.monotonic();
        Self { clock, zero }
    }

    pub(crate) fn now(&self) -> Moment {
        self.at(self.clock.monotonic())
    }

    /// A moment of the clock's.
    pub(crate) fn at(&self, moment: Monotonic) -> Moment {
        Moment(nanos(moment.since(self.zero)))
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}

impl std::fmt::Debug for Timeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Timeline({:?})", self.now())
    }
}

/// As whole nanoseconds; saturates after 584 years.
pub(crate) fn nanos(duration: Duration) -> u64 {
    duration.as_secs().saturating_mul(1_000_000_000).saturating_add(duration.subsec_nanos().into())
}
