//! Memory of the gateway: with many connections open, and over many requests.

use super::Bench;
use super::scenario::{CONNECTIONS, Scenario, USUAL_BYTES};
use super::target::{Proxy, Targets};
use crate::error::BenchError;
use crate::load::Load;
use crate::usage::Memory;
use std::time::Duration;

/// Connections that are open when memory is looked at.
const MANY_CONNECTIONS: usize = 1_000;
/// How long is asked between two looks.
const STEP: Duration = Duration::from_secs(1);
/// Until this part of the requests has been answered, buffers may still grow to what they need.
const WARM_UP_PART: u64 = 10;

/// What was seen.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Growth {
    /// Connections in the first look.
    pub(super) connections: usize,
    /// Pages in memory while all of them ask.
    pub(super) rss_kib_at_connections: u64,
    /// Requests answered since, when memory was looked at, and pages in memory then, KiB.
    pub(super) rss_kib_after_requests: Vec<(u64, u64)>,
    /// From the look after a tenth of the requests to the last.
    pub(super) growth_kib: i64,
}

/// Asks and looks.
pub(super) fn run(bench: &Bench, targets: &Targets) -> Result<Option<Growth>, BenchError> {
    let Some(banyan) = targets.get(Proxy::Banyan) else { return Ok(None) };
    let Some(scenario) = Scenario::all().find(|scenario| scenario.body_bytes == USUAL_BYTES) else {
        return Ok(None);
    };
    let request = scenario.request().bytes();
    let load = Load {
        address: banyan.address,
        pids: &banyan.pids,
        request: &request,
        expected_status: 200,
        connections: MANY_CONNECTIONS,
        rate_per_s: None,
        warm_up: bench.method.warm_up,
        measured: STEP,
    };
    eprintln!("memory over {} requests", bench.method.memory_requests);
    let rss_kib =
        || banyan.pids.iter().map(|pid| Ok(Memory::of(*pid)?.rss_kib)).sum::<Result<u64, BenchError>>();
    let (_, rss_kib_at_connections) = load.run_and_look(&bench.clock, rss_kib)?;
    let load = Load { connections: CONNECTIONS, warm_up: Duration::ZERO, ..load };
    let (mut answered, mut looks) = (0, Vec::new());
    while answered < bench.method.memory_requests {
        bench.interrupt.check()?;
        let (sample, rss_kib) = load.run_and_look(&bench.clock, rss_kib)?;
        answered += sample.requests;
        looks.push((answered, rss_kib));
    }
    let growth_kib = growth_kib(&looks, bench.method.memory_requests / WARM_UP_PART);
    Ok(Some(Growth {
        connections: MANY_CONNECTIONS,
        rss_kib_at_connections,
        rss_kib_after_requests: looks,
        growth_kib,
    }))
}

fn growth_kib(looks: &[(u64, u64)], warm_after: u64) -> i64 {
    let warm = looks.iter().find(|(answered, _)| *answered >= warm_after);
    let (Some((_, warm)), Some((_, last))) = (warm, looks.last()) else { return 0 };
    last.cast_signed() - warm.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_counts_from_the_end_of_the_first_tenth() {
        assert_eq!(growth_kib(&[(50, 100), (120, 400), (700, 390), (1_000, 410)], 100), 10);
        assert_eq!(growth_kib(&[(1_000, 410)], 100), 0);
        assert_eq!(growth_kib(&[], 100), 0);
    }
}
