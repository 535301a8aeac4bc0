//! Marks at the door: what counts is executed as a dry run, everything else that looks like one is refused.

use super::*;
use identity::{DryRunKey, MARK_LIFETIME, Marked};

const FIELD: HeaderName = HeaderName::from_static("banyan-dry-run");
const NOW: Timestamp = Timestamp(1_000_000);

fn key(secret: &str) -> DryRunKey {
    DryRunKey::new(secret).unwrap()
}

fn signed(method: &str, target: &str, at: Timestamp) -> String {
    key("0123456789abcdef").sign(Marked { request_id: "r-1", method, target }, at)
}

fn marked(mark: &str) -> TestRequest {
    let body = r#"{"title": "a"}"#;
    TestRequest::post()
        .uri("/notes?x=1")
        .set_payload(body)
        .insert_header((FIELD, mark))
        .insert_header(("x-request-id", "r-1"))
}

async fn ask_with(secret: Option<&str>, request: TestRequest) -> Answer {
    let (mounted, sources) = mounted(true);
    let mounted = Mounted { dry_run: secret.map(key), ..mounted };
    ask_of(&mounted, &sources, request).await
}

#[actix_web::test]
async fn a_mark_that_counts_is_executed_as_a_dry_run() {
    let mark = signed("POST", "/notes?x=1", NOW);
    let answer = ask_with(Some("0123456789abcdef"), marked(&mark)).await;
    assert_eq!((answer.status, answer.header(FIELD)), (201, "done"));
    assert!(answer.json()["dry_run"].as_bool().unwrap(), "the handler's context says so");
    let plain = ask_with(
        Some("0123456789abcdef"),
        TestRequest::post().uri("/notes").set_payload(r#"{"title": "a"}"#),
    )
    .await;
    assert_eq!((plain.status, plain.header(FIELD)), (201, ""));
    assert!(!plain.json()["dry_run"].as_bool().unwrap());
}

#[actix_web::test]
async fn an_error_of_a_dry_run_says_that_it_was_one() {
    let mark = signed("DELETE", "/notes", NOW);
    let request = TestRequest::delete()
        .uri("/notes")
        .insert_header((FIELD, mark))
        .insert_header(("x-request-id", "r-1"));
    let answer = ask_with(Some("0123456789abcdef"), request).await;
    assert_eq!((answer.status, answer.header(FIELD)), (503, "done"));
}

#[actix_web::test]
async fn what_does_not_count_is_refused_and_not_executed() {
    let good = signed("POST", "/notes?x=1", NOW);
    let get = TestRequest::get().uri("/notes").insert_header(("x-request-id", "r-1"));
    let of_get = signed("GET", "/notes", NOW);
    let no_id = TestRequest::post().uri("/notes?x=1").insert_header((FIELD, good.as_str()));
    for (name, secret, request, status) in [
        ("no key here", None, marked(&good), 403),
        ("another key", Some("0123456789abcdeX"), marked(&good), 403),
        ("no mark of ours", Some("0123456789abcdef"), marked("1"), 400),
        ("empty", Some("0123456789abcdef"), marked(""), 400),
        ("twice", Some("0123456789abcdef"), marked(&good).append_header((FIELD, good.as_str())), 400),
        (
            "expired",
            Some("0123456789abcdef"),
            marked(&signed("POST", "/notes?x=1", NOW.minus(MARK_LIFETIME))),
            403,
        ),
        ("another target", Some("0123456789abcdef"), marked(&signed("POST", "/notes", NOW)), 403),
        ("another method", Some("0123456789abcdef"), marked(&signed("PUT", "/notes?x=1", NOW)), 403),
        (
            "another request",
            Some("0123456789abcdef"),
            marked(&good).insert_header(("x-request-id", "r-2")),
            403,
        ),
        ("no request id", Some("0123456789abcdef"), no_id, 400),
        ("a safe method", Some("0123456789abcdef"), get.insert_header((FIELD, of_get)), 400),
    ] {
        let answer = ask_with(secret, request).await;
        assert_eq!((answer.status, answer.header(FIELD)), (status, ""), "{name}");
        assert_eq!(answer.header(CONTENT_TYPE), "application/problem+json", "{name}");
    }
}
