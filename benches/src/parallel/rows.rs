//! What all rounds of a load gave, with everybody else of the same round as the measure.

use super::counted::Counted;
use super::rounds::{Measured, Taken};
use super::scenario::CONNECTIONS;
use super::who::Who;
use crate::load::Sample;
use crate::range::Range;
use std::collections::BTreeMap;

/// One of them in one scenario: the median of the rounds, and how far they lie apart.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Row {
    /// Who stands between the load and the two sides.
    pub(super) who: Who,
    /// Bytes of the body of an answer.
    pub(super) body_bytes: usize,
    /// Kept connections.
    pub(super) connections: usize,
    /// Requests that were counted, in all rounds.
    pub(super) requests: u64,
    /// Answered requests a second.
    pub(super) requests_per_s: Range,
    /// Half of the requests took no longer.
    pub(super) p50_us: Range,
    /// 99 of 100 requests took no longer.
    pub(super) p99_us: Range,
    /// CPU time of the whole process a request, until all comparisons of the load were done.
    pub(super) cpu_us_per_request: Range,
    /// CPU time of the load generator a request.
    pub(super) load_cpu_us_per_request: Range,
    /// CPU time a request as a multiple of another's in the same round, by the other's name.
    pub(super) cpu_of: BTreeMap<&'static str, Range>,
    /// What the gateway counted of these requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) counted: Option<Counted>,
    /// Of the requests, the share whose answers were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) compared_share: Option<f64>,
}

/// The rows of a scenario.
pub(super) fn of(measured: &Measured) -> Vec<Row> {
    let all = measured.scenario.who.iter().zip(&measured.taken);
    all.filter_map(|(who, taken)| row(measured, *who, taken)).collect()
}

fn row(measured: &Measured, who: Who, Taken { samples, counted }: &Taken) -> Option<Row> {
    let range = |figure: fn(&Sample) -> f64| Range::of(samples.iter().map(figure));
    let others = measured.scenario.who.iter().zip(&measured.taken);
    let others = others.filter(|(other, _)| **other != Who::Direct && **other != who);
    let requests: u64 = samples.iter().map(|sample| sample.requests).sum();
    let compares = matches!(who, Who::Banyan(compares) if compares.percent() > 0);
    let share = counted.compared() as f64 / requests.max(1) as f64;
    Some(Row {
        who,
        body_bytes: measured.scenario.body_bytes,
        connections: CONNECTIONS,
        requests,
        requests_per_s: range(|sample| sample.requests_per_s)?,
        p50_us: range(|sample| sample.p50_us)?,
        p99_us: range(|sample| sample.p99_us)?,
        cpu_us_per_request: range(|sample| sample.cpu_us)?,
        load_cpu_us_per_request: range(|sample| sample.load_cpu_us)?,
        cpu_of: others
            .filter_map(|(other, theirs)| Some((other.name(), ratio(samples, &theirs.samples)?)))
            .collect(),
        counted: compares.then(|| counted.clone()),
        compared_share: compares.then_some((share * 10_000.0).round() / 10_000.0),
    })
}

fn ratio(ours: &[Sample], theirs: &[Sample]) -> Option<Range> {
    Range::of(ours.iter().zip(theirs).map(|(ours, theirs)| ours.cpu_us / theirs.cpu_us))
}
