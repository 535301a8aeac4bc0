//! A server that is away, slow, or out of its mind changes nothing, and is found again when it is well.

use super::server::{Reply, Server};
use super::{is_on, settings, start, state, until};
use crate::unleash::Source;
use std::path::Path;

#[tokio::test]
async fn before_anything_is_known_each_caller_decides() {
    let server = Server::away().await;
    let (unleash, toggles) = start(&settings(&server, Path::new("")));
    let status = until(&unleash, |status| status.failures >= 2).await;
    assert_eq!((status.source, status.registered), (Source::None, false));
    assert!(status.error.unwrap().starts_with("no answer"));
    let context = crate::Context::new(kernel::Timestamp(0), 0);
    assert!(toggles.load().is_enabled_or(toggles.resolve("a"), &context, true));
    unleash.stop().await;
}

#[tokio::test]
async fn no_bad_answer_changes_anything() {
    let server = Server::of_features(|_| Reply::ok(state(&["a"]))).await;
    let mut settings = settings(&server, Path::new(""));
    settings.request_timeout_ms = 500;
    settings.body_max_bytes = 1_000;
    let (unleash, toggles) = start(&settings);
    until(&unleash, |status| status.source == Source::Server).await;
    let many = format!("{{\"version\": 2, \"features\": [{}]}}", " ".repeat(1_000));
    for (reply, error, refused) in [
        (Reply::status(500), "the server answered 500", false),
        (Reply::status(304), "the server answered 304", false),
        (
            Reply::Answer(302, vec!["location: http://127.0.0.1:1/".into()], vec![]),
            "the server answered 302",
            false,
        ),
        (Reply::Silence, "no answer in time", false),
        (Reply::Cut, "no answer", false),
        (Reply::ok("<html>"), "the answer is no list of toggles", true),
        (Reply::ok("{}"), "the answer is no list of toggles", true),
        (Reply::ok("{\"version\": 2, \"features\": [{}]}"), "the answer is no list of toggles", true),
        (Reply::ok(many), "the answer has more than 1000 bytes", true),
    ] {
        let before = unleash.shared.counters.refused.get();
        server.answer(move |_| reply.clone());
        let status =
            until(&unleash, |status| status.error.as_ref().is_some_and(|cause| cause.starts_with(error)))
                .await;
        assert_eq!(status.source, Source::Server, "{error}");
        assert!(is_on(&toggles, "a"), "{error}");
        assert_eq!(unleash.shared.counters.refused.get() > before, refused, "{error}");
        server.answer(|_| Reply::ok(state(&["a"])));
        until(&unleash, |status| status.error.is_none()).await;
    }
    assert_eq!(unleash.status().failures, 0);
    unleash.stop().await;
}

#[tokio::test]
async fn a_state_that_cannot_be_compiled_as_a_whole_is_refused_and_asked_for_again() {
    let names: Vec<String> = (0..=crate::TOGGLES_MAX).map(|number| format!("t{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let too_many = state(&names);
    let mut server = Server::of_features(move |_| Reply::tagged(too_many.clone(), "\"1\"")).await;
    let (unleash, toggles) = start(&settings(&server, Path::new("")));
    let status = until(&unleash, |status| status.failures > 1).await;
    assert_eq!((status.source, status.etag), (Source::None, None));
    assert!(!is_on(&toggles, "t0"));
    // A mark of a state that was not taken would hide it for ever.
    for _ in 0..2 {
        assert_eq!(server.next("features").await.headers.get("if-none-match"), None);
    }
    drop(unleash);
}

#[tokio::test]
async fn a_server_that_never_answers_does_not_hold_up_the_stop() {
    let server = Server::new(|request| match request.is("metrics") {
        true => Reply::status(202),
        false => Reply::Silence,
    })
    .await;
    let (unleash, _) = start(&settings(&server, Path::new("")));
    let stopped = tokio::time::timeout(std::time::Duration::from_secs(4), unleash.stop()).await;
    stopped.expect("stops without waiting for its request");
}
