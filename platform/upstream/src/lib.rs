#![doc = include_str!("../README.md")]

mod adaptive;
mod backoff;
mod balance;
mod breaker;
mod budget;
mod bulkhead;
mod ejection;
mod error;
mod health;
mod instance;
mod lease;
mod outcome;
mod policy;
mod pool;
mod resolver;
mod rng;
mod service;
mod settings;
mod spec;
mod timeline;
mod upstreams;
mod view;

pub use adaptive::{AdaptiveLimit, AdaptiveSettings, Admission, Admitted};
pub use breaker::{BreakerForce, BreakerState};
pub use budget::RetryBudget;
pub use error::{AcquireError, Fault, InvalidInstance, InvalidPolicy};
pub use health::HealthChecks;
pub use instance::Instance;
pub use lease::Lease;
pub use outcome::{FailureKind, Outcome};
pub use policy::{
    Balance, BreakerPolicy, BulkheadPolicy, EjectionPolicy, FailingStatuses, HealthPolicy, Policy,
    RetryPolicy, Timeouts,
};
pub use pool::{Pick, Pool};
pub use service::{Service, Terms};
pub use settings::UpstreamSettings;
pub use spec::InstanceSpec;
pub use upstreams::Upstreams;
pub use view::{BreakerView, InstanceView, ServiceView, SheddingView};

/// The hash of what a request sticks to (a session, a user), for [`Pick::hash`]: the same in every process and on every
/// machine, so that several gateways agree. Not for secrets.
#[must_use]
pub fn sticky_hash(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}
