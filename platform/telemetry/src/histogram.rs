//! A histogram with fixed bounds whose observation is two atomic additions and takes no lock: the request path may use it.

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper bounds of the buckets in seconds, 100 µs to 30 s.
const BOUNDS_S: [f64; 17] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
    10.0, 30.0,
];

/// Durations, counted by bucket. Clones share the counts.
#[derive(Debug, Clone, Default)]
pub struct AtomicHistogram(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// The last bucket has no upper bound.
    buckets: [AtomicU64; BOUNDS_S.len() + 1],
    sum_us: AtomicU64,
}

impl AtomicHistogram {
    /// Counts one duration.
    pub fn observe(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let bucket = BOUNDS_S.partition_point(|bound| *bound < seconds);
        if let Some(count) = self.0.buckets.get(bucket) {
            count.fetch_add(1, Relaxed);
        }
        self.0.sum_us.fetch_add(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    /// How many durations were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.buckets.iter().map(|count| count.load(Relaxed)).sum()
    }

    /// The mean duration; `None` before the first.
    #[must_use]
    pub fn mean(&self) -> Option<Duration> {
        let count = self.count();
        let sum_us = self.0.sum_us.load(Relaxed);
        sum_us.checked_div(count).map(Duration::from_micros)
    }

    /// The bound that a share of the durations (0 to 1) did not exceed: the upper bound of the bucket into which the
    /// quantile falls, so at most as exact as the buckets are. `None` before the first, and where it lies beyond the
    /// last bound (30 s).
    #[must_use]
    pub fn quantile_within(&self, share: f64) -> Option<Duration> {
        let counts: Vec<u64> = self.0.buckets.iter().map(|count| count.load(Relaxed)).collect();
        let total: u64 = counts.iter().sum();
        let wanted = share.clamp(0.0, 1.0) * total as f64;
        let mut below = 0;
        let reached = counts.iter().position(|count| {
            below += count;
            below > 0 && below as f64 >= wanted
        })?;
        BOUNDS_S.get(reached).copied().map(Duration::from_secs_f64)
    }
}

impl TypedMetric for AtomicHistogram {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for AtomicHistogram {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counts: Vec<u64> = self.0.buckets.iter().map(|count| count.load(Relaxed)).collect();
        let bounds = BOUNDS_S.into_iter().chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(counts.iter().copied()).collect();
        let sum_s = Duration::from_micros(self.0.sum_us.load(Relaxed)).as_secs_f64();
        encoder.encode_histogram::<NoLabelSet>(sum_s, counts.iter().sum(), &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus_client::encoding::text::encode;
    use prometheus_client::registry::Registry;

    #[test]
    fn durations_fall_into_the_bucket_whose_bound_they_do_not_exceed() {
        let histogram = AtomicHistogram::default();
        for us in [50, 100, 101, 2_000_000, 60_000_000] {
            histogram.observe(Duration::from_micros(us));
        }
        let mut registry = Registry::default();
        registry.register("took", "test", histogram.clone());
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        for expected in [
            "took_bucket{le=\"0.0001\"} 2\n",
            "took_bucket{le=\"0.00025\"} 3\n",
            "took_bucket{le=\"2.5\"} 4\n",
            "took_bucket{le=\"30.0\"} 4\n",
            "took_bucket{le=\"+Inf\"} 5\n",
            "took_count 5\n",
            "took_sum 62.000251\n",
        ] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
        assert_eq!(histogram.count(), 5);
    }

    #[test]
    fn mean_and_quantiles_are_within_their_buckets() {
        let histogram = AtomicHistogram::default();
        assert_eq!((histogram.mean(), histogram.quantile_within(0.5)), (None, None));
        for us in [200, 200, 200, 4_000] {
            histogram.observe(Duration::from_micros(us));
        }
        assert_eq!(histogram.mean(), Some(Duration::from_micros(1_150)));
        let bound = |share| histogram.quantile_within(share).map(|bound| bound.as_micros());
        assert_eq!(
            (bound(0.0), bound(0.75), bound(0.76), bound(1.0)),
            (Some(250), Some(250), Some(5_000), Some(5_000))
        );
        histogram.observe(Duration::from_secs(60));
        assert_eq!(bound(1.0), None, "beyond the last bound nothing is known");
    }
}
