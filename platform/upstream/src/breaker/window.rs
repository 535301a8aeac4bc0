//! Results over the last while, in ten buckets, each one word.

use crate::timeline::Moment;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const BUCKETS: u64 = 10;
/// A count fills 16 bits. At that both are halved: the rate stays, and no limit asks for as many.
const COUNT_MAX: u64 = u16::MAX as u64;

/// Counts of a sliding window. A bucket packs the number of its slice of time (32 bits, which come round after years)
/// with the results (16) and the failures (16) in it, so that one compare-and-swap counts and also starts a new slice.
#[derive(Debug, Default)]
pub(super) struct Window {
    buckets: [AtomicU64; BUCKETS as usize],
}

#[derive(Clone, Copy)]
struct Bucket {
    slice: u64,
    total: u64,
    failures: u64,
}

impl Bucket {
    fn unpack(word: u64) -> Self {
        Self { slice: word >> 32, total: word >> 16 & COUNT_MAX, failures: word & COUNT_MAX }
    }

    fn pack(self) -> u64 {
        self.slice << 32 | self.total << 16 | self.failures
    }

    fn plus(self, failed: bool) -> Self {
        let half = u32::from(self.total == COUNT_MAX);
        Self {
            total: (self.total >> half) + 1,
            failures: (self.failures >> half) + u64::from(failed),
            ..self
        }
    }
}

/// The slice of time in which `now` lies, from 1: an empty bucket has slice 0.
fn slice(window_ms: u64, now: Moment) -> u64 {
    let width_ms = (window_ms / BUCKETS).max(1);
    (now.millis() / width_ms + 1) & u64::from(u32::MAX)
}

impl Window {
    pub(super) fn add(&self, failed: bool, window_ms: u64, now: Moment) {
        let slice = slice(window_ms, now);
        let index = usize::try_from(slice % BUCKETS).unwrap_or_default();
        let Some(bucket) = self.buckets.get(index) else { return };
        let mut word = bucket.load(Relaxed);
        loop {
            let found = Bucket::unpack(word);
            let current = if found.slice == slice { found } else { Bucket { slice, total: 0, failures: 0 } };
            match bucket.compare_exchange_weak(word, current.plus(failed).pack(), Relaxed, Relaxed) {
                Ok(_) => return,
                Err(newer) => word = newer,
            }
        }
    }

    /// Results and failures of the window that ends now.
    pub(super) fn sum(&self, window_ms: u64, now: Moment) -> (u64, u64) {
        let last = slice(window_ms, now);
        let buckets = self.buckets.iter().map(|bucket| Bucket::unpack(bucket.load(Relaxed)));
        let recent = buckets.filter(|bucket| bucket.slice <= last && bucket.slice + BUCKETS > last);
        recent.fold((0, 0), |(total, failures), bucket| (total + bucket.total, failures + bucket.failures))
    }

    pub(super) fn clear(&self) {
        for bucket in &self.buckets {
            bucket.store(0, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_leave_the_window_slice_by_slice() {
        let window = Window::default();
        let at = |ms| Moment(0).plus_ms(ms);
        window.add(true, 1_000, at(0));
        window.add(false, 1_000, at(950));
        assert_eq!(window.sum(1_000, at(950)), (2, 1));
        assert_eq!(window.sum(1_000, at(1_000)), (1, 0));
        window.add(true, 1_000, at(1_050));
        assert_eq!(window.sum(1_000, at(1_050)), (2, 1));
        assert_eq!(window.sum(1_000, at(9_000)), (0, 0));
    }

    #[test]
    fn a_full_bucket_keeps_its_rate() {
        let window = Window::default();
        for index in 0..200_000_u32 {
            window.add(index % 4 == 0, 1_000, Moment(0));
        }
        let (total, failures) = window.sum(1_000, Moment(0));
        assert!(total > 30_000, "{total}");
        assert!((24..=26).contains(&(failures * 100 / total)), "{failures} of {total}");
    }
}
