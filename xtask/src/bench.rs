//! Builds for release and runs the benchmarks of `benches/`.

use crate::failure::Failure;
use crate::needs;
use crate::postgres::{Durability, Postgres};
use crate::runner::Runner;
use crate::services::{POSTGRES, given};
use crate::workspace::Workspace;

/// URL of a superuser of the PostgreSQL server to measure, where it is another one than the tests'.
const BENCH_POSTGRES: &str = "BANYAN_BENCH_POSTGRES";

/// What the benchmarks are told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Which one.
    #[arg(value_enum, default_value_t = Bench::Monolith)]
    bench: Bench,
    /// Install nothing; say what is missing instead.
    #[arg(long)]
    no_install: bool,
    /// Arguments of the benchmarks' own program; `-- --help` lists them.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// The benchmarks; each by the name that their own program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Bench {
    /// Starting, reading and posting, on each engine.
    Monolith,
    /// Passing requests on, beside HAProxy and nginx.
    Gateway,
}

impl Bench {
    fn name(self) -> &'static str {
        match self {
            Self::Monolith => "monolith",
            Self::Gateway => "gateway",
        }
    }
}

/// Builds, provides what is measured beside ours (a PostgreSQL that keeps what it answered, unless one is given; HAProxy
/// and nginx), and runs.
///
/// # Errors
/// When something is missing, does not build, or the benchmarks fail.
pub(crate) fn run(runner: &Runner, workspace: &Workspace, options: &Options) -> Result<(), Failure> {
    runner.run(&mut workspace.cargo(&[
        "build",
        "--release",
        "--workspace",
        "--bin",
        "banyan",
        "--bin",
        "benches",
    ]))?;
    let mut benches = std::process::Command::new(workspace.target("release")?.join("benches"));
    benches.arg(options.bench.name()).args(&options.arguments).current_dir(workspace.root());
    let server = match options.bench {
        Bench::Monolith => private_server(runner, options)?,
        Bench::Gateway => {
            for peer in [needs::HAPROXY, needs::NGINX] {
                peer.obtain(runner, !options.no_install)?;
            }
            None
        }
    };
    benches.envs(server.as_ref().map(|server| (POSTGRES, server.url())));
    runner.run(&mut benches)
}

/// A PostgreSQL of our own that keeps what it answered, unless one was given.
fn private_server(runner: &Runner, options: &Options) -> Result<Option<Postgres>, Failure> {
    if given(BENCH_POSTGRES).or_else(|| given(POSTGRES)).is_some() {
        return Ok(None);
    }
    let programs = needs::POSTGRES.obtain(runner, !options.no_install)?;
    Postgres::start(runner, &programs, Durability::Full).map(Some)
}
