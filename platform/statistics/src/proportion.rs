//! What a count says of the true rate: the exact bounds of Clopper and Pearson ("The use of confidence or fiducial limits",
//! Biometrika 26, 1934). They hold for one look at a number of trials that was set before; for figures that are watched while
//! they grow there is [`sequential`](crate::sequential).

use crate::special::quantile;
use crate::{Count, Interval};

/// The rate that the true one does not exceed, at this confidence (0 to 1); 1 before the first trial.
#[must_use]
pub fn upper_bound(count: Count, confidence: f64) -> f64 {
    let (hits, misses) = count.parts();
    if misses == 0.0 {
        return 1.0;
    }
    if hits == 0.0 {
        // 1 - (1 - confidence)^(1/n), without losing what is small.
        return -((1.0 - confidence).ln() / misses).exp_m1();
    }
    quantile(confidence, hits + 1.0, misses)
}

/// The rate that the true one is not below, at this confidence (0 to 1); 0 before the first trial.
#[must_use]
pub fn lower_bound(count: Count, confidence: f64) -> f64 {
    let (hits, misses) = count.parts();
    if hits == 0.0 {
        return 0.0;
    }
    quantile(1.0 - confidence, hits, misses + 1.0)
}

/// Where the true rate lies, at this confidence (0 to 1).
#[must_use]
pub fn interval(count: Count, confidence: f64) -> Interval {
    let each_side = 1.0 - (1.0 - confidence) / 2.0;
    Interval { lower: lower_bound(count, each_side), upper: upper_bound(count, each_side) }
}

/// The fewest trials, all without a hit, whose [`upper_bound`] is at most `allowed` at this confidence: 2,995 for a rate of
/// 0.001 at 95 %. [`u64::MAX`] where none are enough.
#[must_use]
pub fn trials_needed(allowed: f64, confidence: f64) -> u64 {
    if allowed >= 1.0 {
        return 0;
    }
    // A float turns into the nearest integer there is: infinity into the largest.
    ((1.0 - confidence).ln() / (-allowed.max(0.0)).ln_1p()).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 5e-5, "{value}, expected {expected}");
    }

    /// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I.
    #[test]
    fn the_intervals_of_the_literature_are_met() {
        for (hits, of, lower, upper) in [
            (81, 263, 0.2527, 0.3676),
            (15, 148, 0.0578, 0.1617),
            (0, 20, 0.0, 0.1684),
            (1, 29, 0.0009, 0.1776),
        ] {
            let interval = interval(Count::new(hits, of), 0.95);
            near(interval.lower, lower);
            near(interval.upper, upper);
        }
    }

    #[test]
    fn nothing_seen_is_the_rule_of_three() {
        near(upper_bound(Count::new(0, 1_000), 0.95), 0.002_991);
        assert_eq!(trials_needed(0.001, 0.95), 2_995);
        assert_eq!((upper_bound(Count::default(), 0.95), lower_bound(Count::default(), 0.95)), (1.0, 0.0));
        assert_eq!((upper_bound(Count::new(5, 5), 0.95), lower_bound(Count::new(0, 5), 0.95)), (1.0, 0.0));
        assert_eq!((trials_needed(1.0, 0.95), trials_needed(0.0, 0.95)), (0, u64::MAX));
        assert_eq!(trials_needed(-0.1, 0.95), u64::MAX, "less than nothing is nothing");
    }

    proptest! {
        #[test]
        fn the_needed_trials_are_the_fewest(allowed in 0.0001..0.5_f64, confidence in 0.5..0.9999_f64) {
            let needed = trials_needed(allowed, confidence);
            prop_assert!(upper_bound(Count::new(0, needed), confidence) <= allowed * (1.0 + 1e-9));
            prop_assert!(upper_bound(Count::new(0, needed - 1), confidence) > allowed * (1.0 - 1e-9));
        }

        #[test]
        fn bounds_enclose_the_rate_and_mirror_each_other(of in 1_u64..5_000, share in 0.0..=1.0_f64, confidence in 0.5..0.999_f64) {
            let count = Count::new((of as f64 * share) as u64, of);
            let found = interval(count, confidence);
            prop_assert!(found.contains(count.rate()));
            let mirrored = interval(Count::new(count.misses(), of), confidence);
            prop_assert!((found.lower - (1.0 - mirrored.upper)).abs() < 1e-9);
        }
    }
}
