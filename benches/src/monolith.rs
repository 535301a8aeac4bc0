//! The monolith: how soon it answers, what it needs idle, and what reading and posting a message cost.

mod goals;
mod loads;
mod memory;
mod report;
mod start;
mod table;

use crate::banyan::Program;
use crate::cli::{Options, Storage};
use crate::database::{Server, VARIABLES};
use crate::error::BenchError;
use crate::interrupt::Interrupt;
use crate::machine::{self, Machine};
use crate::output::{folder, write};
use crate::place::{Engine, Place};
use kernel::SystemClock;
use report::{Method, Report};
use std::path::PathBuf;
use std::time::Duration;

/// What every part of the run is given.
struct Bench {
    program: Program,
    data: PathBuf,
    server: Option<Server>,
    engines: Vec<Engine>,
    method: Method,
    clock: SystemClock,
    interrupt: Interrupt,
}

impl Bench {
    fn new(options: &Options) -> Result<Self, BenchError> {
        let server = if options.storage == Storage::Sqlite { None } else { Server::of_environment()? };
        if options.storage == Storage::Postgres && server.is_none() {
            let names = VARIABLES.join(" or ");
            return Err(BenchError::Missing(format!("no PostgreSQL: {names} gives the URL of a superuser")));
        }
        let mut engines = Vec::new();
        if options.storage != Storage::Postgres {
            engines.push(Engine::Sqlite);
        }
        if server.is_some() {
            engines.push(Engine::Postgres);
        }
        Ok(Self {
            program: Program::find(&options.features)?,
            data: folder(&options.data)?,
            server,
            engines,
            method: method(options),
            clock: SystemClock::new(),
            interrupt: Interrupt::watch()?,
        })
    }

    /// An empty place of an engine, with roles and schemas where the engine has such.
    fn place(&self, engine: Engine) -> Result<Place, BenchError> {
        let server = if engine == Engine::Postgres { self.server.as_ref() } else { None };
        let place = Place::empty(&self.data, server)?;
        self.program.provision(&place, &self.clock)?;
        Ok(place)
    }
}

fn method(options: &Options) -> Method {
    let (rounds, seconds, starts) = if options.quick { (2, 1.0, 3) } else { (5, 3.0, 10) };
    let seconds = options.seconds.unwrap_or(seconds).clamp(0.1, 600.0);
    Method {
        rounds: options.rounds.unwrap_or(rounds).max(1),
        measured: Duration::from_secs_f64(seconds),
        warm_up: Duration::from_millis(if options.quick { 200 } else { 500 }),
        starts,
        connections: options.connections.iter().copied().filter(|count| *count > 0).collect(),
    }
}

/// Measures everything, prints a table and writes the results.
pub(crate) fn run(options: &Options) -> Result<(), BenchError> {
    let bench = Bench::new(options)?;
    let load_average = machine::load_average();
    if let Some(only) = &options.only {
        let loads = loads::run(&bench, Some(only))?;
        print!("{}", table::loads(&loads.rows));
        return Ok(());
    }
    let start = start::run(&bench)?;
    let loads = loads::run(&bench, None)?;
    let file_system = Place::empty(&bench.data, None)?.file_system();
    let report = Report {
        benchmark: "monolith",
        quick: options.quick,
        goals: goals::held_against(&start, &loads),
        machine: Machine::look(&bench.clock, load_average, bench.program.bytes(), file_system),
        postgres: bench.server.as_ref().map(Server::settings).transpose()?,
        method: bench.method,
        start,
        memory: loads.memory,
        disk: loads.disk,
        loads: loads.rows,
        skipped: skipped(options, &bench.engines),
    };
    print!("{}", table::all(&report));
    let name = if options.quick { "monolith.quick.json" } else { "monolith.json" };
    write(&options.out, name, &report)
}

fn skipped(options: &Options, engines: &[Engine]) -> Vec<String> {
    let mut skipped = Vec::new();
    if !engines.contains(&Engine::Sqlite) {
        skipped.push("sqlite: not asked for".to_owned());
    }
    if !engines.contains(&Engine::Postgres) {
        let asked_for = options.storage != Storage::Sqlite;
        let why = if asked_for {
            format!("{} names no server", VARIABLES.join(" or "))
        } else {
            "not asked for".into()
        };
        skipped.push(format!("postgres: {why}"));
    }
    skipped
}
