#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program talks to a person")]

mod bench;
mod ci;
mod deny;
mod derived;
mod envoy;
mod failure;
mod licence;
mod needs;
mod node;
mod npm;
mod postgres;
mod redis;
mod runner;
mod server;
mod services;
mod test;
mod texture;
mod unleash;
mod workspace;

use clap::{Parser, Subcommand};
use failure::Failure;
use runner::Runner;
use std::process::ExitCode;
use workspace::Workspace;

/// The project's own chores.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Runs every test, with the servers they need.
    ///
    /// Starts a private PostgreSQL, Redis and Unleash server on free ports, except those that BANYAN_TEST_POSTGRES (a
    /// superuser's URL), BANYAN_TEST_REDIS and BANYAN_TEST_UNLEASH give; fetches Unleash's client specification; builds
    /// the binaries, runs the documentation's tests and then all others (with cargo-nextest where it is installed), and
    /// stops what it started. The exit code is the tests'.
    Test(test::Options),
    /// What a submission must pass: format, texture, dependencies, lints, documentation, derived files, tests.
    Ci(ci::Options),
    /// Rewrites the files that are derived from the code: docs/openapi/*.json and docs/map.txt.
    Generate(derived::Options),
    /// Builds for release and runs the benchmarks; their results are written to benches/results.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    match run(&Arguments::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(chore: &Chore) -> Result<(), Failure> {
    let runner = Runner::new()?;
    let workspace = Workspace::find()?;
    match chore {
        Chore::Test(options) => test::run(&runner, &workspace, options),
        Chore::Ci(options) => ci::run(&runner, &workspace, options),
        Chore::Generate(options) => derived::run(&runner, &workspace, options),
        Chore::Bench(options) => bench::run(&runner, &workspace, options),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
