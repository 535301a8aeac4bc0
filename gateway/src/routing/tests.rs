//! What the HTTP loop is told.

use super::*;
use crate::features::Features;
use crate::http1::{field_slots, parse};
use crate::snapshot::tests::{compiled, snapshot};
use kernel::{Sources, Timestamp};

const FILE: &str = r#"
    [[routes]]
    name = "messages.read"
    match = { methods = ["GET"], path = "/api/messages/{rest..}" }
    module = "messages"
"#;

fn router(snapshot: Snapshot) -> Routing {
    let (sources, _) = Sources::fixed(Timestamp(0), 1);
    Routing::new(snapshot.into_current(), Who::new(crate::Tokens::None, &sources))
}

fn of(head: &str) -> Routing {
    router(snapshot(&format!("{head}{FILE}"), &["messages"]))
}

fn routed(router: &Routing, method: &str, path: &str, fields: &str) -> Routed {
    let raw = format!("{method} {path} HTTP/1.1\r\nhost: x.org\r\n{fields}\r\n");
    let mut slots = field_slots();
    let head = parse(raw.as_bytes(), &mut slots, 8_192).unwrap();
    router.route(&Asked { head: &head, client: None, at: Timestamp(0) })
}

fn in_process(routed: Routed) -> (String, Option<String>) {
    match routed.verdict {
        Verdict::InProcess { route, module } => (route.to_string(), module.map(|module| module.to_string())),
        other => panic!("{other:?}"),
    }
}

fn problem(routed: Routed) -> Problem {
    match routed.verdict {
        Verdict::Problem(problem) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_route_goes_to_its_module_and_the_rest_to_whichever_knows_it() {
    let router = of("default = \"monolith\"");
    let verdict = |method, path| in_process(routed(&router, method, path, ""));
    let messages = ("messages.read".to_owned(), Some("messages".to_owned()));
    assert_eq!(verdict("GET", "/api/messages/1"), messages);
    assert_eq!(verdict("POST", "/api/messages"), ("default".to_owned(), None));
    assert_eq!(verdict("GET", "/nowhere"), ("default".to_owned(), None));
}

#[test]
fn without_a_default_the_gateway_answers_404_and_405_itself() {
    let router = of("");
    assert_eq!(problem(routed(&router, "GET", "/nowhere", "")).status, 404);
    let refused = problem(routed(&router, "POST", "/api/messages", ""));
    assert_eq!((refused.status, refused.allow.as_deref()), (405, Some("GET, HEAD")));
}

#[test]
fn an_ambiguous_path_is_400() {
    let refused = problem(routed(&of("default = \"monolith\""), "GET", "/a//b", ""));
    assert_eq!((refused.status, &*refused.detail), (400, "the path has an empty segment"));
}

#[test]
fn a_new_snapshot_holds_from_the_next_request_on() {
    let router = of("");
    let before = router.current.load_full();
    router.current.store(Arc::new(compiled(Features::monolith())));
    let verdict = in_process(routed(&router, "GET", "/nowhere", ""));
    assert_eq!(verdict, ("default".to_owned(), None));
    assert_eq!(before.features.routes.len(), 1, "a request that runs keeps what it began with");
}

const OUTSIDE: &str = r#"
    default = "old"
    [[legacy]]
    name = "old"
    url = "http://127.0.0.1:5000"
    host = "upstream"
    [[services]]
    name = "new"
    instances = ["http://127.0.0.1:9101"]
    balance = "consistent-hash"
    [context]
    user_id = { header = "x-user" }
    [toggles.t]
    enabled = true
    strategies = [{ name = "flexibleRollout", parameters = { rollout = 50, stickiness = "default", groupId = "g" } }]
    [[routes]]
    name = "a"
    match = { path = "/a" }
    legacy = "old"
    service = "new"
    serve = "t"
    fallback = true
"#;

fn outside() -> Routing {
    let (sources, _) = Sources::fixed(Timestamp(0), 1);
    let upstreams = upstream::Upstreams::new(upstream::UpstreamSettings::default(), sources);
    router(snapshot(OUTSIDE, &[]).bind(&upstreams))
}

fn forward(verdict: Verdict) -> Forward {
    match verdict {
        Verdict::Forward(forward) => forward,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_upstream_is_told_with_what_the_loop_needs() {
    let router = outside();
    let old = forward(routed(&router, "GET", "/elsewhere", "").verdict);
    assert_eq!((&*old.route, &**old.service.name(), old.legacy), ("default", "old", true));
    assert_eq!((old.hash, old.host), (None, crate::http1::HostPolicy::Upstream));
    assert!(old.fallback.is_none());
}

#[test]
fn users_are_split_and_the_other_side_is_the_fallback() {
    let router = outside();
    let mut sides = std::collections::BTreeMap::new();
    for user in 0..100 {
        let routed = routed(&router, "GET", "/a", &format!("X-User: {user}\r\n"));
        assert_eq!(routed.set_cookie, None, "who has a name needs no session");
        let forward = forward(routed.verdict);
        let other = self::forward(*forward.fallback.clone().unwrap());
        assert_ne!(forward.legacy, other.legacy);
        assert!(other.fallback.is_none());
        let new = if forward.legacy { &other } else { &forward };
        assert_eq!(new.hash, Some(xxh3_64(user.to_string().as_bytes())));
        *sides.entry(forward.service.name().to_string()).or_insert(0) += 1;
    }
    assert!(sides["new"] > 30 && sides["old"] > 30, "{sides:?}");
    let toggles = router.current.load();
    let toggle = toggles.dial(0).serve.unwrap();
    assert!(toggles.toggles().exists(toggle));
}

#[test]
fn who_has_no_name_gets_a_session_and_keeps_its_side() {
    let router = outside();
    for _ in 0..20 {
        let first = routed(&router, "GET", "/a", "");
        let cookie = first.set_cookie.unwrap();
        assert!(
            cookie.starts_with("banyan-session=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax")
        );
        let shown = cookie.split(';').next().unwrap();
        let side = forward(first.verdict).legacy;
        for _ in 0..3 {
            let again = routed(&router, "GET", "/a", &format!("Cookie: a=b; {shown}\r\n"));
            assert_eq!(again.set_cookie, None);
            assert_eq!(forward(again.verdict).legacy, side);
        }
    }
    assert_eq!(routed(&router, "GET", "/elsewhere", "").set_cookie, None, "no toggle asks");
}
