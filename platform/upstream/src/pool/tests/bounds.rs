//! Counts come back to zero, and breaker and bulkhead stand in the way.

use super::bed::{Bed, OK, Server};
use crate::{
    AcquireError, BreakerForce, BreakerPolicy, BreakerState, BulkheadPolicy, FailureKind, Outcome, Pick,
    Policy, UpstreamSettings,
};
use kernel::Clock;
use kernel::Deadline;
use std::time::Duration;

fn narrow() -> Policy {
    Policy {
        bulkhead: BulkheadPolicy { connections_max: 1, waiting_max: 1, wait_ms: 60_000 },
        breaker: BreakerPolicy { volume_min: 2, probes: 1, open_ms: 1_000, ..BreakerPolicy::default() },
        ..Policy::default()
    }
}

async fn bed() -> (Bed, Server) {
    Bed::with_server(UpstreamSettings::default(), narrow()).await
}

#[tokio::test]
async fn a_lease_counts_until_it_is_finished_or_dropped() {
    let (bed, _server) = bed().await;
    for finishes in [true, false] {
        let lease = bed.acquire().await.unwrap();
        assert_eq!((bed.view().in_use, bed.view().instances[0].in_flight), (1, 1));
        if finishes {
            lease.finish(OK, true);
        } else {
            drop(lease);
        }
        assert_eq!((bed.view().in_use, bed.view().instances[0].in_flight), (0, 0));
    }
    assert_eq!((bed.view().instances[0].requests, bed.view().instances[0].failures), (1, 0));
}

