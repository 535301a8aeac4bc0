//! One worker's connections to all services, and the way to one of them.

pub(crate) mod connect;
mod shelf;

#[cfg(test)]
mod tests;

pub(crate) use shelf::Shelf;

use crate::balance::Balancer;
use crate::instance::InFlight;
use crate::rng::Rng;
use crate::service::Entry;
use crate::timeline::Moment;
use crate::{AcquireError, FailureKind, Instance, Lease, Outcome, Service, Terms, Upstreams};
use kernel::{Deadline, Monotonic};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tokio::net::TcpStream;

/// One worker's connections to all services. Clones are the same pool; it stays on its thread.
#[derive(Clone)]
pub struct Pool(Rc<Inner>);

struct Inner {
    upstreams: Upstreams,
    shelf: Rc<Shelf>,
    balancer: RefCell<Balancer>,
    rng: Rng,
}

/// What a request asks of the choice.
#[derive(Debug, Clone, Copy)]
pub struct Pick<'a> {
    /// Hash of what the request sticks to ([`sticky_hash`](crate::sticky_hash)); `None`: nothing.
    pub hash: Option<u64>,
    /// Until when a connection is of use.
    pub deadline: Deadline,
    /// Instances tried already: taken only if there are no others.
    pub avoid: &'a [Arc<Instance>],
    /// No pooled connection: for a request that must not be sent twice, after one broke.
    pub fresh: bool,
    /// The time.
    pub now: Monotonic,
}

impl Pool {
    /// No connections yet.
    #[must_use]
    pub fn new(upstreams: &Upstreams) -> Self {
        let seed = || upstreams.sources().random.next_u64();
        Self(Rc::new(Inner {
            shelf: Rc::new(Shelf::new(upstreams.settings())),
            balancer: RefCell::new(Balancer::new(Rng::new(seed()))),
            rng: Rng::new(seed()),
            upstreams: upstreams.clone(),
        }))
    }

    /// A connection to an instance of the service: past the breaker, past the bulkhead, from the pool or new. The
    /// future waits for a free slot and for connecting only; with a pooled connection it is ready at once.
    ///
    /// # Errors
    /// [`AcquireError`]; nothing has been sent.
    pub async fn acquire(&self, service: &Arc<Service>, pick: &Pick<'_>) -> Result<Lease, AcquireError> {
        self.acquire_by(service, &service.terms(), pick).await
    }

    /// The same, for whoever has looked up the terms already.
    ///
    /// # Errors
    /// [`AcquireError`]; nothing has been sent.
    pub async fn acquire_by(
        &self,
        service: &Arc<Service>,
        terms: &Terms,
        pick: &Pick<'_>,
    ) -> Result<Lease, AcquireError> {
        let mut acquired = pick.now;
        let entry = match service.try_enter(terms, service.timeline.at(acquired))? {
            Some(entry) => entry,
            // Boxed, so that the way that does not wait stays small.
            None => {
                let entry = Box::pin(service.enter(pick.deadline)).await?;
                acquired = service.timeline.clock().monotonic();
                entry
            }
        };
        let now = service.timeline.at(acquired);
        let instance = self.choose(&entry, pick, now)?;
        match self.pooled(service, &instance.0, pick, now) {
            Some(stream) => Ok(Lease::new(stream, true, entry, instance, self.0.shelf.clone(), acquired)),
            None => Box::pin(self.connect(entry, instance, pick.deadline)).await,
        }
    }

    fn choose(&self, entry: &Entry, pick: &Pick<'_>, now: Moment) -> Result<InFlight, AcquireError> {
        let (service, table) = (&entry.service, &entry.terms.0);
        let chosen = self.0.balancer.borrow_mut().choose(service, table, pick, now);
        chosen.map(InFlight::new).ok_or_else(|| AcquireError::NoInstance { service: service.name().clone() })
    }

    fn pooled(
        &self,
        service: &Service,
        instance: &Instance,
        pick: &Pick<'_>,
        now: Moment,
    ) -> Option<TcpStream> {
        if pick.fresh {
            return None;
        }
        let (stream, stale) = self.0.shelf.take(instance, now);
        if stale > 0 {
            service.counters.found_stale.fetch_add(stale, Relaxed);
        }
        stream
    }

    async fn connect(
        &self,
        mut entry: Entry,
        instance: InFlight,
        deadline: Deadline,
    ) -> Result<Lease, AcquireError> {
        let service = entry.service.clone();
        let wait = service.policy().timeouts.connect();
        let left = deadline.remaining(service.timeline.clock());
        let resolver = self.0.upstreams.resolver();
        match connect::connect(resolver, instance.0.target(), wait.min(left), self.0.rng.next()).await {
            Ok(stream) => {
                service.counters.connected.fetch_add(1, Relaxed);
                let now = service.timeline.clock().monotonic();
                Ok(Lease::new(stream, false, entry, instance, self.0.shelf.clone(), now))
            }
            // The request had less time left than a connection may take: nobody's fault.
            Err(source) if source.kind() == std::io::ErrorKind::TimedOut && left < wait => {
                service.counters.timed_out.fetch_add(1, Relaxed);
                Err(AcquireError::TimedOut { service: service.name().clone() })
            }
            Err(source) => {
                service.counters.connect_failed.fetch_add(1, Relaxed);
                let failed = Outcome::Failed(FailureKind::Connect);
                entry.record(Some(&instance.0), failed, service.timeline.now());
                let instance = instance.0.clone();
                Err(AcquireError::Connect { service: service.name().clone(), instance, source })
            }
        }
    }

    /// Idle connections now.
    #[must_use]
    pub fn idle(&self) -> usize {
        self.0.shelf.len()
    }

    /// Closes what has idled too long or belongs to an instance that has gone.
    pub fn sweep(&self) {
        self.0.sweep();
    }

    /// Sweeps from time to time, and when instances have changed. To be spawned on the worker; ends when the pool is
    /// dropped.
    pub fn maintain(&self) -> impl Future<Output = ()> + 'static {
        let pool = Rc::downgrade(&self.0);
        let mut changes = self.0.upstreams.changes();
        let interval = self.0.upstreams.settings().sweep_interval();
        async move {
            while sweep(&pool) {
                // Whether something has changed or the time is over: the next round looks at all of it.
                let _ = tokio::time::timeout(interval, changes.changed()).await;
            }
        }
    }
}

impl Inner {
    fn sweep(&self) {
        self.shelf.sweep(self.upstreams.timeline().now());
        let keys: Vec<_> = self.upstreams.services().iter().map(|service| service.key).collect();
        self.balancer.borrow_mut().retain(&keys);
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("idle", &self.idle()).finish_non_exhaustive()
    }
}

/// False when the pool has been dropped.
fn sweep(pool: &Weak<Inner>) -> bool {
    let Some(inner) = pool.upgrade() else { return false };
    inner.sweep();
    true
}
