//! How long an answer may still take.

use crate::{Clock, Monotonic};
use std::time::Duration;

/// The moment after which nobody waits any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Monotonic);

impl Deadline {
    /// `budget` from now.
    #[must_use]
    pub fn after(clock: &dyn Clock, budget: Duration) -> Self {
        Self(clock.monotonic().plus(budget))
    }

    /// At this moment.
    #[must_use]
    pub fn at(moment: Monotonic) -> Self {
        Self(moment)
    }

    /// What is left of the budget; zero once it has passed.
    #[must_use]
    pub fn remaining(self, clock: &dyn Clock) -> Duration {
        self.0.since(clock.monotonic())
    }

    /// Whether the moment has passed.
    #[must_use]
    pub fn passed(self, clock: &dyn Clock) -> bool {
        clock.monotonic() >= self.0
    }

    /// The nearer of two deadlines.
    #[must_use]
    pub fn nearer(self, other: Self) -> Self {
        self.min(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ManualClock, Timestamp};

    #[test]
    fn a_deadline_passes_when_its_budget_is_used_up() {
        let clock = ManualClock::new(Timestamp(0));
        let deadline = Deadline::after(&clock, Duration::from_millis(10));
        clock.advance(Duration::from_millis(9));
        assert_eq!(deadline.remaining(&clock), Duration::from_millis(1));
        assert!(!deadline.passed(&clock));
        clock.advance(Duration::from_millis(1));
        assert!(deadline.passed(&clock));
        assert_eq!(deadline.remaining(&clock), Duration::ZERO);
    }
}
