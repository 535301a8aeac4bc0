//! One running process of a service, and what is known of it: health, load, latency.

use crate::outcome::Verdict;
use crate::spec::Target;
use crate::timeline::{Moment, nanos};
use crate::{InstanceSpec, Policy};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Weights are scaled by this, so that slow start has steps even for a weight of 1.
pub(crate) const WEIGHT_SCALE: u64 = 1_000;
/// A new latency counts for one part in so many.
const LATENCY_SMOOTHING: u64 = 8;

/// One running process of a service. Shared by all workers; its numbers are independent of each other (`Relaxed`).
#[derive(Debug)]
pub struct Instance {
    /// Unique in the process: an id that comes back with another URL is another instance.
    pub(crate) key: u64,
    /// Hash of the id, the same in every process.
    pub(crate) id_hash: u64,
    id: Arc<str>,
    pub(crate) spec: InstanceSpec,
    weight: AtomicU32,
    gone: AtomicBool,
    in_flight: AtomicU32,
    latency_ns: AtomicU64,
    requests: AtomicU64,
    failures: AtomicU64,
    /// When its share began to grow.
    warm_from_ns: AtomicU64,
    pub(crate) checks: Checks,
    pub(crate) ejection: Ejected,
}

/// What the active health checks found. Written by the checker only, one check of an instance at a time.
#[derive(Debug)]
pub(crate) struct Checks {
    pub(crate) healthy: AtomicBool,
    /// Checks in a row that went the same way.
    pub(crate) good: AtomicU32,
    pub(crate) bad: AtomicU32,
    pub(crate) due_ns: AtomicU64,
    pub(crate) under_way: AtomicBool,
}

/// What passive ejection knows. `until_ns` and `times` are written under the service's ejection lock only.
#[derive(Debug, Default)]
pub(crate) struct Ejected {
    pub(crate) until_ns: AtomicU64,
    pub(crate) times: AtomicU32,
    pub(crate) failures_in_row: AtomicU32,
    pub(crate) interval_requests: AtomicU32,
    pub(crate) interval_failures: AtomicU32,
}

impl Instance {
    pub(crate) fn new(spec: InstanceSpec, key: u64, now: Moment) -> Self {
        Self {
            key,
            id_hash: crate::sticky_hash(spec.id.as_bytes()),
            id: spec.id.as_str().into(),
            weight: AtomicU32::new(spec.weight),
            spec,
            gone: AtomicBool::new(false),
            in_flight: AtomicU32::new(0),
            latency_ns: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            warm_from_ns: AtomicU64::new(now.0),
            checks: Checks {
                healthy: AtomicBool::new(true),
                good: AtomicU32::new(0),
                bad: AtomicU32::new(0),
                due_ns: AtomicU64::new(0),
                under_way: AtomicBool::new(false),
            },
            ejection: Ejected::default(),
        }
    }

