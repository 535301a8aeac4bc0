//! Services and instances as people see them, in the admin API and on the dashboard.

use crate::instance::Instance;
use crate::timeline::Moment;
use crate::{Balance, BreakerForce, BreakerState, Service};
use serde::Serialize;
use std::sync::atomic::Ordering::Relaxed;

/// A service at one moment. Counts are since the process began.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceView {
    /// Its name.
    pub name: String,
    /// How instances are picked.
    pub balance: Balance,
    /// The breaker.
    pub breaker: BreakerView,
    /// Connections in use.
    pub in_use: u32,
    /// Connections that may be in use.
    pub connections_max: u32,
    /// Requests that wait for a connection.
    pub waiting: u32,
    /// Requests that may wait.
    pub waiting_max: u32,
    /// Load shedding.
    pub shedding: SheddingView,
    /// Retries that the budget would pay for now.
    pub retries_available: u64,
    /// Retries made.
    pub retries: u64,
    /// Retries not made for want of budget.
    pub retries_refused: u64,
    /// Requests refused by the breaker.
    pub refused_by_breaker: u64,
    /// Requests refused because too many waited.
    pub refused_by_bulkhead: u64,
    /// Requests that waited for a connection in vain.
    pub timed_out: u64,
    /// Connections made.
    pub connected: u64,
    /// Connections that could not be made.
    pub connect_failed: u64,
    /// Pooled connections that were found closed.
    pub found_stale: u64,
    /// Ejections.
    pub ejections: u64,
    /// Its instances, by id.
    pub instances: Vec<InstanceView>,
}

/// Load shedding at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SheddingView {
    /// Requests that may wait for an answer now; `None`: nothing is shed.
    pub limit: Option<u32>,
    /// Requests that wait for an answer and count against it.
    pub in_flight: u32,
    /// Requests refused because as many did.
    pub shed: u64,
    /// Time to the first byte that counts as usual, milliseconds; `None` before enough was seen.
    pub usual_ms: Option<f64>,
}

/// A breaker at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BreakerView {
    /// What it does with requests.
    pub state: BreakerState,
    /// What a person wants of it.
    pub force: BreakerForce,
    /// How often it has opened by itself.
    pub opened: u64,
    /// Results in its window.
    pub recent: u64,
    /// Failures among them.
    pub recent_failures: u64,
}

/// An instance at one moment. Counts are since it came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InstanceView {
    /// Its id.
    pub id: String,
    /// Its URL.
    pub url: String,
    /// Its weight.
    pub weight: u32,
    /// The share of its weight that slow start grants now, 0 to 1.
    pub warm: f64,
    /// What the active checks say; true without checks.
    pub healthy: bool,
    /// Milliseconds for which it is still left out after failures; `None`: it is not.
    pub ejected_for_ms: Option<u64>,
    /// Requests in flight.
    pub in_flight: u32,
    /// Time to the first byte, smoothed, milliseconds; `None` before the first answer.
    pub latency_ms: Option<f64>,
    /// Exchanges with a result.
    pub requests: u64,
    /// Failures among them.
    pub failures: u64,
}

impl ServiceView {
    pub(crate) fn of(service: &Service) -> Self {
        let now = service.timeline.now();
        let table = service.table.load();
        let (policy, counters) = (&table.policy, &service.counters);
        let (retries, retries_refused) = service.retry_budget().totals();
        let (recent, recent_failures) = service.breaker.recent(&policy.breaker, now);
        Self {
            name: service.name().to_string(),
            balance: policy.balance,
            breaker: BreakerView {
                state: service.breaker.state(&policy.breaker, now),
                force: service.breaker.forced(),
                opened: service.breaker.opened(),
                recent,
                recent_failures,
            },
            in_use: service.bulkhead.in_use(),
            connections_max: policy.bulkhead.connections_max,
            waiting: service.bulkhead.waiting(),
            waiting_max: policy.bulkhead.waiting_max,
            shedding: SheddingView::of(service, policy),
            retries_available: service.retry_budget().available(),
            retries,
            retries_refused,
            refused_by_breaker: counters.refused_by_breaker.load(Relaxed),
            refused_by_bulkhead: counters.refused_by_bulkhead.load(Relaxed),
            timed_out: counters.timed_out.load(Relaxed),
            connected: counters.connected.load(Relaxed),
            connect_failed: counters.connect_failed.load(Relaxed),
            found_stale: counters.found_stale.load(Relaxed),
            ejections: counters.ejected.load(Relaxed),
            instances: table
                .instances
                .iter()
                .map(|instance| InstanceView::of(instance, policy, now))
                .collect(),
        }
    }
}

impl SheddingView {
    fn of(service: &Service, policy: &crate::Policy) -> Self {
        let gate = &service.gate;
        Self {
            limit: policy.shedding.then(|| gate.limit()),
            in_flight: gate.in_flight(),
            shed: gate.shed(),
            usual_ms: gate.usual_latency().map(|latency| latency.as_secs_f64() * 1_000.0),
        }
    }
}

impl InstanceView {
    fn of(instance: &Instance, policy: &crate::Policy, now: Moment) -> Self {
        let (requests, failures) = instance.totals();
        let until = Moment(instance.ejection.until_ns.load(Relaxed));
        Self {
            id: instance.id().to_string(),
            url: instance.url(),
            weight: instance.weight(),
            warm: instance.warmth(policy, now),
            healthy: instance.is_healthy(),
            ejected_for_ms: instance
                .is_ejected(now)
                .then(|| u64::try_from(until.since(now).as_millis()).unwrap_or(u64::MAX)),
            in_flight: instance.in_flight(),
            latency_ms: instance.latency().map(|latency| latency.as_secs_f64() * 1_000.0),
            requests,
            failures,
        }
    }
}