#[tokio::test]
async fn one_waits_for_a_free_connection_and_one_more_is_refused() {
    let (bed, _server) = bed().await;
    let lease = bed.acquire().await.unwrap();
    let first = async { bed.acquire().await.map(|lease| lease.reused()) };
    let others = async {
        tokio::task::yield_now().await;
        assert_eq!(bed.view().waiting, 1);
        assert!(matches!(bed.acquire().await, Err(AcquireError::BulkheadFull { .. })));
        lease.finish(OK, true);
    };
    let (first, ()) = tokio::join!(first, others);
    assert!(first.unwrap());
    let view = bed.view();
    assert_eq!((view.refused_by_bulkhead, view.in_use, view.waiting), (1, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_with_the_requests_own_deadline() {
    let (bed, _server) = bed().await;
    let _lease = bed.acquire().await.unwrap();
    let deadline = Deadline::after(&*bed.clock, Duration::from_millis(20));
    let error = bed.pool.acquire(&bed.service, &Pick { deadline, ..bed.pick() }).await.unwrap_err();
    assert!(matches!(error, AcquireError::TimedOut { .. }), "{error}");
    assert_eq!((bed.view().timed_out, bed.view().waiting, bed.view().in_use), (1, 0, 1));
}

#[tokio::test]
async fn failures_open_the_breaker_and_a_probe_closes_it() {
    let (bed, _server) = bed().await;
    for _ in 0..2 {
        bed.acquire().await.unwrap().finish(Outcome::Failed(FailureKind::TimedOut), false);
    }
    assert_eq!(bed.service.breaker(), BreakerState::Open);
    assert!(bed.service.is_refusing());
    assert!(matches!(bed.acquire().await, Err(AcquireError::BreakerOpen { .. })));
    bed.pass(1_000);
    assert_eq!(bed.service.breaker(), BreakerState::HalfOpen);
    // A probe that is dropped says nothing, and leaves its place to the next.
    drop(bed.acquire().await.unwrap());
    assert_eq!(bed.service.breaker(), BreakerState::HalfOpen);
    bed.acquire().await.unwrap().finish(OK, true);
    assert_eq!(bed.service.breaker(), BreakerState::Closed);
    assert_eq!((bed.view().refused_by_breaker, bed.view().in_use), (1, 0));
}

#[tokio::test]
async fn one_who_waited_is_refused_by_a_breaker_that_has_opened_meanwhile() {
    let (bed, _server) = bed().await;
    bed.acquire().await.unwrap().finish(Outcome::Failed(FailureKind::TimedOut), false);
    let lease = bed.acquire().await.unwrap();
    let fails = async { lease.finish(Outcome::Failed(FailureKind::TimedOut), false) };
    let (waited, ()) = tokio::join!(bed.acquire(), fails);
    assert!(matches!(waited, Err(AcquireError::BreakerOpen { .. })));
    assert_eq!((bed.view().in_use, bed.view().waiting), (0, 0));
}

#[tokio::test]
async fn a_weight_can_change_while_an_instance_stays() {
    let (bed, server) = bed().await;
    bed.upstreams.set_instances("s", vec![crate::InstanceSpec::parse("a", &server.url(), 7).unwrap()]);
    assert_eq!(bed.view().instances[0].weight, 7);
    bed.upstreams.set_instances("s", vec![crate::InstanceSpec::parse("a", &server.url(), 0).unwrap()]);
    assert!(matches!(bed.acquire().await, Err(AcquireError::NoInstance { .. })));
}

#[tokio::test]
async fn a_wider_bulkhead_lets_waiters_in() {
    let (bed, _server) = bed().await;
    let _lease = bed.acquire().await.unwrap();
    let widens = async {
        tokio::task::yield_now().await;
        bed.upstreams.define("s", Policy::default());
    };
    let waits = tokio::time::timeout(Duration::from_secs(5), bed.acquire());
    let (waited, ()) = tokio::join!(waits, widens);
    waited.unwrap().unwrap();
}

#[tokio::test]
async fn a_report_counts_at_once_and_a_break_afterwards_counts_too() {
    let (bed, _server) = bed().await;
    let mut lease = bed.acquire().await.unwrap();
    lease.report(OK, bed.clock.monotonic());
    assert_eq!(bed.view().instances[0].requests, 1);
    lease.finish(OK, false);
    assert_eq!(bed.view().instances[0].requests, 1);
    let mut lease = bed.acquire().await.unwrap();
    lease.report(OK, bed.clock.monotonic());
    lease.finish(Outcome::Failed(FailureKind::Closed), false);
    let view = bed.view();
    assert_eq!((view.instances[0].requests, view.instances[0].failures), (3, 1));
    assert_eq!((view.breaker.recent, view.breaker.recent_failures), (3, 1));
}

#[tokio::test]
async fn a_stale_connection_is_nobodys_fault_and_5xx_are_the_instances() {
    let (bed, _server) = bed().await;
    bed.acquire().await.unwrap().finish(Outcome::Failed(FailureKind::Stale), false);
    assert_eq!(bed.view().instances[0].requests, 0);
    let failed = Outcome::Answered { status: 503, first_byte: Duration::ZERO };
    bed.acquire().await.unwrap().finish(failed, true);
    assert_eq!((bed.view().instances[0].requests, bed.view().instances[0].failures), (1, 1));
}

#[tokio::test]
async fn a_person_forces_the_breaker_and_lets_it_go() {
    let (bed, _server) = bed().await;
    bed.service.force(BreakerForce::Open);
    assert!(matches!(bed.acquire().await, Err(AcquireError::BreakerOpen { .. })));
    assert_eq!(bed.view().breaker.force, BreakerForce::Open);
    bed.service.force(BreakerForce::Auto);
    bed.acquire().await.unwrap();
}

#[tokio::test]
async fn a_service_without_instances_says_so_and_holds_nothing() {
    let bed = Bed::new(UpstreamSettings::default(), narrow());
    let error = bed.acquire().await.unwrap_err();
    assert!(matches!(error, AcquireError::NoInstance { .. }) && !error.may_retry());
    assert_eq!(bed.view().in_use, 0);
}

#[tokio::test]
async fn a_dropped_service_has_no_instances_left() {
    let (bed, server) = bed().await;
    bed.exchange(&server).await;
    bed.upstreams.retain(&["other"]);
    assert!(bed.upstreams.service("s").is_none());
    assert!(matches!(bed.acquire().await, Err(AcquireError::NoInstance { .. })));
    bed.pool.sweep();
    assert_eq!(bed.pool.idle(), 0);
}

#[tokio::test]
async fn a_changed_policy_holds_at_once_and_keeps_what_is_known() {
    let (bed, _server) = bed().await;
    let _held = bed.acquire().await.unwrap();
    let wider = Policy { bulkhead: BulkheadPolicy::default(), ..narrow() };
    let same = bed.upstreams.define("s", wider);
    assert!(std::sync::Arc::ptr_eq(&same, &bed.service));
    bed.acquire().await.unwrap();
    assert_eq!(bed.view().in_use, 1);
}
