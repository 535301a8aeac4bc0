//! One request for each route that changes something: what is not here fails the test below.

use blackbox::{Member, PASSWORD};
use serde_json::json;
use std::collections::BTreeSet;
use testkit::{Call, Client, CommandOutput, banyan_command};

/// What the cases are about.
pub(crate) struct World {
    /// Somebody who is signed in.
    pub(crate) member: Member,
    /// The path of a message of theirs.
    pub(crate) message: String,
    /// A page that nobody may fetch in a dry run.
    pub(crate) page: String,
}

/// One request.
pub(crate) struct Case {
    pub(crate) method: &'static str,
    /// The route, as the map has it.
    pub(crate) route: &'static str,
    /// The path that is asked.
    pub(crate) path: fn(&World) -> String,
    /// The rest of the call.
    pub(crate) call: fn(&World, Call) -> Call,
    /// What it answers.
    pub(crate) status: u16,
    /// The sequence of PostgreSQL that it draws an id from.
    pub(crate) sequence: Option<&'static str>,
}

impl Case {
    /// The call, not sent yet.
    pub(crate) fn of(&self, client: &Client, world: &World) -> Call {
        (self.call)(world, client.call(self.method, &(self.path)(world)))
    }
}

fn me(_: &World) -> String {
    "/api/users/me".to_owned()
}

fn signed_in(world: &World, call: Call) -> Call {
    call.bearer(&world.member.token)
}

/// In an order in which each finds what it needs: the token is revoked last.
pub(crate) const CASES: [Case; 8] = [
    Case {
        method: "POST",
        route: "/api/users",
        path: |_| "/api/users".to_owned(),
        call: |_, call| call.json(&json!({"nickname": "new", "password": PASSWORD})),
        status: 201,
        sequence: Some("users.users_id_seq"),
    },
    Case { method: "PUT", route: "/api/users/me", path: me, call: signed_in, status: 204, sequence: None },
    Case { method: "DELETE", route: "/api/users/me", path: me, call: signed_in, status: 204, sequence: None },
    Case {
        method: "POST",
        route: "/api/tokens",
        path: |_| "/api/tokens".to_owned(),
        call: |world, call| call.basic(&world.member.nickname, PASSWORD),
        status: 200,
        sequence: None,
    },
    Case {
        method: "POST",
        route: "/api/messages",
        path: |_| "/api/messages".to_owned(),
        call: |world, call| signed_in(world, call).json(&json!({"source": format!("see {}", world.page)})),
        status: 201,
        sequence: Some("messages.messages_id_seq"),
    },
    Case {
        method: "PUT",
        route: "/api/messages/{id}",
        path: |world| world.message.clone(),
        call: |world, call| signed_in(world, call).json(&json!({"source": format!("now {}", world.page)})),
        status: 204,
        sequence: None,
    },
    Case {
        method: "DELETE",
        route: "/api/tokens",
        path: |_| "/api/tokens".to_owned(),
        call: signed_in,
        status: 204,
        sequence: None,
    },
    Case {
        method: "PUT",
        route: "/api/users/{id}",
        path: |world| format!("/api/users/{}", world.member.id),
        call: |world, call| {
            signed_in(world, call).json(&json!({"nickname": "renamed", "password": "another password"}))
        },
        status: 204,
        sequence: None,
    },
];

/// Coverage by construction: the map of the house says which routes change something.
#[test]
fn every_route_that_changes_something_has_a_case() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let map = runtime.block_on(CommandOutput::of(banyan_command(folder.path()).arg("map")));
    let map = map.expect_success().stdout;
    let answers = map.lines().filter_map(|line| line.trim().strip_prefix("answers "));
    let unsafe_ones: BTreeSet<String> =
        answers.filter(|route| !route.starts_with("GET ")).map(str::to_owned).collect();
    let cases: BTreeSet<String> =
        CASES.iter().map(|case| format!("{} {}", case.method, case.route)).collect();
    assert_eq!(cases, unsafe_ones, "a route that changes something needs a case here");
}
