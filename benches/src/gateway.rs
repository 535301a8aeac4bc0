//! The gateway: what passing a request on costs, beside HAProxy, nginx and a relay that reads no HTTP.

mod features;
mod goals;
mod growth;
mod report;
mod rounds;
mod rows;
mod scenario;
mod table;
mod target;

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
use std::time::Duration;
use target::Targets;

/// What holds for this benchmark only.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct GatewayOptions {
    /// Requests over which memory must not grow (1,000,000, quick 100,000)
    #[arg(long, value_name = "COUNT")]
    requests: Option<u64>,
}

/// What every part of the run is given.
struct Bench {
    program: Program,
    cores: Cores,
    method: Method,
    clock: SystemClock,
    interrupt: Interrupt,
}

/// Measures everything, prints tables and writes the results.
pub(crate) fn run(options: &Options, of_gateway: &GatewayOptions) -> Result<(), BenchError> {
    let load_average = machine::load_average();
    raise_file_limit()?;
    let bench = Bench {
        program: Program::find(&options.features)?,
        cores: Cores::take()?,
        method: method(options, of_gateway),
        clock: SystemClock::new(),
        interrupt: Interrupt::watch()?,
    };
    let place = Place::empty(&folder(&options.data)?, None)?;
    let targets = Targets::start(&bench, place.directory())?;
    let rows = rounds::run(&bench, &targets, options.only.as_deref())?;
    if options.only.is_some() {
        print!("{}", table::rows(&rows));
        return Ok(());
    }
    let memory = growth::run(&bench, &targets)?;
    let report = Report {
        benchmark: "gateway",
        quick: options.quick,
        goals: goals::held_against(&rows, &memory),
        machine: Machine::look(&bench.clock, load_average, bench.program.bytes(), place.file_system()),
        peers: report::versions(),
        cores: bench.cores,
        method: bench.method,
        loads: rows,
        memory,
    };
    print!("{}", table::all(&report));
    write(&options.out, if options.quick { "gateway.quick.json" } else { "gateway.json" }, &report)
}

fn method(options: &Options, of_gateway: &GatewayOptions) -> Method {
    let (rounds, seconds, requests) = if options.quick { (2, 0.3, 100_000) } else { (7, 1.0, 1_000_000) };
    let seconds = options.seconds.unwrap_or(seconds).clamp(0.1, 600.0);
    Method {
        rounds: options.rounds.unwrap_or(rounds).max(1),
        measured: Duration::from_secs_f64(seconds),
        warm_up: Duration::from_millis(if options.quick { 100 } else { 250 }),
        memory_requests: of_gateway.requests.unwrap_or(requests),
    }
}
