//! Polling: what is asked, what a change does, and what is kept for a start without the server.

use super::server::{Reply, Request, Server};
use super::{is_on, settings, start, state, until};
use crate::Toggles;
use crate::unleash::{Source, Token, Unleash};
use kernel::Sources;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A server whose state has a mark, and that knows it again.
fn tagged(body: String, etag: &'static str) -> impl FnMut(&Request) -> Reply {
    move |request| match request.headers.get("if-none-match") {
        Some(mark) if mark == etag => Reply::status(304),
        _ => Reply::tagged(body.clone(), etag),
    }
}

#[tokio::test]
async fn toggles_come_from_the_server_and_change_with_it() {
    let server = Server::of_features(tagged(state(&["a"]), "\"1\"")).await;
    let (unleash, toggles) = start(&settings(&server, Path::new("")));
    let status = until(&unleash, |status| status.source == Source::Server && status.registered).await;
    assert!(is_on(&toggles, "a") && !is_on(&toggles, "b"));
    assert_eq!((status.toggles, status.etag.as_deref(), status.error), (1, Some("\"1\""), None));
    server.answer(tagged(state(&["b", "c"]), "\"2\""));
    until(&unleash, |status| status.etag.as_deref() == Some("\"2\"")).await;
    assert!(!is_on(&toggles, "a") && is_on(&toggles, "b"));
    unleash.stop().await;
}

#[tokio::test]
async fn the_server_learns_who_asks() {
    let mut server = Server::of_features(tagged(state(&[]), "\"1\"")).await;
    let (unleash, _) = start(&settings(&server, Path::new("")));
    let request = server.next("GET /api/client/features").await;
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    assert_eq!(header("authorization"), Some("*:development.secret"));
    assert_eq!(header("unleash-appname"), Some("banyan"));
    assert_eq!(header("unleash-instanceid"), Some(unleash.status().instance_id.as_str()));
    assert_eq!(header("unleash-client-spec"), Some("6.1.0"));
    assert_eq!(header("unleash-interval"), Some("10"));
    assert_eq!(header("if-none-match"), None);
    assert_eq!(server.next("features").await.headers.get("if-none-match").map(String::as_str), Some("\"1\""));
    unleash.stop().await;
}

#[tokio::test]
async fn what_has_not_changed_is_not_compiled_again() {
    let mut server = Server::of_features(tagged(state(&["a"]), "\"1\"")).await;
    let (unleash, toggles) = start(&settings(&server, Path::new("")));
    let changed = until(&unleash, |status| status.last_change.is_some()).await.last_change;
    let before = std::sync::Arc::clone(&toggles.load());
    for _ in 0..5 {
        server.next("features").await;
    }
    assert!(std::sync::Arc::ptr_eq(&before, &toggles.load()));
    assert_eq!(unleash.status().last_change, changed);
    assert!(unleash.shared.counters.unchanged.get() >= 3);
    assert_eq!(unleash.shared.counters.changed.get(), 1);
    unleash.stop().await;
}

#[tokio::test]
async fn a_start_without_the_server_begins_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/unleash.json");
    let mut server = Server::of_features(tagged(state(&["a"]), "\"1\"")).await;
    let (unleash, _) = start(&settings(&server, &path));
    until(&unleash, |status| status.last_success.is_some()).await;
    unleash.stop().await;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!std::fs::read_to_string(&path).unwrap().contains("secret"));

    server.answer(|_| Reply::status(503));
    let (unleash, toggles) = start(&settings(&server, &path));
    assert!(is_on(&toggles, "a"), "in place at once");
    let status = until(&unleash, |status| status.failures > 1).await;
    assert_eq!((status.source, status.etag.as_deref()), (Source::Backup, Some("\"1\"")));
    // The server comes back with what it had: nothing has to be sent.
    server.answer(tagged(state(&["a"]), "\"1\""));
    until(&unleash, |status| status.source == Source::Server).await;
    assert_eq!(unleash.shared.counters.changed.get(), 0);
    assert!(is_on(&toggles, "a"));
    server.next("features").await;
    unleash.stop().await;
}

#[tokio::test]
async fn a_backup_of_another_server_or_token_or_a_broken_one_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("unleash.json");
    let server = Server::of_features(tagged(state(&["a"]), "\"1\"")).await;
    let own = settings(&server, &path);
    let (unleash, _) = start(&own);
    until(&unleash, |status| status.last_success.is_some()).await;
    unleash.stop().await;

    server.answer(|_| Reply::status(503));
    let other_server = Server::away().await;
    let mut other_url = own.clone();
    other_url.url = other_server.url();
    let mut other_token = own.clone();
    other_token.token = Token::new("*:production.secret");
    for settings in [other_url, other_token] {
        let (unleash, toggles) = start(&settings);
        assert_eq!(unleash.status().source, Source::None);
        assert!(!is_on(&toggles, "a"));
    }
    let (unleash, toggles) = start(&own);
    assert_eq!(unleash.status().source, Source::Backup);
    assert!(is_on(&toggles, "a"));
    drop(unleash);
    std::fs::write(&path, "{\"format\": 1").unwrap();
    let (unleash, toggles) = start(&own);
    assert_eq!(unleash.status().source, Source::None);
    assert!(!is_on(&toggles, "a"));
}

#[tokio::test]
async fn events_are_taken_too() {
    let server = Server::of_features(|_| Reply::ok(state(&["a"]))).await;
    let (unleash, toggles) = start(&settings(&server, Path::new("")));
    until(&unleash, |status| status.toggles == 1).await;
    let event = r#"{"events": [{"type": "feature-updated", "eventId": 2,
        "feature": {"name": "b", "enabled": true, "strategies": []}}]}"#;
    server.answer(move |_| Reply::ok(event));
    until(&unleash, |status| status.toggles == 2).await;
    assert!(is_on(&toggles, "a") && is_on(&toggles, "b"));
    unleash.stop().await;
}

#[tokio::test]
async fn a_look_leaves_no_trace_and_takes_what_is_on_disk_where_the_server_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("unleash.json");
    let mut server = Server::of_features(tagged(state(&["a"]), "\"1\"")).await;
    let settings = settings(&server, &backup);
    let look = async || {
        let toggles = Toggles::new();
        (Unleash::look(&settings, &Sources::system(), &toggles).await.unwrap(), is_on(&toggles, "a"))
    };
    assert_eq!(look().await, (Source::Server, true));
    server.next("GET /api/client/features").await;
    assert!(!backup.exists(), "it is the gateway's");
    let (unleash, _) = start(&settings);
    until(&unleash, |status| status.registered && backup.exists() && status.source == Source::Server).await;
    unleash.stop().await;
    server.answer(|_| Reply::status(500));
    assert_eq!(look().await, (Source::Backup, true));
    std::fs::remove_file(&backup).unwrap();
    assert_eq!(look().await, (Source::None, false));
}
