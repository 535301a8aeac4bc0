//! The rounds: each has every scenario, and in it everybody one after the other, in rotating order.

use super::Bench;
use super::rows::{self, Row};
use super::scenario::{CONNECTIONS, Scenario};
use super::target::{Target, Targets};
use crate::error::BenchError;
use crate::load::{Load, Sample};

/// A scenario and what its rounds gave, for each who takes part in it, in their order.
pub(super) struct Measured {
    pub(super) scenario: Scenario,
    pub(super) samples: Vec<Vec<Sample>>,
}

/// Runs all scenarios, or those whose name begins with `only`.
pub(super) fn run(bench: &Bench, targets: &Targets, only: Option<&str>) -> Result<Vec<Row>, BenchError> {
    let mut measured = Vec::new();
    for scenario in
        Scenario::all().filter(|scenario| only.is_none_or(|only| scenario.name().starts_with(only)))
    {
        targets.check(&scenario.request())?;
        let samples = vec![Vec::new(); scenario.proxies.len()];
        measured.push(Measured { scenario, samples });
    }
    for round in 0..bench.method.rounds {
        eprintln!("round {} of {}", round + 1, bench.method.rounds);
        for Measured { scenario, samples } in &mut measured {
            let request = scenario.request().bytes();
            let count = samples.len();
            for position in 0..count {
                bench.interrupt.check()?;
                let index = (position + round) % count;
                let target = scenario.proxies.get(index).and_then(|proxy| targets.get(*proxy));
                if let (Some(target), Some(samples)) = (target, samples.get_mut(index)) {
                    samples.push(load(bench, target, scenario, &request).run(&bench.clock)?);
                }
            }
        }
    }
    Ok(measured.iter().flat_map(rows::of).collect())
}

fn load<'a>(bench: &Bench, target: &'a Target, scenario: &Scenario, request: &'a [u8]) -> Load<'a> {
    Load {
        address: target.address,
        pids: &target.pids,
        request,
        expected_status: 200,
        connections: CONNECTIONS,
        rate_per_s: scenario.rate_per_s,
        warm_up: bench.method.warm_up,
        measured: bench.method.measured,
    }
}
