//! What all rounds of a load gave, with the floor of the same round as the measure.

use super::Step;
use crate::disk;
use crate::load::Sample;
use crate::place::Engine;
use crate::range::Range;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Any path of a plain actix-web server that answers one constant of the size of a message.
    Floor,
    /// `GET /api/messages/1` with `host.etag` off.
    Get,
    /// `GET /api/messages/1` with default settings.
    GetEtag,
    /// `POST /api/messages` with a Bearer token, default settings.
    Post,
}

impl Kind {
    /// As it stands in tables: "post sqlite".
    pub(crate) fn name(self, storage: Option<Engine>) -> String {
        let kind = match self {
            Self::Floor => "floor",
            Self::Get => "get",
            Self::GetEtag => "get+etag",
            Self::Post => "post",
        };
        storage.map_or_else(|| kind.to_owned(), |engine| format!("{kind} {}", engine.name()))
    }
}

/// A load with so many connections: the median of the rounds, and how far they lie apart.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct LoadRow {
    /// What is asked.
    pub(crate) kind: Kind,
    /// Where the data is; none behind the floor.
    pub(crate) storage: Option<Engine>,
    /// Kept connections, each with one request under way.
    pub(crate) connections: usize,
    /// Bytes of the body of an answer.
    pub(crate) body_bytes: usize,
    /// Requests that were counted, in all rounds.
    pub(crate) requests: u64,
    /// Answered requests a second.
    pub(crate) requests_per_s: Range,
    /// Half of the requests took no longer.
    pub(crate) p50_us: Range,
    /// 99 of 100 requests took no longer.
    pub(crate) p99_us: Range,
    /// CPU time of the server's process a request.
    pub(crate) cpu_us_per_request: Range,
    /// CPU time of the load generator a request.
    pub(crate) load_cpu_us_per_request: Range,
    /// CPU time of everybody else a request: a database server, the kernel's threads, neighbours.
    pub(crate) others_cpu_us_per_request: Range,
    /// Requests a second, as a multiple of the floor's in the same round.
    pub(crate) requests_of_floor: Range,
    /// CPU time of the server a request, as a multiple of the floor's in the same round.
    pub(crate) cpu_of_floor: Range,
}

/// What the disk can do by itself.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct DiskRow {
    /// 4 KiB written over and `fdatasync`, one after the other.
    pub(crate) syncs_per_s: Range,
    /// Half of them took no longer.
    pub(crate) p50_us: Range,
    /// 99 of 100 took no longer.
    pub(crate) p99_us: Range,
}

/// A row a step.
pub(super) fn of(steps: &[Step<'_>]) -> Vec<LoadRow> {
    steps.iter().filter_map(|step| row(step, floor(steps, step.connections)?)).collect()
}

/// What the disk gave in all rounds.
pub(super) fn disk(samples: &[disk::Sample]) -> Option<DiskRow> {
    let range = |figure: fn(&disk::Sample) -> f64| Range::of(samples.iter().map(figure));
    Some(DiskRow {
        syncs_per_s: range(|sample| sample.syncs_per_s)?,
        p50_us: range(|sample| sample.p50_us)?,
        p99_us: range(|sample| sample.p99_us)?,
    })
}

/// The floor's rounds with so many connections.
fn floor<'a>(steps: &'a [Step<'_>], connections: usize) -> Option<&'a [Sample]> {
    let mut steps = steps.iter();
    let floor = steps.find(|step| step.target.kind == Kind::Floor && step.connections == connections)?;
    Some(&floor.samples)
}

fn row(step: &Step<'_>, floor: &[Sample]) -> Option<LoadRow> {
    let range = |figure: fn(&Sample) -> f64| Range::of(step.samples.iter().map(figure));
    let of_floor = |figure: fn(&Sample) -> f64| {
        let rounds = step.samples.iter().zip(floor);
        Range::of(rounds.map(|(ours, floor)| figure(ours) / figure(floor)))
    };
    Some(LoadRow {
        kind: step.target.kind,
        storage: step.target.storage,
        connections: step.connections,
        body_bytes: step.target.body_bytes,
        requests: step.samples.iter().map(|sample| sample.requests).sum(),
        requests_per_s: range(|sample| sample.requests_per_s)?,
        p50_us: range(|sample| sample.p50_us)?,
        p99_us: range(|sample| sample.p99_us)?,
        cpu_us_per_request: range(|sample| sample.cpu_us)?,
        load_cpu_us_per_request: range(|sample| sample.load_cpu_us)?,
        others_cpu_us_per_request: range(|sample| sample.others_cpu_us)?,
        requests_of_floor: of_floor(|sample| sample.requests_per_s)?,
        cpu_of_floor: of_floor(|sample| sample.cpu_us)?,
    })
}
