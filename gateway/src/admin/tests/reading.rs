//! What the API shows.

use super::*;
use std::time::Duration;

#[actix_rt::test]
async fn routes_are_listed_with_dial_toggles_and_figures() {
    let side = Side::new();
    for status in [200, 200, 503] {
        side.api.metrics.route("messages.read").record(status, Duration::from_millis(4));
    }
    side.clock.advance(Duration::from_secs(10));
    let answer = side.get("/api/routes").await;
    assert_eq!(answer.status, 200);
    let listed = answer.json();
    assert_eq!(
        listed["routes"][0],
        json!({
            "name": "messages.read", "methods": "GET, HEAD", "path": "/api/messages/{rest..}",
            "conditions": "host x.org", "old": "module messages", "new": "service messages",
            "side": "module messages, service messages (5 % by userId)",
            "dial": { "stage": "canary", "percent": 5 },
            "toggles": [{ "name": "messages.serve", "role": "serve", "setting": "5 % by userId" }],
            "fallback": false, "line": 13,
            "requests": { "total": 3, "2xx": 2, "3xx": 0, "4xx": 0, "5xx": 1 },
            "rate": { "per_second": 0.3, "over_s": 10.0 },
            "latency": { "mean_ms": 4.0, "p50_ms": 5.0, "p90_ms": 5.0, "p99_ms": 5.0 },
        })
    );
    let other = &listed["routes"][1];
    assert_eq!(
        (&other["dial"]["stage"], &other["latency"], &other["new"]),
        (&json!("monolith"), &Value::Null, &Value::Null)
    );
    assert_eq!(
        (&listed["default"]["side"], &listed["default"]["requests"]["total"]),
        (&json!("legacy flack"), &json!(0))
    );
    assert!(!side.api.metrics.render().contains("route=\"jwks\""), "listing makes no series");
}

#[actix_rt::test]
async fn a_decision_is_explained_for_whoever_is_named() {
    let side = Side::new();
    let by = |user: u32| {
        let uri = format!("/api/routes/explain?method=get&path=/api/messages/1&host=x.org&user={user}");
        let side = &side;
        async move { side.get(&uri).await.json() }
    };
    let (mut service, mut module) = (0, 0);
    for user in 0..100 {
        let explained = by(user).await;
        assert_eq!(
            (&explained["route"], &explained["user"]),
            (&json!("messages.read"), &json!(user.to_string()))
        );
        match explained["answer"]["by"].as_str() {
            Some("service") => service += 1,
            Some("module") => module += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!((1..20).contains(&service) && module + service == 100, "{service} of 100 at 5 %");
    let elsewhere = side.get("/api/routes/explain?path=/api/messages/1&host=y.org").await.json();
    assert_eq!(elsewhere["answer"], json!({ "by": "legacy", "name": "flack" }));
    assert_eq!(elsewhere["method"], "GET");
}

#[actix_rt::test]
async fn toggles_are_listed_with_the_routes_that_they_move() {
    let listed = Side::new().get("/api/toggles").await.json();
    assert_eq!(
        listed,
        json!({ "source": "file", "server": null, "toggles": [{
            "name": "messages.serve", "exists": true, "enabled": true, "value": "5 % by userId",
            "description": "the service answers", "routes": [{ "route": "messages.read", "role": "serve" }],
        }] })
    );
}

#[actix_rt::test]
async fn services_are_listed_with_instances_breaker_and_what_nobody_routes_to() {
    let side = Side::new();
    side.post("/api/services/mesages/instances", &json!({ "id": "m-1", "url": "http://127.0.0.1:9102" }))
        .await;
    let listed = side.get("/api/services").await.json();
    let [flack, messages] = listed["services"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!((&flack["name"], &flack["kind"]), (&json!("flack"), &json!("legacy")));
    assert_eq!((&messages["name"], &messages["kind"]), (&json!("messages"), &json!("service")));
    assert_eq!(
        messages["breaker"],
        json!({ "state": "closed", "force": "auto", "opened": 0, "recent": 0, "recent_failures": 0 })
    );
    let instance = &messages["instances"][0];
    assert_eq!(
        (&instance["url"], &instance["origin"]),
        (&json!("http://127.0.0.1:9101"), &json!("features"))
    );
    assert_eq!(
        (&instance["healthy"], &instance["in_flight"], &instance["latency_ms"]),
        (&json!(true), &json!(0), &Value::Null)
    );
    assert_eq!(listed["unrouted"], json!([{ "name": "mesages", "instances": ["m-1"] }]));
    assert_eq!(listed["sources"][1]["origin"], "embedded");
}

#[actix_rt::test]
async fn settings_are_shown_without_secrets() {
    let answer = Side::new().get("/api/settings").await;
    assert_eq!(answer.json(), json!({ "admin": { "listen": "127.0.0.1:9090", "token": "***" } }));
}

#[test]
fn the_description_names_every_call() {
    let described = serde_json::to_value(super::super::admin_openapi()).unwrap();
    let paths = described["paths"].as_object().unwrap();
    let calls: Vec<String> = paths
        .iter()
        .flat_map(|(path, calls)| calls.as_object().unwrap().keys().map(move |call| format!("{call} {path}")))
        .collect();
    assert!(described["components"]["schemas"]["Explanation"]["properties"]["answer"].is_object());
    let mut calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    calls.sort_unstable();
    assert_eq!(
        calls,
        [
            "delete /api/services/{name}/instances/{id}",
            "get /api/audit",
            "get /api/promotions",
            "get /api/report",
            "get /api/report/events",
            "get /api/routes",
            "get /api/routes/explain",
            "get /api/services",
            "get /api/settings",
            "get /api/toggles",
            "post /api/reload",
            "post /api/routes/{name}/promotion",
            "post /api/routes/{name}/rules",
            "post /api/services/{name}/breaker",
            "post /api/services/{name}/instances",
            "post /api/toggles/{name}",
            "put /api/services/{name}/instances/{id}",
        ]
    );
}
