//! The registry as a value: starts the sources, and reads their union.

use crate::embedded::Embedded;
use crate::hub::{Hub, Key};
use crate::instance::check_service;
use crate::limits::{SERVICES_MAX, SWEEP_EVERY};
use crate::place::DnsName;
use crate::redis::{self, Line};
use crate::snapshot::Services;
use crate::tasks::Task;
use crate::{
    Instance, Origin, Place, RegistryError, RegistrySettings, ServiceDefinition, Snapshot, SourceState, dns,
};
use kernel::Sources;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Services by name with their living instances. Clones are the same registry; the sources stop with the last one.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

struct Inner {
    hub: Arc<Hub>,
    embedded: Arc<Embedded>,
    settings: Arc<RegistrySettings>,
    sources: Sources,
    fixed: Key,
    /// The names being looked at.
    names: Mutex<BTreeMap<(Arc<str>, DnsName), Task>>,
    _tasks: Vec<Task>,
}

impl Registry {
    /// Starts the sources in the background, on the runtime of the caller. Waits for none of them: a registry that is
    /// away at start is known by its state, and its instances come when it does.
    ///
    /// # Errors
    /// [`RegistryError::Setting`], or [`RegistryError::NoRuntime`].
    pub fn start(settings: RegistrySettings, sources: Sources) -> Result<Self, RegistryError> {
        settings.check()?;
        tokio::runtime::Handle::try_current().map_err(RegistryError::NoRuntime)?;
        let hub = Arc::new(Hub::new(sources.clock.clone()));
        let fixed = (Origin::Fixed, "".into());
        hub.add(&fixed);
        let embedded = Arc::new(Embedded::new(hub.clone(), sources.clock.clone()));
        let mut tasks = vec![Task::spawn(sweep(embedded.clone()))];
        tasks.extend(redis_task(&hub, &settings, &sources)?);
        let settings = Arc::new(settings);
        let names = Mutex::default();
        Ok(Self { inner: Arc::new(Inner { hub, embedded, settings, sources, fixed, names, _tasks: tasks }) })
    }

    /// Replaces what an operator wrote down: all fixed lists, and the DNS names to look at. A name that was there
    /// before keeps its instances.
    ///
    /// # Errors
    /// [`RegistryError::Name`], or [`RegistryError::Full`] for too many services; nothing is changed then.
    pub fn define(&self, services: &[ServiceDefinition]) -> Result<(), RegistryError> {
        if services.len() > SERVICES_MAX {
            return Err(RegistryError::Full { what: "services", max: SERVICES_MAX });
        }
        services.iter().try_for_each(|service| check_service(&service.name))?;
        let mut fixed = Services::new();
        let mut names = Vec::new();
        for service in services {
            let name: Arc<str> = service.name.as_str().into();
            for place in &service.places {
                match place {
                    Place::Fixed(instance) => {
                        fixed.entry(name.clone()).or_default().push(instance.clone());
                    }
                    Place::Dns(dns) => names.push((name.clone(), dns.clone())),
                }
            }
        }
        self.inner.hub.publish(&self.inner.fixed, fixed, 0);
        self.inner.look_at(names);
        Ok(())
    }

    /// The instances of a service; none when nobody knows it. Takes no lock.
    #[must_use]
    pub fn get(&self, service: &str) -> Arc<[Instance]> {
        self.inner.hub.get(service)
    }

    /// All services at this moment. Takes no lock.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.inner.hub.snapshot()
    }

    /// The version of the snapshot, whenever it grows.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.hub.changes()
    }

    /// Registrations in the memory of this process.
    #[must_use]
    pub fn embedded(&self) -> &Embedded {
        &self.inner.embedded
    }

    /// How the sources fare, in the order in which they are believed.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceState> {
        self.inner.hub.states()
    }
}

impl Inner {
    /// Looks at these names and no others.
    fn look_at(&self, wanted: Vec<(Arc<str>, DnsName)>) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.retain(|name, _| {
            let stays = wanted.contains(name);
            if !stays {
                self.hub.remove(&key(name));
            }
            stays
        });
        for name in wanted {
            names.entry(name).or_insert_with_key(|name| {
                let (hub, key) = (self.hub.clone(), key(name));
                hub.add(&key);
                let (settings, sources) = (self.settings.clone(), self.sources.clone());
                Task::spawn(dns::watch(hub, key, name.clone(), settings, sources))
            });
        }
    }
}

fn key((service, name): &(Arc<str>, DnsName)) -> Key {
    (Origin::Dns, format!("{service} {name}").into())
}

fn redis_task(
    hub: &Arc<Hub>,
    settings: &RegistrySettings,
    sources: &Sources,
) -> Result<Option<Task>, RegistryError> {
    if !settings.redis.is_set() {
        return Ok(None);
    }
    let line = Line::new(&settings.redis, &settings.redis_prefix, sources.random.clone())?;
    let key = (Origin::Redis, "".into());
    hub.add(&key);
    Ok(Some(Task::spawn(redis::watch(hub.clone(), key, line, settings.redis_poll(), sources.clone()))))
}

async fn sweep(embedded: Arc<Embedded>) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        embedded.sweep();
    }
}
