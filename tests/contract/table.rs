//! Coverage by construction: every endpoint of the product is in this table, the table is what the descriptions say,
//! and the test that a row names exists.

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fs;
use testkit::{Backend, CommandOutput, banyan_command, workspace_root};

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auth {
    /// Credentials are not looked at.
    None,
    /// Anonymous, or with a token that counts.
    Optional,
    /// With a token that counts.
    Bearer,
    /// With nickname and password.
    Basic,
    /// Either of the two.
    BasicOrBearer,
}

/// One row of the contract.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) auth: Auth,
    /// What the contract says that it may answer; 304 wherever there is an `ETag`.
    pub(crate) statuses: &'static [u16],
    /// File and function of the test of its success.
    test: (&'static str, &'static str),
}

const fn row(
    (method, path): (&'static str, &'static str),
    auth: Auth,
    statuses: &'static [u16],
    test: (&'static str, &'static str),
) -> Row {
    Row { method, path, auth, statuses, test }
}

/// Every endpoint.
pub(crate) const TABLE: [Row; 15] = [
    row(("POST", "/api/users"), Auth::None, &[201, 400], ("users", "an_account_is_made")),
    row(("GET", "/api/users"), Auth::Optional, &[200, 304, 400, 401], ("users_list", "accounts_are_listed")),
    row(("GET", "/api/users/{id}"), Auth::Optional, &[200, 304, 401, 404], ("users", "an_account_is_shown")),
    row(
        ("PUT", "/api/users/{id}"),
        Auth::Bearer,
        &[204, 400, 401, 403, 404],
        ("users", "an_account_is_changed"),
    ),
    row(("GET", "/api/users/me"), Auth::BasicOrBearer, &[200, 304, 401], ("users_me", "who_one_is")),
    row(("PUT", "/api/users/me"), Auth::Bearer, &[204, 401], ("users_me", "one_comes_online")),
    row(("DELETE", "/api/users/me"), Auth::Bearer, &[204, 401], ("users_me", "one_goes_offline")),
    row(("POST", "/api/tokens"), Auth::Basic, &[200, 401], ("tokens", "a_token_is_made")),
    row(("DELETE", "/api/tokens"), Auth::Bearer, &[204, 401], ("tokens", "a_token_is_revoked")),
    row(("GET", "/.well-known/jwks.json"), Auth::None, &[200, 304], ("jwks", "the_keys_are_public")),
    row(("POST", "/api/messages"), Auth::Bearer, &[201, 400, 401], ("messages_post", "a_message_is_posted")),
    row(
        ("GET", "/api/messages"),
        Auth::Optional,
        &[200, 304, 400, 401],
        ("messages_list", "messages_are_listed"),
    ),
    row(
        ("GET", "/api/messages/{id}"),
        Auth::Optional,
        &[200, 304, 401, 404],
        ("messages_get", "a_message_is_shown"),
    ),
    row(
        ("PUT", "/api/messages/{id}"),
        Auth::Bearer,
        &[204, 400, 401, 403, 404],
        ("messages_put", "a_message_is_edited"),
    ),
    row(("GET", "/stats"), Auth::None, &[200], ("stats", "the_rate_is_shown")),
];

/// Method and path.
type Place = (String, String);

fn places() -> BTreeSet<Place> {
    TABLE.iter().map(|row| (row.method.to_owned(), row.path.to_owned())).collect()
}

#[test]
fn every_endpoint_of_the_house_is_in_the_table() {
    testkit::run(Backend::Sqlite, |_| async {
        let folder = tempfile::tempdir().unwrap();
        let map = CommandOutput::of(banyan_command(folder.path()).arg("map")).await.expect_success().stdout;
        let answered: BTreeSet<Place> = map
            .lines()
            .filter_map(|line| line.trim().strip_prefix("answers ")?.split_once(' '))
            .map(|(method, path)| (method.to_owned(), path.to_owned()))
            .collect();
        assert_eq!(answered, places(), "left: what the product answers, right: what is tested");
        assert_eq!(places().len(), TABLE.len(), "no row is there twice");
    });
}

#[test]
fn every_row_names_a_test_that_exists_and_runs_on_both_engines() {
    for row in TABLE {
        let (file, test) = row.test;
        let path = workspace_root().join("tests/contract").join(format!("{file}.rs"));
        let text = fs::read_to_string(&path).unwrap();
        let (_, on_both) = text.split_once("both_backends!").unwrap();
        assert!(on_both.contains(&format!("async fn {test}(backend: Backend)")), "{file}: {test}");
        let main = fs::read_to_string(workspace_root().join("tests/contract/main.rs")).unwrap();
        assert!(main.contains(&format!("mod {file};")), "{file}");
    }
}

/// Every operation of the descriptions that are checked in, with its place.
fn described() -> Vec<(Place, Value)> {
    let mut found = Vec::new();
    for file in fs::read_dir(workspace_root().join("docs/openapi")).unwrap() {
        let path = file.unwrap().path();
        // The admin API is the gateway's own, not the contract's; its calls are tested beside its code.
        if path.ends_with("admin.json") {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        for (path, methods) in object(&document["paths"]) {
            for (method, operation) in object(methods) {
                found.push(((method.to_uppercase(), path.clone()), operation.clone()));
            }
        }
    }
    found
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

#[test]
fn the_descriptions_say_what_the_table_says() {
    let described = described();
    let there: BTreeSet<Place> = described.iter().map(|(place, _)| place.clone()).collect();
    assert_eq!(there, places(), "left: described, right: tested");
    for ((method, path), operation) in described {
        let row = TABLE.iter().find(|row| row.method == method && row.path == path).unwrap();
        assert_eq!(security(&operation), row.auth, "{method} {path}");
        let mut statuses: Vec<u16> =
            object(&operation["responses"]).keys().map(|status| status.parse().unwrap()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, row.statuses, "{method} {path}: left described, right tested");
    }
}

/// Who may call, by an operation's `security`.
fn security(operation: &Value) -> Auth {
    let kinds: BTreeSet<String> = operation["security"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|way| object(way).keys().next().cloned().unwrap_or_default())
        .collect();
    match kinds.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Auth::None,
        ["", "bearer"] => Auth::Optional,
        ["bearer"] => Auth::Bearer,
        ["basic"] => Auth::Basic,
        ["basic", "bearer"] => Auth::BasicOrBearer,
        other => panic!("nobody knows who may call: {other:?}"),
    }
}
