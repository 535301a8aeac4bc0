//! The registry as its users see it, each source against a real or small server of its own.

mod announce;
mod dns;
mod dns_server;
mod embedded;
mod gateway;
mod lists;
mod redis;

use crate::{AnnounceSettings, Registry, SourceState};
use std::time::Duration;

/// For what must come by itself.
const SOON: Duration = Duration::from_secs(20);

/// The ids of a service's instances.
fn ids(registry: &Registry, service: &str) -> Vec<String> {
    registry.get(service).iter().map(|instance| instance.id.to_string()).collect()
}

/// Waits until a service has exactly these instances.
async fn until_ids(registry: &Registry, service: &str, wanted: &[&str]) {
    let what = format!("{service} with {wanted:?}");
    testkit::eventually(&what, SOON, async || (ids(registry, service) == wanted).then_some(())).await;
}

/// Waits until the state of the last source fulfils `wanted`.
async fn until_state(registry: &Registry, what: &str, wanted: impl Fn(&SourceState) -> bool) -> SourceState {
    testkit::eventually(what, SOON, async || registry.sources().pop().filter(&wanted)).await
}

/// An instance that wants to be known.
fn announce(registry: &str, id: &str, ttl_s: u32) -> AnnounceSettings {
    AnnounceSettings {
        registry: registry.into(),
        service: "messages".into(),
        id: id.into(),
        url: format!("http://{id}.internal:9101"),
        ttl_s,
        token: Default::default(),
        redis_prefix: "banyan".into(),
    }
}
