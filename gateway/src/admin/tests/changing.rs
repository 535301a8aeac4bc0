//! Breakers and instances: what is changed, and what is written down of it.

use super::*;
use std::time::Duration;
use upstream::BreakerForce;

const BREAKER: &str = "/api/services/messages/breaker";
const INSTANCES: &str = "/api/services/messages/instances";

fn instance(id: &str, port: u16) -> Value {
    json!({ "id": id, "url": format!("http://127.0.0.1:{port}"), "ttl_s": 15 })
}

#[actix_rt::test]
async fn a_breaker_is_forced_and_let_go_again() {
    let side = Side::new();
    let answer = side.post(BREAKER, &json!({ "state": "open" })).await;
    assert_eq!(answer.json(), json!({ "service": "messages", "force": "open", "state": "open" }));
    let service = side.api.upstreams.service("messages").unwrap();
    assert!(service.is_refusing());
    side.post(BREAKER, &json!({ "state": "closed" })).await;
    assert_eq!(service.breaker_force(), BreakerForce::Closed);
    side.post(BREAKER, &json!({ "state": "auto" })).await;
    assert_eq!(service.breaker_force(), BreakerForce::Auto);
}

#[actix_rt::test]
async fn who_forced_it_is_written_down_with_before_and_after() {
    let side = Side::new();
    let request = local(TestRequest::post()).uri(BREAKER).insert_header(("x-user", "alice"));
    let answer = side.call(request.set_json(json!({ "state": "open" }))).await;
    let text = std::fs::read_to_string(side.directory.path().join("audit.jsonl")).unwrap();
    let line: Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(
        line,
        json!({
            "id": line["id"], "at": "2023-11-14T22:13:20.000Z",
            "who": { "by": "loopback", "remote": "127.0.0.1:4000", "user": "alice" },
            "action": "breaker.force", "subject": "service messages",
            "before": { "force": "auto", "state": "closed" }, "after": { "force": "open" },
            "outcome": "made", "request_id": answer.header("x-request-id"),
        })
    );
    assert_eq!(side.audit().await, [line]);
}

#[actix_rt::test]
async fn a_breaker_of_nobody_is_not_found_and_leaves_no_entry() {
    let side = Side::new();
    let answer = side.post("/api/services/nobody/breaker", &json!({ "state": "open" })).await;
    assert_eq!((answer.status, answer.header("content-type")), (404, "application/problem+json"));
    assert!(side.audit().await.is_empty());
}

#[actix_rt::test]
async fn a_change_that_cannot_be_written_down_is_not_made() {
    let side = Side::with(|api| api.audit = full(&api.sources));
    let answer = side.post(BREAKER, &json!({ "state": "open" })).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
    assert!(answer.json()["detail"].as_str().unwrap().starts_with("nothing was changed"));
    assert!(!side.api.upstreams.service("messages").unwrap().is_refusing());
    let answer = side.post("/api/reload", &json!({})).await;
    assert_eq!(answer.status, 503);
    let page = side.get("/api/audit").await.json();
    assert_eq!((&page["entries"], &page["log"]["failed"]), (&json!([]), &json!(2)));
    assert!(page["log"]["error"].as_str().unwrap().contains("No space left"), "{page}");
    assert!(side.api.metrics.render().contains("banyan_audit_entries_total{result=\"failed\"} 2\n"));
}

#[actix_rt::test]
async fn where_the_disk_is_full_services_still_register() {
    let side = Side::with(|api| api.audit = full(&api.sources));
    assert_eq!(side.post(INSTANCES, &instance("m-1", 9102)).await.status, 201);
    assert_eq!(side.api.registry.get("messages").len(), 1);
    assert_eq!(side.audit().await.len(), 1, "it is remembered");
}

#[actix_rt::test]
async fn an_instance_registers_stays_and_leaves() {
    let side = Side::new();
    let answer = side.post(INSTANCES, &instance("m-1", 9102)).await;
    assert_eq!((answer.status, answer.header("location")), (201, "/api/services/messages/instances/m-1"));
    let shown = json!({ "service": "messages", "id": "m-1", "url": "http://127.0.0.1:9102", "ttl_s": 15 });
    assert_eq!(answer.json(), shown);
    assert_eq!(side.post(INSTANCES, &instance("m-1", 9102)).await.status, 200, "again");
    assert_eq!(side.post(INSTANCES, &instance("m-1", 9103)).await.status, 200, "elsewhere");
    assert_eq!(&*side.api.registry.get("messages")[0].url, "http://127.0.0.1:9103");

    let place = "/api/services/messages/instances/m-1";
    side.clock.advance(Duration::from_secs(14));
    assert_eq!(side.call(local(TestRequest::put()).uri(place)).await.status, 204);
    side.clock.advance(Duration::from_secs(14));
    assert_eq!(side.call(local(TestRequest::put()).uri(place)).await.status, 204, "kept alive by the first");
    assert_eq!(side.call(local(TestRequest::delete()).uri(place)).await.status, 204);
    assert!(side.api.registry.get("messages").is_empty());
    assert_eq!(side.call(local(TestRequest::delete()).uri(place)).await.status, 404, "it has left");

    let entries = side.audit().await;
    let told: Vec<_> =
        entries.iter().map(|entry| (&entry["action"], &entry["before"], &entry["after"])).collect();
    let (first, second) =
        (json!({ "url": "http://127.0.0.1:9102" }), json!({ "url": "http://127.0.0.1:9103" }));
    let (register, leave) = (json!("instance.register"), json!("instance.leave"));
    assert_eq!(
        told,
        [(&leave, &second, &Value::Null), (&register, &first, &second), (&register, &Value::Null, &first)],
        "what changed nothing left no entry"
    );
}

#[actix_rt::test]
async fn an_instance_that_was_forgotten_is_told_so() {
    let side = Side::new();
    side.post(INSTANCES, &instance("m-1", 9102)).await;
    side.clock.advance(Duration::from_secs(15));
    let answer = side.call(local(TestRequest::put()).uri("/api/services/messages/instances/m-1")).await;
    assert_eq!((answer.status, answer.header("content-type")), (404, "application/problem+json"));
    assert_eq!(side.post(INSTANCES, &instance("m-1", 9102)).await.status, 201, "it registers again");
}

#[actix_rt::test]
async fn there_is_room_for_so_many_instances_and_no_more() {
    let side = Side::new();
    for number in 0..registry::limits::INSTANCES_PER_SERVICE_MAX {
        let registration = registry::Registration {
            id: format!("m-{number}"),
            url: format!("http://127.0.0.1:{}", 10_000 + number),
            ttl_s: 15,
        };
        side.api.registry.embedded().register("messages", &registration).unwrap();
    }
    let answer = side.post(INSTANCES, &instance("one-more", 9)).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
}

#[actix_rt::test]
async fn the_audit_log_is_read_page_by_page() {
    let side = Side::new();
    for state in ["open", "closed", "auto"] {
        side.post(BREAKER, &json!({ "state": state })).await;
    }
    let first = side.get("/api/audit?limit=2").await.json();
    let after = |page: &Value| {
        page["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["after"]["force"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(after(&first), ["auto", "closed"]);
    let cursor = first["next"].as_str().unwrap();
    let second = side.get(&format!("/api/audit?limit=2&cursor={cursor}")).await.json();
    assert_eq!((after(&second), &second["next"]), (vec![json!("open")], &Value::Null));
    assert_eq!((&second["log"]["written"], &second["log"]["failed"]), (&json!(3), &json!(0)));
}
