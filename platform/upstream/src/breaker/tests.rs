//! The breaker under a clock that stands still until it is moved.

use super::*;
use std::sync::atomic::AtomicUsize;

const POLICY: BreakerPolicy = BreakerPolicy {
    enabled: true,
    window_ms: 1_000,
    volume_min: 4,
    failure_percent: 50,
    open_ms: 500,
    probes: 2,
};

fn at(ms: u64) -> Moment {
    Moment(0).plus_ms(ms)
}

fn run(breaker: &Breaker, verdict: Verdict, ms: u64) -> Option<Moved> {
    let permit = breaker.permit(&POLICY, at(ms)).expect("closed");
    breaker.record(permit, verdict, &POLICY, at(ms))
}

fn opened_at(ms: u64) -> Breaker {
    let breaker = Breaker::new(at(0));
    (0..3).for_each(|_| assert_eq!(run(&breaker, Verdict::Failure, ms), None));
    assert_eq!(run(&breaker, Verdict::Failure, ms), Some(Moved::Opened));
    breaker
}

#[test]
fn it_opens_at_the_failure_rate_but_not_below_the_volume() {
    let breaker = Breaker::new(at(0));
    run(&breaker, Verdict::Success, 0);
    run(&breaker, Verdict::Success, 0);
    assert_eq!(run(&breaker, Verdict::Failure, 0), None);
    assert_eq!(breaker.state(&POLICY, at(0)), BreakerState::Closed);
    assert_eq!(run(&breaker, Verdict::Failure, 0), Some(Moved::Opened));
    assert_eq!(breaker.state(&POLICY, at(0)), BreakerState::Open);
    assert_eq!(breaker.permit(&POLICY, at(499)), None);
    assert_eq!(breaker.opened(), 1);
}

#[test]
fn failures_that_have_left_the_window_do_not_count() {
    let breaker = Breaker::new(at(0));
    (0..3).for_each(|_| assert_eq!(run(&breaker, Verdict::Failure, 0), None));
    assert_eq!(run(&breaker, Verdict::Failure, 1_000), None);
    assert_eq!(breaker.recent(&POLICY, at(1_000)), (1, 1));
}

#[test]
fn what_says_nothing_does_not_count() {
    let breaker = Breaker::new(at(0));
    (0..3).for_each(|_| assert_eq!(run(&breaker, Verdict::Failure, 0), None));
    (0..10).for_each(|_| assert_eq!(run(&breaker, Verdict::Neither, 0), None));
    assert_eq!(breaker.recent(&POLICY, at(0)), (3, 3));
}

#[test]
fn half_open_it_lets_its_probes_through_and_closes_when_all_succeed() {
    let breaker = opened_at(0);
    assert_eq!(breaker.state(&POLICY, at(500)), BreakerState::HalfOpen);
    let first = breaker.permit(&POLICY, at(500)).unwrap();
    let second = breaker.permit(&POLICY, at(500)).unwrap();
    assert_eq!(breaker.permit(&POLICY, at(500)), None);
    assert_eq!(breaker.record(first, Verdict::Success, &POLICY, at(510)), None);
    assert_eq!(breaker.permit(&POLICY, at(510)), None);
    assert_eq!(breaker.record(second, Verdict::Success, &POLICY, at(510)), Some(Moved::Closed));
    assert_eq!(breaker.state(&POLICY, at(510)), BreakerState::Closed);
    assert_eq!(breaker.recent(&POLICY, at(510)), (0, 0));
}

#[test]
fn one_failed_probe_opens_it_again_for_the_whole_time() {
    let breaker = opened_at(0);
    let probe = breaker.permit(&POLICY, at(500)).unwrap();
    assert_eq!(breaker.record(probe, Verdict::Failure, &POLICY, at(600)), Some(Moved::Opened));
    assert_eq!(breaker.permit(&POLICY, at(1_099)), None);
    assert!(breaker.permit(&POLICY, at(1_100)).is_some());
    assert_eq!(breaker.opened(), 2);
}

#[test]
fn an_abandoned_probe_makes_room_for_another() {
    let breaker = opened_at(0);
    let probes: Vec<_> = (0..2).map(|_| breaker.permit(&POLICY, at(500)).unwrap()).collect();
    assert_eq!(breaker.permit(&POLICY, at(500)), None);
    breaker.record(probes[0], Verdict::Neither, &POLICY, at(501));
    assert!(breaker.permit(&POLICY, at(501)).is_some());
    assert_eq!(breaker.permit(&POLICY, at(501)), None);
}

#[test]
fn probes_that_hang_do_not_keep_it_half_open_for_ever() {
    let breaker = opened_at(0);
    let hung: Vec<_> = (0..2).map(|_| breaker.permit(&POLICY, at(500)).unwrap()).collect();
    assert_eq!(breaker.permit(&POLICY, at(999)), None);
    let later = breaker.permit(&POLICY, at(1_000)).unwrap();
    // What the hung one says now is about another time.
    assert_eq!(breaker.record(hung[0], Verdict::Failure, &POLICY, at(1_001)), None);
    breaker.record(later, Verdict::Success, &POLICY, at(1_001));
    assert_eq!(breaker.state(&POLICY, at(1_001)), BreakerState::HalfOpen);
}

#[test]
fn results_of_requests_from_before_it_opened_change_nothing() {
    let breaker = Breaker::new(at(0));
    let early = breaker.permit(&POLICY, at(0)).unwrap();
    (0..4).for_each(|_| {
        run(&breaker, Verdict::Failure, 0);
    });
    breaker.record(early, Verdict::Success, &POLICY, at(1));
    assert_eq!(breaker.state(&POLICY, at(1)), BreakerState::Open);
    let probe = breaker.permit(&POLICY, at(500)).unwrap();
    assert_eq!(breaker.record(early, Verdict::Failure, &POLICY, at(501)), None);
    breaker.record(probe, Verdict::Success, &POLICY, at(501));
    assert_eq!(breaker.state(&POLICY, at(501)), BreakerState::HalfOpen);
}

#[test]
fn a_person_has_the_last_word() {
    let breaker = opened_at(0);
    breaker.force(BreakerForce::Closed);
    assert_eq!(breaker.permit(&POLICY, at(1)), Some(Permit::Uncounted));
    assert_eq!(breaker.state(&POLICY, at(1)), BreakerState::Closed);
    breaker.force(BreakerForce::Auto);
    assert_eq!(breaker.permit(&POLICY, at(1)), None);
    breaker.force(BreakerForce::Open);
    assert_eq!(breaker.permit(&POLICY, at(9_000)), None);
    assert_eq!(breaker.forced(), BreakerForce::Open);
}

#[test]
fn switched_off_it_never_opens_by_itself_but_can_be_forced() {
    let off = BreakerPolicy { enabled: false, ..POLICY };
    let breaker = Breaker::new(at(0));
    for _ in 0..100 {
        let permit = breaker.permit(&off, at(0)).unwrap();
        assert_eq!(breaker.record(permit, Verdict::Failure, &off, at(0)), None);
    }
    breaker.force(BreakerForce::Open);
    assert_eq!(breaker.permit(&off, at(0)), None);
}

#[test]
fn threads_at_once_take_no_more_probes_than_there_are() {
    for round in 0..200 {
        let breaker = opened_at(0);
        let taken = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    taken.fetch_add(usize::from(breaker.permit(&POLICY, at(500 + round)).is_some()), Relaxed);
                });
            }
        });
        assert_eq!(taken.load(Relaxed), 2);
    }
}
