//! Shadows that hang: what their clients see, who are answered by the other side, beside no shadow at all.

use super::Bench;
use super::counted::Counted;
use super::scenario::{CONNECTIONS, USUAL_BYTES, request};
use super::target::gateway;
use super::who::Compares;
use crate::banyan::Banyan;
use crate::error::BenchError;
use crate::load::{Load, Sample};
use crate::proxy::serving::Serving;
use crate::proxy::{backend, mute};
use crate::range::Range;
use crate::usage::Memory;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

/// Behind `--only`.
pub(super) const NAME: &str = "hung";
/// Requests a second.
const RATE_PER_S: f64 = 2_000.0;
/// Rounds for each of the others: tails need many.
const ROUNDS_FOR_ONE: usize = 3;
/// How long a load of a round counts.
const MEASURED: Duration = Duration::from_millis(1_500);

/// What is wrong with the shadow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Shadow {
    /// There is none: nothing is compared.
    None,
    /// It reads and never answers.
    Silent,
    /// It accepts and never reads.
    NeverReads,
    /// Nobody listens.
    Down,
}

/// What clients saw beside a hung shadow.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Row {
    pub(super) shadow: Shadow,
    pub(super) rate_per_s: f64,
    pub(super) requests: u64,
    /// Half of the requests took no longer, from the moment at which they were due.
    pub(super) p50_us: Range,
    /// 99 of 100 requests took no longer.
    pub(super) p99_us: Range,
    /// As a multiple of the same without a shadow in the same round.
    pub(super) p50_of_none: Range,
    pub(super) p99_of_none: Range,
    pub(super) cpu_us_per_request: Range,
    /// Pages in memory after all rounds.
    pub(super) rss_kib: u64,
    pub(super) counted: Counted,
}

impl Shadow {
    const ALL: [Self; 4] = [Self::None, Self::Silent, Self::NeverReads, Self::Down];

    /// As it stands in results.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Silent => "silent",
            Self::NeverReads => "never reads",
            Self::Down => "down",
        }
    }
}

struct Target {
    shadow: Shadow,
    banyan: Banyan,
    samples: Vec<Sample>,
}

/// Runs all rounds.
pub(super) fn run(bench: &Bench, folder: &Path) -> Result<Vec<Row>, BenchError> {
    let old = Serving::start(&[backend::COMMAND], None, &bench.clock)?;
    let silent = Serving::start(&[mute::COMMAND, "--reads"], None, &bench.clock)?;
    let never_reads = Serving::start(&[mute::COMMAND], None, &bench.clock)?;
    let mut targets = Vec::new();
    for shadow in Shadow::ALL {
        let (new, compares) = match shadow {
            Shadow::None => (old.address, Compares::Nothing),
            Shadow::Silent => (silent.address, Compares::Equal(100)),
            Shadow::NeverReads => (never_reads.address, Compares::Equal(100)),
            Shadow::Down => (nobody()?, Compares::Equal(100)),
        };
        let banyan =
            gateway(&format!("hung-{}", shadow.name()), (old.address, new), compares, bench, folder)?;
        targets.push(Target { shadow, banyan, samples: Vec::new() });
    }
    let (request, rounds) = (request(USUAL_BYTES).bytes(), bench.method.rounds * ROUNDS_FOR_ONE);
    for round in 0..rounds {
        eprintln!("hung shadows, round {} of {rounds}", round + 1);
        let count = targets.len();
        for position in 0..count {
            bench.interrupt.check()?;
            if let Some(target) = targets.get_mut((position + round) % count) {
                let sample = load(bench, &target.banyan, &request)?;
                target.samples.push(sample);
            }
        }
    }
    let none = targets.first().map(|none| none.samples.clone()).unwrap_or_default();
    targets.iter().filter_map(|target| row(target, &none).transpose()).collect()
}

fn load(bench: &Bench, banyan: &Banyan, request: &[u8]) -> Result<Sample, BenchError> {
    let load = Load {
        address: banyan.public,
        pids: &[banyan.child.pid()],
        request,
        expected_status: 200,
        connections: CONNECTIONS,
        rate_per_s: Some(RATE_PER_S),
        warm_up: bench.method.warm_up,
        measured: MEASURED.min(bench.method.measured * 2),
    };
    load.run(&bench.clock)
}

fn row(target: &Target, none: &[Sample]) -> Result<Option<Row>, BenchError> {
    let samples = &target.samples;
    let range = |figure: fn(&Sample) -> f64| Range::of(samples.iter().map(figure));
    let of_none = |figure: fn(&Sample) -> f64| {
        Range::of(samples.iter().zip(none).map(|(one, none)| figure(one) / figure(none)))
    };
    let rss_kib = Memory::of(target.banyan.child.pid())?.rss_kib;
    let counted = Counted::now(target.banyan.admin)?.since(&Counted::default());
    let row = || {
        Some(Row {
            shadow: target.shadow,
            rate_per_s: RATE_PER_S,
            requests: samples.iter().map(|sample| sample.requests).sum(),
            p50_us: range(|sample| sample.p50_us)?,
            p99_us: range(|sample| sample.p99_us)?,
            p50_of_none: of_none(|sample| sample.p50_us)?,
            p99_of_none: of_none(|sample| sample.p99_us)?,
            cpu_us_per_request: range(|sample| sample.cpu_us)?,
            rss_kib,
            counted,
        })
    };
    Ok(row())
}

/// An address at which nobody listens.
fn nobody() -> Result<SocketAddr, BenchError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(BenchError::system("find a free port"))?;
    listener.local_addr().map_err(BenchError::system("find a free port"))
}
