//! From the registry to the upstreams: services whose instances the features file does not list get those that the
//! registry knows, at start, at each reload, and whenever the registry changes.

use gateway::features::Features;
use gateway::{Current, Snapshot};
use registry::{Registry, ServiceDefinition};
use upstream::{InstanceSpec, Upstreams};

/// Gives the services of a snapshot, as clients' requests and as the parallel run ask them, the instances that the registry knows.
pub(crate) fn fill(registry: &Registry, all: &[Upstreams], snapshot: &Snapshot) {
    let names = registered(&snapshot.features);
    let definitions: Vec<_> =
        names.iter().map(|name| ServiceDefinition { name: (*name).to_owned(), places: Vec::new() }).collect();
    if let Err(error) = registry.define(&definitions) {
        tracing::warn!(%error, "the registry does not take the services of the features file");
    }
    for name in names {
        let instances = instances(registry, name);
        all.iter().for_each(|upstreams| upstreams.set_instances(name, instances.clone()));
    }
}

/// Follows the registry until it ends.
pub(crate) async fn follow(registry: Registry, all: [Upstreams; 2], current: Current) {
    let mut changes = registry.changes();
    while changes.changed().await.is_ok() {
        let snapshot = current.load_full();
        for name in registered(&snapshot.features) {
            let instances = instances(&registry, name);
            all.iter().for_each(|upstreams| upstreams.set_instances(name, instances.clone()));
        }
    }
}

/// The services whose instances the file does not list.
fn registered(features: &Features) -> Vec<&str> {
    let unlisted = features.upstreams.iter().filter(|upstream| upstream.instances.is_none());
    unlisted.map(|upstream| &*upstream.name).collect()
}

fn instances(registry: &Registry, name: &str) -> Vec<InstanceSpec> {
    let known = registry.get(name);
    let spec =
        |instance: &registry::Instance| InstanceSpec::parse(&instance.id, &instance.url, instance.weight);
    let (good, bad): (Vec<_>, Vec<_>) = known.iter().map(spec).partition(Result::is_ok);
    for error in bad.into_iter().filter_map(Result::err) {
        tracing::warn!(service = name, %error, "an instance of the registry cannot be used");
    }
    good.into_iter().filter_map(Result::ok).collect()
}
