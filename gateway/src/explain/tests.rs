//! What is said about a decision.

use super::*;
use crate::snapshot::tests::snapshot;

const FILE: &str = r#"
default = "monolith"

[toggles."messages.serve"]
enabled = false

[[routes]]
name    = "messages.read"
match   = { methods = ["GET"], path = "/api/messages/{rest..}" }
module  = "messages"
service = "messages"
serve   = "messages.serve"

[[routes]]
name   = "messages.write"
match  = { methods = ["POST"], path = "/api/messages/{rest..}" }
module = "messages"

[[routes]]
name   = "users.item"
match  = { path = "/api/users/{id}" }
module = "users"

[[routes]]
name   = "api"
match  = { path = "/api/{rest..}" }
module = "users"
"#;

fn explained(method: &str, path: &str) -> Explanation {
    explain(&Facts::of(method, path), &snapshot(FILE, &["messages", "users"]))
}

#[test]
fn the_text_says_what_answers_and_why_and_why_not_others() {
    assert_eq!(
        explained("GET", "/api/messages/1").to_string(),
        "GET /api/messages/1\n  \
         answered by  module `messages`, in process\n  \
         route        messages.read\n  \
         because      route `messages.read` matches (GET, HEAD /api/messages/{rest..}, line 7 of the file)\n               \
         toggle `messages.serve` is off for this request: module `messages`, in process answers\n  \
         toggles      messages.serve = off (serve)\n  \
         not by       messages.write (POST /api/messages/{rest..}): its path matches, but it takes POST and not GET\n               \
         api (any /api/{rest..}): it matches too, but `messages.read` is more specific\n               \
         users.item (any /api/users/{id}): segment 2 is `messages`, and it wants `users`"
    );
}

#[test]
fn the_json_has_the_same() {
    let value = serde_json::to_value(explained("GET", "/api/messages/1")).unwrap();
    assert_eq!(value["answer"], serde_json::json!({"by": "module", "name": "messages"}));
    assert_eq!(value["route"], "messages.read");
    let toggle =
        serde_json::json!({"name": "messages.serve", "role": "serve", "on": false, "setting": "off"});
    assert_eq!(value["toggles"], serde_json::json!([toggle]));
    assert_eq!(value["nearby"][0]["route"], "messages.write");
}

#[test]
fn the_default_is_named_as_such() {
    let explanation = explained("GET", "/stats");
    assert_eq!(explanation.answer, Answer::Monolith);
    assert_eq!(explanation.steps.first().unwrap(), "no route matches the request");
    assert!(explanation.nearby.is_empty(), "nothing is near");
}

#[test]
fn a_pasted_query_is_no_part_of_the_path() {
    let explanation = explained("GET", "/api/messages?limit=1");
    assert_eq!(
        (explanation.path.as_str(), explanation.route.as_deref()),
        ("/api/messages", Some("messages.read"))
    );
}

#[test]
fn an_ambiguous_path_says_what_is_wrong_with_it() {
    let explanation = explained("GET", "/api//messages");
    assert_eq!(explanation.answer, Answer::Gateway { status: 400 });
    assert!(explanation.steps.first().unwrap().contains("empty segment"));
}

#[test]
fn near_misses_say_where_they_part() {
    for (path, expected) in [
        ("/api/users", "it wants `{id}` as segment 3, and the path ends before"),
        ("/api/users/", "it wants `{id}` as segment 3, and the path ends before"),
        ("/api/users/1/x", "its pattern ends after 3 segments"),
        ("/api/users/1/", "the path ends with a slash, and its pattern does not"),
    ] {
        let explanation = explained("GET", path);
        let why =
            explanation.nearby.iter().find(|nearby| nearby.route == "users.item").map(|nearby| &*nearby.why);
        assert_eq!(why, Some(expected), "{path}");
    }
}

#[test]
fn fallback_conditions_and_shares_are_told() {
    let text = r#"
        default = "old"
        [[legacy]]
        name = "old"
        url = "http://127.0.0.1:5000"
        [toggles.half]
        enabled = true
        strategies = [{ name = "flexibleRollout", parameters = { rollout = 100, stickiness = "userId", groupId = "g" } }]
        [[routes]]
        name = "a"
        match = { path = "/a" }
        legacy = "old"
        service = "new"
        serve = "half"
        fallback = true
        [[routes]]
        name = "beta"
        match = { path = "/a", headers = { x-beta = true } }
        legacy = "old"
    "#;
    let snapshot = snapshot(text, &[]);
    let explained = explain(&Facts::of("GET", "/a"), &snapshot);
    assert_eq!(explained.answer, Answer::Legacy { name: "old".to_owned() });
    assert_eq!(
        explained.to_string(),
        "GET /a\n  \
         answered by  legacy upstream `old`\n  \
         route        a\n  \
         because      route `a` matches (any /a, line 9 of the file)\n               \
         toggle `half` is off for this request: legacy upstream `old` answers\n               \
         should it be known to be down, service `new` answers (fallback)\n  \
         toggles      half = off (serve; 100 % by userId)\n  \
         not by       beta (any /a, header x-beta): its path matches, but it asks for header x-beta"
    );
    let fields = vec![("X-Beta".to_owned(), String::new())];
    let beta = explain(&Facts { fields: &fields, ..Facts::of("GET", "/a") }, &snapshot);
    assert_eq!(beta.route.as_deref(), Some("beta"));
    let elsewhere = explain(&Facts::of("GET", "/b"), &snapshot);
    assert_eq!(elsewhere.steps, ["no route matches the request", "the default is legacy upstream `old`"]);
}
