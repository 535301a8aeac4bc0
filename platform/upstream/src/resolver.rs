//! Names to addresses, at connect, with a short memory. A lookup never blocks a worker: the runtime does it aside.

use crate::UpstreamSettings;
use crate::spec::Target;
use crate::timeline::{Moment, Timeline};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Addresses of one target; at least one.
pub(crate) type Addresses = Arc<[SocketAddr]>;

/// So long a failed lookup is not repeated, and addresses that were found not to answer are not doubted again.
const RETRY_AFTER_MS: u64 = 500;

/// Looks names up and remembers them for a while. The lock is held for a look into the map only, and only by those who
/// make a connection to a name.
pub(crate) struct Resolver {
    cache_ms: u64,
    stale_max_ms: u64,
    names_max: usize,
    turns: Semaphore,
    names: Mutex<HashMap<(String, u16), Arc<Name>>>,
    timeline: Timeline,
}

/// One name. Who looks it up holds `turn`, so that a name that hangs takes one lookup at a time.
#[derive(Default)]
struct Name {
    turn: tokio::sync::Mutex<()>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    found: Option<(Addresses, Moment)>,
    failed: Option<(io::ErrorKind, String, Moment)>,
    doubted: bool,
}

impl Resolver {
    pub(crate) fn new(settings: &UpstreamSettings, timeline: Timeline) -> Self {
        Self {
            cache_ms: settings.dns_cache_ms,
            stale_max_ms: settings.dns_stale_max_ms,
            names_max: settings.dns_names_max.max(1),
            turns: Semaphore::new(settings.dns_concurrent_max.clamp(1, 1_024)),
            names: Mutex::new(HashMap::new()),
            timeline,
        }
    }

    /// The addresses of `target`. The caller sets the deadline.
    ///
    /// # Errors
    /// What the system says of the name, if nothing fresh enough is remembered.
    pub(crate) async fn resolve(&self, target: &Target) -> io::Result<Addresses> {
        match target {
            Target::Address(address) => Ok(Arc::new([*address])),
            Target::Name(host, port) => self.resolve_name(host, *port).await,
        }
    }

    /// Nobody answered at the target's addresses: they are looked up again before they are believed any longer, since
    /// the service may have moved.
    pub(crate) fn doubt(&self, target: &Target) {
        if let Target::Name(host, port) = target {
            lock(&self.name(host, *port).known).doubted = true;
        }
    }

    async fn resolve_name(&self, host: &str, port: u16) -> io::Result<Addresses> {
        let name = self.name(host, port);
        if let Some(known) = self.remembered(&name) {
            return known;
        }
        let _turn = name.turn.lock().await;
        // Somebody may have looked it up while we waited for our turn.
        if let Some(known) = self.remembered(&name) {
            return known;
        }
        let _turn_of_all = self.turns.acquire().await.map_err(io::Error::other)?;
        let found = tokio::net::lookup_host((host, port)).await;
        self.learn(&name, found.map(Iterator::collect))
    }

    /// Remembers what a lookup gave; while it fails, the last known addresses serve.
    fn learn(&self, name: &Name, found: io::Result<Addresses>) -> io::Result<Addresses> {
        let now = self.timeline.now();
        let mut known = lock(&name.known);
        known.doubted = false;
        let error = match found {
            Ok(addresses) if !addresses.is_empty() => {
                *known = Known { found: Some((addresses.clone(), now)), ..Known::default() };
                return Ok(addresses);
            }
            Ok(_) => io::Error::new(io::ErrorKind::NotFound, "the name has no address"),
            Err(error) => error,
        };
        known.failed = Some((error.kind(), error.to_string(), now));
        let last_known = known.found.as_ref().filter(|(_, at)| now < at.plus_ms(self.stale_max_ms));
        last_known.map(|(addresses, _)| addresses.clone()).ok_or(error)
    }

    /// What need not be looked up: fresh addresses, or what followed from a failure of a moment ago.
    fn remembered(&self, name: &Name) -> Option<io::Result<Addresses>> {
        let now = self.timeline.now();
        let known = lock(&name.known);
        let has_just_failed =
            |(_, _, at): &&(_, _, Moment)| now < at.plus_ms(RETRY_AFTER_MS.min(self.cache_ms));
        let failed = known.failed.as_ref().filter(has_just_failed);
        let believed_ms = match (failed, known.doubted) {
            (Some(_), _) => self.stale_max_ms,
            (None, true) => RETRY_AFTER_MS.min(self.cache_ms),
            (None, false) => self.cache_ms,
        };
        let found = known.found.as_ref().filter(|(_, at)| now < at.plus_ms(believed_ms));
        match (found, failed) {
            (Some((addresses, _)), _) => Some(Ok(addresses.clone())),
            (None, Some((kind, text, _))) => Some(Err(io::Error::new(*kind, text.clone()))),
            (None, None) => None,
        }
    }

    fn name(&self, host: &str, port: u16) -> Arc<Name> {
        let mut names = lock(&self.names);
        let key = (host.to_owned(), port);
        if names.len() >= self.names_max && !names.contains_key(&key) {
            names.clear();
        }
        names.entry(key).or_default().clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
