//! The section `upstream`: what holds for all services and for each worker's connections.

use crate::Policy;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Limits of the connections to upstreams, of name lookups and of health checks; and the policy of services that have
/// none of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UpstreamSettings {
    /// Idle connections a worker keeps to one instance; the one that idled longest is closed for one more.
    pub idle_max_per_instance: usize,
    /// Idle connections a worker keeps in all; one more is closed.
    pub idle_max_per_worker: usize,
    /// An idle connection is closed after this. Below the keep-alive time of the upstreams, so that they do not
    /// close it first.
    pub idle_timeout_ms: u64,
    /// A connection that idled at least this long is looked at before it is used. Looking costs a system call only
    /// where the runtime has seen something arrive, so 0 (look always) is cheap.
    pub probe_after_idle_ms: u64,
    /// How often a worker looks for connections that idled too long.
    pub sweep_interval_ms: u64,
    /// How long the addresses of a name are believed.
    pub dns_cache_ms: u64,
    /// How long the last known addresses of a name are used while it cannot be looked up.
    pub dns_stale_max_ms: u64,
    /// Names looked up at once in the process; more wait, each within its connect deadline.
    pub dns_concurrent_max: usize,
    /// Names whose addresses are kept; beyond it the cache is emptied.
    pub dns_names_max: usize,
    /// Health checks under way at once; what is due beyond it waits for the next round.
    pub health_concurrent_max: usize,
    /// How often is looked whether a health check is due.
    pub health_round_ms: u64,
    /// The policy of a service that has none of its own.
    pub policy: Policy,
}

impl Default for UpstreamSettings {
    fn default() -> Self {
        Self {
            idle_max_per_instance: 256,
            idle_max_per_worker: 1024,
            idle_timeout_ms: 30_000,
            probe_after_idle_ms: 0,
            sweep_interval_ms: 1_000,
            dns_cache_ms: 5_000,
            dns_stale_max_ms: 300_000,
            dns_concurrent_max: 16,
            dns_names_max: 4_096,
            health_concurrent_max: 32,
            health_round_ms: 100,
            policy: Policy::default(),
        }
    }
}

impl UpstreamSettings {
    pub(crate) fn idle_timeout(&self) -> Duration {
        Duration::from_millis(self.idle_timeout_ms)
    }

    pub(crate) fn probe_after_idle(&self) -> Duration {
        Duration::from_millis(self.probe_after_idle_ms)
    }

    pub(crate) fn sweep_interval(&self) -> Duration {
        Duration::from_millis(self.sweep_interval_ms.max(10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_enough_and_unknown_settings_are_refused() {
        let settings: UpstreamSettings =
            serde_json::from_str(r#"{"policy": {"breaker": {"open_ms": 7}}}"#).unwrap();
        assert_eq!(settings.policy.breaker.open_ms, 7);
        assert_eq!(settings.idle_max_per_worker, 1024);
        serde_json::from_str::<UpstreamSettings>(r#"{"idle": 7}"#).unwrap_err();
        serde_json::from_str::<UpstreamSettings>(r#"{"policy": {"breaker": {"ms": 7}}}"#).unwrap_err();
    }
}
