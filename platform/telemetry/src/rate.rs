//! How many requests a second the process answered lately, for `GET /stats`.

use kernel::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Seconds that the rate looks back.
const WINDOW_S: u64 = 15;
/// Buckets: the window, the second that is running, and one to spare against readers that are late.
const BUCKETS: usize = 17;

/// Counts requests by second. Each bucket holds its second in the upper half and its count in the lower.
#[derive(Debug, Default)]
pub struct RequestRate([AtomicU64; BUCKETS]);

impl RequestRate {
    /// Counts one request.
    pub fn count(&self, now: Timestamp) {
        let second = u64::try_from(now.seconds()).unwrap_or_default();
        let Some(bucket) = self.0.get(second as usize % BUCKETS) else { return };
        let mut seen = bucket.load(Relaxed);
        loop {
            let next = if seen >> 32 == second & 0xffff_ffff { seen + 1 } else { second << 32 | 1 };
            match bucket.compare_exchange_weak(seen, next, Relaxed, Relaxed) {
                Ok(_) => return,
                Err(other) => seen = other,
            }
        }
    }

    /// Requests a second over the last 15 whole seconds and the one that is running.
    #[must_use]
    pub fn per_second(&self, now: Timestamp) -> f64 {
        let now = u64::try_from(now.seconds()).unwrap_or_default();
        let recent = |bucket: &AtomicU64| {
            let value = bucket.load(Relaxed);
            let age = (now & 0xffff_ffff).checked_sub(value >> 32)?;
            (age < WINDOW_S).then_some(value & 0xffff_ffff)
        };
        self.0.iter().filter_map(recent).sum::<u64>() as f64 / WINDOW_S as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_fifteen_seconds_count() {
        let rate = RequestRate::default();
        let at = |second: i64| Timestamp(second * 1000);
        for _ in 0..30 {
            rate.count(at(1_000_000));
        }
        assert!((rate.per_second(at(1_000_000)) - 2.0).abs() < 1e-9);
        assert!((rate.per_second(at(1_000_014)) - 2.0).abs() < 1e-9);
        assert!(rate.per_second(at(1_000_015)).abs() < 1e-9);
        // The same bucket, seventeen seconds later, starts anew.
        rate.count(at(1_000_017));
        assert!((rate.per_second(at(1_000_017)) - 1.0 / 15.0).abs() < 1e-9);
    }
}
