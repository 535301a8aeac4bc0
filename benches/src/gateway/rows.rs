//! What all rounds of a load gave, with everybody else of the same round as the measure.

use super::rounds::Measured;
use super::scenario::CONNECTIONS;
use super::target::Proxy;
use crate::load::Sample;
use crate::range::Range;
use std::collections::BTreeMap;

/// One proxy in one scenario: the median of the rounds, and how far they lie apart.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Row {
    /// The scenario.
    pub(super) scenario: String,
    /// Who stands between load and backend.
    pub(super) proxy: Proxy,
    /// Bytes of the body of an answer.
    pub(super) body_bytes: usize,
    /// Requests a second that were asked for; `None`: as many as go.
    pub(super) rate_per_s: Option<f64>,
    /// Kept connections.
    pub(super) connections: usize,
    /// Requests that were counted, in all rounds.
    pub(super) requests: u64,
    /// Answered requests a second.
    pub(super) requests_per_s: Range,
    /// Half of the requests took no longer; at a fixed rate counted from the moment at which they were due.
    pub(super) p50_us: Range,
    /// 99 of 100 requests took no longer.
    pub(super) p99_us: Range,
    /// CPU time of the proxy's processes a request.
    pub(super) cpu_us_per_request: Range,
    /// CPU time of the load generator a request.
    pub(super) load_cpu_us_per_request: Range,
    /// CPU time a request as a multiple of another's in the same round, by the other's name.
    pub(super) cpu_of: BTreeMap<&'static str, Range>,
}

/// The rows of a scenario.
pub(super) fn of(measured: &Measured) -> Vec<Row> {
    let proxies = measured.scenario.proxies.iter().zip(&measured.samples);
    proxies.filter_map(|(proxy, samples)| row(measured, *proxy, samples)).collect()
}

fn row(measured: &Measured, proxy: Proxy, samples: &[Sample]) -> Option<Row> {
    let range = |figure: fn(&Sample) -> f64| Range::of(samples.iter().map(figure));
    let scenario = &measured.scenario;
    let others = scenario.proxies.iter().zip(&measured.samples);
    let others = others.filter(|(other, _)| !matches!(other, Proxy::Direct) && **other != proxy);
    Some(Row {
        scenario: scenario.name(),
        proxy,
        body_bytes: scenario.body_bytes,
        rate_per_s: scenario.rate_per_s,
        connections: CONNECTIONS,
        requests: samples.iter().map(|sample| sample.requests).sum(),
        requests_per_s: range(|sample| sample.requests_per_s)?,
        p50_us: range(|sample| sample.p50_us)?,
        p99_us: range(|sample| sample.p99_us)?,
        cpu_us_per_request: range(|sample| sample.cpu_us)?,
        load_cpu_us_per_request: range(|sample| sample.load_cpu_us)?,
        cpu_of: others.filter_map(|(other, theirs)| Some((other.name(), ratio(samples, theirs)?))).collect(),
    })
}

fn ratio(ours: &[Sample], theirs: &[Sample]) -> Option<Range> {
    Range::of(ours.iter().zip(theirs).map(|(ours, theirs)| ours.cpu_us / theirs.cpu_us))
}
