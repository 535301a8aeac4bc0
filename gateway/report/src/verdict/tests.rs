//! What it takes for each verdict, at its edges.

use super::*;
use crate::class::believe;
use crate::counts::CauseCounts;

fn cause(path: &str) -> Cause {
    Cause::new(path, "value")
}

/// `compared` requests, of which those of each cause differ in it alone.
fn counts(compared: u64, causes: &[(&str, CauseCounts)]) -> Counts {
    let mut counts = Counts { compared, same_asked: compared / 20, ..Counts::default() };
    for (path, of) in causes {
        counts.causes.insert(cause(path), *of);
        counts.signatures.insert([cause(path)].into(), of.other);
    }
    counts
}

fn real(other: u64) -> CauseCounts {
    CauseCounts { other, asked_again: other, ..CauseCounts::default() }
}

fn noise(other: u64, same: u64) -> CauseCounts {
    CauseCounts { other, same, asked_again: other, again: other * 9 / 10, ..CauseCounts::default() }
}

fn verdict(counts: &Counts) -> Judged {
    judge(counts, &believe(counts), Limits::default())
}

#[test]
fn no_difference_is_enough_only_when_the_bound_can_be_met() {
    for (compared, expected) in [
        (0, Verdict::NotEnough),
        (1_000, Verdict::NotEnough),
        (2_994, Verdict::NotEnough),
        (2_995, Verdict::Equivalent),
    ] {
        let judged = verdict(&counts(compared, &[]));
        assert_eq!(judged.verdict, expected, "{compared}");
        assert_eq!(judged.needed, 2_995);
    }
    let judged = verdict(&counts(1_000, &[]));
    assert!((0.0029..0.0031).contains(&judged.upper), "{}", judged.upper);
    assert!(judged.reason.contains("1000 of 2995"), "{}", judged.reason);
}

#[test]
fn a_real_difference_beyond_what_is_allowed_is_different() {
    let judged = verdict(&counts(2_000, &[("$.a", real(40))]));
    assert_eq!((judged.verdict, judged.different, judged.unsure), (Verdict::Different, 40, 0));
    assert!(judged.lower > 0.01 && judged.upper < 0.03, "{judged:?}");
}

#[test]
fn below_enough_nothing_is_said_even_if_all_differ() {
    assert_eq!(verdict(&counts(999, &[("$.a", real(999))])).verdict, Verdict::NotEnough);
    assert_eq!(verdict(&counts(1_000, &[("$.a", real(1_000))])).verdict, Verdict::Different);
}

#[test]
fn noise_is_no_difference_however_much_of_it_there_is() {
    let judged = verdict(&counts(4_000, &[("$.at", noise(4_000, 200))]));
    assert_eq!((judged.verdict, judged.different), (Verdict::Equivalent, 0), "{judged:?}");
}

#[test]
fn what_may_be_noise_is_neither_equivalent_nor_different() {
    let unclear = CauseCounts { other: 30, ..CauseCounts::default() };
    let judged = verdict(&counts(3_000, &[("$.a", unclear)]));
    assert_eq!((judged.verdict, judged.unsure), (Verdict::NotEnough, 30), "{judged:?}");
    assert!(judged.reason.contains("may be noise"), "{}", judged.reason);
}

#[test]
fn where_nothing_was_asked_twice_nothing_is_taken_for_noise() {
    let never = CauseCounts { other: 30, ..CauseCounts::default() };
    let counts = Counts { same_asked: 0, ..counts(3_000, &[("$.a", never)]) };
    assert_eq!(verdict(&counts).verdict, Verdict::Different);
}

#[test]
fn what_was_not_told_apart_counts_as_real() {
    let mut counts = counts(3_000, &[]);
    counts.causes.insert(Cause::rest(), CauseCounts { other: 30, same: 150, ..CauseCounts::default() });
    counts.signatures.insert([Cause::rest()].into(), 30);
    assert_eq!(verdict(&counts).verdict, Verdict::Different);
}

#[test]
fn one_different_route_decides_for_all() {
    use Verdict::{Different, Equivalent, NotEnough};
    for (all, expected) in [
        (&[][..], NotEnough),
        (&[Equivalent, Equivalent], Equivalent),
        (&[Equivalent, NotEnough], NotEnough),
        (&[NotEnough, Different, Equivalent], Different),
    ] {
        assert_eq!(Verdict::of_all(all.iter().copied()), expected);
    }
}

#[test]
fn nothing_is_said_to_be_certain() {
    for (confidence, text) in [(1.0, "over 99.9 % sure"), (0.9985, "99.8 % sure"), (0.5, "50.0 % sure")] {
        assert_eq!(sure(confidence), text);
    }
}

#[test]
fn shares_are_written_as_people_read_them() {
    for (share, text) in
        [(0.0, "0 %"), (0.001, "0.10 %"), (0.05, "5.0 %"), (1.0, "100 %"), (0.00003, "0.00 %")]
    {
        assert_eq!(percent(share), text);
    }
}
