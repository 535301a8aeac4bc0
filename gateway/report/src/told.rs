//! The report: what is told of each route, in the shape that JSON has. Its first members stay as they are.

mod cause;
mod latency;
mod route;
#[cfg(test)]
pub(crate) mod tests;

pub use cause::CauseReport;
pub use latency::{Bar, Latency, LatencyVerdict, Quantiles, Sides};
pub use route::{DifferenceRate, RouteReport};

use crate::Verdict;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a parallel run found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Every route that was compared, by name.
    pub routes: Vec<RouteReport>,
    /// Of all of them: different when one is, else not enough when one is or there is none.
    pub verdict: Verdict,
    /// What the report covers begins here; RFC 3339. The beginning of a minute or of an hour.
    pub since: String,
    /// When it was made; RFC 3339.
    pub generated_at: String,
    /// How keeping fares.
    pub store: StoreReport,
}

/// Whether what was counted is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct StoreReport {
    /// Whether there is a store; without one counts end with the process.
    pub kept: bool,
    /// Why the store is not as it should be: then the report is of this process alone, or counts wait in memory.
    pub error: Option<String>,
    /// Compared requests that were lost because the store was away for too long.
    pub lost: u64,
    /// Hours of counts, each of one route and gateway, and samples that were thrown away for want of room.
    pub thrown_away: u64,
    /// Kept counts that this release cannot read.
    pub unreadable: u64,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportQuery {
    /// One route; `None`: all.
    pub route: Option<String>,
    /// How far back.
    pub since: std::time::Duration,
    /// Samples of each cause.
    pub samples_max: usize,
}

impl Default for ReportQuery {
    fn default() -> Self {
        Self { route: None, since: std::time::Duration::from_secs(24 * 3600), samples_max: 3 }
    }
}
