//! Noise and real differences, as they would be seen, at the rates that the quality suite asks for.

use super::*;
use kernel::{Random, SeededRandom};

/// A sampled share of requests is asked of the serving side twice.
const SAMPLED: f64 = 0.05;
/// Causes that are judged together.
const CAUSES: usize = 20;

struct Chance(SeededRandom);

impl Chance {
    fn one(&self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn hits(&self, rate: f64) -> bool {
        self.one() < rate
    }

    /// An answer that is `odd` at a rate, and else the usual one.
    fn answer(&self, odd: f64) -> u8 {
        u8::from(self.hits(odd))
    }
}

/// One cause over `requests`: both sides answer oddly at the rate `odd`, by chance, and the new side differs for sure at the rate
/// `real`. Returns what was seen at the end and whether it was ever called real.
fn run(seed: u64, requests: u32, odd: f64, real: f64) -> (Seen, bool) {
    let chance = Chance(SeededRandom::new(seed));
    let mut seen = Seen::default();
    let mut called_real = false;
    for _ in 0..requests {
        let (old, mut new) = (chance.answer(odd), chance.answer(odd));
        if chance.hits(real) {
            new = 2;
        }
        let differs = old != new;
        seen.ab += Count::new(u64::from(differs), 1);
        if chance.hits(SAMPLED) {
            seen.aa += Count::new(u64::from(old != chance.answer(odd)), 1);
        }
        if differs {
            seen.again += Count::new(u64::from(old != chance.answer(odd)), 1);
            called_real |= judge(&seen, 0.95, CAUSES).verdict == Verdict::Real;
        }
    }
    (seen, called_real)
}

#[test]
fn a_real_difference_of_one_percent_is_found_in_two_thousand_requests() {
    let found = (0..200).filter(|seed| {
        let (seen, _) = run(*seed, 2_000, 0.0, 0.01);
        judge(&seen, 0.95, CAUSES).verdict == Verdict::Real
    });
    // 200 times 2,000 requests have fewer than 10 differing ones in one run or two.
    let found = found.count();
    assert!(found >= 196, "{found}");
    let exactly = Seen { ab: Count::new(20, 2_000), aa: Count::new(0, 100), again: Count::new(0, 20) };
    assert_eq!(judge(&exactly, 0.95, 1_000).verdict, Verdict::Real, "even among a thousand causes");
}

#[test]
fn noise_is_never_called_real_however_often_one_looks() {
    for odd in [0.005, 0.01, 0.1, 0.3, 0.5, 0.9] {
        let alarms = (0..30).filter(|seed| run(*seed, 2_000, odd, 0.0).1).count();
        assert_eq!(alarms, 0, "noise at a rate of {odd}");
    }
}

#[test]
fn noise_is_called_noise() {
    for odd in [0.01, 0.1, 0.5] {
        let found = (0..50).filter(|seed| {
            let (seen, _) = run(*seed, 2_000, odd, 0.0);
            judge(&seen, 0.95, CAUSES).verdict == Verdict::Noise
        });
        assert_eq!(found.count(), 50, "noise at a rate of {odd}");
    }
    let always = Seen { ab: Count::new(2_000, 2_000), aa: Count::new(100, 100), again: Count::default() };
    assert_eq!(judge(&always, 0.95, CAUSES).verdict, Verdict::Noise, "a timestamp, without asking again");
}

#[test]
fn a_real_difference_beside_rare_noise_at_the_same_place_is_found() {
    let found = (0..50).filter(|seed| run(*seed, 2_000, 0.002, 0.03).1).count();
    assert!(found >= 49, "{found}");
}

#[test]
fn data_that_changes_between_two_askings_does_not_hide_a_real_difference() {
    let seen = Seen { ab: Count::new(500, 2_000), aa: Count::new(2, 100), again: Count::new(10, 500) };
    assert_eq!(judge(&seen, 0.95, CAUSES).verdict, Verdict::Real);
}

#[test]
fn rates_alone_tell_a_real_difference_when_enough_is_sampled() {
    let seen = Seen { ab: Count::new(1_000, 2_000), aa: Count::new(0, 100), again: Count::default() };
    assert_eq!(judge(&seen, 0.95, CAUSES).verdict, Verdict::Real);
    let seen = Seen { ab: Count::new(20, 2_000), ..seen };
    assert_eq!(judge(&seen, 0.95, CAUSES).verdict, Verdict::Unsure, "100 askings cannot tell 1 % from 0");
}

#[test]
fn nothing_asked_twice_is_unsure() {
    let seen = Seen { ab: Count::new(2_000, 2_000), ..Seen::default() };
    let judged = judge(&seen, 0.95, 1);
    assert_eq!(judged.verdict, Verdict::Unsure);
    assert_eq!(judged.excess, Interval { lower: -1.0, upper: 1.0 });
    assert_eq!(judge(&Seen::default(), 0.95, 1).verdict, Verdict::Unsure);
}

#[test]
fn the_excess_is_what_the_two_sides_have_more_than_one_has_by_itself() {
    let seen = Seen { ab: Count::new(40, 100), aa: Count::new(5, 100), again: Count::default() };
    let excess = judge(&seen, 0.95, 1).excess;
    assert!(excess.lower > 0.2 && excess.contains(0.35), "{excess:?}");
    assert_eq!(judge(&seen, 0.999, 1).excess, excess, "at 95 %, whatever the verdict asks for");
}

#[test]
fn twice_the_rate_of_one_side_by_itself_may_still_be_noise() {
    // Two sides that answer by the same chances differ at most twice as often as one from itself.
    let seen =
        |hits| Seen { ab: Count::new(hits, 10_000), aa: Count::new(1_000, 10_000), again: Count::default() };
    assert_ne!(judge(&seen(1_900), 0.95, 1).verdict, Verdict::Real);
    assert_eq!(judge(&seen(3_000), 0.95, 1).verdict, Verdict::Real);
}

#[test]
fn the_confidence_is_that_of_the_verdict() {
    let seen = |ab, aa, again| Seen { ab, aa, again };
    let real = seen(Count::new(20, 2_000), Count::new(0, 100), Count::new(0, 20));
    let noise = seen(Count::new(40, 40), Count::new(5, 5), Count::default());
    let unsure = seen(Count::new(7, 2_000), Count::new(0, 100), Count::new(0, 7));
    let (for_real, for_noise) = (
        |seen: &Seen| against_noise(seen).confidence_among(5),
        |seen: &Seen| against_real(seen).confidence(),
    );
    for (seen, verdict, sure) in [
        (real, Verdict::Real, for_real(&real)),
        // To call noise what is real is no alarm: it is not the more doubtful for many causes.
        (noise, Verdict::Noise, for_noise(&noise)),
        (unsure, Verdict::Unsure, for_real(&unsure)),
    ] {
        let judged = judge(&seen, 0.97, 5);
        assert_eq!((judged.verdict, judged.confidence), (verdict, sure), "{seen:?}");
    }
    assert!(
        for_real(&unsure) > 0.5 && for_noise(&unsure) < 0.1,
        "{} {}",
        for_real(&unsure),
        for_noise(&unsure)
    );
}
