//! Two rates beside each other, at any time.

use super::mixture::{Mixture, ln_likelihood};
use crate::{Count, Evidence};

/// Evidence that the true rate of `a` is more than `factor` times that of `b`, against the hypothesis that it is at most that.
///
/// What a mixture of all pairs of rates expects, against the best that any pair of the hypothesis can do: universal inference
/// (Wasserman, Ramdas and Balakrishnan, PNAS 117, 2020, section 8).
#[must_use]
pub fn greater(a: Count, b: Count, factor: f64) -> Evidence {
    let factor = if factor > 0.0 { factor } else { return Evidence::NONE };
    let expected = Mixture::JEFFREYS.ln_marginal(a) + Mixture::JEFFREYS.ln_marginal(b);
    Evidence::from_ln(expected - best_of_hypothesis(a, b, factor))
}

/// ln of the largest probability of both counts among rates with `rate of a ≤ factor · rate of b`.
fn best_of_hypothesis(a: Count, b: Count, factor: f64) -> f64 {
    if a.rate() <= factor * b.rate() {
        return ln_likelihood(a, a.rate()) + ln_likelihood(b, b.rate());
    }
    let rate_b = edge(a, b, factor);
    ln_likelihood(a, (factor * rate_b).min(1.0)) + ln_likelihood(b, rate_b)
}

/// The likeliest rate of `b` when that of `a` is exactly `factor` times as large: the smaller root of the quadratic equation of
/// Farrington and Manning, "Test statistics and sample size formulae for comparative binomial trials", Statistics in Medicine 9
/// (1990), appendix.
fn edge(a: Count, b: Count, factor: f64) -> f64 {
    let ((hits_a, misses_a), (hits_b, misses_b)) = (a.parts(), b.parts());
    let hits = hits_a + hits_b;
    let square = factor * (hits + misses_a + misses_b);
    let linear = hits * (1.0 + factor) + factor * misses_a + misses_b;
    let root = (linear * linear - 4.0 * square * hits).max(0.0).sqrt();
    // The form that does not subtract what is nearly equal.
    2.0 * hits / (linear + root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_rates_are_pooled_and_a_factor_moves_the_edge() {
        assert!((edge(Count::new(5, 100), Count::new(1, 100), 1.0) - 0.03).abs() < 1e-12);
        let far = edge(Count::new(50, 1_000), Count::new(10, 1_000), 2.0);
        assert!((far - 0.02).abs() < 5e-4, "about 60 of 3,000: {far}");
    }

    #[test]
    fn many_more_errors_are_evidence_and_as_many_are_not() {
        let old = Count::new(3, 100_000);
        assert!(greater(Count::new(5, 1_000), old, 1.0).refutes(0.999));
        assert!(greater(Count::new(0, 1_000), old, 1.0).ln() < 0.0);
        assert!(greater(old, old, 1.0).ln() < 0.0);
        assert!(
            !greater(Count::new(5, 1_000), old, 1_000.0).refutes(0.5),
            "a thousand times as many are granted"
        );
        for no_factor in [f64::NAN, 0.0, -1.0] {
            assert_eq!(greater(old, old, no_factor), Evidence::NONE);
        }
        assert_eq!(greater(Count::default(), Count::default(), 1.0).ln(), 0.0);
    }

    proptest! {
        /// No pair of rates of the hypothesis is likelier than the one that was taken as the best.
        #[test]
        fn the_best_of_the_hypothesis_is_the_best(
            (n, m) in (1_u64..500, 1_u64..500), (s, t) in (0.0..=1.0_f64, 0.0..=1.0_f64),
            factor in 0.2..5.0_f64, rate in 0.0..1.0_f64, below in 0.0..=1.0_f64,
        ) {
            let a = Count::new((n as f64 * s) as u64, n);
            let b = Count::new((m as f64 * t) as u64, m);
            let rate_a = (factor * rate).min(1.0) * below;
            let other = ln_likelihood(a, rate_a) + ln_likelihood(b, rate);
            prop_assert!(other <= best_of_hypothesis(a, b, factor) + 1e-9);
        }
    }
}
