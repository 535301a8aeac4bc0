//! Browsers, strangers and slips of the pen.

use super::*;
use actix_web::http::header::{CONTENT_TYPE, HeaderName};

const BREAKER: &str = "/api/services/messages/breaker";

fn force() -> TestRequest {
    local(TestRequest::post()).uri(BREAKER).set_json(json!({ "state": "open" }))
}

#[actix_rt::test]
async fn only_addresses_localhost_and_known_names_are_asked_for() {
    let side = Side::new();
    for (host, status) in [
        ("127.0.0.1:9090", 200),
        ("127.0.0.1", 200),
        ("[::1]:9090", 200),
        ("[::1]", 200),
        ("localhost:9090", 200),
        ("LOCALHOST", 200),
        ("gate.internal:9090", 200),
        ("GATE.internal", 200),
        ("evil.example:9090", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("gate.internal.evil.example", 421),
        ("", 421),
    ] {
        for path in ["/api/routes", "/health/live", "/metrics", "/openapi"] {
            let answer = side.call(TestRequest::get().uri(path).insert_header(("host", host))).await;
            assert_eq!(answer.status, status, "{path} {host}");
        }
    }
    let without = side.call(TestRequest::get().uri("/api/routes")).await;
    assert_eq!(without.status, 200, "no Host at all: no browser leaves it out");
    assert_eq!(without.header("x-request-id").len(), 36);
}

#[actix_rt::test]
async fn with_a_token_the_token_decides_and_any_name_will_do() {
    let side = Side::with(|api| api.has_token = true);
    let ask = || TestRequest::get().uri("/api/routes").insert_header(("host", "gate.example"));
    assert_eq!(side.call(ask()).await.status, 401);
    let shown = ask().insert_header(("authorization", "Bearer a-long-enough-token"));
    assert_eq!(side.call(shown).await.status, 200);
    let answer = side.call(force().insert_header(("authorization", "Bearer a-long-enough-token"))).await;
    assert_eq!(answer.status, 200);
    let entry = &side.api.audit.page(1, None).unwrap().entries[0];
    assert_eq!(entry.entry.who.to_string(), "token 127.0.0.1:4000");
}

#[actix_rt::test]
async fn pages_of_other_origins_change_nothing() {
    let side = Side::new();
    for (name, value, status) in [
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
        ("origin", "http://127.0.0.1:8080", 403),
        ("origin", "http://127.0.0.1:9090", 200),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "same-origin", 200),
        ("sec-fetch-site", "none", 200),
    ] {
        let answer = side.call(force().insert_header((name, value))).await;
        assert_eq!(answer.status, status, "{name}: {value}");
    }
    assert_eq!(side.audit().await.len(), 3, "what was refused left no trace");
}

#[actix_rt::test]
async fn a_change_is_json_or_nothing() {
    let side = Side::new();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
    ] {
        let answer = side.call(force().insert_header((CONTENT_TYPE, kind))).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (415, "application/problem+json"),
            "{kind}"
        );
    }
    let untyped = local(TestRequest::post()).uri(BREAKER).set_payload(r#"{"state":"open"}"#);
    let untyped = untyped.insert_header(("content-length", "16"));
    assert_eq!(side.call(untyped).await.status, 415);
    let chunked =
        local(TestRequest::post()).uri("/api/reload").insert_header(("transfer-encoding", "chunked"));
    assert_eq!(side.call(chunked).await.status, 415);
    assert_eq!(side.call(local(TestRequest::post()).uri("/api/reload")).await.status, 200, "without a body");
    let charset = force().insert_header((CONTENT_TYPE, "Application/JSON; charset=utf-8"));
    assert_eq!(side.call(charset).await.status, 200);
}

#[actix_rt::test]
async fn a_body_that_is_wrong_is_refused_by_its_field() {
    let side = Side::new();
    let instances = "/api/services/messages/instances";
    for (uri, body, field) in [
        (BREAKER, json!({ "state": "ajar" }), "state"),
        (BREAKER, json!({}), "state"),
        (BREAKER, json!({ "state": "open", "for": "1h" }), "for"),
        (instances, json!({ "id": "a", "url": "http://h:1", "ttl": 3 }), "ttl"),
        (instances, json!({ "id": "a" }), "url"),
        (instances, json!({ "id": 7, "url": "http://h:1" }), "id"),
        (instances, json!({ "id": "a b", "url": "http://h:1" }), "id"),
        (instances, json!({ "id": "a", "url": "http://u:hunter22@h:1" }), "url"),
        (instances, json!({ "id": "a", "url": "http://h:1", "ttl_s": 0 }), "ttl_s"),
        ("/api/services/a%20b/instances", json!({ "id": "a", "url": "http://h:1" }), "name"),
    ] {
        let answer = side.post(uri, &body).await;
        assert_eq!((answer.status, answer.field().as_str()), (400, field), "{body}");
        assert!(!String::from_utf8(answer.body).unwrap().contains("hunter22"));
    }
    assert!(side.audit().await.is_empty());
}

#[actix_rt::test]
async fn a_body_without_end_is_cut_off() {
    let side = Side::new();
    let body = json!({ "state": "x".repeat(super::super::BODY_MAX_BYTES) });
    assert_eq!(side.post(BREAKER, &body).await.status, 413);
    let answer = side.call(force().set_payload("{\"state\":")).await;
    assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"));
}

#[actix_rt::test]
async fn a_parameter_that_nobody_knows_is_refused() {
    let side = Side::new();
    for (uri, field) in [
        ("/api/audit?limt=3", "limt"),
        ("/api/audit?limit=0", "limit"),
        ("/api/audit?limit=1001", "limit"),
        ("/api/audit?limit=x", "limit"),
        ("/api/audit?cursor=x", "cursor"),
        ("/api/routes/explain?method=GET", "path"),
        ("/api/routes/explain?path=api", "path"),
        ("/api/routes/explain?path=/a&methd=GET", "methd"),
        ("/api/routes/explain?path=/a&method=G%20T", "method"),
        ("/api/routes/explain?path=/a&remote=here", "remote"),
    ] {
        let answer = side.get(uri).await;
        assert_eq!((answer.status, answer.field().as_str()), (400, field), "{uri}");
    }
}

#[actix_rt::test]
async fn other_paths_and_methods_are_problems_too() {
    let side = Side::new();
    let answer = side.get("/api/nothing").await;
    assert_eq!((answer.status, answer.header("content-type")), (404, "application/problem+json"));
    assert_eq!(answer.json()["request_id"], answer.header("x-request-id"));
    for (method, uri, allow) in [
        ("DELETE", "/api/routes", "GET"),
        ("GET", "/api/reload", "POST"),
        ("GET", "/api/services/a/instances/b", "DELETE, PUT"),
    ] {
        let request = local(TestRequest::default()).method(method.parse().unwrap()).uri(uri);
        let answer = side.call(request).await;
        assert_eq!((answer.status, answer.header("allow")), (405, allow), "{method} {uri}");
    }
}

#[actix_rt::test]
async fn answers_are_not_kept_and_not_guessed() {
    let answer = Side::new().get("/api/settings").await;
    assert_eq!(
        (answer.header("cache-control"), answer.header("x-content-type-options")),
        ("no-store", "nosniff")
    );
    assert!(answer.headers.get(HeaderName::from_static("access-control-allow-origin")).is_none());
}
