//! Histograms against the sorted durations themselves, and their bytes.

use super::*;
use proptest::prelude::*;

fn of(durations_us: &[u64]) -> Histogram {
    let mut histogram = Histogram::default();
    for us in durations_us {
        histogram.record(Duration::from_micros(*us));
    }
    histogram
}

#[test]
fn an_empty_one_knows_nothing_and_takes_two_bytes() {
    let empty = Histogram::default();
    assert!(empty.is_empty());
    assert_eq!((empty.count(), empty.mean_us(), empty.quantile_us(0.5)), (0, None, None));
    assert_eq!(empty.encode(), [1, 0]);
    assert_eq!(Histogram::decode(&[1, 0]), Ok(empty));
}

#[test]
fn what_is_too_large_is_counted_as_the_largest() {
    let mut histogram = of(&[600_000_000]);
    histogram.record(Duration::MAX);
    assert_eq!((histogram.count(), histogram.bars().last().map(|bar| bar.1)), (2, Some(LARGEST_US)));
    assert_eq!(Histogram::decode(&histogram.encode()), Ok(histogram));
}

#[test]
fn quantiles_are_order_statistics() {
    let histogram = of(&[1, 2, 3, 4]);
    let at = |share| histogram.quantile_us(share);
    assert_eq!(
        (at(0.0), at(0.25), at(0.26), at(0.5), at(1.0)),
        (Some(1.0), Some(1.0), Some(2.0), Some(2.0), Some(4.0))
    );
    assert_eq!((at(-0.5), at(1.5)), (at(0.0), at(1.0)), "there is no share beyond");
    assert_eq!(histogram.mean_us(), Some(2.5));
    assert_eq!(histogram.bars().collect::<Vec<_>>(), [(1, 1, 1), (2, 2, 1), (3, 3, 1), (4, 4, 1)]);
}

#[test]
fn a_well_behaved_route_takes_a_few_hundred_bytes() {
    let spread: Vec<u64> = (0..100_000_u64).map(|i| 300 + i * i % 4_000).collect();
    let bytes = of(&spread).encode();
    assert!(bytes.len() < 500, "{}", bytes.len());
}

#[test]
fn what_is_not_an_encoding_is_refused() {
    for (bytes, why) in [
        (&[][..], Undecodable::Short),
        (&[2, 0], Undecodable::Version(2)),
        (&[1], Undecodable::Short),
        (&[1, 5, 5], Undecodable::Short),
        (&[1, 5, 5, 0x81], Undecodable::Short),
        (&[1, 0x80, 0], Undecodable::Number),
        (&[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], Undecodable::Number),
        (&[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81], Undecodable::Number),
        (&[1, 0, 0xc0, 6, 1], Undecodable::Bucket(832)),
        (&[1, 5, 5, 0], Undecodable::Count),
        (&[1, 4, 5, 1], Undecodable::Sum),
        (&[1, 6, 5, 1], Undecodable::Sum),
    ] {
        assert_eq!(Histogram::decode(bytes), Err(why), "{bytes:?}");
    }
    let mut many = of(&[1]);
    many.add(2, u64::MAX - 1);
    let mut bytes = many.encode();
    bytes.extend([0, 1]);
    assert_eq!(Histogram::decode(&bytes), Err(Undecodable::Count));
}

proptest! {
    #[test]
    fn quantiles_are_within_1_6_percent(mut durations in prop::collection::vec(1_u64..600_000_000, 1..300), share in 0.0..=1.0_f64) {
        let found = of(&durations).quantile_us(share).unwrap();
        durations.sort_unstable();
        let rank = (share * durations.len() as f64).ceil().max(1.0) as usize;
        let exact = durations[rank - 1] as f64;
        prop_assert!((found - exact).abs() <= 0.016 * exact, "{found} for {exact}");
    }

    #[test]
    fn two_add_up_to_the_one_of_both(a in prop::collection::vec(0_u64..5_000_000, 0..100), b in prop::collection::vec(0_u64..5_000_000, 0..100)) {
        let mut merged = of(&a);
        merged.merge(&of(&b));
        prop_assert_eq!(merged.since(&of(&a)), of(&b));
        let both: Vec<u64> = a.into_iter().chain(b).collect();
        prop_assert_eq!(merged, of(&both));
    }

    #[test]
    fn bytes_come_back_as_what_they_were(durations in prop::collection::vec(0_u64..2_000_000_000, 0..300)) {
        let histogram = of(&durations);
        let bytes = histogram.encode();
        prop_assert!(bytes.len() <= BYTES_MAX);
        prop_assert_eq!(Histogram::decode(&bytes), Ok(histogram));
    }

    /// Anything that is read is written again as the same bytes: there is one encoding.
    #[test]
    fn strange_bytes_are_refused_or_come_back(tail in prop::collection::vec(0_u8..=255, 0..40)) {
        let bytes = [vec![1], tail].concat();
        if let Ok(histogram) = Histogram::decode(&bytes) {
            prop_assert_eq!(histogram.encode(), bytes);
        }
    }
}
