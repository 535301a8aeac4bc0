//! `GET /api/report` and its events.

use super::*;
use crate::promoting::{Promoting, PromotingParts};
use ::promotion::{Ceilings, Keep, Order};
use ::report::{Asked, Serving};
use actix_web::body::MessageBody;
use std::pin::Pin;
use std::time::Duration;

/// A side whose recorder has counted `count` equal answers of `messages.read`.
fn side(count: usize) -> Side {
    let side = Side::new();
    let tally = side.api.recorder.worker();
    let ms = Duration::from_millis;
    for _ in 0..count {
        tally.equal(&"messages.read".into(), Serving::Old, ms(1), ms(2), Asked::Other);
    }
    side
}

#[actix_web::test]
async fn the_report_is_told_in_every_format() {
    let side = side(3_000);
    let answer = side.get("/api/report").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let route = &answer.json()["routes"][0];
    assert_eq!((&route["route"], &route["verdict"]), (&json!("messages.read"), &json!("equivalent")));
    assert_eq!(route["compared"], 3_000);
    for (format, starts) in [
        ("text", "EQUIVALENT"),
        ("html", "<!doctype html>"),
        ("md", "# Parallel run: equivalent"),
        ("junit", "<?xml"),
        ("json", "{"),
    ] {
        let answer = side.get(&format!("/api/report?format={format}")).await;
        assert!(answer.body.starts_with(starts.as_bytes()), "{format}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let other = side.get("/api/report?route=other&since=30m&samples=0").await.json();
    assert_eq!((&other["routes"], &other["verdict"]), (&json!([]), &json!("not_enough")));
}

#[actix_web::test]
async fn wrong_parameters_are_named() {
    let side = side(0);
    for (query, field) in [
        ("since=24", "since"),
        ("since=-1h", "since"),
        ("samples=101", "samples"),
        ("samples=-1", "samples"),
        ("format=csv", "format"),
    ] {
        let answer = side.get(&format!("/api/report?{query}")).await;
        assert_eq!((answer.status, answer.field().as_str()), (400, field), "{query}");
    }
    assert_eq!(side.get("/api/report/events?since=x").await.field(), "since");
    assert_eq!(side.get("/api/report?unknown=1").await.status, 400);
}

/// The next piece of a body that does not end.
async fn next<B: MessageBody>(mut body: Pin<&mut B>) -> String {
    let piece = std::future::poll_fn(|context| body.as_mut().poll_next(context)).await;
    String::from_utf8(piece.unwrap().ok().unwrap().to_vec()).unwrap()
}

#[actix_web::test]
async fn verdicts_come_as_events_when_they_change() {
    let side = side(1);
    let app = init_service(host::admin(side.state.clone())).await;
    let request = local(TestRequest::get()).uri("/api/report/events").to_request();
    let response = call_service(&app, request).await;
    assert_eq!(response.headers().get("content-type").unwrap(), "text/event-stream");
    let mut body = Box::pin(response.into_body());
    let event = next(body.as_mut()).await;
    let data =
        event.strip_prefix("event: report\ndata: ").and_then(|rest| rest.strip_suffix("\n\n")).unwrap();
    let report: Value = serde_json::from_str(data).unwrap();
    assert_eq!(report["routes"][0]["compared"], 1);
    tokio::time::pause();
    assert_eq!(next(body.as_mut()).await, ": nothing new\n\n");
    side.api.recorder.worker().equal(
        &"messages.read".into(),
        Serving::Old,
        Duration::ZERO,
        Duration::ZERO,
        Asked::Other,
    );
    assert!(next(body.as_mut()).await.contains("\"compared\":2"));
}

/// Whoever follows is told of each step of a promotion at once, not when the verdicts are looked at.
#[actix_web::test]
async fn promotions_come_as_events_when_one_makes_a_step() {
    let side = Side::with(|api| {
        let text = FEATURES.replace(
            "serve = \"messages.serve\"\n",
            "serve = \"messages.serve\"\ncompare = \"c\"\n[routes.promotion]\nsteps = [10, 100]\n",
        );
        let text = format!("{text}[toggles.c]\nenabled = true\n");
        let loaded = parse("features.toml", &text, &KNOWN).unwrap();
        let snapshot = Snapshot::new(loaded.features, &Toggles::new()).unwrap();
        api.current.store(Arc::new(snapshot));
        api.promoting = Some(Promoting::new(PromotingParts {
            current: api.current.clone(),
            ceilings: Ceilings::default(),
            keep: Keep::new(None, None).unwrap(),
            recorder: api.recorder.clone(),
            metrics: api.metrics.clone(),
            audit: api.audit.clone(),
            sources: api.sources.clone(),
        }));
    });
    let promoting = side.api.promoting.clone().unwrap();
    promoting.look().await;
    let app = init_service(host::admin(side.state.clone())).await;
    let request = local(TestRequest::get()).uri("/api/report/events").to_request();
    let mut body = Box::pin(call_service(&app, request).await.into_body());
    assert!(next(body.as_mut()).await.starts_with("event: report\n"));
    let told = |event: String| -> Value {
        let data =
            event.strip_prefix("event: promotions\ndata: ").unwrap_or_else(|| panic!("{event}")).to_owned();
        serde_json::from_str(&data).unwrap()
    };
    let first = told(next(body.as_mut()).await);
    assert_eq!(
        (&first["promotions"][0]["phase"], &first["promotions"][0]["percent"]),
        (&json!("rising"), &json!(10))
    );
    promoting.order("messages.read", Order::Back, "alice").await.unwrap();
    let back = told(next(body.as_mut()).await);
    assert_eq!(
        (&back["promotions"][0]["phase"], &back["promotions"][0]["why"]),
        (&json!("back"), &json!("sent back by alice"))
    );
    tokio::time::pause();
    assert_eq!(next(body.as_mut()).await, ": nothing new\n\n", "and verdicts go on");
}

#[actix_web::test]
async fn only_so_many_may_follow() {
    let side = side(1);
    let app = init_service(host::admin(side.state.clone())).await;
    let request = || local(TestRequest::get()).uri("/api/report/events").to_request();
    let mut following = Vec::new();
    for _ in 0..32 {
        following.push(call_service(&app, request()).await);
    }
    assert!(following.iter().all(|response| response.status() == 200));
    assert_eq!(call_service(&app, request()).await.status(), 503);
    following.pop();
    assert_eq!(call_service(&app, request()).await.status(), 200);
}
