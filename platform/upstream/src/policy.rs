//! How one service is asked: balancing, deadlines, health, breaker, bulkhead, retries. Every number with its unit.

mod check;

use crate::AdaptiveSettings;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How one service is asked. Written in `features.toml` beside the service; what is left out has the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How an instance is picked.
    pub balance: Balance,
    /// Deadlines of one exchange.
    pub timeouts: Timeouts,
    /// An instance that is new, or healthy again, gets a share that grows over this time; 0 gives the whole at once.
    pub slow_start_ms: u64,
    /// The share with which slow start begins, percent of the instance's weight, 1 to 100.
    pub slow_start_min_percent: u32,
    /// With fewer available instances than this share of all, percent, health is ignored and all are asked: to
    /// overload the last few helps nobody. 0 does so only when none is available.
    pub panic_percent: u32,
    /// Which answers count as failures of the instance, for ejection and breaker.
    pub failing_statuses: FailingStatuses,
    /// Asking instances whether they are well.
    pub health: HealthPolicy,
    /// Leaving out instances that fail.
    pub ejection: EjectionPolicy,
    /// Leaving the whole service alone when it fails.
    pub breaker: BreakerPolicy,
    /// How much of this process one service may take.
    pub bulkhead: BulkheadPolicy,
    /// Whether a service that gets slow is asked less at once; what does not fit is refused at once.
    pub shedding: bool,
    /// Bounds and pace of that limit: requests between a connection and the head of their answer.
    pub shedding_limit: AdaptiveSettings,
    /// Asking again.
    pub retry: RetryPolicy,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            balance: Balance::RoundRobin,
            timeouts: Timeouts::default(),
            slow_start_ms: 10_000,
            slow_start_min_percent: 10,
            panic_percent: 10,
            failing_statuses: FailingStatuses::ServerErrors,
            health: HealthPolicy::default(),
            ejection: EjectionPolicy::default(),
            breaker: BreakerPolicy::default(),
            bulkhead: BulkheadPolicy::default(),
            shedding: true,
            shedding_limit: AdaptiveSettings::default(),
            retry: RetryPolicy::default(),
        }
    }
}

/// How an instance is picked among those available. All of them honour weights and slow start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Balance {
    /// In turn, smoothly by weight.
    RoundRobin,
    /// Of two drawn by weight the one with fewer requests in flight for its weight (power of two choices,
    /// Mitzenmacher 2001).
    LeastRequest,
    /// The same instance for the same key as long as it is there: weighted rendezvous hashing (Thaler and Ravishankar
    /// 1998). A request without a key goes by least request.
    ConsistentHash,
}

/// Deadlines of one exchange. `connect_ms` is kept here; the others by the caller, who reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// For a new connection, name lookup included.
    pub connect_ms: u64,
    /// From the last byte of the request to the first of the answer.
    pub first_byte_ms: u64,
    /// Longest silence within an answer, or in which nothing of the request is taken.
    pub idle_ms: u64,
    /// For the whole exchange; 0 sets none, and a stream ends by `idle_ms`.
    pub total_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_ms: 1_000, first_byte_ms: 30_000, idle_ms: 60_000, total_ms: 0 }
    }
}

impl Timeouts {
    /// For a new connection.
    #[must_use]
    pub fn connect(&self) -> Duration {
        Duration::from_millis(self.connect_ms)
    }

    /// To the first byte of the answer.
    #[must_use]
    pub fn first_byte(&self) -> Duration {
        Duration::from_millis(self.first_byte_ms)
    }

    /// Longest silence.
    #[must_use]
    pub fn idle(&self) -> Duration {
        Duration::from_millis(self.idle_ms)
    }

    /// For the whole exchange; `None`: no bound of its own.
    #[must_use]
    pub fn total(&self) -> Option<Duration> {
        (self.total_ms > 0).then(|| Duration::from_millis(self.total_ms))
    }
}

/// Which answers count as failures of the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailingStatuses {
    /// 500 to 599.
    #[serde(rename = "5xx")]
    ServerErrors,
    /// 502, 503 and 504: what a proxy before a dead application says.
    #[serde(rename = "gateway")]
    GatewayErrors,
    /// None: only a missing or broken answer counts.
    #[serde(rename = "none")]
    None,
}

impl FailingStatuses {
    /// Whether an answer with `status` counts as a failure.
    #[must_use]
    pub fn includes(self, status: u16) -> bool {
        match self {
            Self::ServerErrors => (500..600).contains(&status),
            Self::GatewayErrors => (502..=504).contains(&status),
            Self::None => false,
        }
    }
}