    /// Its id, unique within the service.
    #[must_use]
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// `host[:port]` of its URL, for the `Host` header.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.spec.authority
    }

    /// The path of its URL, which goes before every request's path: empty, or `/…` without a slash at the end.
    #[must_use]
    pub fn base_path(&self) -> &str {
        &self.spec.base_path
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        self.spec.url()
    }

    /// Its share of requests relative to the others.
    #[must_use]
    pub fn weight(&self) -> u32 {
        self.weight.load(Relaxed)
    }

    /// Requests that are with it now.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.in_flight.load(Relaxed)
    }

    /// Whether the active checks find it well; true where there are none.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.checks.healthy.load(Relaxed)
    }

    /// Whether it has been taken out of the service.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.gone.load(Relaxed)
    }

    /// Time to the first byte, smoothed; `None` before the first answer.
    #[must_use]
    pub fn latency(&self) -> Option<Duration> {
        let nanos = self.latency_ns.load(Relaxed);
        (nanos > 0).then(|| Duration::from_nanos(nanos))
    }

    /// Exchanges that said something of it, and how many of them failed.
    pub(crate) fn totals(&self) -> (u64, u64) {
        (self.requests.load(Relaxed), self.failures.load(Relaxed))
    }

    pub(crate) fn target(&self) -> &Target {
        &self.spec.target
    }

    pub(crate) fn is_ejected(&self, now: Moment) -> bool {
        self.ejection.until_ns.load(Relaxed) > now.0
    }

    pub(crate) fn is_available(&self, now: Moment) -> bool {
        self.is_healthy() && !self.is_ejected(now)
    }

    pub(crate) fn set_weight(&self, weight: u32) {
        self.weight.store(weight, Relaxed);
    }

    pub(crate) fn set_gone(&self) {
        self.gone.store(true, Relaxed);
    }

    /// Its share grows anew from `from`.
    pub(crate) fn warm_up_from(&self, from: Moment) {
        self.warm_from_ns.store(from.0, Relaxed);
    }

    /// The scaled weight as slow start sees it at `now`: never zero for a weight above zero.
    pub(crate) fn effective_weight(&self, policy: &Policy, now: Moment) -> u64 {
        let full = u64::from(self.weight()) * WEIGHT_SCALE;
        let whole = policy.slow_start_ms;
        let warm_ms = now.since(Moment(self.warm_from_ns.load(Relaxed))).as_millis();
        let warm_ms = u64::try_from(warm_ms).unwrap_or(u64::MAX);
        if warm_ms >= whole {
            return full;
        }
        let least = full * u64::from(policy.slow_start_min_percent) / 100;
        (full * warm_ms / whole).max(least).max(u64::from(full > 0))
    }

    /// The share of its weight that slow start grants at `now`, 0 to 1.
    pub(crate) fn warmth(&self, policy: &Policy, now: Moment) -> f64 {
        let full = u64::from(self.weight()) * WEIGHT_SCALE;
        let small = |weight: u64| f64::from(u32::try_from(weight).unwrap_or(u32::MAX));
        if full == 0 { 1.0 } else { small(self.effective_weight(policy, now)) / small(full) }
    }

    pub(crate) fn count(&self, verdict: Verdict) {
        if verdict != Verdict::Neither {
            self.requests.fetch_add(1, Relaxed);
        }
        if verdict == Verdict::Failure {
            self.failures.fetch_add(1, Relaxed);
        }
    }

    /// Two workers at once may lose one of two values, which a smoothed value can stand.
    pub(crate) fn observe_latency(&self, first_byte: Duration) {
        let sample = nanos(first_byte).max(1);
        let before = self.latency_ns.load(Relaxed);
        let after = match before {
            0 => sample,
            _ => before - before / LATENCY_SMOOTHING + sample / LATENCY_SMOOTHING,
        };
        self.latency_ns.store(after.max(1), Relaxed);
    }
}

/// Counts a request as in flight at an instance until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlight(pub(crate) Arc<Instance>);

impl InFlight {
    pub(crate) fn new(instance: Arc<Instance>) -> Self {
        instance.in_flight.fetch_add(1, Relaxed);
        Self(instance)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_start_grows_from_its_least_share_to_the_whole_weight() {
        let spec = InstanceSpec::parse("a", "http://127.0.0.1:1", 4).unwrap();
        let instance = Instance::new(spec, 1, Moment(0));
        let policy = Policy { slow_start_ms: 1_000, slow_start_min_percent: 25, ..Policy::default() };
        let weight = |ms| instance.effective_weight(&policy, Moment(0).plus_ms(ms));
        assert_eq!((weight(0), weight(100), weight(500), weight(1_000)), (1_000, 1_000, 2_000, 4_000));
        instance.warm_up_from(Moment(0).plus_ms(5_000));
        assert_eq!((weight(5_000), weight(6_000)), (1_000, 4_000));
    }

    #[test]
    fn latency_follows_what_it_sees() {
        let spec = InstanceSpec::parse("a", "http://127.0.0.1:1", 1).unwrap();
        let instance = Instance::new(spec, 1, Moment(0));
        assert_eq!(instance.latency(), None);
        instance.observe_latency(Duration::from_micros(800));
        assert_eq!(instance.latency(), Some(Duration::from_micros(800)));
        instance.observe_latency(Duration::from_micros(1_600));
        assert_eq!(instance.latency(), Some(Duration::from_micros(900)));
    }
}
