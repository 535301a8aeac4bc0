//! The parallel run: what it costs to ask both sides and to compare, beside plain HAProxy and the mirrors of nginx and
//! Envoy, which do not compare; and what clients see of a shadow that hangs.

mod counted;
mod features;
mod goals;
mod hung;
mod report;
mod rounds;
mod rows;
mod scenario;
mod table;
mod target;
mod who;

use crate::banyan::Program;
use crate::cli::Options;
use crate::cores::{Cores, raise_file_limit};
use crate::error::BenchError;
use crate::interrupt::Interrupt;
use crate::machine::{self, Machine};
use crate::output::{folder, write};
use crate::place::Place;
use kernel::SystemClock;
use report::{Method, Report};
use std::path::PathBuf;
use std::time::Duration;
use target::Targets;

/// What holds for this benchmark only.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ParallelOptions {
    /// The program of Envoy; without it, `envoy` on PATH; without that, Envoy is left out
    #[arg(long, value_name = "FILE")]
    envoy: Option<PathBuf>,
}

/// What every part of the run is given.
struct Bench {
    program: Program,
    envoy: Option<PathBuf>,
    cores: Cores,
    method: Method,
    clock: SystemClock,
    interrupt: Interrupt,
}

/// Measures everything, prints tables and writes the results.
pub(crate) fn run(options: &Options, of_parallel: &ParallelOptions) -> Result<(), BenchError> {
    let load_average = machine::load_average();
    raise_file_limit()?;
    let bench = Bench {
        program: Program::find(&options.features)?,
        envoy: envoy(of_parallel),
        cores: Cores::take()?,
        method: method(options),
        clock: SystemClock::new(),
        interrupt: Interrupt::watch()?,
    };
    let place = Place::empty(&folder(&options.data)?, None)?;
    let only = options.only.as_deref();
    let loads = match only {
        Some(only) if hung::NAME.starts_with(only) && !only.is_empty() => Vec::new(),
        only => rounds::run(&bench, &Targets::start(&bench, place.directory())?, only)?,
    };
    let hung = match only {
        Some(only) if !hung::NAME.starts_with(only) => Vec::new(),
        _ => hung::run(&bench, place.directory())?,
    };
    let report = Report {
        benchmark: "parallel",
        quick: options.quick,
        goals: goals::held_against(&loads, &hung),
        machine: Machine::look(&bench.clock, load_average, bench.program.bytes(), place.file_system()),
        peers: report::versions(bench.envoy.as_deref()),
        cores: bench.cores,
        method: bench.method,
        loads,
        hung,
    };
    print!("{}", table::all(&report));
    if only.is_some() {
        return Ok(());
    }
    write(&options.out, if options.quick { "parallel.quick.json" } else { "parallel.json" }, &report)
}

/// The program of Envoy, if there is one.
fn envoy(of_parallel: &ParallelOptions) -> Option<PathBuf> {
    let on_path = || (machine::said("envoy", &["--version"]) != "unknown").then(|| "envoy".into());
    of_parallel.envoy.clone().or_else(on_path)
}

fn method(options: &Options) -> Method {
    let (rounds, seconds) = if options.quick { (2, 0.3) } else { (5, 0.8) };
    let seconds = options.seconds.unwrap_or(seconds).clamp(0.1, 600.0);
    Method {
        rounds: options.rounds.unwrap_or(rounds).max(1),
        measured: Duration::from_secs_f64(seconds),
        warm_up: Duration::from_millis(if options.quick { 100 } else { 150 }),
    }
}
