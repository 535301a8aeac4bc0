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

/// Looks names up and remembers them for a while. The lock is held for a look into the map only, and only by those who
/// make a connection to a name.
pub(crate) struct Resolver {
    cache_ms: u64,
    stale_max_ms: u64,
    names_max: usize,
    turns: Semaphore,
    known: Mutex<HashMap<(String, u16), Known>>,
    timeline: Timeline,
}

#[derive(Clone)]
struct Known {
    addresses: Addresses,
    at: Moment,
}

impl Resolver {
    pub(crate) fn new(settings: &UpstreamSettings, timeline: Timeline) -> Self {
        Self {
            cache_ms: settings.dns_cache_ms,
            stale_max_ms: settings.dns_stale_max_ms,
            names_max: settings.dns_names_max,
            turns: Semaphore::new(settings.dns_concurrent_max.clamp(1, 1_024)),
            known: Mutex::new(HashMap::new()),
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

    async fn resolve_name(&self, host: &str, port: u16) -> io::Result<Addresses> {
        if let Some(known) = self.remembered(host, port, self.cache_ms) {
            return Ok(known);
        }
        let _turn = self.turns.acquire().await.map_err(io::Error::other)?;
        // Somebody may have looked it up while we waited for our turn.
        if let Some(known) = self.remembered(host, port, self.cache_ms) {
            return Ok(known);
        }
        match tokio::net::lookup_host((host, port)).await {
            Ok(found) => self.remember(host, port, found.collect()),
            Err(error) => self.remembered(host, port, self.stale_max_ms).ok_or(error),
        }
    }

    fn remember(&self, host: &str, port: u16, addresses: Addresses) -> io::Result<Addresses> {
        if addresses.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        }
        let known = Known { addresses: addresses.clone(), at: self.timeline.now() };
        let mut all = self.lock();
        if all.len() >= self.names_max {
            all.clear();
        }
        all.insert((host.to_owned(), port), known);
        Ok(addresses)
    }

    fn remembered(&self, host: &str, port: u16, age_max_ms: u64) -> Option<Addresses> {
        let known = self.lock().get(&(host.to_owned(), port)).cloned()?;
        (self.timeline.now() < known.at.plus_ms(age_max_ms)).then_some(known.addresses)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, u16), Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Sources, Timestamp};
    use std::time::Duration;

    #[tokio::test]
    async fn a_name_is_remembered_and_outlives_a_resolver_that_is_away() {
        let (sources, clock) = Sources::fixed(Timestamp(0), 1);
        let settings = UpstreamSettings { dns_cache_ms: 100, dns_stale_max_ms: 1_000, ..Default::default() };
        let resolver = Resolver::new(&settings, Timeline::new(sources.clock));
        let target = Target::Name("upstream.invalid".into(), 80);
        resolver.resolve(&target).await.unwrap_err();
        let address: SocketAddr = "127.0.0.1:80".parse().unwrap();
        resolver.remember("upstream.invalid", 80, Arc::new([address])).unwrap();
        for wait_ms in [50, 800] {
            clock.advance(Duration::from_millis(wait_ms));
            assert_eq!(*resolver.resolve(&target).await.unwrap(), [address]);
        }
        clock.advance(Duration::from_millis(200));
        resolver.resolve(&target).await.unwrap_err();
    }

    #[tokio::test]
    async fn localhost_resolves_and_an_address_is_itself() {
        let resolver = Resolver::new(&UpstreamSettings::default(), Timeline::new(Sources::system().clock));
        let found = resolver.resolve(&Target::Name("localhost".into(), 80)).await.unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback() && address.port() == 80));
        let address = "192.0.2.1:7".parse().unwrap();
        assert_eq!(*resolver.resolve(&Target::Address(address)).await.unwrap(), [address]);
    }
}
