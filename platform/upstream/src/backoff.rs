//! How long to wait before asking again.

use crate::RetryPolicy;
use std::time::Duration;

impl RetryPolicy {
    /// The wait before retry number `retry` (from 0): drawn evenly from nothing to a bound that doubles with every
    /// retry ("full jitter": Brooker, AWS Architecture Blog 2015), so that clients that failed together do not come
    /// back together. `random` is any 64 random bits.
    #[must_use]
    pub fn backoff(&self, retry: u32, random: u64) -> Duration {
        let doubled = self.backoff_base_ms.saturating_mul(1_u64.checked_shl(retry).unwrap_or(u64::MAX));
        let bound_us = doubled.min(self.backoff_max_ms).saturating_mul(1_000);
        let drawn_us = (u128::from(random) * (u128::from(bound_us) + 1)) >> 64;
        Duration::from_micros(u64::try_from(drawn_us).unwrap_or(bound_us))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_up_to_the_most_and_the_wait_is_drawn_below_it() {
        let policy = RetryPolicy { backoff_base_ms: 10, backoff_max_ms: 50, ..RetryPolicy::default() };
        let longest: Vec<_> = [0, 1, 2, 3, 63, 64, 1_000]
            .iter()
            .map(|retry| policy.backoff(*retry, u64::MAX).as_millis())
            .collect();
        assert_eq!(longest, [10, 20, 40, 50, 50, 50, 50]);
        assert_eq!(policy.backoff(5, 0), Duration::ZERO);
        assert_eq!(policy.backoff(1, u64::MAX / 2).as_millis(), 10);
    }

    #[test]
    fn no_number_overflows() {
        let policy =
            RetryPolicy { backoff_base_ms: u64::MAX, backoff_max_ms: u64::MAX, ..RetryPolicy::default() };
        assert!(policy.backoff(u32::MAX, u64::MAX) > Duration::from_secs(1));
    }
}
