//! The strategies give each instance its share, move few keys, and leave out who is not to be asked.

use super::*;
use crate::rng::Rng;
use proptest::prelude::*;

fn ids(count: usize) -> Vec<u64> {
    (0..count).map(|index| crate::sticky_hash(format!("instance-{index}").as_bytes())).collect()
}

fn consistent(ids: &[u64], weights: &[u64], key: u64) -> Option<usize> {
    consistent::choose(ids.iter().copied(), weights, key)
}

fn shares(weights: &[u64], choices: u64, mut choose: impl FnMut() -> Option<usize>) -> Vec<u64> {
    let mut counts = vec![0; weights.len()];
    for _ in 0..choices {
        counts[choose().unwrap()] += 1;
    }
    counts
}

fn weights() -> impl Strategy<Value = Vec<u64>> {
    proptest::collection::vec(0_u64..6, 1..8)
        .prop_filter("somebody takes requests", |weights| weights.iter().any(|weight| *weight > 0))
}

proptest! {
    #[test]
    fn round_robin_is_exact_over_each_cycle(weights in weights(), seed: u64) {
        let scaled: Vec<_> = weights.iter().map(|weight| weight * WEIGHT_SCALE).collect();
        let mut turns = RoundRobin::default();
        turns.follow(1, scaled.len(), &scaled, &Rng::new(seed));
        for _ in 0..3 {
            prop_assert_eq!(&shares(&weights, weights.iter().sum(), || turns.next(&scaled)), &weights);
        }
    }

    #[test]
    fn least_request_without_load_follows_the_weights(weights in weights(), seed: u64) {
        let rng = Rng::new(seed);
        let counts = shares(&weights, 4_000, || least::choose(&weights, |_| 0, &rng));
        assert_shares(&counts, &weights, 4_000)?;
    }

    #[test]
    fn consistent_hash_follows_the_weights(weights in weights(), seed: u64) {
        let (ids, rng) = (ids(weights.len()), Rng::new(seed));
        let counts = shares(&weights, 4_000, || consistent(&ids, &weights, rng.next()));
        assert_shares(&counts, &weights, 4_000)?;
    }

    #[test]
    fn when_an_instance_goes_only_its_own_keys_move(count in 2_usize..12, gone in 0_usize..12, key: u64) {
        let (gone, ids, mut weights) = (gone % count, ids(count), vec![WEIGHT_SCALE; count]);
        let before = consistent(&ids, &weights, key).unwrap();
        weights[gone] = 0;
        let after = consistent(&ids, &weights, key).unwrap();
        prop_assert!(after != gone);
        prop_assert!(before == after || before == gone);
    }

    #[test]
    fn when_an_instance_comes_or_gains_keys_move_only_to_it(count in 1_usize..12, key: u64, weight in 0_u64..3_000) {
        let (ids, mut weights) = (ids(count + 1), vec![WEIGHT_SCALE; count + 1]);
        weights[count] = weight;
        let before = consistent(&ids, &weights, key).unwrap();
        weights[count] = weight + 500;
        let after = consistent(&ids, &weights, key).unwrap();
        prop_assert!(after == before || after == count);
    }

    #[test]
    fn nobody_without_weight_is_chosen(weights in weights(), seed: u64) {
        let (ids, rng) = (ids(weights.len()), Rng::new(seed));
        let mut turns = RoundRobin::default();
        turns.follow(1, weights.len(), &weights, &rng);
        for _ in 0..50 {
            for chosen in [turns.next(&weights), least::choose(&weights, |_| 3, &rng), consistent(&ids, &weights, rng.next())] {
                prop_assert!(weights[chosen.unwrap()] > 0);
            }
        }
    }
}

/// Within five standard deviations of the binomial distribution.
fn assert_shares(counts: &[u64], weights: &[u64], choices: u32) -> Result<(), TestCaseError> {
    let small = |number: u64| f64::from(u32::try_from(number).unwrap());
    let (sum, choices) = (small(weights.iter().sum()), f64::from(choices));
    for (count, weight) in counts.iter().zip(weights) {
        let share = small(*weight) / sum;
        let bound = 5.0 * (choices * share * (1.0 - share)).sqrt() + 1.0;
        prop_assert!((small(*count) - choices * share).abs() <= bound, "{counts:?} for {weights:?}");
    }
    Ok(())
}

#[test]
fn the_less_loaded_of_two_is_taken_for_its_weight() {
    let rng = Rng::new(7);
    let load = |index| if index == 0 { 4 } else { 1 };
    assert!((0..100).all(|_| least::choose(&[1, 1], load, &rng) == Some(1)));
    // Four in flight at weight 8 are less than one at weight 1.
    assert!((0..100).all(|_| least::choose(&[8, 1], load, &rng) == Some(0)));
}

#[test]
fn turns_of_different_workers_begin_at_different_places() {
    let weights = [WEIGHT_SCALE; 4];
    let first = |seed| {
        let mut turns = RoundRobin::default();
        turns.follow(1, 4, &weights, &Rng::new(seed));
        turns.next(&weights)
    };
    assert!((0..64).any(|seed| first(seed) != first(0)));
}

#[test]
fn nobody_is_chosen_among_nobody() {
    let rng = Rng::new(1);
    assert_eq!(least::choose(&[], |_| 0, &rng), None);
    assert_eq!(least::choose(&[0, 0], |_| 0, &rng), None);
    assert_eq!(consistent(&[], &[], 1), None);
    assert_eq!(RoundRobin::default().next(&[]), None);
}
