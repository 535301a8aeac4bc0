//! When a request came, by both clocks for the price of one: the wall's time is carried on by the monotonic clock for a
//! short while, then looked up again.

use kernel::{Clock, Monotonic, Timestamp};
use std::cell::Cell;
use std::time::Duration;

/// How long the wall clock is believed to go on as it did. A step of it is seen this much later.
const CARRIED_MAX: Duration = Duration::from_millis(100);

/// The worker's last look at both clocks.
#[derive(Debug, Default)]
pub(crate) struct Moments {
    seen: Cell<Option<(Timestamp, Monotonic)>>,
}

impl Moments {
    /// Now.
    pub(crate) fn now(&self, clock: &dyn Clock) -> (Timestamp, Monotonic) {
        let now = clock.monotonic();
        if let Some((wall, seen)) = self.seen.get() {
            let passed = now.since(seen);
            if passed < CARRIED_MAX {
                return (wall.plus(passed), now);
            }
        }
        let wall = clock.now();
        self.seen.set(Some((wall, now)));
        (wall, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::ManualClock;

    #[test]
    fn both_clocks_go_together() {
        let (clock, moments) = (ManualClock::new(Timestamp(5_000)), Moments::default());
        let begin = clock.monotonic();
        let mut passed = 0;
        for step in [0, 1, 40, 58, 1, 99, 100, 12_345] {
            passed += step;
            clock.advance(Duration::from_millis(step));
            let expected = (
                Timestamp(5_000).plus(Duration::from_millis(passed)),
                begin.plus(Duration::from_millis(passed)),
            );
            assert_eq!(moments.now(&clock), expected, "after {step}");
        }
    }

    /// Says other times than it would carry on to.
    struct Stepping(ManualClock);

    impl Clock for Stepping {
        fn now(&self) -> Timestamp {
            Timestamp(self.0.now().0 * 2)
        }

        fn monotonic(&self) -> Monotonic {
            self.0.monotonic()
        }
    }

    #[test]
    fn a_step_of_the_wall_clock_is_seen_after_a_while() {
        let (clock, moments) = (Stepping(ManualClock::new(Timestamp(1_000))), Moments::default());
        assert_eq!(moments.now(&clock).0, Timestamp(2_000));
        clock.0.advance(Duration::from_millis(99));
        assert_eq!(moments.now(&clock).0, Timestamp(2_099));
        clock.0.advance(Duration::from_millis(1));
        assert_eq!(moments.now(&clock).0, Timestamp(2_200));
    }
}
