//! Decisions by example.

use super::*;
use crate::facts::{Caller, Nothing};
use crate::features::Features;
use crate::snapshot::tests::{compiled, snapshot};
use kernel::Timestamp;
use std::borrow::Cow;
use std::cell::Cell;
use std::net::IpAddr;

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

const ROLLOUT: &str = r#"
enabled = true
strategies = [{ name = "flexibleRollout", parameters = { rollout = 50, stickiness = "STICKY", groupId = "m" } }]
"#;

fn of(head: &str, change: (&str, &str)) -> Snapshot {
    snapshot(&format!("{head}{}", ROUTES.replacen(change.0, change.1, 1)), &["messages", "users"])
}

fn decided<'s>(snapshot: &'s Snapshot, method: &str, path: &str) -> (Option<&'s str>, String, Because) {
    match decide(&Facts::of(method, path), snapshot) {
        Decision::Side { route, side, because, .. } => (route.map(|route| &*route.name), name(side), because),
        other => panic!("{other:?}"),
    }
}

fn name(side: Side<'_>) -> String {
    match side {
        Side::Module(name) => format!("module {name}"),
        Side::Monolith => "monolith".to_owned(),
        Side::Upstream(upstream) => format!("{:?} {}", upstream.kind, upstream.name),
    }
}

/// Somebody with a user id, who counts how often is asked who it is.
struct Somebody {
    user: Option<&'static str>,
    asked: Cell<u32>,
    begun: Cell<u32>,
}

impl Somebody {
    fn new(user: Option<&'static str>) -> Self {
        Self { user, asked: Cell::new(0), begun: Cell::new(0) }
    }
}

impl Caller for Somebody {
    fn user_id(&self) -> Option<Cow<'_, str>> {
        self.asked.set(self.asked.get() + 1);
        self.user.map(Cow::Borrowed)
    }

    fn session_id(&self) -> Option<Cow<'_, str>> {
        self.begun.set(self.begun.get() + 1);
        Some("0123".into())
    }

    fn remote(&self) -> Option<IpAddr> {
        None
    }

    fn now(&self) -> Timestamp {
        Timestamp(0)
    }

    fn chance(&self) -> u64 {
        7
    }
}

#[test]
fn a_route_without_an_open_toggle_is_answered_by_its_module() {
    let snapshot = of("default = \"monolith\"", ("", ""));
    let (route, side, because) = decided(&snapshot, "GET", "/api/messages/1");
    assert_eq!((route, side.as_str()), (Some("messages.read"), "module messages"));
    assert!(matches!(because, Because::ServeIsOff(_)));
    let (route, side, because) = decided(&snapshot, "PUT", "/api/users/me");
    assert_eq!((route, side.as_str(), because), (Some("users"), "module users", Because::NoServe));
}

#[test]
fn an_open_serve_toggle_moves_the_route_to_the_service() {
    let snapshot = of("", ("enabled = false", "enabled = true"));
    let (_, side, because) = decided(&snapshot, "GET", "/api/messages/1");
    assert_eq!(side, "Service messages");
    assert!(matches!(because, Because::ServeIsOn(_)));
}

#[test]
fn the_old_side_may_be_a_legacy_upstream() {
    let legacy = "[[legacy]]\nname = \"flack\"\nurl = \"http://127.0.0.1:1\"\n";
    let snapshot = of(legacy, ("module  = \"messages\"", "legacy = \"flack\""));
    assert_eq!(decided(&snapshot, "GET", "/api/messages").1, "Legacy flack");
}

