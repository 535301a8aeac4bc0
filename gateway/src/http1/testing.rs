//! What the tests of the loop share: a clock that follows the runtime's, which a test can pause.

use kernel::{Clock, ManualClock, Monotonic, Timestamp};
use std::time::Duration;
use tokio::time::Instant;

/// Tells the time of the test's runtime.
pub(crate) struct RuntimeClock {
    started: Instant,
    zero: Monotonic,
}

#[expect(clippy::disallowed_methods, reason = "the paused clock of a test is the source here")]
fn now() -> Instant {
    Instant::now()
}

impl RuntimeClock {
    pub(crate) fn new() -> Self {
        Self { started: now(), zero: ManualClock::new(Timestamp(0)).monotonic() }
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        Timestamp(784_111_777_000).plus(now() - self.started)
    }

    fn monotonic(&self) -> Monotonic {
        self.zero.plus(now() - self.started)
    }
}

/// Time since the clock was made, without what the runtime's timer rounds up.
pub(crate) fn elapsed(clock: &dyn Clock) -> Duration {
    let since = clock.monotonic().since(ManualClock::new(Timestamp(0)).monotonic());
    Duration::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX) / 10 * 10)
}
