//! The whole gateway with a real Unleash server: what is changed there moves traffic here. `cargo xtask test` starts the
//! server because this module has this name.

use crate::kit::{Program, Python, side, write_features};
use crate::load::Load;
use blackbox::expect_problem;
use std::collections::BTreeMap;
use std::time::Duration;
use testkit::{TestUnleash, banyan_command, eventually, with_unleash};

const USERS: usize = 40;
/// A server in Node on a busy machine takes its time, and the gateway asks it every 100 ms.
const SOON: Duration = Duration::from_secs(60);

fn features(old: &Python, new: &Python, toggle: &str) -> String {
    format!(
        "default = \"old\"\n\n[context]\nuser_id = {{ header = \"x-user\" }}\n\n\
         [[legacy]]\nname = \"old\"\nurl = \"http://{}\"\n\n\
         [[services]]\nname = \"pages\"\ninstances = [\"http://{}\"]\n\n\
         [[routes]]\nname = \"pages\"\nmatch = {{ path = \"/pages/{{rest..}}\" }}\nlegacy = \"old\"\n\
         service = \"pages\"\nserve = \"{toggle}\"\n",
        old.address, new.address
    )
}

async fn gateway(
    server: &TestUnleash,
    directory: &tempfile::TempDir,
    toggle: &str,
) -> (Python, Python, Program) {
    let (old, new) = (Python::app("old").await, Python::app("new").await);
    write_features(directory.path(), &features(&old, &new, toggle));
    let mut command = banyan_command(directory.path());
    command.args(["gateway", "--features", "features.toml"]);
    command.env("BANYAN__UNLEASH__URL", server.url()).env("BANYAN__UNLEASH__TOKEN", server.token());
    command
        .env("BANYAN__UNLEASH__POLL_INTERVAL_MS", "100")
        .env("BANYAN__UNLEASH__APP_NAME", server.named("gateway"));
    (old, new, Program::start(&mut command).await)
}

/// Which users the new side serves.
async fn moved(gateway: &Program) -> BTreeMap<usize, bool> {
    let mut moved = BTreeMap::new();
    for user in 0..USERS {
        let answer = gateway.get("/pages/1").header("x-user", &format!("user-{user}")).send().await;
        moved.insert(user, side(&answer.expect_status(200)).starts_with("pages/"));
    }
    moved
}

async fn until(gateway: &Program, wanted: impl Fn(usize) -> bool) -> BTreeMap<usize, bool> {
    eventually("the percentage of the server", SOON, async || {
        let moved = moved(gateway).await;
        wanted(moved.values().filter(|new| **new).count()).then_some(moved)
    })
    .await
}

#[test]
fn a_percentage_changed_at_the_server_moves_traffic_and_back() {
    with_unleash(async |server| {
        let (directory, toggle) = (tempfile::tempdir().unwrap(), server.named("serve"));
        server.create(&toggle, 0).await;
        let (_old, _new, gateway) = gateway(&server, &directory, &toggle).await;
        let mut load = Load::new();
        for client in 0..4 {
            load.client((*gateway).clone(), 200, move |to, number| {
                to.get("/pages/1").header("x-user", &format!("user-{client}-{}", number % 20))
            });
        }
        until(&gateway, |new| new == 0).await;
        server.roll_out(&toggle, 50).await;
        until(&gateway, |new| (USERS / 5..USERS - USERS / 5).contains(&new)).await;
        // The look that saw it may have begun before it was so.
        let half = moved(&gateway).await;
        assert_eq!(moved(&gateway).await, half, "a user stays where they are");
        server.roll_out(&toggle, 100).await;
        until(&gateway, |new| new == USERS).await;
        server.switch(&toggle, false).await;
        until(&gateway, |new| new == 0).await;
        assert_eq!(load.sides().len(), 2, "{:?}", load.sides());
        assert!(load.stop().await > 100, "nothing is lost");
        // Toggles are changed there, not here, and the gateway says so.
        let refused = testkit::CommandOutput::of(
            banyan_command(directory.path())
                .args(["toggles", "percent", &toggle, "5", "--features", "features.toml"])
                .env("BANYAN__UNLEASH__URL", server.url())
                .env("BANYAN__UNLEASH__TOKEN", server.token()),
        )
        .await;
        assert!(refused.code != Some(0) && refused.stderr.contains("Unleash"), "{refused:?}");
    });
}

/// Without the server and without what it said last, everything is off, and the old side serves.
#[test]
fn a_gateway_that_never_reached_its_server_serves_the_old_side() {
    with_unleash(async |server| {
        let (directory, toggle) = (tempfile::tempdir().unwrap(), server.named("away"));
        server.create(&toggle, 100).await;
        let proxy = testkit::FaultProxy::start(server.address());
        let (old, new) = (Python::app("old").await, Python::app("new").await);
        write_features(directory.path(), &features(&old, &new, &toggle));
        proxy.cut();
        let mut command = banyan_command(directory.path());
        command.args(["gateway", "--features", "features.toml"]);
        command
            .env("BANYAN__UNLEASH__URL", server.url_through(&proxy))
            .env("BANYAN__UNLEASH__TOKEN", server.token());
        for (name, value) in [("POLL_INTERVAL_MS", "100"), ("RETRY_FIRST_MS", "50"), ("RETRY_MAX_MS", "200")]
        {
            command.env(format!("BANYAN__UNLEASH__{name}"), value);
        }
        let gateway = Program::start(&mut command).await;
        assert!(moved(&gateway).await.values().all(|new| !new));
        proxy.heal();
        until(&gateway, |new| new == USERS).await;
        drop(new);
        expect_problem(&gateway.get("/pages/1").header("x-user", "a").send().await, 502);
    });
}
