//! The public face: bounded, counted, and silent about what went wrong.

use crate::client::Clients;
use crate::counters::Counters;
use crate::error::FetchError;
use crate::fetch;
use crate::page::PageSummary;
use crate::resolver::{Lookup, SystemLookup};
use crate::settings::EgressSettings;
use kernel::{Clock, Context};
use prometheus_client::registry::Registry;
use std::sync::{Arc, OnceLock};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Fetches pages that strangers name, and never reaches an address that strangers must not reach. Clones share the
/// client, the limits and the counters.
#[derive(Clone)]
pub struct PageFetcher {
    shared: Arc<Shared>,
}

struct Shared {
    settings: EgressSettings,
    clock: Arc<dyn Clock>,
    lookup: Arc<dyn Lookup>,
    clients: OnceLock<Option<Clients>>,
    /// Fetches that run.
    running: Semaphore,
    /// Fetches that run or wait.
    admitted: Semaphore,
    counters: Counters,
}

impl PageFetcher {
    /// A fetcher; costs nothing before the first fetch.
    #[must_use]
    pub fn new(settings: EgressSettings, clock: Arc<dyn Clock>) -> Self {
        let lookup = Arc::new(SystemLookup::new(settings.limits.concurrent_max));
        Self::with_lookup(settings, clock, lookup)
    }

    pub(crate) fn with_lookup(
        settings: EgressSettings,
        clock: Arc<dyn Clock>,
        lookup: Arc<dyn Lookup>,
    ) -> Self {
        let limits = settings.limits;
        Self {
            shared: Arc::new(Shared {
                settings,
                clock,
                lookup,
                clients: OnceLock::new(),
                running: Semaphore::new(limits.concurrent_max),
                admitted: Semaphore::new(limits.concurrent_max.saturating_add(limits.waiting_max)),
                counters: Counters::default(),
            }),
        }
    }

    /// Fetches a page and reads its title and description; `None` when it is anything but a 200 HTML answer within the
    /// limits and the context's deadline. Why, the counters and the debug log know.
    pub async fn summary(&self, context: &Context, url: &str) -> Option<PageSummary> {
        let outcome = self.shared.fetch(context, url).await;
        self.shared.counters.count(&outcome);
        outcome
            .inspect_err(|reason| {
                // Without the URL: it is part of what somebody wrote.
                tracing::debug!(request_id = %context.request_id, %reason, "a page was not fetched");
            })
            .ok()
    }

    /// Puts the counters of the fetches into a metrics registry.
    pub fn register(&self, registry: &mut Registry) {
        self.shared.counters.register(registry);
    }

    #[cfg(test)]
    pub(crate) fn counters(&self) -> &Counters {
        &self.shared.counters
    }
}

impl std::fmt::Debug for PageFetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageFetcher").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}

impl Shared {
    async fn fetch(&self, context: &Context, url: &str) -> Result<PageSummary, FetchError> {
        if context.is_dry_run() {
            return Err(FetchError::DryRun);
        }
        let _admitted = self.admitted.try_acquire().map_err(|_| FetchError::Busy)?;
        let left = context.deadline.remaining(&*self.clock).min(self.settings.limits.total);
        tokio::time::timeout(left, self.fetch_in_turn(url)).await.unwrap_or(Err(FetchError::TimedOut))
    }

    async fn fetch_in_turn(&self, url: &str) -> Result<PageSummary, FetchError> {
        let _turn: SemaphorePermit<'_> = self.running.acquire().await.map_err(|_| FetchError::Busy)?;
        fetch::summary(self.clients()?, &self.settings, url).await
    }

    fn clients(&self) -> Result<&Clients, FetchError> {
        let make = || {
            Clients::new(&self.settings, self.lookup.clone())
                .inspect_err(|error| tracing::warn!(%error, "pages cannot be fetched: no HTTP client"))
                .ok()
        };
        self.clients.get_or_init(make).as_ref().ok_or(FetchError::NoClient)
    }
}
