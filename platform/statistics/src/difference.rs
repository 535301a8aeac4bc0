//! How far two rates lie apart.

use crate::special::normal_quantile;
use crate::{Count, Interval};

/// Where the true rate of `a` less that of `b` lies, at this confidence (0 to 1), by the hybrid of two score intervals: method
/// 10 of Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17 (1998).
/// −1 to 1 while one of them was never tried.
#[must_use]
pub fn difference(a: Count, b: Count, confidence: f64) -> Interval {
    if a.of == 0 || b.of == 0 {
        return Interval { lower: -1.0, upper: 1.0 };
    }
    let z = normal_quantile(1.0 - (1.0 - confidence) / 2.0);
    let (score_a, score_b) = (score(a, z), score(b, z));
    let (rate_a, rate_b) = (a.rate(), b.rate());
    let apart = rate_a - rate_b;
    Interval {
        lower: (apart - (rate_a - score_a.lower).hypot(score_b.upper - rate_b)).max(-1.0),
        upper: (apart + (score_a.upper - rate_a).hypot(rate_b - score_b.lower)).min(1.0),
    }
}

/// The score interval of one rate (Wilson 1927), `z` deviations to each side.
fn score(count: Count, z: f64) -> Interval {
    let n = count.of as f64;
    let rate = count.rate();
    let z2 = z * z;
    let middle = 2.0 * n * rate + z2;
    let reach = z * (z2 + 4.0 * n * rate * (1.0 - rate)).sqrt();
    let scale = 2.0 * (n + z2);
    Interval { lower: ((middle - reach) / scale).max(0.0), upper: ((middle + reach) / scale).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Newcombe 1998, table II, method 10.
    #[test]
    fn the_intervals_of_the_literature_are_met() {
        for (a, b, lower, upper) in [
            (Count::new(56, 70), Count::new(48, 80), 0.0524, 0.3339),
            (Count::new(9, 10), Count::new(3, 10), 0.1705, 0.8090),
            (Count::new(6, 7), Count::new(2, 7), 0.0582, 0.8062),
            (Count::new(10, 10), Count::new(0, 20), 0.6791, 1.0),
        ] {
            let found = difference(a, b, 0.95);
            assert!((found.lower - lower).abs() < 5e-5 && (found.upper - upper).abs() < 5e-5, "{found:?}");
        }
    }

    #[test]
    fn never_tried_says_nothing() {
        assert_eq!(
            difference(Count::default(), Count::new(1, 2), 0.95),
            Interval { lower: -1.0, upper: 1.0 }
        );
    }

    proptest! {
        #[test]
        fn it_encloses_what_was_seen_and_turns_with_the_sides(
            (n, m) in (1_u64..3_000, 1_u64..3_000), (s, t) in (0.0..=1.0_f64, 0.0..=1.0_f64)
        ) {
            let a = Count::new((n as f64 * s) as u64, n);
            let b = Count::new((m as f64 * t) as u64, m);
            let (there, back) = (difference(a, b, 0.95), difference(b, a, 0.95));
            prop_assert!(there.lower <= a.rate() - b.rate() && a.rate() - b.rate() <= there.upper);
            prop_assert!((there.lower + back.upper).abs() < 1e-12);
        }
    }
}
