//! What is remembered of a name, and for how long. `.invalid` never resolves (RFC 6761).

use super::*;
use kernel::{ManualClock, Sources, Timestamp};
use std::time::Duration;

fn resolver() -> (Resolver, Arc<ManualClock>, Target) {
    let (sources, clock) = Sources::fixed(Timestamp(0), 1);
    let settings = UpstreamSettings { dns_cache_ms: 1_000, dns_stale_max_ms: 10_000, ..Default::default() };
    let target = Target::Name("upstream.invalid".into(), 80);
    (Resolver::new(&settings, Timeline::new(sources.clock)), clock, target)
}

fn found(resolver: &Resolver, address: &str) -> Addresses {
    let addresses: Addresses = Arc::new([address.parse().unwrap()]);
    resolver.learn(&resolver.name("upstream.invalid", 80), Ok(addresses)).unwrap()
}

/// What is remembered without a lookup.
fn remembered(resolver: &Resolver) -> Option<bool> {
    resolver.remembered(&resolver.name("upstream.invalid", 80)).map(|known| known.is_ok())
}

#[tokio::test]
async fn a_name_is_remembered_and_outlives_a_resolver_that_is_away() {
    let (resolver, clock, target) = resolver();
    resolver.resolve(&target).await.unwrap_err();
    let addresses = found(&resolver, "127.0.0.1:80");
    for passed_ms in [999, 9_000] {
        clock.advance(Duration::from_millis(passed_ms));
        assert_eq!(resolver.resolve(&target).await.unwrap(), addresses);
    }
    clock.advance(Duration::from_millis(1));
    resolver.resolve(&target).await.unwrap_err();
}

#[tokio::test]
async fn a_failed_lookup_is_not_repeated_at_once() {
    let (resolver, clock, target) = resolver();
    assert_eq!(remembered(&resolver), None);
    resolver.resolve(&target).await.unwrap_err();
    clock.advance(Duration::from_millis(499));
    assert_eq!(remembered(&resolver), Some(false));
    clock.advance(Duration::from_millis(1));
    assert_eq!(remembered(&resolver), None);
}

#[test]
fn addresses_that_do_not_answer_are_looked_up_again_but_not_at_once() {
    let (resolver, clock, target) = resolver();
    found(&resolver, "127.0.0.1:80");
    clock.advance(Duration::from_millis(499));
    resolver.doubt(&target);
    assert_eq!(remembered(&resolver), Some(true));
    clock.advance(Duration::from_millis(1));
    assert_eq!(remembered(&resolver), None);
    found(&resolver, "127.0.0.1:81");
    clock.advance(Duration::from_millis(999));
    assert_eq!(remembered(&resolver), Some(true));
}

#[test]
fn no_more_names_are_kept_than_the_most() {
    let settings = UpstreamSettings { dns_names_max: 3, ..Default::default() };
    let resolver = Resolver::new(&settings, Timeline::new(Sources::system().clock));
    for index in 0..10 {
        resolver.name(&format!("name-{index}"), 80);
        assert!(lock(&resolver.names).len() <= 3);
    }
}

#[tokio::test]
async fn localhost_resolves_and_an_address_is_itself() {
    let resolver = Resolver::new(&UpstreamSettings::default(), Timeline::new(Sources::system().clock));
    let found = resolver.resolve(&Target::Name("localhost".into(), 80)).await.unwrap();
    assert!(found.iter().all(|address| address.ip().is_loopback() && address.port() == 80));
    let address = "192.0.2.1:7".parse().unwrap();
    assert_eq!(*resolver.resolve(&Target::Address(address)).await.unwrap(), [address]);
}

#[tokio::test]
async fn a_name_at_which_nobody_answers_is_doubted() {
    let (resolver, clock, _) = resolver();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let name = resolver.name("upstream.invalid", address.port());
    resolver.learn(&name, Ok(Arc::new([address]))).unwrap();
    clock.advance(Duration::from_millis(600));
    assert!(resolver.remembered(&name).is_some());
    let target = Target::Name("upstream.invalid".into(), address.port());
    crate::pool::connect::connect(&resolver, &target, Duration::from_secs(5), 0).await.unwrap_err();
    assert!(resolver.remembered(&name).is_none());
}
