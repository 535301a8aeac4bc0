//! A toggle moves a route of a Python application to another one and back, under load, without a lost request.

use crate::kit::{Program, Python, percent, side};
use crate::load::Load;
use blackbox::SOON;
use std::collections::BTreeMap;
use testkit::{Backend, eventually, run};

const USERS: usize = 40;
const CLIENTS: usize = 6;

fn features(old: &Python, new: &Python) -> String {
    format!(
        r#"# The remark stays.
default = "flack"

[context]
user_id = {{ header = "x-user" }}

[[legacy]]
name = "flack"
url = "http://{}"

[[services]]
name = "pages"
instances = ["http://{}"]

[toggles."pages.serve"]
enabled = false

[[routes]]
name = "pages"
match = {{ methods = ["GET"], path = "/pages/{{rest..}}" }}
legacy = "flack"
service = "pages"
serve = "pages.serve"
"#,
        old.address, new.address
    )
}

/// The side of each user; what the body says agrees with it.
async fn sides(gateway: &Program) -> BTreeMap<usize, bool> {
    let mut sides = BTreeMap::new();
    for user in 0..USERS {
        let answer =
            gateway.get("/pages/1").header("x-user", &format!("user-{user}")).send().await.expect_status(200);
        let new = side(&answer).starts_with("pages/");
        assert!(new || side(&answer) == "legacy", "{}", side(&answer));
        assert_eq!(answer.json()["name"], if new { "new" } else { "old" });
        sides.insert(user, new);
    }
    sides
}

async fn until(gateway: &Program, wanted: impl Fn(usize) -> bool) -> BTreeMap<usize, bool> {
    eventually("the percentage", SOON, async || {
        let sides = sides(gateway).await;
        wanted(sides.values().filter(|new| **new).count()).then_some(sides)
    })
    .await
}

#[test]
fn a_route_moves_and_comes_back_without_a_lost_request() {
    run(Backend::Sqlite, |_| async {
        let directory = tempfile::tempdir().unwrap();
        let (old, new) = (Python::app("old").await, Python::app("new").await);
        let gateway = Program::gateway_by(directory.path(), &features(&old, &new)).await;
        let mut load = Load::new();
        for client in 0..CLIENTS {
            load.client((*gateway).clone(), 200, move |to, number| {
                to.get("/pages/1").header("x-user", &format!("user-{client}-{}", number % 20))
            });
        }
        load.only(20, |side| side == "legacy").await;
        percent(directory.path(), "pages.serve", 50).await;
        until(&gateway, |new| (USERS / 5..USERS - USERS / 5).contains(&new)).await;
        // The look that saw it may have begun before it was so.
        let half = sides(&gateway).await;
        for _ in 0..2 {
            assert_eq!(sides(&gateway).await, half, "a user stays where they are");
        }
        percent(directory.path(), "pages.serve", 100).await;
        until(&gateway, |new| new == USERS).await;
        load.only(60, |side| side.starts_with("pages/")).await;
        percent(directory.path(), "pages.serve", 0).await;
        until(&gateway, |new| new == 0).await;
        load.only(60, |side| side == "legacy").await;
        assert_eq!(load.sides().len(), 2, "{:?}", load.sides());
        assert!(load.stop().await > 100);
        let file = std::fs::read_to_string(directory.path().join("features.toml")).unwrap();
        assert!(file.starts_with("# The remark stays."), "{file}");
    });
}
