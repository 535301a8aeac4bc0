//! Where all sources put what they found, and from where everybody reads.

use crate::limits::{INSTANCES_PER_SERVICE_MAX, SERVICES_MAX};
use crate::snapshot::Services;
use crate::{Origin, RegistryError, Snapshot, SourceState};
use arc_swap::ArcSwap;
use kernel::Clock;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// One source; the order is the order of belief.
pub(crate) type Key = (Origin, Arc<str>);

/// What a source says, and how it fares.
struct Layer {
    services: Services,
    state: SourceState,
}

/// The meeting point. Writers (one a source, seldom) take a lock; readers take none.
pub(crate) struct Hub {
    layers: Mutex<BTreeMap<Key, Layer>>,
    snapshot: ArcSwap<Snapshot>,
    changes: watch::Sender<u64>,
    clock: Arc<dyn Clock>,
}

impl Hub {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let (layers, snapshot) = (Mutex::default(), ArcSwap::default());
        Self { layers, snapshot, changes: watch::Sender::new(0), clock }
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    pub(crate) fn get(&self, service: &str) -> Arc<[crate::Instance]> {
        self.snapshot.load().get(service)
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(crate) fn states(&self) -> Vec<SourceState> {
        self.layers().values().map(|layer| layer.state.clone()).collect()
    }

    /// Makes room for a source. Only a source that has room is listened to, so that one which was removed cannot
    /// come back with what it was just reading.
    pub(crate) fn add(&self, key: &Key) {
        let state = SourceState::new(key.0, key.1.to_string());
        self.layers().entry(key.clone()).or_insert(Layer { services: Services::new(), state });
    }

    pub(crate) fn remove(&self, key: &Key) {
        let mut layers = self.layers();
        layers.remove(key);
        self.unite(&layers);
    }

    /// What the source says now; `refused` entries were not valid.
    pub(crate) fn publish(&self, key: &Key, mut services: Services, refused: usize) {
        let cut = bound(&mut services);
        let mut layers = self.layers();
        let Some(layer) = layers.get_mut(key) else { return };
        layer.state.succeeded(self.clock.now());
        layer.state.refused = refused + cut;
        layer.state.services = services.values().filter(|instances| !instances.is_empty()).count();
        layer.state.instances = services.values().map(Vec::len).sum();
        layer.services = services;
        self.unite(&layers);
    }

    /// The source answered, and nothing is new.
    pub(crate) fn confirmed(&self, key: &Key) {
        if let Some(layer) = self.layers().get_mut(key) {
            layer.state.succeeded(self.clock.now());
        }
    }

    /// The source did not answer; what it said last stays.
    pub(crate) fn failed(&self, key: &Key, error: &RegistryError) {
        if let Some(layer) = self.layers().get_mut(key) {
            layer.state.failed(self.clock.now(), error);
        }
    }

    fn layers(&self) -> MutexGuard<'_, BTreeMap<Key, Layer>> {
        self.layers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unite(&self, layers: &BTreeMap<Key, Layer>) {
        let next = self.snapshot.load().next(layers.values().map(|layer| &layer.services));
        if let Some(next) = next {
            let version = next.version();
            self.snapshot.store(Arc::new(next));
            self.changes.send_replace(version);
        }
    }
}

/// Cuts what a source says to the bounds; how many instances were cut.
fn bound(services: &mut Services) -> usize {
    let mut cut = 0;
    while services.len() > SERVICES_MAX {
        cut += services.pop_last().map_or(0, |(_, instances)| instances.len());
    }
    for instances in services.values_mut() {
        cut += instances.len().saturating_sub(INSTANCES_PER_SERVICE_MAX);
        instances.truncate(INSTANCES_PER_SERVICE_MAX);
    }
    cut
}
