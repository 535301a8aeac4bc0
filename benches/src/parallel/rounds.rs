//! The rounds: each has every size, and in it everybody one after the other, in rotating order.

use super::Bench;
use super::counted::Counted;
use super::rows::{self, Row};
use super::scenario::{CONNECTIONS, Scenario};
use super::target::{Target, Targets};
use crate::error::BenchError;
use crate::load::{Load, Sample};

/// A scenario and what its rounds gave, for each who takes part in it, in their order.
pub(super) struct Measured {
    pub(super) scenario: Scenario,
    pub(super) taken: Vec<Taken>,
}

/// What the rounds of one gave.
#[derive(Debug, Clone, Default)]
pub(super) struct Taken {
    pub(super) samples: Vec<Sample>,
    /// What was compared, in all of them.
    pub(super) counted: Counted,
}

/// Runs all scenarios, or those whose name begins with `only`.
pub(super) fn run(bench: &Bench, targets: &Targets, only: Option<&str>) -> Result<Vec<Row>, BenchError> {
    let mut measured = Vec::new();
    for scenario in Scenario::all(&targets.who()) {
        if only.is_none_or(|only| scenario.name().starts_with(only)) {
            targets.check(&scenario.request())?;
            let taken = vec![Taken::default(); scenario.who.len()];
            measured.push(Measured { scenario, taken });
        }
    }
    for round in 0..bench.method.rounds {
        eprintln!("round {} of {}", round + 1, bench.method.rounds);
        for Measured { scenario, taken } in &mut measured {
            let request = scenario.request().bytes();
            let count = taken.len();
            for position in 0..count {
                bench.interrupt.check()?;
                let index = (position + round) % count;
                let target = scenario.who.get(index).and_then(|who| targets.get(*who));
                if let (Some(target), Some(taken)) = (target, taken.get_mut(index)) {
                    let (sample, counted) = one(bench, target, &request)?;
                    taken.samples.push(sample);
                    taken.counted = std::mem::take(&mut taken.counted).plus(&counted);
                }
            }
        }
    }
    Ok(measured.iter().flat_map(rows::of).collect())
}

fn one(bench: &Bench, target: &Target, request: &[u8]) -> Result<(Sample, Counted), BenchError> {
    let load = Load {
        address: target.address,
        pids: &target.pids,
        request,
        expected_status: 200,
        connections: CONNECTIONS,
        rate_per_s: None,
        warm_up: bench.method.warm_up,
        measured: bench.method.measured,
    };
    let mut seen = target.counted()?;
    load.run_settled(&bench.clock, |requests| {
        let now = target.settled(&seen, requests, bench)?;
        let counted = now.since(&seen);
        seen = now;
        Ok(counted)
    })
}
