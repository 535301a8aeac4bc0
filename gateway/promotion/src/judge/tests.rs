//! The judgement of one step, with figures as they come.

use super::*;
use statistics::Count;

const STEP: Duration = Duration::from_secs(600);

fn took(requests: u64, ms: u64) -> Histogram {
    let mut histogram = Histogram::default();
    // A spread of a third, so that the p99 has neighbours.
    (0..requests).for_each(|number| histogram.record_us(ms * 1_000 * (900 + number % 300) / 1_000));
    histogram
}

fn with_slow(mut took: Histogram, requests: u64) -> Histogram {
    (0..requests).for_each(|_| took.record_us(2_000_000));
    took
}

/// A step on which all is well.
fn good() -> Seen {
    Seen {
        differing: Count::new(0, 5_000),
        surely_differing: Count::new(0, 5_000),
        unjudged: 0,
        old_errors: Count::new(5, 4_500),
        new_errors: Count::new(0, 500),
        old_took: took(5_000, 50),
        new_took: took(5_000, 55),
    }
}

fn judged(seen: &Seen) -> Judgement {
    judge(&Policy::default(), 25, seen, STEP)
}

#[test]
fn a_good_step_is_followed_by_the_next() {
    assert_eq!(judged(&good()), Judgement::Raise(Some(50)));
    assert_eq!(judge(&Policy::default(), 100, &good(), STEP), Judgement::Raise(None));
}

#[test]
fn what_is_missing_is_said() {
    let with = |change: fn(&mut Seen)| {
        let mut seen = good();
        change(&mut seen);
        match judged(&seen) {
            Judgement::Wait(missing) => missing,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        with(|seen| seen.differing = Count::new(0, 999)),
        Missing::Compared { there: 999, needed: 1_000 }
    );
    assert_eq!(with(|seen| seen.new_errors = Count::new(0, 9)), Missing::Served { there: 9 });
    // 3,000 without a difference would do for one look, and not for looking each second.
    assert!(
        matches!(with(|seen| seen.differing = Count::new(0, 3_000)), Missing::DifferenceRate { upper, unjudged: 0 } if upper > 0.001)
    );
    assert!(matches!(with(|seen| seen.differing = Count::new(6, 5_000)), Missing::DifferenceRate { .. }));
    assert_eq!(with(|seen| seen.new_errors = Count::new(6, 500)), Missing::Errors);
    assert_eq!(with(|seen| seen.new_took = with_slow(took(300, 50), 4)), Missing::Latency);
    let early = judge(&Policy::default(), 25, &good(), Duration::from_secs(599));
    assert_eq!(early, Judgement::Wait(Missing::Time { left: Duration::from_secs(1) }));
}

#[test]
fn what_nobody_judged_speaks_neither_for_nor_against_the_new_side() {
    let seen = Seen { unjudged: 100, ..good() };
    let Judgement::Wait(missing @ Missing::DifferenceRate { upper, unjudged: 100 }) = judged(&seen) else {
        panic!("{:?}", judged(&seen))
    };
    assert!(upper > 0.015 && missing.to_string().contains("100 got no answer"), "{missing}");
    let differs = Seen { surely_differing: Count::new(5, 100), ..Seen::default() };
    assert!(matches!(judged(&differs), Judgement::Breach(_)));
    let hidden = Seen { unjudged: 100_000, ..differs };
    assert!(
        matches!(judged(&hidden), Judgement::Wait(_)),
        "5 of 100,100 are no breach: {:?}",
        judged(&hidden)
    );
}

#[test]
fn nobody_is_served_at_0_percent_and_nobody_needs_to_be() {
    let seen = Seen { new_errors: Count::default(), ..good() };
    assert_eq!(judge(&Policy::default(), 0, &seen, STEP), Judgement::Raise(Some(1)));
}

#[test]
fn each_breach_is_found_long_before_the_step_is_over() {
    let at_once = |seen: &Seen| match judge(&Policy::default(), 25, seen, Duration::from_secs(1)) {
        Judgement::Breach(breach) => breach,
        other => panic!("{other:?}"),
    };
    let seen = Seen { surely_differing: Count::new(5, 100), ..Seen::default() };
    assert!(matches!(at_once(&seen), Breach::DifferenceRate { differing: 5, compared: 100, .. }));
    let seen = Seen { new_errors: Count::new(20, 100), ..good() };
    assert!(matches!(at_once(&seen), Breach::Errors { .. }));
    let seen = Seen { new_took: took(5_000, 150), ..good() };
    assert!(matches!(at_once(&seen), Breach::Latency { at_least, .. } if at_least > 2.0));
}

#[test]
fn a_service_that_is_a_few_milliseconds_slower_is_not_slow() {
    let seen = Seen { old_took: took(5_000, 1), new_took: took(5_000, 4), ..good() };
    assert_eq!(judged(&seen), Judgement::Raise(Some(50)));
}

#[test]
fn chance_is_no_breach() {
    for seen in [
        Seen { surely_differing: Count::new(1, 300), ..good() },
        // It may be noise.
        Seen { differing: Count::new(300, 5_000), ..good() },
        Seen { new_errors: Count::new(1, 300), ..good() },
        Seen { new_took: with_slow(took(300, 50), 4), ..good() },
    ] {
        assert!(!matches!(judged(&seen), Judgement::Breach(_)), "{seen:?}");
    }
}

#[test]
fn reasons_are_sentences() {
    let breach = Breach::DifferenceRate { differing: 5, compared: 100, allowed: 0.001 };
    assert_eq!(breach.to_string(), "5 of 100 answers differ; 0.1 % may");
    let errors = Breach::Errors { new: 0.2, old: 0.001, allowed: 1.5 };
    let said =
        "the new side fails in 20.00 % of requests, the old one in 0.10 %; 1.5 times as often is allowed";
    assert_eq!(errors.to_string(), said);
    assert_eq!(Missing::Time { left: Duration::from_millis(1_500) }.to_string(), "1 s of the step are left");
}
