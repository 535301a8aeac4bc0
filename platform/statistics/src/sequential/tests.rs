//! The promises of the sequential tests: known values, and the rate of errors when somebody looks after every trial.

use super::*;
use kernel::{Random, SeededRandom};
use proptest::prelude::*;

/// Trials that hit at a rate, the same with each seed.
struct Coin(SeededRandom);

impl Coin {
    fn hits(&self, rate: f64) -> bool {
        // 53 random bits make an even number from 0 to 1.
        ((self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64) < rate
    }
}

/// In how many of `runs` somebody who looks after each of `trials` sees `alarm` at least once.
fn alarms(runs: u64, trials: u64, rate: f64, alarm: impl Fn(Count) -> bool) -> u64 {
    (0..runs)
        .filter(|run| {
            let coin = Coin(SeededRandom::new(*run));
            let mut count = Count::default();
            (0..trials).any(|_| {
                count += Count::new(u64::from(coin.hits(rate)), 1);
                alarm(count)
            })
        })
        .count() as u64
}

#[test]
fn looking_after_every_trial_errs_as_seldom_as_promised() {
    let (runs, trials) = (200, 300);
    // 5 % of 200 are 10; that an honest 5 % gives more than 21 has a chance below 1 in 1,000.
    for rate in [0.01, 0.05, 0.5] {
        assert!(alarms(runs, trials, rate, |count| above(count, rate).refutes(0.95)) <= 21, "above {rate}");
        assert!(alarms(runs, trials, rate, |count| below(count, rate).refutes(0.95)) <= 21, "below {rate}");
        assert!(
            alarms(runs, trials, rate, |count| !interval(count, 0.95).contains(rate)) <= 21,
            "interval {rate}"
        );
    }
    let naive = |count: Count| crate::proportion::lower_bound(count, 0.95) > 0.05;
    assert!(
        alarms(runs, trials, 0.05, naive) > 25,
        "what is meant for one look errs more when looked at always"
    );
}

#[test]
fn two_equal_rates_are_seldom_told_apart() {
    let alarms = (0..400).filter(|run| {
        let coin = Coin(SeededRandom::new(1_000 + run));
        let (mut a, mut b) = (Count::default(), Count::default());
        (0..400).any(|_| {
            a += Count::new(u64::from(coin.hits(0.1)), 1);
            b += Count::new(u64::from(coin.hits(0.1)), 1);
            greater(a, b, 1.0).refutes(0.95)
        })
    });
    assert!(alarms.count() <= 34);
}

#[test]
fn what_is_true_is_found() {
    let seen = alarms(100, 4_000, 0.02, |count| above(count, 0.01).refutes(0.95));
    assert!(seen >= 95, "twice the limit is found in 4,000 trials: {seen}");
    let seen = alarms(100, 10_000, 0.0001, |count| below(count, 0.001).refutes(0.95));
    assert!(seen >= 90, "a tenth of the limit is found in 10,000 trials: {seen}");
}

#[test]
fn without_a_hit_it_takes_a_quarter_more_than_one_look_does() {
    let enough = (1..).find(|n| below(Count::new(0, *n), 0.001).refutes(0.95)).unwrap();
    // The last bit of `lgamma` differs between builds of libm.
    assert!((3_678..=3_679).contains(&enough), "{enough}");
}

#[test]
fn what_always_fails_is_seen_at_once() {
    let enough = (1..).find(|n| above(Count::new(*n, *n), 0.001).refutes(0.999)).unwrap();
    assert!(enough <= 6, "{enough}");
}

#[test]
fn large_counts_stay_finite_and_sure() {
    let million = Count::new(1_000, 10_000_000);
    assert!(below(million, 0.001).refutes(0.999_999) && !above(million, 0.001).refutes(0.5));
    let found = interval(million, 0.95);
    assert!(found.contains(0.0001) && found.upper - found.lower < 0.00004, "{found:?}");
    assert_eq!(interval(Count::default(), 0.95), Interval { lower: 0.0, upper: 1.0 });
}

proptest! {
    #[test]
    fn the_sequence_encloses_the_rate_and_the_interval_of_one_look(of in 1_u64..3_000, share in 0.0..=1.0_f64) {
        let count = Count::new((of as f64 * share) as u64, of);
        let always = interval(count, 0.95);
        prop_assert!(always.contains(count.rate()));
        let once = crate::difference(count, Count::new(0, u64::MAX), 0.95);
        prop_assert!(always.lower <= once.lower + 1e-9 && once.upper <= always.upper + 1e-9);
    }

    #[test]
    fn evidence_is_never_on_both_sides(of in 1_u64..3_000, share in 0.0..=1.0_f64, limit in 0.001..0.999_f64) {
        let count = Count::new((of as f64 * share) as u64, of);
        prop_assert!(above(count, limit).ln().min(below(count, limit).ln()) <= 1e-9);
    }
}
