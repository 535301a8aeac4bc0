//! Making connections: who is asked, how long it may take, whose fault it is.

use super::bed::{Bed, OK, Server};
use crate::{
    AcquireError, Balance, EjectionPolicy, Fault, InstanceSpec, Pick, Policy, Timeouts, UpstreamSettings,
    sticky_hash,
};
use kernel::Deadline;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

fn bed(policy: Policy) -> Bed {
    Bed::new(UpstreamSettings::default(), policy)
}

fn set(bed: &Bed, urls: &[(&str, &str)]) {
    let spec = |(id, url): &(&str, &str)| InstanceSpec::parse(id, url, 1).unwrap();
    bed.upstreams.set_instances("s", urls.iter().map(spec).collect());
}

/// A port on which nobody listens.
async fn refusing() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A listener whose queue is full: the system answers no further attempt to connect.
async fn black_hole() -> (TcpListener, Vec<TcpStream>, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut fillers = Vec::new();
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(address)).await
    {
        fillers.push(stream);
        assert!(fillers.len() < 64, "the queue does not fill");
    }
    (listener, fillers, format!("http://{address}"))
}

#[tokio::test]
async fn one_who_refuses_is_to_blame_and_is_ejected() {
    let ejection = EjectionPolicy { consecutive_failures: 2, ..EjectionPolicy::default() };
    let (bed, refusing, well) =
        (bed(Policy { ejection, ..Policy::default() }), refusing().await, Server::start().await);
    set(&bed, &[("dead", &refusing), ("well", &well.url())]);
    let mut failed = 0;
    for _ in 0..20 {
        match bed.acquire().await {
            Ok(lease) => lease.finish(OK, true),
            Err(error) => {
                assert!(error.may_retry() && error.fault() == Fault::Upstream);
                assert!(
                    matches!(error, AcquireError::Connect { instance, .. } if &**instance.id() == "dead")
                );
                failed += 1;
            }
        }
    }
    assert_eq!(failed, 2);
    let view = bed.view();
    assert_eq!((view.ejections, view.connect_failed, view.in_use), (1, 2, 0));
    assert!(view.instances[0].ejected_for_ms.is_some());
}

#[tokio::test]
async fn who_was_tried_is_avoided_as_long_as_there_are_others() {
    let (bed, dead, well) = (bed(Policy::default()), refusing().await, Server::start().await);
    set(&bed, &[("dead", &dead), ("well", &well.url())]);
    let tried = loop {
        if let Err(AcquireError::Connect { instance, .. }) = bed.acquire().await {
            break [instance];
        }
    };
    for _ in 0..4 {
        let pick = Pick { avoid: &tried, ..bed.pick() };
        let lease = bed.pool.acquire(&bed.service, &pick).await.unwrap();
        assert_eq!(&**lease.instance().id(), "well");
    }
    set(&bed, &[("dead", &dead)]);
    let pick = Pick { avoid: &tried, ..bed.pick() };
    assert!(matches!(bed.pool.acquire(&bed.service, &pick).await, Err(AcquireError::Connect { .. })));
}

#[tokio::test]
async fn connecting_ends_at_its_own_deadline() {
    let timeouts = Timeouts { connect_ms: 50, ..Timeouts::default() };
    let bed = bed(Policy { timeouts, ..Policy::default() });
    let (_listener, _fillers, url) = black_hole().await;
    set(&bed, &[("hole", &url)]);
    match bed.acquire().await {
        Err(AcquireError::Connect { source, .. }) => assert_eq!(source.kind(), std::io::ErrorKind::TimedOut),
        other => panic!("{other:?}"),
    }
    assert_eq!((bed.view().instances[0].failures, bed.view().in_use), (1, 0));
}

#[tokio::test]
async fn a_request_that_runs_out_of_time_says_nothing_of_the_instance() {
    let bed = bed(Policy::default());
    let (_listener, _fillers, url) = black_hole().await;
    set(&bed, &[("hole", &url)]);
    let deadline = Deadline::after(&*bed.clock, Duration::from_millis(50));
    let error = bed.pool.acquire(&bed.service, &Pick { deadline, ..bed.pick() }).await.unwrap_err();
    assert!(matches!(error, AcquireError::TimedOut { .. }) && error.fault() == Fault::Time);
    assert_eq!((bed.view().instances[0].requests, bed.view().in_use), (0, 0));
}

#[tokio::test]
async fn a_connect_that_is_given_up_holds_nothing() {
    let bed = bed(Policy::default());
    let (_listener, _fillers, url) = black_hole().await;
    set(&bed, &[("hole", &url)]);
    let acquiring = tokio::time::timeout(Duration::from_millis(20), bed.acquire());
    assert!(acquiring.await.is_err());
    assert_eq!((bed.view().in_use, bed.view().instances[0].in_flight), (0, 0));
}

#[tokio::test]
async fn a_name_is_looked_up_at_connect() {
    let (bed, server) = (bed(Policy::default()), Server::start().await);
    set(&bed, &[("named", &server.url().replace("127.0.0.1", "localhost"))]);
    let lease = bed.acquire().await.unwrap();
    assert!(lease.instance().authority().starts_with("localhost:"));
    set(&bed, &[("unknown", "http://upstream.invalid:80")]);
    assert!(matches!(bed.acquire().await, Err(AcquireError::Connect { .. })));
}

#[tokio::test]
async fn a_key_sticks_to_its_instance_and_keys_spread() {
    let policy = Policy { balance: Balance::ConsistentHash, ..Policy::default() };
    let (bed, servers) = (bed(policy), [Server::start().await, Server::start().await, Server::start().await]);
    let urls = servers.each_ref().map(Server::url);
    set(&bed, &[("a", &urls[0]), ("b", &urls[1]), ("c", &urls[2])]);
    let mut seen = BTreeSet::new();
    for user in 0..30 {
        let pick = Pick { hash: Some(sticky_hash(format!("user-{user}").as_bytes())), ..bed.pick() };
        let mut ids = BTreeSet::new();
        for _ in 0..3 {
            let lease = bed.pool.acquire(&bed.service, &pick).await.unwrap();
            ids.insert(lease.instance().id().to_string());
            lease.finish(OK, true);
        }
        assert_eq!(ids.len(), 1);
        seen.extend(ids);
    }
    assert_eq!(seen.len(), 3);
}

/// How many of three instances are asked while so many of them are unhealthy.
async fn asked_with_unhealthy(unhealthy: usize, panic_percent: u32) -> usize {
    let bed = bed(Policy { panic_percent, slow_start_ms: 0, ..Policy::default() });
    let servers = [Server::start().await, Server::start().await, Server::start().await];
    bed.instances(&[("a", &servers[0]), ("b", &servers[1]), ("c", &servers[2])]);
    for instance in bed.service.table.load().instances.iter().take(unhealthy) {
        instance.checks.healthy.store(false, Relaxed);
    }
    let mut asked = BTreeSet::new();
    for _ in 0..6 {
        asked.insert(bed.acquire().await.unwrap().instance().id().clone());
    }
    asked.len()
}

#[tokio::test]
async fn with_too_few_available_all_are_asked() {
    assert_eq!(asked_with_unhealthy(1, 34).await, 2);
    assert_eq!(asked_with_unhealthy(2, 33).await, 1);
    assert_eq!(asked_with_unhealthy(2, 34).await, 3);
    assert_eq!(asked_with_unhealthy(3, 0).await, 3);
}
