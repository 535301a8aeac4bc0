//! What is said about a decision.

use super::*;
use crate::features::{Known, parse};

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
    let features = parse("f.toml", FILE, &Known { modules: &["messages", "users"] }).unwrap().features;
    explain(&Facts { method, path }, &Snapshot::new(features).unwrap())
}

#[test]
fn the_text_says_what_answers_and_why_and_why_not_others() {
    assert_eq!(
        explained("GET", "/api/messages/1").to_string(),
        "GET /api/messages/1\n  \
         answered by  module `messages`, in process\n  \
         route        messages.read\n  \
         because      route `messages.read` matches (GET, HEAD /api/messages/{rest..}, line 7 of the file)\n               \
         toggle `messages.serve` is off: the module answers\n  \
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
    let toggle = serde_json::json!({"name": "messages.serve", "role": "serve", "on": false});
    assert_eq!(value["toggles"], serde_json::json!([toggle]));
    assert_eq!(value["nearby"][0]["route"], "messages.write");
}

#[test]
fn the_default_is_named_as_such() {
    let explanation = explained("GET", "/stats");
    assert_eq!(explanation.answer, Answer::Monolith);
    assert_eq!(explanation.steps.first().unwrap(), "no route matches the path");
    assert!(explanation.nearby.is_empty(), "nothing is near");
}

#[test]
fn a_pasted_query_does_not_count() {
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
