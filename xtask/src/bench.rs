//! Builds for release and runs the benchmarks of `benches/`.

use crate::envoy;
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
    /// Asking both sides and comparing, beside HAProxy and the mirrors of nginx and Envoy.
    Parallel,
    /// The comparison of two answers by itself.
    Compare,
    /// What the comparison finds under noise.
    Quality,
}

impl Bench {
    fn name(self) -> &'static str {
        match self {
            Self::Monolith => "monolith",
            Self::Gateway => "gateway",
            Self::Parallel => "parallel",
            Self::Compare => "compare",
            Self::Quality => "quality",
        }
    }
}

/// Builds, provides what is measured beside ours (a PostgreSQL that keeps what it answered, unless one is given; HAProxy,
/// nginx and Envoy), and runs.
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
            peers(runner, options)?;
            None
        }
        Bench::Parallel => {
            peers(runner, options)?;
            benches.arg("--envoy").arg(envoy::obtain(runner, workspace, !options.no_install)?);
            None
        }
        Bench::Compare | Bench::Quality => None,
    };
    benches.envs(server.as_ref().map(|server| (POSTGRES, server.url())));
    runner.run(&mut benches)
}

/// The proxies that ours is measured beside.
fn peers(runner: &Runner, options: &Options) -> Result<(), Failure> {
    [needs::HAPROXY, needs::NGINX]
        .iter()
        .try_for_each(|peer| peer.obtain(runner, !options.no_install).map(drop))
}

/// A PostgreSQL of our own that keeps what it answered, unless one was given.
fn private_server(runner: &Runner, options: &Options) -> Result<Option<Postgres>, Failure> {
    if given(BENCH_POSTGRES).or_else(|| given(POSTGRES)).is_some() {
        return Ok(None);
    }
    let programs = needs::POSTGRES.obtain(runner, !options.no_install)?;
    Postgres::start(runner, &programs, Durability::Full).map(Some)
}
