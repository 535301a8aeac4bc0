//! Services, instances and breakers as they are on the wire.

use crate::features::UpstreamKind;
use registry::{Instance, SourceState};
use serde::{Deserialize, Serialize};
use upstream::{Balance, BreakerForce, BreakerState, InstanceView, Service, ServiceView};
use utoipa::ToSchema;

/// All services.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct ServiceList {
    /// Services and legacy upstreams that the features name.
    pub(super) services: Vec<ServiceRow>,
    /// Services that have registered and that no route names.
    pub(super) unrouted: Vec<Unrouted>,
    /// Where instances come from, and how each of those fares.
    #[schema(value_type = Vec<Object>)]
    pub(super) sources: Vec<SourceState>,
}

/// A service that no route names.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct Unrouted {
    name: String,
    /// Ids of its instances.
    instances: Vec<String>,
}

/// What something outside of this process is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::admin) enum Kind {
    /// The new side of routes.
    Service,
    /// The old side of routes.
    Legacy,
    /// No longer named: requests that began before may still use it.
    Leaving,
}

/// A service at one moment. Counts are since the process began.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct ServiceRow {
    name: String,
    kind: Kind,
    /// How instances are picked: `round-robin`, `least-request`, `consistent-hash`.
    #[schema(value_type = String)]
    balance: Balance,
    breaker: Breaker,
    connections: Connections,
    shedding: Shedding,
    retries: Retries,
    /// Requests refused by the breaker.
    refused_by_breaker: u64,
    /// Instances left out after failures, so far.
    ejections: u64,
    instances: Vec<InstanceRow>,
}

/// A circuit breaker at one moment.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct Breaker {
    /// What it does with requests: `closed`, `open`, `half-open`.
    #[schema(value_type = String)]
    state: BreakerState,
    /// What a person wants of it: `auto`, `open`, `closed`.
    #[schema(value_type = String)]
    force: BreakerForce,
    /// How often it has opened by itself.
    opened: u64,
    /// Results that it looks back on.
    recent: u64,
    /// Failures among them.
    recent_failures: u64,
}

/// The connections of a service.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct Connections {
    in_use: u32,
    max: u32,
    /// Requests that wait for one.
    waiting: u32,
    waiting_max: u32,
    /// Requests refused because too many waited.
    refused: u64,
    /// Requests that waited in vain.
    timed_out: u64,
    made: u64,
    failed: u64,
    /// Kept ones that were found closed.
    stale: u64,
}

/// Load shedding of a service: it is asked less at once while it is slow.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct Shedding {
    /// Requests that may wait for an answer now; `null`: nothing is shed.
    limit: Option<u32>,
    /// Requests that wait for an answer and count against it.
    in_flight: u32,
    /// Requests refused because as many did.
    shed: u64,
    /// Time to the first byte that counts as usual, milliseconds; `null` before enough was seen.
    usual_ms: Option<f64>,
}

/// The retries of a service.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct Retries {
    made: u64,
    /// Not made for want of budget.
    refused: u64,
    /// How many the budget would pay for now.
    available: u64,
}

/// An instance at one moment. Counts are since it came.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct InstanceRow {
    id: String,
    url: String,
    weight: u32,
    /// Who says that it is there: `fixed`, `embedded`, `redis`, `dns`; `features`: the features file lists it.
    origin: String,
    /// What the active checks say; true without checks.
    healthy: bool,
    /// The share of its weight that slow start grants now, 0 to 1.
    warm: f64,
    /// Milliseconds for which it is still left out after failures; `null`: it is not.
    ejected_for_ms: Option<u64>,
    in_flight: u32,
    /// Time to the first byte, smoothed, milliseconds; `null` before the first answer.
    latency_ms: Option<f64>,
    requests: u64,
    failures: u64,
}

/// What is wanted of a breaker.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct BreakerBody {
    pub(super) state: Force,
}

/// What a person may want of a breaker.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::admin) enum Force {
    /// Refuse all requests.
    Open,
    /// Let all through, whatever happens.
    Closed,
    /// Decide by itself.
    Auto,
}

/// A breaker after somebody wanted something of it.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct BreakerAnswer {
    service: String,
    /// What a person wants of it: `auto`, `open`, `closed`.
    #[schema(value_type = String)]
    force: BreakerForce,
    /// What it does with requests: `closed`, `open`, `half-open`.
    #[schema(value_type = String)]
    state: BreakerState,
}

impl From<Force> for BreakerForce {
    fn from(force: Force) -> Self {
        match force {
            Force::Open => Self::Open,
            Force::Closed => Self::Closed,
            Force::Auto => Self::Auto,
        }
    }
}

impl BreakerAnswer {
    pub(super) fn of(service: &Service) -> Self {
        Self { service: service.name().to_string(), force: service.breaker_force(), state: service.breaker() }
    }
}

impl Unrouted {
    pub(super) fn of(name: &str, instances: &[Instance]) -> Self {
        let instances = instances.iter().map(|instance| instance.id.to_string()).collect();
        Self { name: name.to_owned(), instances }
    }
}

impl ServiceRow {
    pub(super) fn of(view: ServiceView, kind: Option<UpstreamKind>, registered: &[Instance]) -> Self {
        let kind = match kind {
            Some(UpstreamKind::Service) => Kind::Service,
            Some(UpstreamKind::Legacy) => Kind::Legacy,
            None => Kind::Leaving,
        };
        Self {
            name: view.name,
            kind,
            balance: view.balance,
            breaker: Breaker {
                state: view.breaker.state,
                force: view.breaker.force,
                opened: view.breaker.opened,
                recent: view.breaker.recent,
                recent_failures: view.breaker.recent_failures,
            },
            connections: Connections {
                in_use: view.in_use,
                max: view.connections_max,
                waiting: view.waiting,
                waiting_max: view.waiting_max,
                refused: view.refused_by_bulkhead,
                timed_out: view.timed_out,
                made: view.connected,
                failed: view.connect_failed,
                stale: view.found_stale,
            },
            shedding: Shedding {
                limit: view.shedding.limit,
                in_flight: view.shedding.in_flight,
                shed: view.shedding.shed,
                usual_ms: view.shedding.usual_ms,
            },
            retries: Retries {
                made: view.retries,
                refused: view.retries_refused,
                available: view.retries_available,
            },
            refused_by_breaker: view.refused_by_breaker,
            ejections: view.ejections,
            instances: view.instances.into_iter().map(|one| InstanceRow::of(one, registered)).collect(),
        }
    }
}

impl InstanceRow {
    fn of(view: InstanceView, registered: &[Instance]) -> Self {
        let origin = registered.iter().find(|known| *known.id == *view.id).map(|known| known.origin);
        let origin = origin.and_then(|origin| Some(serde_json::to_value(origin).ok()?.as_str()?.to_owned()));
        Self {
            id: view.id,
            url: view.url,
            weight: view.weight,
            origin: origin.unwrap_or_else(|| "features".to_owned()),
            healthy: view.healthy,
            warm: view.warm,
            ejected_for_ms: view.ejected_for_ms,
            in_flight: view.in_flight,
            latency_ms: view.latency_ms,
            requests: view.requests,
            failures: view.failures,
        }
    }
}
