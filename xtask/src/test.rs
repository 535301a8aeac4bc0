//! Runs every test, with the servers they need.

use crate::failure::Failure;
use crate::needs;
use crate::postgres::{Durability, Postgres};
use crate::runner::Runner;
use crate::workspace::Workspace;
use std::process::Command;

/// URL of a superuser of a PostgreSQL server that tests may fill.
pub(crate) const POSTGRES: &str = "BANYAN_TEST_POSTGRES";
/// Tells tests that need a server to skip.
const EMBEDDED_ONLY: &str = "BANYAN_TEST_EMBEDDED_ONLY";

/// What to run, and what may be done for it.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Leave out every test that needs a server.
    #[arg(long)]
    embedded_only: bool,
    /// Install nothing; say what is missing instead.
    #[arg(long)]
    no_install: bool,
    /// Only tests whose names contain one of these.
    filter: Vec<String>,
}

/// Starts what is needed, builds, runs, and stops what was started.
///
/// # Errors
/// When something is missing, does not build, or a test fails: with that command's exit code.
pub(crate) fn run(runner: &Runner, workspace: &Workspace, options: &Options) -> Result<(), Failure> {
    let server = private_server(runner, options)?;
    let environment =
        Environment { postgres: server.as_ref().map(Postgres::url), embedded_only: options.embedded_only };
    // Binaries and tests in one go: the features of their dependencies are then the same, and nothing is built twice.
    runner.run(&mut workspace.cargo(&["build", "--workspace", "--bins", "--tests"]))?;
    let documentation = documentation(runner, workspace, options, &environment);
    let tests = runner.run(&mut environment.applied(tests(runner, workspace, &options.filter)));
    drop(server);
    if options.embedded_only {
        println!("NOT RUN, AS --embedded-only ASKED: THE TESTS THAT NEED POSTGRESQL");
    }
    tests.and(documentation)
}

/// A PostgreSQL of our own, unless one was given or none is wanted.
fn private_server(runner: &Runner, options: &Options) -> Result<Option<Postgres>, Failure> {
    if options.embedded_only || given(POSTGRES) {
        return Ok(None);
    }
    let programs = needs::POSTGRES.obtain(runner, !options.no_install)?;
    Postgres::start(runner, &programs, Durability::None).map(Some)
}

#[expect(clippy::disallowed_methods, reason = "test servers come by environment")]
pub(crate) fn given(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// What the tests are told by environment.
struct Environment {
    postgres: Option<String>,
    embedded_only: bool,
}

impl Environment {
    fn applied(&self, mut command: Command) -> Command {
        command.envs(self.postgres.iter().map(|url| (POSTGRES, url)));
        if self.embedded_only {
            command.env(EMBEDDED_ONLY, "1");
        }
        command
    }
}

/// The examples in the documentation, first and quietly, so that the summary of all other tests comes last.
fn documentation(
    runner: &Runner,
    workspace: &Workspace,
    options: &Options,
    environment: &Environment,
) -> Result<(), Failure> {
    if !options.filter.is_empty() {
        return Ok(());
    }
    runner.run(&mut environment.applied(workspace.cargo(&["test", "--workspace", "--doc", "--quiet"])))
}

/// cargo-nextest where it is installed: it runs tests of all crates at once. Else cargo's own runner.
fn tests(runner: &Runner, workspace: &Workspace, filter: &[String]) -> Command {
    let mut command = if runner.succeeds(&mut workspace.cargo(&["nextest", "--version"])) {
        workspace.cargo(&["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        workspace.cargo(&["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"])
    };
    if !filter.is_empty() {
        command.arg("--").args(filter);
    }
    command
}
