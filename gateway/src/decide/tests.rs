//! Decisions by example.

use super::*;
use crate::features::{Features, Known, Toggle, parse};

const ROUTES: &str = r#"
[toggles."messages.serve"]
enabled = false

[[routes]]
name    = "messages.read"
match   = { methods = ["GET"], path = "/api/messages/{rest..}" }
module  = "messages"
service = "messages"
serve   = "messages.serve"

[[routes]]
name   = "users"
match  = { path = "/api/users/{rest..}" }
module = "users"
"#;

fn features(head: &str) -> Features {
    let known = Known { modules: &["messages", "users"] };
    parse("features.toml", &format!("{head}{ROUTES}"), &known).unwrap().features
}

fn side<'s>(snapshot: &'s Snapshot, method: &str, path: &str) -> (Option<&'s str>, Side<'s>, Because) {
    match decide(&Facts { method, path }, snapshot) {
        Decision::Side { route, side, because } => (route.map(|route| &*route.name), side, because),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_route_without_an_open_toggle_is_answered_by_its_module() {
    let snapshot = Snapshot::new(features("default = \"monolith\"")).unwrap();
    let (route, module, because) = side(&snapshot, "GET", "/api/messages/1");
    assert_eq!(route, Some("messages.read"));
    assert_eq!(module, Side::Module(&Arc::from("messages")));
    assert!(matches!(because, Because::ServeIsOff(_)));
    let (route, module, because) = side(&snapshot, "PUT", "/api/users/me");
    assert_eq!(
        (route, module, because),
        (Some("users"), Side::Module(&Arc::from("users")), Because::NoServe)
    );
}

#[test]
fn an_open_serve_toggle_moves_the_route_to_the_service() {
    let mut features = features("");
    features.toggles =
        features.toggles.into_iter().map(|toggle| Toggle { enabled: true, ..toggle }).collect();
    let snapshot = Snapshot::new(features).unwrap();
    let (_, service, because) = side(&snapshot, "GET", "/api/messages/1");
    assert_eq!(service, Side::Service(&Arc::from("messages")));
    assert!(matches!(because, Because::ServeIsOn(_)));
}

#[test]
fn the_monolith_takes_what_no_route_matches() {
    let snapshot = Snapshot::new(features("default = \"monolith\"")).unwrap();
    assert_eq!(side(&snapshot, "GET", "/stats"), (None, Side::Monolith, Because::NoRoute));
    assert_eq!(side(&snapshot, "OPTIONS", "*"), (None, Side::Monolith, Because::NoRoute));
    let get = MethodSet::named("GET").unwrap();
    let expected = (None, Side::Monolith, Because::NoRouteTakesTheMethod(get));
    assert_eq!(side(&snapshot, "POST", "/api/messages"), expected);
}

#[test]
fn without_a_default_nobody_does() {
    let snapshot = Snapshot::new(features("")).unwrap();
    let decide = |method, path| decide(&Facts { method, path }, &snapshot);
    assert_eq!(decide("GET", "/stats"), Decision::NotFound);
    let get = MethodSet::named("GET").unwrap();
    assert_eq!(decide("POST", "/api/messages"), Decision::MethodNotAllowed(get));
}

#[test]
fn an_ambiguous_path_reaches_nobody_not_even_the_default() {
    let snapshot = Snapshot::new(Features::monolith()).unwrap();
    let decision = decide(&Facts { method: "GET", path: "/api/x/../messages" }, &snapshot);
    assert_eq!(decision, Decision::Ambiguous(PathFault::DotSegment));
}
