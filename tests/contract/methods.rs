//! Methods that a place does not know, places that nobody knows, and HEAD.

use crate::table::TABLE;
use blackbox::{expect_problem, post_message, sign_up};
use std::collections::{BTreeMap, BTreeSet};
use testkit::{Backend, Banyan, both_backends};

const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"];

/// The methods that each path of the table knows; HEAD where GET is.
fn known() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in TABLE {
        let methods = known.entry(row.path).or_default();
        methods.insert(row.method);
        if row.method == "GET" {
            methods.insert("HEAD");
        }
    }
    known
}

/// Paths that no module knows: a slash too many, other letters, a prefix, a rest.
const NOWHERE: [&str; 10] = [
    "/api",
    "/api/",
    "/api/user",
    "/api/Users",
    "/api/users/",
    "/api/users/1/",
    "/api/users/1/messages",
    "/api/messages/",
    "/api/messages/1/2",
    "/.well-known/",
];

both_backends! {
    /// 405 with `Allow` for every other method of every path.
    async fn a_method_that_the_place_does_not_know(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for (path, methods) in known() {
            for method in METHODS.iter().filter(|method| !methods.contains(*method)) {
                let answer = banyan.call(method, &path.replace("{id}", "1")).send().await;
                assert_eq!(answer.status, 405, "{method} {path}");
                let allowed: BTreeSet<&str> = answer.header("allow").split(", ").collect();
                assert_eq!(allowed, methods, "{method} {path}");
                if *method != "HEAD" {
                    assert_eq!(expect_problem(&answer, 405)["error"], "method not allowed");
                }
            }
        }
    }

    /// 404 whatever the method.
    async fn a_place_that_nobody_knows(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for path in NOWHERE {
            for method in ["GET", "POST", "PUT", "DELETE"] {
                let body = expect_problem(&banyan.call(method, path).send().await, 404);
                assert_eq!(body["error"], "not found", "{method} {path}");
            }
        }
    }

    /// HEAD says what GET says, without the body.
    async fn head_is_get_without_a_body(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
        let places = ["/api/users", "/api/users/1", "/api/messages", "/api/messages/1", "/.well-known/jwks.json"];
        for path in places.into_iter().chain(["/api/users/77", "/api/messages?limit=x", "/nowhere"]) {
            let get = banyan.get(path).send().await;
            let head = banyan.call("HEAD", path).send().await;
            assert_eq!(head.status, get.status, "{path}");
            assert_eq!(head.body, b"", "{path}");
            for name in ["content-type", "etag"] {
                assert_eq!(head.header(name), get.header(name), "{name} of {path}");
            }
            assert_ne!(head.header("x-request-id"), "", "{path}");
        }
    }
}
