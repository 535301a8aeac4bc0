//! Looks at one name again and again, and tells the hub.

use super::look::{Found, look};
use super::resolver::resolver;
use crate::backoff::Backoff;
use crate::hub::{Hub, Key};
use crate::limits::DNS_NEGATIVES_BELIEVED;
use crate::place::DnsName;
use crate::snapshot::Services;
use crate::{RegistryError, RegistrySettings};
use hickory_resolver::TokioResolver;
use kernel::Sources;
use std::sync::Arc;
use std::time::Duration;

/// Looks until it is dropped.
pub(crate) async fn watch(
    hub: Arc<Hub>,
    key: Key,
    (service, name): (Arc<str>, DnsName),
    settings: Arc<RegistrySettings>,
    sources: Sources,
) {
    let (min, max) = (settings.dns_refresh_min(), settings.dns_refresh_max());
    let mut backoff = Backoff::new(min, max, sources.random);
    let mut kept = None;
    let mut negatives = 0;
    loop {
        let pause = match bounded(&mut kept, &name, &settings).await {
            Ok(found) => {
                backoff.reset();
                negatives = if found.instances.is_empty() { negatives + 1 } else { 0 };
                let pause = found.ttl.clamp(min, max);
                tell(&hub, &key, &service, found, negatives);
                pause
            }
            Err(error) => {
                // The machine's configuration may have changed: it is read again.
                kept = None;
                hub.failed(&key, &error);
                backoff.pause()
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// That there is nothing is believed when it is said again.
fn tell(hub: &Hub, key: &Key, service: &Arc<str>, found: Found, negatives: u32) {
    if (1..DNS_NEGATIVES_BELIEVED).contains(&negatives) {
        hub.confirmed(key);
    } else {
        hub.publish(key, Services::from([(service.clone(), found.instances)]), 0);
    }
}

async fn bounded(
    kept: &mut Option<TokioResolver>,
    name: &DnsName,
    settings: &RegistrySettings,
) -> Result<Found, RegistryError> {
    let resolver = match kept {
        Some(resolver) => resolver,
        None => kept.insert(resolver(settings)?),
    };
    let within: Duration = settings.dns_timeout();
    let timed_out = RegistryError::TimedOut { what: "a DNS lookup", within_ms: within.as_millis() };
    tokio::time::timeout(within, look(resolver, name)).await.unwrap_or(Err(timed_out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Instance, Origin};
    use kernel::{ManualClock, Timestamp};

    #[test]
    fn nothing_said_once_leaves_the_instances_and_said_twice_takes_them() {
        let hub = Hub::new(Arc::new(ManualClock::new(Timestamp(0))));
        let key: Key = (Origin::Dns, "m".into());
        hub.add(&key);
        let instance = Instance { id: "a".into(), url: "http://h:1".into(), weight: 1, origin: Origin::Dns };
        let found = Found { instances: vec![instance], ttl: Duration::ZERO };
        let counts = [(found, 0), (Found::default(), 1), (Found::default(), 2)].map(|(found, negatives)| {
            tell(&hub, &key, &"m".into(), found, negatives);
            hub.get("m").len()
        });
        assert_eq!(counts, [1, 1, 0]);
    }
}