#[test]
fn a_percentage_decides_by_user_and_always_alike() {
    let snapshot = of("", ("enabled = false", &ROLLOUT.replace("STICKY", "userId")));
    let side_for = |user: &'static str| {
        let somebody = Somebody::new(Some(user));
        match decide(&Facts { caller: &somebody, ..Facts::of("GET", "/api/messages") }, &snapshot) {
            Decision::Side { side, .. } => name(side),
            other => panic!("{other:?}"),
        }
    };
    let users: Vec<&'static str> = (0..200).map(|user| &*user.to_string().leak()).collect();
    let moved = users.iter().filter(|user| side_for(user) == "Service messages").count();
    assert!((70..130).contains(&moved), "{moved} of 200");
    assert!(users.iter().all(|user| side_for(user) == side_for(user)));
    let (_, nobody, _) = decided(&snapshot, "GET", "/api/messages");
    assert_eq!(nobody, "module messages", "who is nobody is in no share of users");
}

#[test]
fn nobody_is_asked_who_he_is_unless_a_toggle_needs_it() {
    let asked = |change: &str, user| {
        let snapshot = of("", ("enabled = false", change));
        let somebody = Somebody::new(user);
        let _ = decide(&Facts { caller: &somebody, ..Facts::of("GET", "/api/messages") }, &snapshot);
        (somebody.asked.get(), somebody.begun.get())
    };
    assert_eq!(asked("enabled = true", Some("7")), (0, 0));
    assert_eq!(asked("enabled = false", Some("7")), (0, 0));
    assert_eq!(asked(&ROLLOUT.replace("50", "100").replace("STICKY", "default"), None), (0, 0));
    assert_eq!(asked(&ROLLOUT.replace("STICKY", "userId"), None), (1, 0));
    assert_eq!(asked(&ROLLOUT.replace("STICKY", "sessionId"), Some("7")), (0, 1));
    assert_eq!(asked(&ROLLOUT.replace("STICKY", "default"), Some("7")), (1, 0));
    assert_eq!(asked(&ROLLOUT.replace("STICKY", "default"), None), (1, 1));
    assert_eq!(asked(&ROLLOUT.replace("STICKY", "random"), None), (0, 0));
}

#[test]
fn host_method_and_path_are_properties() {
    let by = |name: &str, value: &str| {
        let constraint = format!("{{ contextName = \"{name}\", operator = \"IN\", values = [\"{value}\"] }}");
        let rule =
            format!("enabled = true\nstrategies = [{{ name = \"default\", constraints = [{constraint}] }}]");
        let snapshot = of("", ("enabled = false", &rule));
        let facts = Facts { host: Some("x.org:8080"), ..Facts::of("GET", "/api/messages/1") };
        matches!(decide(&facts, &snapshot), Decision::Side { because: Because::ServeIsOn(_), .. })
    };
    assert!(by("host", "x.org") && by("method", "GET") && by("path", "/api/messages/1"));
    assert!(!by("host", "y.org"));
}

#[test]
fn the_default_takes_what_no_route_matches() {
    let snapshot = of("default = \"monolith\"", ("", ""));
    assert_eq!(decided(&snapshot, "GET", "/stats"), (None, "monolith".into(), Because::NoRoute));
    assert_eq!(decided(&snapshot, "OPTIONS", "*"), (None, "monolith".into(), Because::NoRoute));
    let get = MethodSet::named("GET").unwrap();
    let expected = (None, "monolith".into(), Because::NoRouteTakesTheMethod(get));
    assert_eq!(decided(&snapshot, "POST", "/api/messages"), expected);
    let legacy = "default = \"flack\"\n[[legacy]]\nname = \"flack\"\nurl = \"http://127.0.0.1:1\"\n";
    assert_eq!(decided(&of(legacy, ("", "")), "GET", "/stats").1, "Legacy flack");
}

#[test]
fn without_a_default_nobody_does() {
    let snapshot = of("", ("", ""));
    let decide = |method, path| decide(&Facts::of(method, path), &snapshot);
    assert_eq!(decide("GET", "/stats"), Decision::NotFound);
    let get = MethodSet::named("GET").unwrap();
    assert_eq!(decide("POST", "/api/messages"), Decision::MethodNotAllowed(get));
}

