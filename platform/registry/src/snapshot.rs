//! The union of what all sources say, as a value that is read without a lock.

use crate::Instance;
use crate::limits::{INSTANCES_PER_SERVICE_MAX, SERVICES_MAX};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// What one source says: instances by service.
pub(crate) type Services = BTreeMap<Arc<str>, Vec<Instance>>;

/// All services with their instances at one moment. A service without instances is not in it.
#[derive(Debug, Default)]
pub struct Snapshot {
    version: u64,
    services: BTreeMap<Arc<str>, Arc<[Instance]>>,
}

impl Snapshot {
    /// Grows with every change; 0 before the first.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The instances of a service; none when nobody knows it.
    #[must_use]
    pub fn get(&self, service: &str) -> Arc<[Instance]> {
        self.services.get(service).cloned().unwrap_or_default()
    }

    /// All services that have instances, by name.
    pub fn services(&self) -> impl Iterator<Item = (&str, &Arc<[Instance]>)> {
        self.services.iter().map(|(name, instances)| (&**name, instances))
    }

    /// The next snapshot, or none when `layers` (the most believed first) come to the same as this one. A service
    /// that did not change keeps its very list.
    pub(crate) fn next<'a>(&self, layers: impl Iterator<Item = &'a Services> + Clone) -> Option<Self> {
        let names = layers.clone().flat_map(BTreeMap::keys).collect::<std::collections::BTreeSet<_>>();
        let united = names.into_iter().map(|name| (name, union(name, layers.clone())));
        let services = united.filter(|(_, instances)| !instances.is_empty()).take(SERVICES_MAX);
        let services: BTreeMap<_, _> =
            services.map(|(name, instances)| (name.clone(), self.kept(name, instances))).collect();
        (services != self.services).then(|| Self { version: self.version + 1, services })
    }

    fn kept(&self, name: &str, instances: Vec<Instance>) -> Arc<[Instance]> {
        let before = self.services.get(name).filter(|before| ***before == *instances);
        before.cloned().unwrap_or_else(|| instances.into())
    }
}

/// The instances of one service; an id and a URL count once, for who comes first.
fn union<'a>(service: &str, layers: impl Iterator<Item = &'a Services>) -> Vec<Instance> {
    let mut ids = HashSet::new();
    let mut urls = HashSet::new();
    let entries = layers.filter_map(|layer| layer.get(service)).flatten();
    let first = entries.filter(|instance| {
        let is_new = !ids.contains(&*instance.id) && !urls.contains(&*instance.url);
        is_new && ids.insert(&*instance.id) && urls.insert(&*instance.url)
    });
    first.take(INSTANCES_PER_SERVICE_MAX).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Origin;

    fn instance(origin: Origin, id: &str, url: &str) -> Instance {
        Instance { id: id.into(), url: url.into(), weight: 1, origin }
    }

    fn layer(service: &str, instances: Vec<Instance>) -> Services {
        Services::from([(service.into(), instances)])
    }

    #[test]
    fn an_id_and_a_url_count_once_for_the_most_believed() {
        let fixed = layer("m", vec![instance(Origin::Fixed, "a", "http://h:1")]);
        let stranger = layer(
            "m",
            vec![
                instance(Origin::Embedded, "a", "http://evil:1"),
                instance(Origin::Embedded, "b", "http://h:1"),
                instance(Origin::Embedded, "c", "http://h:3"),
            ],
        );
        let snapshot = Snapshot::default().next([&fixed, &stranger].into_iter()).unwrap();
        let found = snapshot.get("m");
        let found: Vec<_> = found.iter().map(|instance| (&*instance.id, &*instance.url)).collect();
        assert_eq!(found, [("a", "http://h:1"), ("c", "http://h:3")]);
    }

    #[test]
    fn what_did_not_change_is_the_same_list_and_no_new_version() {
        let one = layer("m", vec![instance(Origin::Redis, "a", "http://h:1")]);
        let two = layer("n", vec![instance(Origin::Redis, "a", "http://h:2")]);
        let first = Snapshot::default().next([&one].into_iter()).unwrap();
        assert!(first.next([&one].into_iter()).is_none());
        let second = first.next([&one, &two].into_iter()).unwrap();
        assert_eq!((first.version(), second.version()), (1, 2));
        assert!(Arc::ptr_eq(&first.get("m"), &second.get("m")));
        let third = second.next([&two].into_iter()).unwrap();
        assert_eq!(third.services().map(|(name, _)| name).collect::<Vec<_>>(), ["n"]);
        assert!(third.get("m").is_empty());
    }

    #[test]
    fn services_and_instances_are_bounded() {
        let many = (0..INSTANCES_PER_SERVICE_MAX + 1)
            .map(|number| instance(Origin::Dns, &format!("i{number}"), &format!("http://h:{number}")));
        let mut layer = layer("m", many.collect());
        for number in 0..SERVICES_MAX + 1 {
            layer.insert(format!("s{number}").into(), vec![instance(Origin::Dns, "a", "http://h:1")]);
        }
        let snapshot = Snapshot::default().next([&layer].into_iter()).unwrap();
        assert_eq!(snapshot.get("m").len(), INSTANCES_PER_SERVICE_MAX);
        assert_eq!(snapshot.services().count(), SERVICES_MAX);
    }
}
