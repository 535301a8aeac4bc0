//! What is kept, for how long, and what is not used again.

use super::bed::{Bed, OK, Server, closed, is_open};
use crate::{FailureKind, Outcome, Policy, UpstreamSettings};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

async fn bed() -> (Bed, Server) {
    Bed::with_server(UpstreamSettings::default(), Policy::default()).await
}

/// Lets the runtime hear of what the server has done to the only idle connection.
async fn heard(bed: &Bed) {
    let heard = async {
        while bed.pool.0.shelf.quiet() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), heard).await.unwrap();
}

#[tokio::test]
async fn a_connection_is_used_again_the_latest_first() {
    let (bed, server) = bed().await;
    let (first, second) = (bed.acquire().await.unwrap(), bed.acquire().await.unwrap());
    assert!(!first.reused() && !second.reused());
    let (_one, _two) = (server.accept().await, server.accept().await);
    first.finish(OK, true);
    let mut second = second;
    let latest = second.stream().local_addr().unwrap();
    second.finish(OK, true);
    assert_eq!(bed.pool.idle(), 2);
    let mut again = bed.acquire().await.unwrap();
    assert!(again.reused());
    assert_eq!(again.stream().local_addr().unwrap(), latest);
    assert_eq!(bed.view().connected, 2);
}

#[tokio::test]
async fn what_is_not_to_be_kept_is_closed() {
    let (bed, server) = bed().await;
    let failed = Outcome::Failed(FailureKind::Malformed);
    for (outcome, keep) in [(OK, false), (Outcome::Abandoned, true), (failed, true)] {
        let lease = bed.acquire().await.unwrap();
        let accepted = server.accept().await;
        lease.finish(outcome, keep);
        assert!(closed(accepted).await);
    }
    let lease = bed.acquire().await.unwrap();
    let accepted = server.accept().await;
    drop(lease);
    assert!(closed(accepted).await);
    assert_eq!(bed.pool.idle(), 0);
}

async fn is_noticed(spoil: impl AsyncFnOnce(TcpStream) -> Option<TcpStream>) {
    let (bed, server) = bed().await;
    let accepted = bed.exchange(&server).await.unwrap();
    let _held = spoil(accepted).await;
    heard(&bed).await;
    let lease = bed.acquire().await.unwrap();
    assert!(!lease.reused());
    assert_eq!(bed.view().found_stale, 1);
    assert_eq!(bed.pool.idle(), 0);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_noticed() {
    is_noticed(async |accepted| {
        drop(accepted);
        None
    })
    .await;
}

#[tokio::test]
async fn a_connection_on_which_something_came_unasked_is_not_used() {
    is_noticed(async |mut accepted| {
        accepted.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        Some(accepted)
    })
    .await;
}

#[tokio::test]
async fn a_fresh_one_is_made_where_it_is_asked_for() {
    let (bed, server) = bed().await;
    let _held = bed.exchange(&server).await;
    let pick = crate::Pick { fresh: true, ..bed.pick() };
    assert!(!bed.pool.acquire(&bed.service, &pick).await.unwrap().reused());
    assert_eq!(bed.pool.idle(), 1);
}

#[tokio::test]
async fn no_more_than_the_most_are_kept_and_the_oldest_goes() {
    let settings = UpstreamSettings { idle_max_per_instance: 2, ..UpstreamSettings::default() };
    let (bed, server) = Bed::with_server(settings, Policy::default()).await;
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push((bed.acquire().await.unwrap(), server.accept().await));
    }
    let (leases, mut accepted): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    leases.into_iter().for_each(|lease| lease.finish(OK, true));
    assert_eq!(bed.pool.idle(), 2);
    assert!(closed(accepted.remove(0)).await);
    assert!(accepted.iter().all(is_open));
}

#[tokio::test]
async fn a_worker_keeps_no_more_than_its_most_in_all() {
    let settings = UpstreamSettings { idle_max_per_worker: 1, ..UpstreamSettings::default() };
    let bed = Bed::new(settings, Policy::default());
    let (a, b) = (Server::start().await, Server::start().await);
    bed.instances(&[("a", &a), ("b", &b)]);
    let leases = [bed.acquire().await.unwrap(), bed.acquire().await.unwrap()];
    assert_ne!(leases[0].instance().id(), leases[1].instance().id());
    leases.into_iter().for_each(|lease| lease.finish(OK, true));
    assert_eq!(bed.pool.idle(), 1);
}

#[tokio::test]
async fn what_idled_too_long_is_not_used_and_swept() {
    let (bed, server) = bed().await;
    let first = bed.exchange(&server).await.unwrap();
    bed.pass(29_999);
    assert!(bed.exchange(&server).await.is_none());
    bed.pass(30_000);
    let second = bed.exchange(&server).await.unwrap();
    assert!(closed(first).await);
    bed.pass(29_999);
    bed.pool.sweep();
    assert_eq!(bed.pool.idle(), 1);
    bed.pass(1);
    bed.pool.sweep();
    assert_eq!(bed.pool.idle(), 0);
    assert!(closed(second).await);
}

#[tokio::test]
async fn connections_of_an_instance_that_has_gone_are_closed_by_the_pools_own_task() {
    let (bed, server) = bed().await;
    let other = Server::start().await;
    let accepted = bed.exchange(&server).await.unwrap();
    let lease = bed.acquire().await.unwrap();
    let local = tokio::task::LocalSet::new();
    local.spawn_local(bed.pool.maintain());
    local
        .run_until(async {
            tokio::task::yield_now().await;
            let in_use = bed.acquire().await.unwrap();
            let accepted_in_use = server.accept().await;
            lease.finish(OK, true);
            assert_eq!(bed.pool.idle(), 1);
            bed.instances(&[("b", &other)]);
            assert!(closed(accepted).await);
            // One that is in use goes on to its end, and is closed then.
            assert!(is_open(&accepted_in_use));
            in_use.finish(OK, true);
            assert_eq!(bed.pool.idle(), 0);
            assert!(closed(accepted_in_use).await);
        })
        .await;
    assert_eq!(bed.pool.idle(), 0);
}

#[tokio::test]
async fn an_id_that_stays_keeps_its_connections_and_one_that_moves_does_not() {
    let (bed, server) = bed().await;
    let other = Server::start().await;
    let _held = bed.exchange(&server).await.unwrap();
    bed.instances(&[("a", &server), ("b", &other)]);
    bed.instances(&[("a", &server)]);
    assert!(bed.exchange(&server).await.is_none());
    bed.instances(&[("a", &other)]);
    let lease = bed.acquire().await.unwrap();
    assert!(!lease.reused());
    assert_eq!(lease.instance().url(), other.url());
}
