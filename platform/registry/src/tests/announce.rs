//! The announcer against the admin port of a gateway.

use super::gateway::Gateway;
use super::{SOON, announce, until_ids};
use crate::{AnnounceSettings, Announcer};
use kernel::Sources;
use std::time::Duration;
use testkit::{FaultProxy, eventually};

fn start(settings: AnnounceSettings) -> Announcer {
    Announcer::start(settings, Sources::system()).unwrap()
}

#[tokio::test]
async fn it_registers_keeps_alive_registers_anew_and_leaves() {
    let gateway = Gateway::start().await;
    let url = format!("http://{}/", gateway.address);
    let announcer = start(AnnounceSettings { token: "t0ken".into(), ..announce(&url, "a", 1) });
    until_ids(&gateway.registry, "messages", &["a"]).await;
    eventually("heartbeats", SOON, async || (gateway.count("PUT") >= 2).then_some(())).await;
    assert_eq!(gateway.count("POST"), 1);
    // The gateway forgets it.
    gateway.clock.advance(Duration::from_secs(1));
    eventually("another registration", SOON, async || (gateway.count("POST") >= 2).then_some(())).await;
    until_ids(&gateway.registry, "messages", &["a"]).await;
    announcer.leave().await.unwrap();
    assert!(gateway.registry.get("messages").is_empty());
    let calls = gateway.calls.lock().unwrap();
    assert_eq!(calls[0], ("POST /api/services/messages/instances".into(), "Bearer t0ken".into()));
    assert_eq!(calls.last().unwrap().0, "DELETE /api/services/messages/instances/a");
}

#[tokio::test]
async fn it_tries_until_the_gateway_is_there() {
    let gateway = Gateway::start().await;
    let proxy = FaultProxy::start(gateway.address);
    proxy.cut();
    let announcer = start(announce(&format!("http://{}", proxy.address()), "a", 600));
    eventually("a failure", SOON, async || announcer.state().error).await;
    assert!(!announcer.state().registered);
    proxy.heal();
    until_ids(&gateway.registry, "messages", &["a"]).await;
    eventually("its own word", SOON, async || announcer.state().registered.then_some(())).await;
    assert_eq!(announcer.state().error, None);
}

#[tokio::test]
async fn a_refusal_is_told_and_tried_again() {
    let gateway = Gateway::start().await;
    *gateway.refusal.lock().unwrap() = Some(401);
    let announcer = start(announce(&format!("http://{}", gateway.address), "a", 600));
    let error = eventually("the refusal", SOON, async || announcer.state().error).await;
    assert!(error.contains("401"), "{error}");
    *gateway.refusal.lock().unwrap() = None;
    until_ids(&gateway.registry, "messages", &["a"]).await;
}

#[tokio::test]
async fn leaving_a_gateway_that_hangs_is_bounded_and_told() {
    let gateway = Gateway::start().await;
    let proxy = FaultProxy::start(gateway.address);
    let announcer = start(announce(&format!("http://{}", proxy.address()), "a", 600));
    eventually("the registration", SOON, async || announcer.state().registered.then_some(())).await;
    proxy.hang();
    assert!(tokio::time::timeout(SOON, announcer.leave()).await.unwrap().is_err());
}

#[tokio::test]
async fn leaving_what_is_already_forgotten_succeeds() {
    let gateway = Gateway::start().await;
    let announcer = start(announce(&format!("http://{}", gateway.address), "a", 600));
    until_ids(&gateway.registry, "messages", &["a"]).await;
    gateway.clock.advance(Duration::from_secs(600));
    announcer.leave().await.unwrap();
    assert_eq!(gateway.count("DELETE"), 1);
}

#[tokio::test]
async fn what_could_never_succeed_is_refused_at_once_and_shows_no_secret() {
    let good = || announce("http://127.0.0.1:9", "a", 15);
    for settings in [
        AnnounceSettings { registry: "ftp://user:secret@h".into(), ..good() },
        AnnounceSettings { registry: "http://user:secret@h".into(), ..good() },
        AnnounceSettings { registry: "secret".into(), ..good() },
        AnnounceSettings { registry: "redis://h/secret".into(), ..good() },
        AnnounceSettings { token: "secret\r\nx: y".into(), ..good() },
        AnnounceSettings { service: "a/b".into(), ..good() },
        AnnounceSettings { id: String::new(), ..good() },
        AnnounceSettings { url: "http://0.0.0.0:9101".into(), ..good() },
        AnnounceSettings { ttl_s: 0, ..good() },
    ] {
        let shown = format!("{settings:?}");
        let error = Announcer::start(settings, Sources::system()).err().unwrap().to_string();
        assert!(!format!("{shown} {error}").contains("secret"), "{shown} {error}");
    }
}