#[test]
fn an_ambiguous_path_reaches_nobody_where_there_are_sides_to_choose_from() {
    let facts = Facts { caller: &Nothing, ..Facts::of("GET", "/api/x/../messages") };
    let monolith = compiled(Features::monolith());
    assert_eq!(decide(&facts, &monolith), Decision::Ambiguous(PathFault::DotSegment));
    let legacy = "default = \"flack\"\n[[legacy]]\nname = \"flack\"\nurl = \"http://127.0.0.1:1\"\n";
    assert_eq!(decide(&facts, &of(legacy, ("", ""))), Decision::Ambiguous(PathFault::DotSegment));
    // One upstream for everything: what its paths mean is its own business.
    let alone = snapshot(legacy, &[]);
    assert_eq!(
        decided(&alone, "GET", "/api/x/../messages"),
        (None, "Legacy flack".into(), Because::NoRoutes)
    );
}

/// A route that is promoted, whose toggle takes half of the users.
const PROMOTED: &str = r#"
[toggles.serve]
enabled = true
strategies = [{ name = "flexibleRollout", parameters = { rollout = 50, stickiness = "userId", groupId = "m" } }]
[toggles.compare]
enabled = false
[[routes]]
name    = "r"
match   = { path = "/r" }
module  = "users"
service = "s"
serve   = "serve"
compare = "compare"
[routes.promotion]
steps = [10, 50, 100]
"#;

#[test]
fn a_promotion_holds_the_service_under_its_ceiling_and_raising_only_adds_users() {
    let text = PROMOTED.to_owned();
    let ceilings = promotion::Ceilings::default();
    let promoted = snapshot(&text, &["users"]).under(&ceilings);
    let served = |snapshot: &Snapshot| -> Vec<usize> {
        let is_new = |user: &usize| {
            let somebody = Named(user.to_string());
            let facts = Facts { caller: &somebody, ..Facts::of("GET", "/r") };
            matches!(decide(&facts, snapshot), Decision::Side { side: Side::Upstream(_), .. })
        };
        (0..2_000).filter(is_new).collect()
    };
    assert!(served(&promoted).is_empty(), "nothing is known yet");
    let alone = served(&snapshot(&text, &["users"]));
    let mut before = Vec::new();
    for percent in [10, 30, 50, 80, 100] {
        ceilings.set([("r".into(), percent)]);
        let now = served(&promoted);
        let expected = 20 * usize::from(percent.min(50));
        assert!(now.len().abs_diff(expected) < 120, "{} at {percent} %", now.len());
        assert!(before.iter().all(|user| now.contains(user)), "who was in stays in");
        assert!(now.iter().all(|user| alone.contains(user)), "never above the toggle");
        before = now;
    }
    assert_eq!(before, alone);
}

#[test]
fn who_is_held_by_a_promotion_is_told_so() {
    let text =
        PROMOTED.replace("rollout = 50, stickiness = \"userId\"", "rollout = 100, stickiness = \"default\"");
    let ceilings = promotion::Ceilings::default();
    let promoted = snapshot(&text, &["users"]).under(&ceilings);
    let because = || decided(&promoted, "GET", "/r").2;
    assert!(matches!(because(), Because::HeldByPromotion(_, 0)));
    let said = crate::explain(&Facts::of("GET", "/r"), &promoted).to_string();
    assert!(said.contains("toggle `serve` is on for this request, held at 0 % by promotion"), "{said}");
    ceilings.set([("r".into(), 100)]);
    assert!(matches!(because(), Because::ServeIsOn(_)));
    assert!(
        matches!(decided(&snapshot(&text, &["users"]), "GET", "/r").2, Because::ServeIsOn(_)),
        "without promotions"
    );
}

/// A user of this name.
struct Named(String);

impl Caller for Named {
    fn user_id(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.0))
    }

    fn session_id(&self) -> Option<Cow<'_, str>> {
        None
    }

    fn remote(&self) -> Option<IpAddr> {
        None
    }

    fn now(&self) -> Timestamp {
        Timestamp(0)
    }

    fn chance(&self) -> u64 {
        0
    }
}
