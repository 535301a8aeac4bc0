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

fn with_drops(mut counts: Counts, cause: crate::DropCause, count: u64) -> Judged {
    counts.dropped.insert(cause.name().to_owned(), count);
    verdict(&counts)
}

/// 1 % real differences of which the judge had no room for half are no smaller share than all of them.
#[test]
fn what_was_not_judged_may_differ() {
    use crate::DropCause;
    let good = || counts(6_000, &[]);
    assert_eq!(verdict(&good()).verdict, Verdict::Equivalent);
    for cause in DropCause::ALL {
        let judged = with_drops(good(), cause, 60);
        let expected = if cause.may_differ() { Verdict::NotEnough } else { Verdict::Equivalent };
        assert_eq!(
            (judged.verdict, judged.unjudged),
            (expected, 60 * u64::from(cause.may_differ())),
            "{cause:?}"
        );
    }
    let judged = with_drops(good(), DropCause::JudgeFull, 60);
    assert!(judged.upper > 0.0099 && judged.lower == 0.0 && judged.estimate == 0.0, "{judged:?}");
    assert!(judged.reason.starts_with("60 requests got no answer"), "{}", judged.reason);
    // A few of them change nothing, as nothing else would.
    assert_eq!(with_drops(good(), DropCause::JudgeFull, 1).verdict, Verdict::Equivalent);
}

#[test]
fn what_was_not_judged_may_also_be_equal() {
    let differs = || counts(1_000, &[("$.a", real(12))]);
    assert_eq!(verdict(&differs()).verdict, Verdict::Different);
    let judged = with_drops(differs(), crate::DropCause::Deadline, 9_000);
    assert_eq!(judged.verdict, Verdict::NotEnough, "12 of 10,000 may be within 0.1 %: {judged:?}");
    assert_eq!(with_drops(differs(), crate::DropCause::Deadline, 100).verdict, Verdict::Different);
}

/// Three differences that were all of one moment are no habit.
#[test]
fn a_few_differences_of_a_side_from_itself_are_not_yet_noise() {
    let seen =
        |times: u64| CauseCounts { other: times, asked_again: times, again: times, ..CauseCounts::default() };
    let judged = |times: u64| verdict(&counts(6_000, &[("$.a", seen(times))]));
    assert_eq!((judged(4).different, judged(4).unsure), (4, 4));
    assert_eq!(judged(4).verdict, Verdict::NotEnough);
    assert!(judged(4).reason.contains("may be noise"), "{}", judged(4).reason);
    assert_eq!((judged(5).different, judged(5).verdict), (0, Verdict::Equivalent));
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
