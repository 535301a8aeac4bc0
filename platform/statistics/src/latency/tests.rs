//! Quantiles with their uncertainty, under looking after every request, and the rank test.

use super::*;
use kernel::{Random, SeededRandom};

fn exponential(random: &SeededRandom, mean_us: f64) -> u64 {
    let even = ((random.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
    (-even.ln() * mean_us) as u64
}

fn of(seed: u64, requests: u64, mean_us: f64) -> Histogram {
    let random = SeededRandom::new(seed);
    let mut histogram = Histogram::default();
    for _ in 0..requests {
        histogram.record_us(exponential(&random, mean_us));
    }
    histogram
}

#[test]
fn looking_after_every_request_errs_as_seldom_as_promised() {
    // The 90th percentile of an exponential distribution is its mean times ln 10.
    let truth = 10_000.0 * 10_f64.ln();
    let errors = (0..300).filter(|seed| {
        let random = SeededRandom::new(*seed);
        let mut histogram = Histogram::default();
        (0..500).any(|_| {
            histogram.record_us(exponential(&random, 10_000.0));
            !quantile_interval(&histogram, 0.9, 0.95).contains(truth)
        })
    });
    // 5 % of 300 are 15; more than 28 has a chance below 1 in 1,000.
    let errors = errors.count();
    assert!(errors <= 28, "{errors}");
}

#[test]
fn the_interval_narrows_around_the_quantile() {
    let few = quantile_interval(&of(1, 100, 10_000.0), 0.99, 0.95);
    assert_eq!(few.upper, f64::INFINITY, "100 requests do not bound the 99th percentile");
    let many = quantile_interval(&of(1, 100_000, 10_000.0), 0.99, 0.95);
    assert!(many.contains(10_000.0 * 100_f64.ln()) && many.upper / many.lower < 1.12, "{many:?}");
    assert_eq!(
        quantile_interval(&Histogram::default(), 0.99, 0.95),
        Interval { lower: 0.0, upper: f64::INFINITY }
    );
}

#[test]
fn a_side_that_is_twice_as_slow_is_told_from_one_that_is_not() {
    let (old, same, slow) = (of(1, 10_000, 10_000.0), of(2, 10_000, 10_000.0), of(3, 10_000, 20_000.0));
    let ratio = |new: &Histogram| ratio_interval(new, &old, 0.99, 0.95);
    assert!(ratio(&slow).lower > 1.5 && ratio(&slow).contains(2.0), "{:?}", ratio(&slow));
    assert!(ratio(&same).upper < 1.5 && ratio(&same).contains(1.0), "{:?}", ratio(&same));
    assert_eq!(ratio(&Histogram::default()), Interval { lower: 0.0, upper: f64::INFINITY });
}

/// Mann and Whitney by hand: 1, 2, 4 against 3, 5, 6, 7.
#[test]
fn the_rank_test_counts_who_comes_later() {
    let collect = |durations: &[u64]| {
        let mut histogram = Histogram::default();
        durations.iter().for_each(|us| histogram.record_us(*us));
        histogram
    };
    let (old, new) = (collect(&[1, 2, 4]), collect(&[3, 5, 6, 7]));
    let found = mann_whitney(&new, &old).unwrap();
    assert!((found.slower - 11.0 / 12.0).abs() < 1e-12);
    // z = (11 - 6) / sqrt(3·4·8/12) = 1.7678, two-sided p = 0.0771.
    assert!((found.confidence - 0.9229).abs() < 1e-4, "{found:?}");
    // With equal ones: 1, 2, 2 against 2, 3: the variance loses (27 - 3) / (5·4) of its 6.
    let found = mann_whitney(&collect(&[2, 3]), &collect(&[1, 2, 2])).unwrap();
    assert!((found.slower - 5.0 / 6.0).abs() < 1e-12);
    let deviations = 2.0 / (0.5_f64 * (6.0 - 24.0 / 20.0)).sqrt();
    assert!((found.confidence - (1.0 - 2.0 * crate::special::cdf(-deviations))).abs() < 1e-12);
    let equal = mann_whitney(&collect(&[5, 5]), &collect(&[5])).unwrap();
    assert_eq!((equal.slower, equal.confidence), (0.5, 0.0));
    assert_eq!(mann_whitney(&collect(&[5]), &Histogram::default()), None);
}

#[test]
fn the_rank_test_sees_a_fifth_and_does_not_see_nothing() {
    let old = of(1, 5_000, 10_000.0);
    let slower = mann_whitney(&of(2, 5_000, 12_000.0), &old).unwrap();
    assert!(slower.slower > 0.51 && slower.confidence > 0.99, "{slower:?}");
    let alarms = (0..200).filter(|seed| {
        let found = mann_whitney(&of(1_000 + seed, 300, 10_000.0), &of(5_000 + seed, 300, 10_000.0));
        found.unwrap().confidence > 0.95
    });
    // 5 % of 200 are 10; more than 21 has a chance below 1 in 1,000.
    assert!(alarms.count() <= 21);
}
