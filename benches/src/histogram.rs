//! How long single things took: percentiles over millions of them at three digits' precision.

use crate::error::BenchError;
use std::time::Duration;

/// The longest time that is told apart, nanoseconds: a minute.
const LONGEST_NS: u64 = 60_000_000_000;
/// The shortest, nanoseconds.
const SHORTEST_NS: u64 = 100;
/// Significant decimal digits.
const DIGITS: u8 = 3;

/// Durations, counted.
pub(crate) struct Histogram(hdrhistogram::Histogram<u64>);

impl Histogram {
    /// An empty one.
    pub(crate) fn new() -> Result<Self, BenchError> {
        hdrhistogram::Histogram::new_with_bounds(SHORTEST_NS, LONGEST_NS, DIGITS)
            .map(Self)
            .map_err(|error| BenchError::Missing(format!("a histogram: {error}")))
    }

    /// Counts one.
    pub(crate) fn record(&mut self, duration: Duration) {
        self.0.saturating_record(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    /// How many were counted.
    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// The duration that the share `quantile` of all did not exceed, microseconds.
    pub(crate) fn quantile_us(&self, quantile: f64) -> f64 {
        self.0.value_at_quantile(quantile) as f64 / 1e3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_exact_to_three_digits() {
        let mut histogram = Histogram::new().unwrap();
        (1..=1000).for_each(|us| histogram.record(Duration::from_micros(us)));
        assert_eq!(histogram.count(), 1000);
        assert!((histogram.quantile_us(0.5) - 500.0).abs() < 1.0);
        assert!((histogram.quantile_us(0.99) - 990.0).abs() < 1.0);
    }
}
