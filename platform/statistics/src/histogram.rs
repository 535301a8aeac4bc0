//! Latencies by size: a histogram whose buckets are equal below 64 µs and grow with the size above it, as in HdrHistogram (G. Tene).
//! Recording is one addition; two of them add up to a third without loss.

mod buckets;
mod codec;

pub use buckets::LARGEST_US;
use buckets::{Bucket, bucket_of};
pub use codec::{BYTES_MAX, Undecodable};
use std::time::Duration;

/// Durations from 1 µs to [`LARGEST_US`], each known within 1.6 %. Larger ones are counted as the largest. It holds 8 bytes a
/// bucket up to the largest that was recorded: 4 KB for 150 ms, 7 KB at most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    /// By bucket; the last one is not zero.
    counts: Vec<u64>,
    total: u64,
    /// Of the durations themselves, not of the buckets.
    sum_us: u64,
}

impl Histogram {
    /// Counts one duration.
    pub fn record(&mut self, duration: Duration) {
        self.record_us(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
    }

    /// Counts one duration in microseconds.
    pub fn record_us(&mut self, us: u64) {
        let us = us.min(LARGEST_US);
        self.add(bucket_of(us), 1);
        self.sum_us = self.sum_us.saturating_add(us);
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in other.buckets() {
            self.add(bucket.index, count);
        }
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
    }

    /// What was counted since `earlier`, which is this one as it was once.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut since = Self::default();
        for (bucket, count) in self.buckets() {
            let before = earlier.counts.get(bucket.index).copied().unwrap_or_default();
            since.add(bucket.index, count.saturating_sub(before));
        }
        since.sum_us = self.sum_us.saturating_sub(earlier.sum_us);
        since
    }

    /// How many durations were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.total
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The mean in microseconds; `None` before the first.
    #[must_use]
    pub fn mean_us(&self) -> Option<f64> {
        (self.total > 0).then(|| self.sum_us as f64 / self.total as f64)
    }

    /// The duration in microseconds that this share (0 to 1) of them did not exceed, within 1.6 %; `None` before the first.
    #[must_use]
    pub fn quantile_us(&self, share: f64) -> Option<f64> {
        let rank = (share.clamp(0.0, 1.0) * self.total as f64).ceil().max(1.0) as u64;
        self.at_rank(rank).map(Bucket::middle_us)
    }

    /// What was counted, by size: the bounds of each bucket in microseconds, both included, and its count. For plots.
    pub fn bars(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        self.buckets().map(|(bucket, count)| (bucket.lowest_us(), bucket.highest_us(), count))
    }

    /// The buckets with a count, from the smallest durations up.
    fn buckets(&self) -> impl Iterator<Item = (Bucket, u64)> {
        let all = self.counts.iter().enumerate();
        all.filter(|(_, count)| **count > 0).map(|(index, count)| (Bucket { index }, *count))
    }

    /// The counts by bucket, up to the last one that has any.
    pub(crate) fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The bucket of the `rank`-th smallest duration, counted from 1; `None` when there are fewer.
    pub(crate) fn at_rank(&self, rank: u64) -> Option<Bucket> {
        let mut reached = 0_u64;
        self.buckets()
            .map(|(bucket, count)| {
                reached = reached.saturating_add(count);
                (bucket, reached)
            })
            .find(|(_, reached)| *reached >= rank)
            .map(|(bucket, _)| bucket)
    }

    fn add(&mut self, index: usize, count: u64) {
        if count > 0 && self.counts.len() <= index {
            self.counts.resize(index + 1, 0);
        }
        if let Some(held) = self.counts.get_mut(index) {
            *held = held.saturating_add(count);
        }
        self.total = self.total.saturating_add(count);
    }
}

#[cfg(test)]
mod tests;
