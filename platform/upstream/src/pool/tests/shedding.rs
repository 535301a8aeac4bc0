//! A service that gets slow is asked less at once.

use super::bed::{Bed, OK, Server};
use crate::{
    AcquireError, AdaptiveSettings, BreakerForce, BreakerPolicy, FailureKind, Lease, Outcome, Policy,
    UpstreamSettings,
};
use kernel::Clock;
use std::time::Duration;

const SLOW: Outcome = Outcome::Answered { status: 200, first_byte: Duration::from_millis(500) };

fn policy(initial: u32) -> Policy {
    let shedding_limit =
        AdaptiveSettings { initial, min: 2, max: 8, samples_min: 1, ..AdaptiveSettings::default() };
    let breaker = BreakerPolicy { volume_min: 1, probes: 1, open_ms: 1_000, ..BreakerPolicy::default() };
    Policy { shedding_limit, breaker, ..Policy::default() }
}

async fn bed(initial: u32) -> (Bed, Server) {
    Bed::with_server(UpstreamSettings::default(), policy(initial)).await
}

/// A window in which as many as may are asked, and all answer like this.
async fn window(bed: &Bed, outcome: Outcome) {
    let mut leases = Vec::new();
    while let Ok(lease) = bed.acquire().await {
        leases.push(lease);
    }
    bed.pass(250);
    leases.into_iter().for_each(|lease| lease.finish(outcome, true));
}

fn is_shed(acquired: Result<Lease, AcquireError>) -> bool {
    matches!(acquired, Err(AcquireError::Shed { .. }))
}

#[tokio::test]
async fn slow_answers_shrink_what_is_asked_at_once_and_fast_ones_let_it_grow() {
    let (bed, _server) = bed(8).await;
    window(&bed, OK).await;
    assert_eq!((bed.view().shedding.limit, bed.view().shedding.shed), (Some(8), 1));
    for _ in 0..4 {
        window(&bed, SLOW).await;
    }
    assert_eq!((bed.view().shedding.limit, bed.view().shedding.in_flight), (Some(2), 0));
    let leases = [bed.acquire().await.unwrap(), bed.acquire().await.unwrap()];
    assert!(is_shed(bed.acquire().await));
    assert_eq!((bed.view().in_use, bed.view().shedding.in_flight), (2, 2));
    drop(leases);
    for _ in 0..8 {
        window(&bed, OK).await;
    }
    assert_eq!(bed.view().shedding.limit, Some(8));
}

#[tokio::test]
async fn what_has_its_head_does_not_count_any_more() {
    let (bed, _server) = bed(2).await;
    let mut streams = Vec::new();
    for _ in 0..10 {
        let mut lease = bed.acquire().await.unwrap();
        lease.report(OK, bed.clock.monotonic());
        streams.push(lease);
    }
    assert_eq!((bed.view().in_use, bed.view().shedding.in_flight, bed.view().shedding.shed), (10, 0, 0));
}

#[tokio::test]
async fn what_is_shed_gives_back_its_slot_and_its_probe() {
    let (bed, _server) = bed(2).await;
    let leases = [bed.acquire().await.unwrap(), bed.acquire().await.unwrap()];
    bed.acquire().await.unwrap_err();
    assert_eq!(bed.view().in_use, 2);
    bed.service.force(BreakerForce::Open);
    assert!(
        matches!(bed.acquire().await, Err(AcquireError::BreakerOpen { .. })),
        "which calls for the fallback"
    );
    bed.service.force(BreakerForce::Auto);
    drop(leases);
    bed.acquire().await.unwrap().finish(Outcome::Failed(FailureKind::Closed), false);
    let two = Policy { breaker: BreakerPolicy { probes: 3, ..policy(2).breaker }, ..policy(2) };
    bed.upstreams.define("s", two);
    bed.pass(1_000);
    let probes = [bed.acquire().await.unwrap(), bed.acquire().await.unwrap()];
    assert!(is_shed(bed.acquire().await));
    probes.into_iter().for_each(|probe| probe.finish(OK, true));
    bed.acquire().await.unwrap().finish(OK, true);
    assert_eq!(bed.service.breaker(), crate::BreakerState::Closed, "the probe that was shed left its place");
}

#[tokio::test]
async fn switched_off_nothing_is_shed_and_the_bounds_may_change() {
    let (bed, _server) = bed(2).await;
    bed.upstreams.define("s", Policy { shedding: false, ..policy(2) });
    let mut leases = Vec::new();
    for _ in 0..5 {
        leases.push(bed.acquire().await.unwrap());
    }
    assert_eq!((bed.view().shedding.limit, bed.view().shedding.in_flight), (None, 0));
    let mut other = policy(2);
    (other.shedding_limit.min, other.shedding_limit.max) = (4, 4);
    bed.upstreams.define("s", other);
    for _ in 0..4 {
        leases.push(bed.acquire().await.unwrap());
    }
    assert!(is_shed(bed.acquire().await));
    drop(leases);
    assert_eq!((bed.view().in_use, bed.view().shedding.in_flight), (0, 0));
}

#[tokio::test]
async fn a_503_and_silence_count_as_overload() {
    for outcome in [
        Outcome::Answered { status: 503, first_byte: Duration::ZERO },
        Outcome::Failed(FailureKind::TimedOut),
    ] {
        let (bed, _server) = bed(8).await;
        bed.service.force(BreakerForce::Closed);
        for _ in 0..20 {
            window(&bed, outcome).await;
        }
        assert_eq!(bed.view().shedding.limit, Some(2), "{outcome:?}");
    }
}
