//! Whether real differences are found under noise, and nothing else is: ours beside the published algorithm of Diffy, on the
//! same pairs.

mod answers;
mod diffy;
mod ours;
mod scenario;
mod table;
#[cfg(test)]
mod tests;

use crate::cli::Options;
use crate::error::BenchError;
use crate::machine::{self, Machine};
use crate::output::{own_bytes, write};
use kernel::SystemClock;
use scenario::{Fault, Outcome, Scenario};
use serde::Serialize;

/// Requests of each scenario.
const REQUESTS: usize = 2_000;
/// Share of requests in which a real difference is seeded.
const RATES: [f64; 8] = [0.0001, 0.001, 0.005, 0.01, 0.02, 0.05, 0.2, 1.0];
/// Share of the places that can be noisy that are.
const NOISE: [f64; 4] = [0.0, 0.25, 0.5, 1.0];
/// Runs of each scenario, each with its own seed.
const SEEDS: u64 = 3;

/// What was found at one rate, over all kinds, shares of noise and seeds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
struct Row {
    rate: f64,
    /// Scenarios with a seeded difference.
    scenarios: u32,
    ours: Score,
    diffy: Score,
}

/// How well one method did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
struct Score {
    /// Seeded differences that were reported.
    found: u32,
    /// Noise that was reported as a difference, in causes.
    false_alarms: u32,
    /// Requests asked on top of the two of a comparison, a thousand compared.
    asked_again_per_1000: f64,
}

/// The results as they are written.
#[derive(Debug, Serialize)]
struct Report {
    benchmark: &'static str,
    quick: bool,
    machine: Machine,
    requests: usize,
    seeds: u64,
    rows: Vec<Row>,
    /// False alarms where nothing was seeded, by method: ours, Diffy's.
    without_faults: Row,
    /// Recall 100 % without a false alarm at rates of 1 % and more.
    goal_reached: bool,
}

/// Runs all scenarios, prints a table, writes the results.
pub(crate) fn run(options: &Options) -> Result<(), BenchError> {
    let load_average = machine::load_average();
    let seeds = if options.quick { 1 } else { SEEDS };
    let rows: Vec<Row> = RATES.iter().map(|rate| row(*rate, &Fault::ALL, REQUESTS, seeds)).collect();
    let report = Report {
        benchmark: "quality",
        quick: options.quick,
        machine: Machine::look(&SystemClock::new(), load_average, own_bytes(), "not used".into()),
        requests: REQUESTS,
        seeds,
        goal_reached: goal_reached(&rows),
        rows,
        without_faults: row(0.0, &[Fault::Value], REQUESTS, seeds * Fault::ALL.len() as u64),
    };
    print!("{}", table::of(&report));
    write(&options.out, if options.quick { "quality.quick.json" } else { "quality.json" }, &report)
}

fn goal_reached(rows: &[Row]) -> bool {
    let mut all = rows.iter().filter(|row| row.rate >= 0.01);
    all.all(|row| row.ours.found == row.scenarios && row.ours.false_alarms == 0)
}

/// All scenarios of one rate.
fn row(rate: f64, faults: &[Fault], requests: usize, seeds: u64) -> Row {
    let mut row = Row { rate, ..Row::default() };
    let mut scenarios = 0;
    for (noise, fault) in NOISE.iter().flat_map(|noise| faults.iter().map(move |fault| (*noise, *fault))) {
        for seed in 0..seeds {
            let scenario = Scenario { fault, rate, noise, requests, seed };
            let (ours, diffy) = scenario.run();
            row.scenarios += u32::from(rate > 0.0);
            scenarios += 1;
            row.ours.add(ours);
            row.diffy.add(diffy);
        }
    }
    row.ours.asked_again_per_1000 /= f64::from(scenarios);
    row.diffy.asked_again_per_1000 /= f64::from(scenarios);
    row
}

impl Score {
    fn add(&mut self, outcome: Outcome) {
        self.found += u32::from(outcome.found);
        self.false_alarms += outcome.false_alarms;
        self.asked_again_per_1000 += outcome.asked_again_per_1000;
    }
}
