//! Resolves names to addresses that may be reached, and hands exactly those to the connector.

use crate::is_global;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A lookup that is under way.
pub(crate) type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Asks for the addresses of a name.
pub(crate) trait Lookup: Send + Sync + 'static {
    /// All addresses of the name, public or not.
    fn lookup(&self, name: String) -> Looking;
}

/// The system's resolver.
pub(crate) struct SystemLookup {
    slots: Arc<Semaphore>,
}

impl SystemLookup {
    /// At most `concurrent_max` lookups at once.
    pub(crate) fn new(concurrent_max: usize) -> Self {
        Self { slots: Arc::new(Semaphore::new(concurrent_max)) }
    }
}

impl Lookup for SystemLookup {
    fn lookup(&self, name: String) -> Looking {
        let slots = self.slots.clone();
        Box::pin(async move {
            let slot = slots.acquire_owned().await.map_err(io::Error::other)?;
            // The system's resolver blocks a thread and cannot be cancelled. The task keeps the slot until the thread
            // is free again, also when nobody waits any more, so that slow names cannot pile up threads.
            let looking = tokio::spawn(async move {
                let found = tokio::net::lookup_host((name, 0)).await.map(Iterator::collect::<Vec<_>>);
                drop(slot);
                found
            });
            Ok(looking.await.map_err(io::Error::other)??.iter().map(SocketAddr::ip).collect())
        })
    }
}

/// Every address of a name was refused.
#[derive(Debug, thiserror::Error)]
#[error("the name has no public address")]
pub(crate) struct NoPublicAddress;

/// Lets only public addresses through. The connector tries the addresses that come out of here and no others, so what
/// was checked is what is connected to.
pub(crate) struct GuardedResolver {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) allow_private: bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let looking = self.lookup.lookup(name.as_str().to_owned());
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = looking.await?;
            let public: Vec<_> = found.into_iter().filter(|ip| allow_private || is_global(*ip)).collect();
            if public.is_empty() {
                return Err(NoPublicAddress.into());
            }
            // Port 0 stands for the port of the URL.
            Ok(Box::new(public.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        })
    }
}
