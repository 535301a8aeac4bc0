//! Registration and usage reach the server, once each, also when it was away.

use super::server::{Reply, Request, Server};
use super::{settings, start, state, until};
use crate::Toggles;
use crate::unleash::{Source, Unleash};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// A server that knows a toggle `a` and answers metrics with these statuses in turn, the last one for ever.
async fn server(mut statuses: Vec<u16>) -> Server {
    let mut metrics = move || if statuses.len() > 1 { statuses.remove(0) } else { statuses[0] };
    Server::new(move |request: &Request| match request {
        request if request.is("features") => Reply::ok(state(&["a"])),
        request if request.is("metrics") => Reply::status(metrics()),
        _ => Reply::status(202),
    })
    .await
}

async fn started(server: &Server) -> (Unleash, Toggles) {
    let (unleash, toggles) = start(&settings(server, Path::new("")));
    until(&unleash, |status| status.source == Source::Server).await;
    (unleash, toggles)
}

fn count(toggles: &Toggles, on: bool) {
    toggles.load().count(toggles.resolve("a"), on);
}

#[tokio::test]
async fn the_application_is_registered_until_that_succeeds() {
    let tries = Arc::new(AtomicU32::new(0));
    let counted = tries.clone();
    let mut server = Server::new(move |request: &Request| match request {
        request if request.is("features") => Reply::ok(state(&[])),
        request if request.is("register") && counted.fetch_add(1, Relaxed) < 3 => Reply::status(500),
        _ => Reply::status(202),
    })
    .await;
    let (unleash, _) = start(&settings(&server, Path::new("")));
    let body = server.next("POST /api/client/register").await.json();
    assert_eq!(body["appName"], "banyan");
    assert_eq!(body["instanceId"], unleash.status().instance_id);
    assert_eq!(body["strategies"].as_array().unwrap().len(), 8);
    assert!(body["started"].as_str().unwrap().ends_with('Z'));
    until(&unleash, |status| status.registered).await;
    assert_eq!(tries.load(Relaxed), 4);
    unleash.stop().await;
    assert_eq!(tries.load(Relaxed), 4, "and not again");
}

#[tokio::test]
async fn usage_is_reported_by_toggle() {
    let mut server = server(vec![202]).await;
    let (unleash, toggles) = started(&server).await;
    count(&toggles, true);
    let request = server.next("POST /api/client/metrics").await;
    assert_eq!(request.headers.get("authorization").map(String::as_str), Some("*:development.secret"));
    let body = request.json();
    assert_eq!(body["environment"], "default");
    assert_eq!(body["bucket"]["toggles"], serde_json::json!({"a": {"yes": 1, "no": 0, "variants": {}}}));
    assert!(body["bucket"]["start"].as_str() <= body["bucket"]["stop"].as_str());
    unleash.stop().await;
}

#[tokio::test]
async fn counts_of_a_report_that_failed_come_with_the_next_and_only_once() {
    let mut server = server(vec![503]).await;
    let (unleash, toggles) = started(&server).await;
    count(&toggles, true);
    assert_eq!(server.next("metrics").await.json()["bucket"]["toggles"]["a"]["yes"], 1);
    count(&toggles, true);
    count(&toggles, false);
    let last = loop {
        let next = server.next("metrics").await.json();
        if next["bucket"]["toggles"]["a"]["no"] == 1 {
            break next;
        }
    };
    assert_eq!(last["bucket"]["toggles"]["a"]["yes"], 2);
    assert!(unleash.status().metrics_error.is_some());
    server
        .answer(|request| if request.is("features") { Reply::ok(state(&["a"])) } else { Reply::status(202) });
    let status = until(&unleash, |status| status.last_metrics.is_some()).await;
    assert_eq!(status.metrics_error, None);
    count(&toggles, true);
    let after = loop {
        let next = server.next("metrics").await.json();
        if next["bucket"]["start"] != last["bucket"]["start"] {
            break next;
        }
    };
    assert_eq!(after["bucket"]["toggles"]["a"]["yes"], 1);
    unleash.stop().await;
}

#[tokio::test]
async fn a_report_that_can_never_be_taken_is_given_up() {
    for refusals in [vec![413], vec![422], vec![400; 5]] {
        let statuses = refusals.iter().copied().chain([202]).collect();
        let mut server = server(statuses).await;
        let (unleash, toggles) = started(&server).await;
        count(&toggles, true);
        for _ in &refusals {
            assert_eq!(server.next("metrics").await.json()["bucket"]["toggles"]["a"]["yes"], 1);
        }
        until(&unleash, |_| unleash.shared.counters.unreported.get() == refusals.len() as u64).await;
        assert_eq!(unleash.shared.counters.dropped.get(), 1, "{refusals:?}");
        count(&toggles, false);
        until(&unleash, |status| status.last_metrics.is_some()).await;
        assert_eq!(server.next("metrics").await.json()["bucket"]["toggles"]["a"]["yes"], 0);
        unleash.stop().await;
    }
}

/// An Unleash server whose database is away for a moment answers 400.
#[tokio::test]
async fn a_report_that_is_refused_for_a_while_is_kept() {
    let mut server = server(vec![400, 400, 400, 400, 202]).await;
    let (unleash, toggles) = started(&server).await;
    count(&toggles, true);
    until(&unleash, |status| status.last_metrics.is_some()).await;
    for _ in 0..5 {
        assert_eq!(server.next("metrics").await.json()["bucket"]["toggles"]["a"]["yes"], 1);
    }
    assert_eq!(unleash.shared.counters.dropped.get(), 0);
    unleash.stop().await;
}

#[tokio::test]
async fn the_last_usage_is_reported_at_the_stop() {
    let mut server = server(vec![202]).await;
    let mut settings = settings(&server, Path::new(""));
    settings.metrics_interval_ms = 3_600_000;
    let (unleash, toggles) = start(&settings);
    until(&unleash, |status| status.source == Source::Server).await;
    count(&toggles, true);
    unleash.stop().await;
    assert_eq!(server.next("metrics").await.json()["bucket"]["toggles"]["a"]["yes"], 1);
}

#[tokio::test]
async fn the_last_report_does_not_hold_up_the_stop() {
    let server = Server::new(|request| match request.is("metrics") {
        true => Reply::Silence,
        false => Reply::ok(state(&["a"])),
    })
    .await;
    let mut settings = settings(&server, Path::new(""));
    settings.metrics_interval_ms = 3_600_000;
    settings.stop_within_ms = 50;
    let (unleash, toggles) = start(&settings);
    until(&unleash, |status| status.source == Source::Server).await;
    count(&toggles, true);
    tokio::time::timeout(Duration::from_secs(5), unleash.stop()).await.expect("the bound holds");
}
