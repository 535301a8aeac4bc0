//! The source against a server of our own, that answers as each test wants.

mod faults;
mod polling;
mod reporting;
mod server;

use super::{Status, Token, Unleash, UnleashSettings};
use crate::{Context, Toggles};
use kernel::{Sources, Timestamp};
use server::Server;
use std::path::Path;
use std::time::Duration;

/// Longest that a test waits for anything: far more than it takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Settings with short waits; `backup` may be empty.
fn settings(server: &Server, backup: &Path) -> UnleashSettings {
    UnleashSettings {
        url: server.url(),
        token: Token::new("*:development.secret"),
        poll_interval_ms: 10,
        metrics_interval_ms: 10,
        retry_first_ms: 5,
        retry_max_ms: 20,
        stop_within_ms: 5_000,
        backup: backup.to_owned(),
        ..UnleashSettings::default()
    }
}

fn start(settings: &UnleashSettings) -> (Unleash, Toggles) {
    let toggles = Toggles::new();
    let unleash = Unleash::start(settings, &Sources::system(), &toggles).unwrap();
    (unleash, toggles)
}

/// Waits until the status is as wanted.
async fn until(unleash: &Unleash, wanted: impl Fn(&Status) -> bool) -> Status {
    let mut watch = unleash.watch();
    let status = tokio::time::timeout(PATIENCE, watch.wait_for(|status| wanted(status))).await;
    status.expect("the status comes in time").unwrap().clone()
}

fn is_on(toggles: &Toggles, name: &str) -> bool {
    toggles.load().is_enabled(toggles.resolve(name), &Context::new(Timestamp(0), 0))
}

/// The body of a state in which these toggles are on.
fn state(names: &[&str]) -> String {
    let feature = |name: &&str| serde_json::json!({"name": name, "enabled": true, "strategies": []});
    serde_json::json!({"version": 2, "features": names.iter().map(feature).collect::<Vec<_>>()}).to_string()
}
