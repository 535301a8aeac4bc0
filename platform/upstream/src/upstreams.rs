//! All services of the process.

use crate::instance::Instance;
use crate::resolver::Resolver;
use crate::timeline::Timeline;
use crate::{InstanceSpec, Policy, Service, ServiceView, UpstreamSettings};
use kernel::Sources;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Numbers services and instances, so that a worker can tell them apart whatever their names.
static NEXT_KEY: AtomicU64 = AtomicU64::new(1);

/// All services of the process. Clones are the same value.
#[derive(Clone)]
pub struct Upstreams(Arc<Inner>);

struct Inner {
    settings: UpstreamSettings,
    sources: Sources,
    timeline: Timeline,
    resolver: Resolver,
    /// Locked to define and to list, and for every change, so that changes do not overtake each other.
    services: Mutex<BTreeMap<String, Arc<Service>>>,
    /// Tells the pools that instances have gone.
    changes: watch::Sender<u64>,
}

impl Upstreams {
    /// No services yet.
    #[must_use]
    pub fn new(settings: UpstreamSettings, sources: Sources) -> Self {
        let timeline = Timeline::new(sources.clock.clone());
        let resolver = Resolver::new(&settings, timeline.clone());
        let (changes, _) = watch::channel(0);
        Self(Arc::new(Inner {
            settings,
            sources,
            timeline,
            resolver,
            services: Mutex::new(BTreeMap::new()),
            changes,
        }))
    }

    /// The settings it was made with.
    #[must_use]
    pub fn settings(&self) -> &UpstreamSettings {
        &self.0.settings
    }

    /// The service of that name. Takes a lock: routes hold what this gave them.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<Arc<Service>> {
        self.lock().get(name).cloned()
    }

    /// Makes the service, or gives the one that exists another policy; its instances and counts stay.
    pub fn define(&self, name: &str, policy: Policy) -> Arc<Service> {
        let mut services = self.lock();
        if let Some(service) = services.get(name) {
            service.set_policy(policy);
            return service.clone();
        }
        let service = Arc::new(Service::new(next_key(), name, policy, self.0.timeline.clone()));
        services.insert(name.to_owned(), service.clone());
        service
    }

    /// Drops all services but these. Who still holds one finds it without instances.
    pub fn retain(&self, names: &[&str]) {
        let mut services = self.lock();
        services.retain(|name, service| {
            let stays = names.contains(&name.as_str());
            if !stays {
                replace_instances(service, Vec::new(), &self.0.timeline);
            }
            stays
        });
        drop(services);
        self.0.changes.send_modify(|version| *version += 1);
    }

    /// Says who runs the service; does nothing for a name that is not defined. An id that stays with the same URL keeps
    /// its health, connections and counts, and takes its new weight. Of two with one id the last holds.
    pub fn set_instances(&self, name: &str, instances: Vec<InstanceSpec>) {
        let services = self.lock();
        let Some(service) = services.get(name) else { return };
        replace_instances(service, instances, &self.0.timeline);
        drop(services);
        self.0.changes.send_modify(|version| *version += 1);
    }

    /// Services and instances as they are now, by name; for people.
    #[must_use]
    pub fn views(&self) -> Vec<ServiceView> {
        self.lock().values().map(|service| ServiceView::of(service)).collect()
    }

    pub(crate) fn services(&self) -> Vec<Arc<Service>> {
        self.lock().values().cloned().collect()
    }

    pub(crate) fn sources(&self) -> &Sources {
        &self.0.sources
    }

    pub(crate) fn timeline(&self) -> &Timeline {
        &self.0.timeline
    }

    pub(crate) fn resolver(&self) -> &Resolver {
        &self.0.resolver
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Service>>> {
        self.0.services.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Upstreams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.lock().keys()).finish()
    }
}

fn next_key() -> u64 {
    NEXT_KEY.fetch_add(1, Relaxed)
}

/// To be called under the lock of the services.
fn replace_instances(service: &Service, specs: Vec<InstanceSpec>, timeline: &Timeline) {
    let before = service.table.load_full();
    let specs: BTreeMap<String, InstanceSpec> =
        specs.into_iter().map(|spec| (spec.id.clone(), spec)).collect();
    let now = timeline.now();
    let kept_or_new = |spec: InstanceSpec| {
        let known = before.instances.iter().find(|known| is_same(known, &spec));
        known.map_or_else(
            || Arc::new(Instance::new(spec.clone(), next_key(), now)),
            |known| {
                known.set_weight(spec.weight);
                known.clone()
            },
        )
    };
    let instances: Vec<_> = specs.into_values().map(kept_or_new).collect();
    for gone in before.instances.iter().filter(|known| !instances.iter().any(|kept| Arc::ptr_eq(kept, known)))
    {
        gone.set_gone();
    }
    service.set_instances(instances);
}

fn is_same(known: &Instance, spec: &InstanceSpec) -> bool {
    **known.id() == *spec.id && known.authority() == spec.authority && known.base_path() == spec.base_path
}
