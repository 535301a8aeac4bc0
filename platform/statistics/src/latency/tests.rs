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

/// 1 to 60 µs, each its own bucket: the rank is the duration.
#[test]
fn the_ends_are_the_first_and_the_last_rank_that_may_be_the_quantile() {
    let mut histogram = Histogram::default();
    (1..=60).for_each(|us| histogram.record_us(us));
    for share in [0.3, 0.5, 0.8] {
        let mixture = Mixture::around(share);
        let may_be = |rank: &u64| !mixture.evidence_against(Count::new(*rank, 60), share).refutes(0.95);
        let ranks: Vec<u64> = (0..=60).filter(may_be).collect();
        let (first, last) = (ranks[0], ranks[ranks.len() - 1]);
        assert!(first > 0 && last < 60 && ranks.len() as u64 == last - first + 1, "{ranks:?}");
        let expected = Interval { lower: first as f64, upper: (last + 1) as f64 };
        assert_eq!(quantile_interval(&histogram, share, 0.95), expected, "{share}");
    }
    let few = quantile_interval(&of(1, 5, 10_000.0), 0.5, 0.95);
    assert_eq!(few, Interval { lower: 0.0, upper: f64::INFINITY }, "5 bound nothing");
}

#[test]
fn the_ends_take_in_the_whole_of_a_bucket() {
    let mut histogram = Histogram::default();
    (0..100).for_each(|_| histogram.record_us(10_000));
    let (lowest, highest, _) = histogram.bars().next().unwrap();
    assert!(lowest < 10_000 && 10_000 < highest);
    let expected = Interval { lower: lowest as f64, upper: highest as f64 };
    assert_eq!(quantile_interval(&histogram, 0.5, 0.95), expected);
}

#[test]
fn a_ratio_has_half_of_the_doubt_on_each_side_and_nothing_is_below_a_microsecond() {
    let (old, new) = (of(1, 300, 10_000.0), of(2, 300, 15_000.0));
    let (of_old, of_new) = (quantile_interval(&old, 0.9, 0.975), quantile_interval(&new, 0.9, 0.975));
    let expected = Interval { lower: of_new.lower / of_old.upper, upper: of_new.upper / of_old.lower };
    assert_eq!(ratio_interval(&new, &old, 0.9, 0.95), expected);
    let few = ratio_interval(&new, &of(1, 3, 10_000.0), 0.5, 0.95);
    assert_eq!(few, Interval { lower: 0.0, upper: quantile_interval(&new, 0.5, 0.975).upper });
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
