//! The loads: each on a server of its own, all servers running, every round with every load, in rotating order.

mod rows;
mod targets;

use super::Bench;
use super::memory::{MemoryRow, When, look};
use crate::disk;
use crate::error::BenchError;
use crate::load::{Load, Sample};
use crate::place::Place;
pub(crate) use rows::{DiskRow, Kind, LoadRow};
use targets::{Target, Targets};

/// What the loads gave.
pub(crate) struct Loads {
    /// One a load and number of connections.
    pub(crate) rows: Vec<LoadRow>,
    /// Before and after.
    pub(crate) memory: Vec<MemoryRow>,
    /// What the disk can do by itself.
    pub(crate) disk: Option<DiskRow>,
}

/// A load with its number of connections, and what its rounds gave.
struct Step<'a> {
    target: &'a Target,
    connections: usize,
    samples: Vec<Sample>,
}

/// Runs all loads, or those whose name begins with `only`.
pub(super) fn run(bench: &Bench, only: Option<&str>) -> Result<Loads, BenchError> {
    let targets = Targets::start(bench, only)?;
    let mut memory = memory(&targets, When::AfterStart)?;
    let mut steps: Vec<Step<'_>> = targets
        .all()
        .flat_map(|target| {
            let step = |connections: &usize| Step { target, connections: *connections, samples: Vec::new() };
            bench.method.connections.iter().map(step)
        })
        .collect();
    let place = Place::empty(&bench.data, None)?;
    let mut syncs = Vec::new();
    for round in 0..bench.method.rounds {
        eprintln!("round {} of {}", round + 1, bench.method.rounds);
        if only.is_none() {
            syncs.push(disk::run(place.directory(), bench.method.measured, &bench.clock)?);
        }
        let count = steps.len();
        for position in 0..count {
            bench.interrupt.check()?;
            // Each round begins elsewhere, so that no load always follows the same one.
            let index = (position + round * count / bench.method.rounds) % count;
            if let Some(step) = steps.get_mut(index) {
                step.samples.push(measure(bench, step)?);
            }
        }
    }
    let rows = rows::of(&steps);
    drop(steps);
    memory.extend(self::memory(&targets, When::AfterLoads)?);
    targets.stop(&bench.clock)?;
    Ok(Loads { rows, memory, disk: rows::disk(&syncs) })
}

fn measure(bench: &Bench, step: &Step<'_>) -> Result<Sample, BenchError> {
    let load = Load {
        address: step.target.address,
        pids: &[step.target.pid],
        request: &step.target.request,
        expected_status: step.target.expected_status,
        connections: step.connections,
        rate_per_s: None,
        warm_up: bench.method.warm_up,
        measured: bench.method.measured,
    };
    load.run(&bench.clock)
}

/// Of the servers that run with default settings and are both read and written, one an engine.
fn memory(targets: &Targets, when: When) -> Result<Vec<MemoryRow>, BenchError> {
    targets.written().map(|(engine, banyan)| look(engine, when, banyan)).collect()
}
