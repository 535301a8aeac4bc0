//! Whether one side is slower than the other: quantiles of two histograms with their uncertainty, and a test of the whole.

mod ranks;

pub use ranks::{MannWhitney, mann_whitney};

use crate::sequential::Mixture;
use crate::{Count, Histogram, Interval};

/// Where the true quantile lies, microseconds, at this confidence (0 to 1) for all moments together: the order statistics between which
/// a confidence sequence of the share puts it (Howard and Ramdas, "Sequential estimation of quantiles with applications to A/B
/// testing and best-arm identification", Bernoulli 28, 2022, section 3). The upper end is infinite while too few were seen.
#[must_use]
pub fn quantile_interval(histogram: &Histogram, share: f64, confidence: f64) -> Interval {
    let total = histogram.count();
    let mixture = Mixture::around(share);
    let accepted = |rank: u64| !mixture.evidence_against(Count::new(rank, total), share).refutes(confidence);
    let middle = ((share * total as f64) as u64).min(total);
    let (fewest, most) = (fewest(0, middle, accepted), most(middle, total, accepted));
    let lowest = histogram.at_rank(fewest).filter(|_| fewest > 0);
    Interval {
        lower: lowest.map_or(0.0, |bucket| bucket.lowest_us() as f64),
        // At most `most` are below the quantile, so it is not above the next one.
        upper: histogram
            .at_rank(most.saturating_add(1))
            .map_or(f64::INFINITY, |bucket| bucket.highest_us() as f64),
    }
}

/// Where the true ratio of a quantile of `new` to that of `old` lies, at this confidence (0 to 1) for all moments together.
#[must_use]
pub fn ratio_interval(new: &Histogram, old: &Histogram, share: f64, confidence: f64) -> Interval {
    // Half of the doubt for each of the two.
    let each = 1.0 - (1.0 - confidence) / 2.0;
    let (new, old) = (quantile_interval(new, share, each), quantile_interval(old, share, each));
    // Below a microsecond nothing is told apart.
    Interval { lower: new.lower / old.upper.max(1.0), upper: new.upper / old.lower.max(1.0) }
}

/// The smallest accepted number between `from` and `to`, of which the last is accepted and none after the first refused one.
fn fewest(mut from: u64, mut to: u64, accepted: impl Fn(u64) -> bool) -> u64 {
    while from < to {
        let middle = from.midpoint(to);
        if accepted(middle) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    to
}

/// The largest accepted number between `from` and `to`, of which the first is accepted.
fn most(mut from: u64, mut to: u64, accepted: impl Fn(u64) -> bool) -> u64 {
    while from < to {
        let middle = to - (to - from) / 2;
        if accepted(middle) {
            from = middle;
        } else {
            to = middle - 1;
        }
    }
    from
}

#[cfg(test)]
mod tests;
