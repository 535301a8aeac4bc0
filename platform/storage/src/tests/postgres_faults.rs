//! A PostgreSQL that goes away, comes back, or accepts and never answers.

use super::proxy::{Line, Proxy};
use super::server::Server;
use super::*;
use kernel::{Clock, ManualClock, Timestamp};
use std::sync::Arc;

/// A store that reaches the server through a proxy, with a clock that is moved by hand: pauses pass when told to.
fn through_proxy(server: &Server, line: Line) -> (StoreOptions, Proxy, Arc<ManualClock>) {
    let StorageUrl::Postgres { host, port, database } = server.url.clone() else { panic!("PostgreSQL") };
    let proxy = Proxy::start((host, port), line);
    let mut options = server.options("users");
    let (sources, clock) = Sources::fixed(Timestamp(0), 1);
    options.sources = sources;
    options.settings.url = StorageUrl::Postgres { host: "127.0.0.1".into(), port: proxy.port, database };
    options.settings.postgres_connections = 2;
    options.settings.postgres_connect_within_s = 1;
    (options, proxy, clock)
}

/// A context whose deadline stands on the clock that is moved by hand.
fn from(clock: &ManualClock) -> Context {
    let deadline = kernel::Deadline::after(clock, Duration::from_secs(3600));
    Context { deadline, ..patient() }
}

#[tokio::test]
async fn a_database_that_is_away_at_start_is_waited_for_and_migrated() {
    let Some(server) = Server::start(&["users"]) else { return };
    let (options, proxy, clock) = through_proxy(&server, Line::Cut);
    let store = Store::open(options).unwrap();
    assert!(is_unavailable(&store.write(&from(&clock), insert("a")).await));
    proxy.turn(Line::Whole);
    assert!(is_unavailable(&store.write(&from(&clock), insert("a")).await), "the pause still lasts");
    clock.advance(Duration::from_secs(1));
    store.write(&from(&clock), insert("a")).await.unwrap();
    assert_eq!(store.metrics().connected, 1);
}

#[tokio::test]
async fn a_line_that_is_cut_is_made_anew() {
    let Some(server) = Server::start(&["users"]) else { return };
    let (options, proxy, clock) = through_proxy(&server, Line::Whole);
    let store = Store::open(options).unwrap();
    store.write(&from(&clock), insert("a")).await.unwrap();

    proxy.turn(Line::Cut);
    until_away(&store, &clock).await;
    proxy.turn(Line::Whole);
    clock.advance(Duration::from_secs(2));
    store.write(&from(&clock), insert("b")).await.unwrap();
    let connects = store.metrics().connects;
    assert!(connects >= 2, "{connects}");
}

/// Asks until the threads have found out, each for its own connection.
async fn until_away(store: &Store, clock: &ManualClock) {
    while store.metrics().connected > 0 {
        let outcome = store.ping(&from(clock)).await;
        assert!(is_unavailable(&outcome), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_restart_between_two_requests_is_not_noticed() {
    let Some(server) = Server::start(&["users"]) else { return };
    let (mut options, proxy, clock) = through_proxy(&server, Line::Whole);
    options.settings.postgres_connections = 1;
    let store = Store::open(options).unwrap();
    let restart = || {
        proxy.turn(Line::Cut);
        proxy.turn(Line::Whole);
    };
    store.write(&from(&clock), insert("a")).await.unwrap();
    restart();
    // Nothing of a write was done yet when its BEGIN fails.
    store.write(&from(&clock), insert("b")).await.unwrap();
    restart();
    // A connection that stood idle is looked at before it is used.
    clock.advance(Duration::from_secs(2));
    store.ping(&from(&clock)).await.unwrap();
    assert_eq!(store.metrics().connects, 3);
}

#[tokio::test]
async fn a_database_that_hangs_is_given_up_and_harms_no_other_module() {
    let Some(server) = Server::start(&["users", "tokens"]) else { return };
    let (mut options, proxy, clock) = through_proxy(&server, Line::Whole);
    options.settings.answer_within_ms = 50;
    let users = Store::open(options).unwrap();
    let tokens = Store::open(server.options("tokens")).unwrap();
    proxy.turn(Line::Frozen);
    for _ in 0..4 {
        let before = kernel::SystemClock::new();
        let began = before.monotonic();
        let hung = users.ping(&from(&clock)).await;
        assert!(is_unavailable(&hung), "{hung:?}");
        assert!(before.monotonic().since(began) < Duration::from_secs(1), "503 within a second");
        tokens
            .write(&patient(), insert("x"))
            .await
            .or_else(|error| match error {
                StorageError::Unique { .. } => Ok(()),
                error => Err(error),
            })
            .unwrap();
    }
    proxy.turn(Line::Whole);
    // The threads come back by themselves once the line does.
    while users.ping(&from(&clock)).await.is_err() {
        clock.advance(Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_server_that_accepts_and_never_answers_fails_nobody_at_start() {
    let Some(server) = Server::start(&["users"]) else { return };
    let (mut options, _proxy, clock) = through_proxy(&server, Line::Frozen);
    options.settings.answer_within_ms = 50;
    let store = Store::open(options).unwrap();
    let hung = store.ping(&from(&clock)).await;
    assert!(is_unavailable(&hung), "{hung:?}");
}
