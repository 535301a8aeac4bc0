//! Each rule of the policy fails on a graph that breaks it, and passes on one that does not.

use super::policy::Policy;
use super::rules::{Node, broken_in};

const INDEX: &str = "https://github.com/rust-lang/crates.io-index";
const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn policy() -> Policy {
    toml::from_str(&format!(
        r#"
        [licenses]
        allow = ["MIT"]
        exceptions = [{{ crate = "odd", allow = ["Zlib"] }}]
        [bans]
        deny = [
            {{ crate = "openssl", reason = "use rustls" }},
            {{ crate = "diesel", wrappers = ["storage"], reason = "through storage" }},
            {{ crate = "tokio", deny-multiple-versions = true }},
        ]
        [sources]
        allow-registry = ["{INDEX}"]
        "#
    ))
    .unwrap()
}

fn node(name: &'static str, users: &[&'static str]) -> Node<'static> {
    Node { name, version: "1.0.0".into(), licence: Some("MIT"), source: Some(SOURCE), users: users.to_vec() }
}

fn found(nodes: &[Node<'_>]) -> Vec<String> {
    broken_in(&policy(), nodes)
}

#[test]
fn a_graph_that_keeps_the_policy_is_silent() {
    let ours = Node { licence: None, source: None, ..node("storage", &[]) };
    let odd = Node { licence: Some("Zlib"), ..node("odd", &[]) };
    assert_eq!(
        found(&[ours, odd, node("diesel", &["storage"]), node("tokio", &["storage"])]),
        Vec::<String>::new()
    );
}

#[test]
fn a_licence_that_is_not_allowed_or_not_known_is_reported() {
    let bad = [Some("GPL-3.0"), Some("Zlib"), None].map(|licence| Node { licence, ..node("a", &[]) });
    assert_eq!(found(&bad).len(), 3);
}

#[test]
fn another_registry_and_a_repository_are_reported() {
    let bad = ["registry+https://example.org/index", "git+https://github.com/x/y"]
        .map(|source| Node { source: Some(source), ..node("a", &[]) });
    assert_eq!(found(&bad).len(), 2);
}

#[test]
fn a_banned_package_a_stranger_and_a_second_version_are_reported() {
    assert_eq!(found(&[node("openssl", &["a"])]), ["openssl: banned, use rustls"]);
    assert_eq!(
        found(&[node("diesel", &["storage", "app"])]),
        ["app: must not depend on diesel, through storage"]
    );
    let second = Node { version: "2.0.0".into(), ..node("tokio", &[]) };
    assert_eq!(found(&[node("tokio", &[]), second]), ["tokio: more than one version: 1.0.0, 2.0.0"]);
}
