//! Every route that changes something: its dry run leaves nothing behind and answers as the real one does.

use crate::cases::{CASES, Case, World};
use crate::marks::{dry, house};
use crate::state::{rows, sequences};
use blackbox::{post_message, sign_up};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::TcpListener;
use testkit::{Answer, Backend, Banyan, both_backends};

/// Somebody else for each case: the real one may change the account or sign out.
async fn world(banyan: &Banyan, number: usize, page: &TcpListener) -> World {
    let member = sign_up(banyan, &format!("member{number}")).await;
    let message = post_message(banyan, &member, "hello").await["_links"]["self"].as_str().unwrap().to_owned();
    World { member, message, page: format!("http://{}/", page.local_addr().unwrap()) }
}

/// A page that can be reached and is never answered.
fn page() -> TcpListener {
    let page = TcpListener::bind("127.0.0.1:0").unwrap();
    page.set_nonblocking(true).unwrap();
    page
}

fn nobody_came(page: &TcpListener) -> bool {
    matches!(page.accept(), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

/// Names and types of a body, whatever its values are.
fn shape(body: &Value) -> Value {
    match body {
        Value::Null => "null".into(),
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "text".into(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
    }
}

fn shape_of(answer: &Answer) -> Value {
    if answer.body.is_empty() { Value::Null } else { shape(&answer.json()) }
}

/// Names of the fields, but for the one that says that it was a dry run.
fn fields(answer: &Answer) -> BTreeSet<&str> {
    answer.headers.keys().map(|name| name.as_str()).filter(|name| *name != "banyan-dry-run").collect()
}

/// The dry run first, then the real one; what the dry run answered and drew.
async fn compare(banyan: &Banyan, case: &Case, world: &World, page: &TcpListener) -> Answer {
    let name = format!("{} {}", case.method, case.route);
    let before = rows(banyan.database());
    let call = dry(case.of(banyan, world), case.method, &(case.path)(world));
    let answer = call.send().await.expect_status(case.status);
    assert_eq!(answer.header("banyan-dry-run"), "done", "{name}");
    assert_eq!(rows(banyan.database()), before, "{name} left something behind");
    assert!(nobody_came(page), "{name} sent something out");
    let real = case.of(banyan, world).send().await.expect_status(case.status);
    assert_eq!(real.header("banyan-dry-run"), "", "{name}");
    assert_eq!((shape_of(&answer), fields(&answer)), (shape_of(&real), fields(&real)), "{name}");
    assert_ne!(rows(banyan.database()), before, "{name} changes nothing: the case shows nothing");
    answer
}

both_backends! {
    /// Status, fields and shape of the real answer; every table as it was; nothing fetched.
    async fn a_dry_run_of_every_route_leaves_nothing_behind(backend: Backend) {
        let banyan = house(backend).setting("messages.previews.wait_ms", "0").start().await;
        for (number, case) in CASES.iter().enumerate() {
            let page = page();
            let world = world(&banyan, number, &page).await;
            // Online already, or a token alone would change nothing.
            if case.route == "/api/tokens" || case.method == "PUT" && case.route == "/api/users/me" {
                banyan.delete("/api/users/me").bearer(&world.member.token).send().await.expect_status(204);
            }
            compare(&banyan, case, &world, &page).await;
        }
    }
}

/// The exception: an id that was drawn in PostgreSQL stays drawn. One for each insert, and nothing else.
#[test]
fn on_postgres_a_dry_run_leaves_a_gap_in_the_ids_and_nothing_else() {
    testkit::run(Backend::Postgres, |backend| async move {
        let banyan = house(backend).start().await;
        let page = page();
        let world = world(&banyan, 0, &page).await;
        for case in &CASES {
            let before = sequences(banyan.database());
            let call = dry(case.of(&banyan, &world), case.method, &(case.path)(&world));
            call.send().await.expect_status(case.status);
            let mut expected = before;
            if let Some(sequence) = case.sequence {
                *expected.get_mut(sequence).unwrap() += 1;
            }
            assert_eq!(sequences(banyan.database()), expected, "{} {}", case.method, case.route);
        }
    });
}

/// SQLite gives the id of a dry run again.
#[test]
fn on_sqlite_the_id_of_a_dry_run_is_given_again() {
    testkit::run(Backend::Sqlite, |backend| async move {
        let banyan = house(backend).start().await;
        let page = page();
        let world = world(&banyan, 0, &page).await;
        for case in CASES.iter().filter(|case| case.sequence.is_some()) {
            let dry_run = dry(case.of(&banyan, &world), case.method, &(case.path)(&world)).send().await;
            let real = case.of(&banyan, &world).send().await.expect_status(case.status);
            assert_eq!(dry_run.json()["id"], real.json()["id"]);
        }
    });
}

/// What would fail fails in the same way.
#[test]
fn a_dry_run_that_fails_says_why() {
    testkit::run(Backend::Sqlite, |backend| async move {
        let banyan = house(backend).start().await;
        let ann = sign_up(&banyan, "ann").await;
        let taken = serde_json::json!({"nickname": "ann", "password": blackbox::PASSWORD});
        let call = || banyan.post("/api/users").json(&taken);
        let (as_if, real) = (dry(call(), "POST", "/api/users").send().await, call().send().await);
        assert_eq!((as_if.status, as_if.header("banyan-dry-run")), (400, "done"));
        assert_eq!(as_if.json()["errors"], real.json()["errors"]);
        let path = format!("/api/users/{}", ann.id);
        let anonymous = dry(banyan.put(&path).json(&taken), "PUT", &path).send().await;
        assert_eq!((anonymous.status, anonymous.header("banyan-dry-run")), (401, "done"));
    });
}
