//! What is told of one route.

use super::cause::{CauseReport, Totals, tell};
use super::latency::{Latency, Quantiles, Sides, judge as judge_latency, quantiles};
use crate::class::{Class, believe};
use crate::counts::Counts;
use crate::verdict::judge;
use crate::{Cause, Limits, Sample, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Causes that are told of; the rest only counts.
const CAUSES_MAX: usize = 200;

/// One route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RouteReport {
    /// Its name.
    pub route: String,
    /// Whether it may be switched over.
    pub verdict: Verdict,
    /// Requests of which the answers of both sides were compared.
    pub compared: u64,
    /// Requests that were to be compared and were not, by cause.
    pub dropped: BTreeMap<String, u64>,
    /// The share of compared requests that really differ.
    pub difference_rate: DifferenceRate,
    /// How long the sides took, milliseconds.
    pub latency_ms: Sides<Quantiles>,
    /// What differed: real causes first, then by weight.
    pub causes: Vec<CauseReport>,
    /// The verdict in words.
    pub reason: String,
    /// Compared requests that it takes at least for "equivalent".
    pub needed: u64,
    /// The route's setting: requests without which nothing is said.
    pub enough: u64,
    /// The route's setting: the share of requests that may differ.
    pub allowed_difference: f64,
    /// Requests that really differ, or may do so.
    pub different: u64,
    /// Those of them that may be noise.
    pub unsure: u64,
    /// Requests that were not compared and may differ: the other side was asked and gave no whole answer in time, or the answers
    /// are not equal to the byte and nobody had room to look. They count as different for `upper_95`, and as equal for `lower_95`.
    #[serde(default)]
    pub unjudged: u64,
    /// Requests whose differences were gone when asked again.
    pub lagged: u64,
    /// Requests that the sides answered with a 5xx, where the answers differ.
    pub errors: Sides<u64>,
    /// Compared requests that the new side answered to the client.
    pub served_by_new: u64,
    /// Requests that one side was asked twice, in a sample of all.
    pub same_asked: u64,
    /// Whether the new side is slower.
    pub latency: Latency,
}

/// A share, and what it is at 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DifferenceRate {
    /// What was seen; what may be noise among it.
    pub estimate: f64,
    /// At least this, of what is shown to be real (Clopper and Pearson, one-sided), if all that was not judged is equal.
    pub lower_95: f64,
    /// At most this, of all that may be real, if all that was not judged differs.
    pub upper_95: f64,
}

/// A share with as many digits as mean something, so that programs read back what was written.
fn rounded(share: f64) -> f64 {
    (share * 1e9).round() / 1e9
}

impl RouteReport {
    /// Tells of a route.
    pub(crate) fn of(
        route: &str,
        counts: &Counts,
        limits: Limits,
        samples: &BTreeMap<Cause, Vec<Sample>>,
    ) -> Self {
        let believed = believe(counts);
        let judged = judge(counts, &believed, limits);
        let totals = Totals { compared: counts.compared, same_asked: counts.same_asked };
        let causes = counts.causes.iter().flat_map(|(cause, of)| {
            let samples = samples.get(cause).map(Vec::as_slice).unwrap_or_default();
            tell(cause, of, believed.get(cause), &totals, samples)
        });
        let mut causes: Vec<CauseReport> = causes.collect();
        causes.sort_by_key(|cause| (cause.class, !cause.sure, std::cmp::Reverse(cause.count)));
        causes.truncate(CAUSES_MAX);
        Self {
            route: route.to_owned(),
            verdict: judged.verdict,
            compared: counts.compared,
            dropped: counts.dropped.clone(),
            difference_rate: DifferenceRate {
                estimate: rounded(judged.estimate),
                lower_95: rounded(judged.lower),
                upper_95: rounded(judged.upper),
            },
            latency_ms: Sides { old: quantiles(&counts.old), new: quantiles(&counts.new) },
            causes,
            reason: judged.reason,
            needed: judged.needed,
            enough: limits.enough,
            allowed_difference: limits.allowed_difference,
            different: judged.different,
            unsure: judged.unsure,
            unjudged: judged.unjudged,
            lagged: counts.lagged,
            errors: Sides { old: counts.old_errors, new: counts.new_errors },
            served_by_new: counts.served_by_new,
            same_asked: counts.same_asked,
            latency: judge_latency(&counts.old, &counts.new),
        }
    }

    /// The causes that count against the route.
    pub fn real(&self) -> impl Iterator<Item = &CauseReport> {
        self.causes.iter().filter(|cause| cause.class == Class::Real)
    }
}
