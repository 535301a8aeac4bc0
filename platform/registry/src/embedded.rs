//! Registrations in the memory of this process, each with a time to live.

use crate::hub::{Hub, Key};
use crate::instance::{check_id, check_service};
use crate::limits::{INSTANCES_PER_SERVICE_MAX, SERVICES_MAX};
use crate::snapshot::Services;
use crate::{Instance, Origin, Registration, RegistryError};
use kernel::{Clock, Monotonic};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What came of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// There was no living instance of this id.
    Created,
    /// There was one, and it is now as registered last: a restarted process may come back on another port.
    Replaced,
}

/// One registered instance.
struct Entry {
    instance: Instance,
    ttl: Duration,
    expires: Monotonic,
}

type Entries = BTreeMap<Arc<str>, BTreeMap<Arc<str>, Entry>>;

/// The registrations. Time is the monotonic clock of this process.
pub struct Embedded {
    entries: Mutex<Entries>,
    hub: Arc<Hub>,
    key: Key,
    clock: Arc<dyn Clock>,
}

impl Embedded {
    pub(crate) fn new(hub: Arc<Hub>, clock: Arc<dyn Clock>) -> Self {
        let key = (Origin::Embedded, "".into());
        hub.add(&key);
        Self { entries: Mutex::default(), hub, key, clock }
    }

    /// Takes an instance in for the seconds it asked for.
    ///
    /// # Errors
    /// [`RegistryError::Name`], [`RegistryError::Url`], [`RegistryError::Ttl`] for what is not valid;
    /// [`RegistryError::Full`] when there is no room.
    pub fn register(&self, service: &str, registration: &Registration) -> Result<Registered, RegistryError> {
        check_service(service)?;
        let checked = registration.check()?;
        let url = checked.url.as_str().into();
        let instance = Instance { id: checked.id, url, weight: 1, origin: Origin::Embedded };
        let now = self.clock.monotonic();
        let entry = Entry { instance, ttl: checked.ttl, expires: now.plus(checked.ttl) };
        let mut entries = self.entries();
        drop_expired(&mut entries, now);
        let registered = insert(&mut entries, service, entry)?;
        self.publish(&entries);
        Ok(registered)
    }

    /// Lets an instance live for its time once more.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`] when it is not registered or has expired: it must register again.
    /// [`RegistryError::Name`] for names that cannot be.
    pub fn keep_alive(&self, service: &str, id: &str) -> Result<(), RegistryError> {
        let now = self.clock.monotonic();
        let mut entries = self.entries();
        let entry = entries.get_mut(service).and_then(|instances| instances.get_mut(id));
        match entry.filter(|entry| entry.expires > now) {
            Some(entry) => entry.expires = now.plus(entry.ttl),
            None => return Err(unknown(service, id)),
        }
        Ok(())
    }

    /// Takes an instance out at once.
    ///
    /// # Errors
    /// As [`keep_alive`](Self::keep_alive).
    pub fn leave(&self, service: &str, id: &str) -> Result<(), RegistryError> {
        let now = self.clock.monotonic();
        let mut entries = self.entries();
        let removed = entries.get_mut(service).and_then(|instances| instances.remove(id));
        drop_expired(&mut entries, now);
        self.publish(&entries);
        removed.filter(|entry| entry.expires > now).map(|_| ()).ok_or_else(|| unknown(service, id))
    }

    /// Takes out what has expired.
    pub(crate) fn sweep(&self) {
        let mut entries = self.entries();
        if drop_expired(&mut entries, self.clock.monotonic()) {
            self.publish(&entries);
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// While the entries are locked, so that an older list cannot overtake a newer one.
    fn publish(&self, entries: &Entries) {
        let of =
            |instances: &BTreeMap<_, Entry>| instances.values().map(|entry| entry.instance.clone()).collect();
        let services: Services =
            entries.iter().map(|(name, instances)| (name.clone(), of(instances))).collect();
        self.hub.publish(&self.key, services, 0);
    }
}

fn insert(entries: &mut Entries, service: &str, entry: Entry) -> Result<Registered, RegistryError> {
    if !entries.contains_key(service) && entries.len() >= SERVICES_MAX {
        return Err(RegistryError::Full { what: "services", max: SERVICES_MAX });
    }
    let instances = entries.entry(service.into()).or_default();
    let is_known = instances.contains_key(&entry.instance.id);
    if !is_known && instances.len() >= INSTANCES_PER_SERVICE_MAX {
        return Err(RegistryError::Full { what: "instances", max: INSTANCES_PER_SERVICE_MAX });
    }
    instances.insert(entry.instance.id.clone(), entry);
    Ok(if is_known { Registered::Replaced } else { Registered::Created })
}

/// Whether anything has expired.
fn drop_expired(entries: &mut Entries, now: Monotonic) -> bool {
    let count = |entries: &Entries| entries.values().map(BTreeMap::len).sum::<usize>();
    let before = count(entries);
    for instances in entries.values_mut() {
        instances.retain(|_, entry| entry.expires > now);
    }
    entries.retain(|_, instances| !instances.is_empty());
    count(entries) != before
}

/// The names are repeated only when they can be names.
fn unknown(service: &str, id: &str) -> RegistryError {
    match check_service(service).and_then(|()| check_id(id)) {
        Ok(()) => RegistryError::Unknown { service: service.to_owned(), id: id.to_owned() },
        Err(error) => error,
    }
}
