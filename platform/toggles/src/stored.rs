//! The place where the current toggles are found.

use crate::counts::{Ledger, Usage};
use crate::error::CompileError;
use crate::names::{Names, ToggleId};
use crate::snapshot::Snapshot;
use arc_swap::{ArcSwap, Guard};
use std::collections::BTreeMap;
use std::sync::Arc;
use unleash_types::client_features::ClientFeatures;

/// The current toggles. Clones show the same.
#[derive(Debug, Clone)]
pub struct Toggles(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    current: ArcSwap<Snapshot>,
    names: Names,
    ledger: Ledger,
    hostname: Option<Arc<str>>,
}

impl Toggles {
    /// No toggles yet: each evaluation gives what its caller says.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            current: ArcSwap::from_pointee(Snapshot::empty()),
            names: Names::default(),
            ledger: Ledger::default(),
            hostname: hostname(),
        }))
    }

    /// The current snapshot. Takes no lock; meant to be held for one decision, not for the length of a download.
    #[inline]
    #[must_use]
    pub fn load(&self) -> Guard<Arc<Snapshot>> {
        self.0.current.load()
    }

    /// The id of a name, for as long as the process runs, whether or not such a toggle exists now. With too many names
    /// ([`crate::NAMES_MAX`]) [`ToggleId::NONE`].
    #[must_use]
    pub fn resolve(&self, name: &str) -> ToggleId {
        self.0.names.id(name).unwrap_or(ToggleId::NONE)
    }

    /// Compiles toggles: some 25 µs each, so never within a request.
    ///
    /// # Errors
    /// When they cannot be taken as a whole. Nothing has changed then.
    pub fn compile(&self, features: ClientFeatures) -> Result<Snapshot, CompileError> {
        Snapshot::new(features, &self.0.names, self.0.hostname.clone())
    }

    /// Makes a snapshot the current one. It must come from [`Toggles::compile`] of the same toggles.
    pub fn install(&self, snapshot: Snapshot) {
        self.0.ledger.open(snapshot.counts().clone());
        self.0.current.store(Arc::new(snapshot));
    }

    /// Compiles and installs.
    ///
    /// # Errors
    /// As [`Toggles::compile`].
    pub fn replace(&self, features: ClientFeatures) -> Result<(), CompileError> {
        self.install(self.compile(features)?);
        Ok(())
    }

    /// Takes the uses that were counted since the last time, by the toggle's name.
    #[must_use]
    pub fn take_usage(&self) -> BTreeMap<Arc<str>, Usage> {
        self.0.ledger.take()
    }
}

impl Default for Toggles {
    fn default() -> Self {
        Self::new()
    }
}

/// The name of this machine, for strategies of type `applicationHostname`.
fn hostname() -> Option<Arc<str>> {
    let name = rustix::system::uname();
    let name = name.nodename().to_str().ok()?;
    (!name.is_empty()).then(|| name.into())
}

#[cfg(test)]
mod tests;
