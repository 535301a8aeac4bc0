//! The limit grows while answers are as fast as usual, shrinks when they slow down, and keeps its bounds.

use super::*;
use kernel::{ManualClock, Timestamp};
use proptest::prelude::*;

fn limit(settings: AdaptiveSettings) -> (Arc<AdaptiveLimit>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(Timestamp(0)));
    (Arc::new(AdaptiveLimit::new(settings, clock.clone())), clock)
}

fn settings() -> AdaptiveSettings {
    AdaptiveSettings {
        initial: 100,
        min: 10,
        max: 1_000,
        samples_min: 1,
        slow_from_ms: 0,
        ..AdaptiveSettings::default()
    }
}

/// One window in which as many requests as may are in flight, and all end like this.
fn window(limit: &Arc<AdaptiveLimit>, clock: &ManualClock, requests: u32, admitted: Admitted) {
    let mut all: Vec<_> = (0..requests).map_while(|_| limit.try_enter()).collect();
    // The first result after the window's time ends it.
    let last = all.pop();
    all.into_iter().for_each(|admission| admission.finish(admitted));
    clock.advance(Duration::from_millis(250));
    last.into_iter().for_each(|admission| admission.finish(admitted));
}

const FAST: Admitted = Admitted::Answered(Duration::from_millis(10));
const SLOW: Admitted = Admitted::Answered(Duration::from_millis(100));

#[test]
fn what_does_not_fit_is_shed_and_counted() {
    let (limit, _clock) = limit(settings());
    let all: Vec<_> = (0..100).map(|_| limit.try_enter().unwrap()).collect();
    assert!(limit.try_enter().is_none());
    assert_eq!((limit.in_flight(), limit.shed()), (100, 1));
    drop(all);
    assert_eq!(limit.in_flight(), 0);
    assert!(limit.try_enter().is_some());
}

#[test]
fn a_used_limit_grows_and_an_idle_one_stays() {
    let (limit, clock) = limit(settings());
    window(&limit, &clock, 20, FAST);
    assert_eq!(limit.limit(), 100);
    window(&limit, &clock, 100, FAST);
    let grown = limit.limit();
    assert!(grown > 100, "{grown}");
    (0..200).for_each(|_| window(&limit, &clock, 1_000, FAST));
    assert_eq!(limit.limit(), 1_000);
}

#[test]
fn slow_answers_shrink_it_and_usual_ones_let_it_grow_again() {
    let (limit, clock) = limit(settings());
    (0..5).for_each(|_| window(&limit, &clock, 1_000, FAST));
    let before = limit.limit();
    window(&limit, &clock, 1_000, SLOW);
    assert_eq!(limit.limit(), before / 2);
    (0..10).for_each(|_| window(&limit, &clock, 1_000, SLOW));
    assert_eq!(limit.limit(), 10);
    (0..50).for_each(|_| window(&limit, &clock, 1_000, FAST));
    assert!(limit.limit() > 100, "{}", limit.limit());
}

#[test]
fn twice_the_usual_time_is_tolerated() {
    let (limit, clock) = limit(settings());
    (0..3).for_each(|_| window(&limit, &clock, 1_000, FAST));
    let before = limit.limit();
    window(&limit, &clock, 1_000, Admitted::Answered(Duration::from_millis(19)));
    assert!(limit.limit() > before);
}

#[test]
fn what_is_still_fast_is_not_slow() {
    let (limit, clock) = limit(AdaptiveSettings { slow_from_ms: 100, ..settings() });
    (0..3).for_each(|_| window(&limit, &clock, 1_000, FAST));
    let before = limit.limit();
    window(&limit, &clock, 1_000, SLOW);
    assert!(limit.limit() > before);
    window(&limit, &clock, 1_000, Admitted::Answered(Duration::from_millis(400)));
    assert!(limit.limit() < before, "{}", limit.limit());
}

#[test]
fn dropped_requests_shrink_it_and_ignored_ones_do_not() {
    let (limit, clock) = limit(settings());
    window(&limit, &clock, 100, Admitted::Dropped);
    assert_eq!(limit.limit(), 90);
    window(&limit, &clock, 100, Admitted::Ignored);
    assert_eq!(limit.limit(), 90);
}

proptest! {
    #[test]
    fn it_keeps_its_bounds(latencies_ms in proptest::collection::vec((1_u64..5_000, any::<bool>()), 1..60)) {
        let (limit, clock) = limit(settings());
        for (ms, dropped) in latencies_ms {
            let admitted = if dropped { Admitted::Dropped } else { Admitted::Answered(Duration::from_millis(ms)) };
            window(&limit, &clock, 1_000, admitted);
            prop_assert!((10..=1_000).contains(&limit.limit()));
            prop_assert_eq!(limit.in_flight(), 0);
        }
    }
}
