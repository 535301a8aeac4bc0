//! The toggles' own client against the real server: changes reach it, what it reports arrives, outages do no harm.
//! `cargo xtask test` starts the server because this module has this name.

use kernel::{Sources, Timestamp};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use testkit::{FaultProxy, TestUnleash, eventually, with_unleash};
use toggles::unleash::{Source, Status, Token, Unleash, UnleashSettings};
use toggles::{Context, Toggles};

/// The server writes down every 20 s who has registered.
const REGISTERED_SOON: Duration = Duration::from_secs(60);
/// A server in Node on a busy machine takes its time.
const SOON: Duration = Duration::from_secs(60);
/// Users who are asked for: enough that a percentage of them is seen.
const USERS: usize = 400;

/// Settings with short waits.
fn settings(server: &TestUnleash, url: &str, backup: &Path) -> UnleashSettings {
    UnleashSettings {
        url: url.to_owned(),
        token: Token::new(server.token()),
        app_name: server.named("app"),
        poll_interval_ms: 100,
        metrics_interval_ms: 200,
        retry_first_ms: 50,
        retry_max_ms: 200,
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
    let status = tokio::time::timeout(SOON, watch.wait_for(|status| wanted(status))).await;
    assert!(status.is_ok(), "not in time: {:?}", unleash.status());
    status.unwrap().unwrap().clone()
}

/// For which of the users it is on.
fn on_for(toggles: &Toggles, toggle: &str) -> Vec<usize> {
    let (id, snapshot) = (toggles.resolve(toggle), toggles.load());
    let is_on = |user: &usize| {
        let user = user.to_string();
        snapshot.is_enabled(id, &Context { user_id: Some(&user), ..Context::new(Timestamp(0), 0) })
    };
    (1..=USERS).filter(is_on).collect()
}

async fn until_on_for(toggles: &Toggles, toggle: &str, some: impl Fn(usize) -> bool) -> Vec<usize> {
    let look = async || Some(on_for(toggles, toggle)).filter(|on| some(on.len()));
    eventually("the change made at the server", SOON, look).await
}

#[test]
fn a_percentage_changed_at_the_server_changes_for_whom_a_toggle_is_on() {
    with_unleash(async |server| {
        let toggle = server.named("serve");
        server.create(&toggle, 0).await;
        let (unleash, toggles) = start(&settings(&server, server.url(), Path::new("")));
        until(&unleash, |status| status.source == Source::Server).await;
        assert_eq!(on_for(&toggles, &toggle), Vec::<usize>::new());

        server.roll_out(&toggle, 30).await;
        let some = until_on_for(&toggles, &toggle, |on| on > 0).await;
        assert!((USERS / 5..USERS * 2 / 5).contains(&some.len()), "about 30 %: {} of {USERS}", some.len());

        server.roll_out(&toggle, 60).await;
        let more = until_on_for(&toggles, &toggle, |on| on > some.len()).await;
        assert!(some.iter().all(|user| more.contains(user)), "whoever had it keeps it");

        server.roll_out(&toggle, 100).await;
        until_on_for(&toggles, &toggle, |on| on == USERS).await;
        server.switch(&toggle, false).await;
        until_on_for(&toggles, &toggle, |on| on == 0).await;
        assert_eq!(unleash.status().error, None);
        unleash.stop().await;
    });
}

#[test]
fn the_application_registers_and_its_usage_arrives() {
    with_unleash(async |server| {
        let toggle = server.named("used");
        server.create(&toggle, 100).await;
        server.until_counted(&toggle).await;
        // What is told here is that all of it arrives, not how soon: a report that is cut off may be lost, or come twice.
        let bound_ms = u64::try_from(SOON.as_millis()).unwrap();
        let settings = UnleashSettings {
            request_timeout_ms: bound_ms,
            stop_within_ms: bound_ms,
            ..settings(&server, server.url(), Path::new(""))
        };
        let (unleash, toggles) = start(&settings);
        let id = toggles.resolve(&toggle);
        let status = until(&unleash, |status| status.source == Source::Server && status.registered).await;
        // The server gives out what it knew up to a second ago, and the use of a toggle that is not known is not counted.
        until_on_for(&toggles, &toggle, |on| on == USERS).await;

        let snapshot = toggles.load();
        (0..3).for_each(|_| snapshot.count(id, true));
        (0..4).for_each(|_| snapshot.count(id, false));
        drop(snapshot);
        until(&unleash, |status| status.last_metrics.is_some()).await;
        // The last ones are reported when it stops.
        toggles.load().count(id, true);
        unleash.stop().await;

        let all =
            async || Some(server.usage(&toggle, &settings.app_name).await).filter(|usage| *usage == (4, 4));
        eventually("all usage at the server", SOON, all).await;
        // The application is there a moment before its instances are.
        let whole = |known: &Value| {
            known.pointer("/instances/0").is_some() && known.pointer("/seenToggles/0").is_some()
        };
        let known = async || server.application(&settings.app_name).await.filter(whole);
        let application = eventually("the application at the server", REGISTERED_SOON, known).await;
        let instance = application.pointer("/instances/0").unwrap();
        assert_eq!(instance["instanceId"], status.instance_id, "{application}");
        assert!(instance["sdkVersion"].as_str().is_some_and(|sdk| sdk.starts_with("banyan:")), "{instance}");
        assert_eq!(application.pointer("/seenToggles/0/name").unwrap(), &toggle, "{application}");
    });
}

#[test]
fn without_the_server_the_last_known_toggles_hold_also_for_a_new_process() {
    with_unleash(async |server| {
        let toggle = server.named("kept");
        server.create(&toggle, 50).await;
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("unleash.json");
        let proxy = FaultProxy::start(server.address());
        let settings = settings(&server, &server.url_through(&proxy), &backup);

        let (first, toggles) = start(&settings);
        let known = until_on_for(&toggles, &toggle, |on| on > 0).await;
        let kept = async || std::fs::read_to_string(&backup).ok().filter(|text| text.contains(&toggle));
        eventually("the backup", SOON, kept).await;
        proxy.cut();
        until(&first, |status| status.failures > 1).await;
        assert_eq!(on_for(&toggles, &toggle), known);
        drop(first);

        let (second, toggles) = start(&settings);
        assert_eq!(on_for(&toggles, &toggle), known, "in place without the server");
        let status = until(&second, |status| status.failures > 0).await;
        assert_eq!((status.source, status.last_success), (Source::Backup, None));
        server.roll_out(&toggle, 100).await;
        proxy.heal();
        until_on_for(&toggles, &toggle, |on| on == USERS).await;
        assert_eq!(second.status().source, Source::Server);
    });
}

#[test]
fn a_token_that_the_server_does_not_know_is_said_and_brings_nothing() {
    with_unleash(async |server| {
        let settings = UnleashSettings {
            token: Token::new("*:development.unknown"),
            ..settings(&server, server.url(), Path::new(""))
        };
        let (unleash, _) = start(&settings);
        let status = until(&unleash, |status| status.error.is_some()).await;
        assert!(status.error.as_ref().is_some_and(|error| error.contains("401")), "{status:?}");
        assert_eq!((status.source, status.registered), (Source::None, false));
    });
}