/// Active health checks: `GET path` to each instance, a new connection each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HealthPolicy {
    /// Path and query that is asked for below the instance's base path; `None` checks nothing.
    pub path: Option<String>,
    /// The lowest status that says well.
    pub status_min: u16,
    /// The highest status that says well.
    pub status_max: u16,
    /// From one check of an instance to the next.
    pub interval_ms: u64,
    /// The interval is longer or shorter by up to this share, percent, so that checks spread. At most 90.
    pub jitter_percent: u32,
    /// For one check, connecting included.
    pub timeout_ms: u64,
    /// So many failed checks in a row make an instance unhealthy.
    pub unhealthy_after: u32,
    /// So many good checks in a row make it healthy again.
    pub healthy_after: u32,
}

impl Default for HealthPolicy {
    fn default() -> Self {
        Self {
            path: None,
            status_min: 200,
            status_max: 399,
            interval_ms: 2_000,
            jitter_percent: 20,
            timeout_ms: 1_000,
            unhealthy_after: 3,
            healthy_after: 2,
        }
    }
}

/// Passive ejection: an instance that fails is left out for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EjectionPolicy {
    /// Whether instances are ejected at all.
    pub enabled: bool,
    /// So many failures in a row eject; 0 never.
    pub consecutive_failures: u32,
    /// Time left out, the first time; it grows by as much with every further ejection.
    pub base_ms: u64,
    /// Time left out at most.
    pub max_ms: u64,
    /// At most this share of the instances is left out, percent; one may always be, but never the last available.
    pub max_percent: u32,
    /// How often the success rates of the instances are compared.
    pub interval_ms: u64,
    /// An instance takes part in the comparison with so many requests in the interval.
    pub outlier_volume_min: u32,
    /// Success rates are compared among so many such instances; 0 never compares.
    pub outlier_instances_min: u32,
    /// Ejected is who lies below the mean success rate by more than this many hundredths of a standard deviation.
    pub outlier_deviations_percent: u32,
}

impl Default for EjectionPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            consecutive_failures: 5,
            base_ms: 10_000,
            max_ms: 120_000,
            max_percent: 50,
            interval_ms: 10_000,
            outlier_volume_min: 100,
            outlier_instances_min: 4,
            outlier_deviations_percent: 190,
        }
    }
}

/// The circuit breaker of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BreakerPolicy {
    /// Whether it opens by itself. A person can force it in either case.
    pub enabled: bool,
    /// Results are counted over this time.
    pub window_ms: u64,
    /// It opens only with so many results in the window.
    pub volume_min: u32,
    /// It opens when this share of them are failures, percent, 1 to 100.
    pub failure_percent: u32,
    /// How long it stays open before it probes.
    pub open_ms: u64,
    /// Half-open, so many requests are let through; as many successes close it, one failure opens it again.
    pub probes: u32,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            window_ms: 10_000,
            volume_min: 20,
            failure_percent: 50,
            open_ms: 5_000,
            probes: 3,
        }
    }
}

/// The bulkhead: what one service may take of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BulkheadPolicy {
    /// Connections of the service in use at once, upgraded ones included.
    pub connections_max: u32,
    /// Requests that wait for a connection; one more is refused.
    pub waiting_max: u32,
    /// How long a request waits for a connection, within its own deadline.
    pub wait_ms: u64,
}

impl Default for BulkheadPolicy {
    fn default() -> Self {
        Self { connections_max: 1_024, waiting_max: 1_024, wait_ms: 1_000 }
    }
}

/// Retries: how many for one request, and the budget for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetryPolicy {
    /// Attempts at one request, the first included; 1 never retries.
    pub attempts_max: u32,
    /// Retries as a share of requests, percent.
    pub budget_percent: u32,
    /// Retries a second that are allowed however few requests there are.
    pub budget_min_per_s: u32,
    /// Retries that can be saved up, at most.
    pub budget_burst: u32,
    /// Wait before the first retry, at most; it doubles with each further one. The wait is drawn from 0 to that.
    pub backoff_base_ms: u64,
    /// Wait before any retry, at most.
    pub backoff_max_ms: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts_max: 3,
            budget_percent: 20,
            budget_min_per_s: 10,
            budget_burst: 100,
            backoff_base_ms: 25,
            backoff_max_ms: 250,
        }
    }
}
