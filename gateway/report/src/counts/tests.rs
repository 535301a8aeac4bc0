//! What is counted of pairs that differ, and that nothing is lost where there is no room.

use super::*;
use crate::observed::{Exchange, Finding, Serving, Taken};
use std::time::Duration;

fn observed(causes: &[&str], asked: Asked) -> Observed {
    let finding = |path: &&str| Finding {
        cause: Cause::new(path.trim_start_matches('!'), "value"),
        place: (*path).into(),
        old: None,
        new: None,
        explained: path.starts_with('!').then(|| "ignore[0]".into()),
    };
    let taken = Taken { duration: Duration::from_millis(1), status: 200 };
    Observed {
        route: "r".into(),
        asked,
        serving: Serving::Old,
        old: taken,
        new: taken,
        findings: causes.iter().map(finding).collect(),
        lag: false,
        again: None,
        exchange: Exchange::default(),
    }
}

fn counted(all: &[Observed]) -> Counts {
    let mut counts = Counts::default();
    for (number, one) in all.iter().enumerate() {
        counts.add_observed(one, Timestamp(1_000 + number as i64), &Suspicion::new());
    }
    counts
}

#[test]
fn a_cause_counts_once_a_request_and_by_how_it_was_asked() {
    let lagging = Observed { lag: true, ..observed(&["$.a"], Asked::Other) };
    let counts = counted(&[
        observed(&["$.a", "$.a", "$.b"], Asked::Other),
        observed(&["$.a"], Asked::Same),
        lagging,
        observed(&["!$.a"], Asked::Other),
    ]);
    assert_eq!((counts.compared, counts.same_asked, counts.lagged), (3, 1, 1));
    let a = counts.causes[&Cause::new("$.a", "value")];
    let expected = CauseCounts {
        other: 1,
        same: 1,
        lag: 1,
        explained: 1,
        first_ms: 1_000,
        last_ms: 1_003,
        ..CauseCounts::default()
    };
    assert_eq!(a, expected);
    assert_eq!(counts.requests_with(|_| true), 1, "what is gone or explained is no difference");
    assert_eq!(counts.requests_with(|cause| cause.path == "$.b"), 1);
    assert_eq!(counts.requests_with(|cause| cause.path == "$.c"), 0);
}

#[test]
fn what_the_serving_side_says_when_asked_again_counts_for_the_causes_that_differed() {
    let differed = observed(&["$.a", "$.b"], Asked::Other);
    let noisy = observed(&["$.a", "$.c"], Asked::Other).findings;
    let counts = counted(&[
        Observed { again: Some(noisy), ..differed.clone() },
        Observed { again: Some(Vec::new()), lag: true, ..differed.clone() },
        differed,
    ]);
    let again = |path: &str| counts.causes.get(&Cause::new(path, "value")).map(|c| (c.asked_again, c.again));
    assert_eq!((again("$.a"), again("$.b"), again("$.c")), (Some((2, 1)), Some((2, 0)), None));
}

#[test]
fn counts_of_two_gateways_add_up() {
    let one = counted(&[observed(&["$.a"], Asked::Other), observed(&["$.b"], Asked::Other)]);
    let a = || observed(&["$.a"], Asked::Other);
    let two = counted(&[a(), a(), observed(&["$.a"], Asked::Same)]);
    let mut both = one;
    both.merge(&two);
    let all = counted(&[
        observed(&["$.a"], Asked::Other),
        observed(&["$.b"], Asked::Other),
        a(),
        a(),
        observed(&["$.a"], Asked::Same),
    ]);
    assert_eq!((both.compared, both.same_asked), (all.compared, all.same_asked));
    assert_eq!(both.signatures, all.signatures);
    assert_eq!(both.old, all.old);
    assert_eq!(both.causes[&Cause::new("$.a", "value")].other, 3);
}

#[test]
fn where_sets_find_no_room_a_request_counts_under_what_is_no_noise() {
    // 12 noisy fields, each there or not, give 4,096 sets; one real cause is in every fourth request.
    let mut counts = Counts::default();
    let noisy: Vec<String> = (0..12).map(|number| format!("$.noise{number}")).collect();
    let mut suspicion: Suspicion = noisy.iter().map(|path| (Cause::new(path, "value"), (500, 500))).collect();
    suspicion.insert(Cause::new("$.real", "value"), (250, 0));
    for number in 0..4_096_usize {
        let mut causes: Vec<&str> = noisy
            .iter()
            .enumerate()
            .filter(|(bit, _)| number >> bit & 1 == 1)
            .map(|(_, p)| p.as_str())
            .collect();
        if number % 4 == 0 {
            causes.push("$.real");
        }
        counts.add_observed(&observed(&causes, Asked::Other), Timestamp(1), &suspicion);
    }
    assert!(counts.signatures.len() <= SIGNATURES_MAX + CAUSES_MAX);
    assert_eq!(counts.requests_with(|cause| cause.path == "$.real"), 1_024);
}

#[test]
fn causes_without_room_count_as_the_rest() {
    let mut counts = Counts::default();
    for number in 0..CAUSES_MAX + 100 {
        let path = format!("$.key{number}");
        counts.add_observed(&observed(&[&path], Asked::Other), Timestamp(1), &Suspicion::new());
    }
    assert_eq!(counts.causes[&Cause::rest()].other, 100);
    assert!(counts.causes.len() <= CAUSES_MAX + 1);
    assert_eq!(counts.requests_with(|_| true), (CAUSES_MAX + 100) as u64, "none is lost");
    assert!(counts.requests_with(Cause::is_rest) >= 100);
}
