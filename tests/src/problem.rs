//! What every error must have (RFC 9457, and the contract).

use serde_json::Value;
use testkit::Answer;

/// The body of an error, whose form is checked.
///
/// # Panics
/// When it is another status, or not the form that every error has.
pub fn expect_problem(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body = answer.json();
    assert_eq!(body["status"], status, "{body}");
    for member in ["type", "title", "error"] {
        assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {body}");
    }
    assert_eq!(body["request_id"], answer.header("x-request-id"), "{body}");
    assert_ne!(body["request_id"], "", "{body}");
    body
}

/// 400 that names this field, and only this one.
///
/// # Panics
/// When it is anything else.
pub fn expect_field(answer: &Answer, field: &str) {
    let body = expect_problem(answer, 400);
    let named: Vec<&Value> =
        body["errors"].as_array().into_iter().flatten().map(|error| &error["field"]).collect();
    assert_eq!(named, [field], "{body}");
    let detail = body["errors"][0]["detail"].as_str().unwrap_or_default();
    assert!(
        !detail.is_empty() && body["error"].as_str().is_some_and(|error| error.contains(field)),
        "{body}"
    );
}

/// 401 as browsers and the chat's clients want it.
///
/// # Panics
/// When it is anything else.
pub fn expect_unauthenticated(answer: &Answer) {
    let body = expect_problem(answer, 401);
    assert_eq!(body["error"], "authentication required", "{body}");
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"Authentication Required\"");
}
