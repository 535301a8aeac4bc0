//! Runs every test, with the servers they need.

use crate::failure::Failure;
use crate::needs;
use crate::runner::Runner;
use crate::services::Services;
use crate::workspace::Workspace;
use std::process::Command;

/// What `--embedded-only` leaves out.
const LEFT_OUT: &str = "THE TESTS THAT NEED POSTGRESQL, REDIS, UNLEASH OR A BROWSER";

/// What the names of tests contain that need an Unleash server: the module that they are in.
const UNLEASH_TESTS: &str = "unleash_server::";
/// What the names of tests contain that need a browser: the module that they are in.
const BROWSER_TESTS: &str = "browser::";

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
    let may_install = !options.no_install;
    let mut services = if options.embedded_only {
        Services::none()
    } else {
        Services::start(runner, workspace, may_install)?
    };
    // Binaries and tests in one go: the features of their dependencies are then the same, and nothing is built twice.
    runner.run(&mut workspace.cargo(&["build", "--workspace", "--bins", "--tests"]))?;
    let (mut unleash, mut browser) = (Ok(()), Ok(()));
    if !options.embedded_only && is_needed(runner, workspace, &options.filter, BROWSER_TESTS)? {
        let obtained = needs::CHROMIUM.obtain(runner, may_install);
        browser = obtained.and_then(|_| needs::CHROMEDRIVER.obtain(runner, may_install)).map(drop);
        if let Err(failure) = &browser {
            eprintln!("{failure}\nTHERE IS NO BROWSER: THE TESTS THAT NEED IT WILL FAIL");
        }
    }
    if !options.embedded_only && is_needed(runner, workspace, &options.filter, UNLEASH_TESTS)? {
        unleash = services.add_unleash(runner, workspace, may_install);
        if let Err(failure) = &unleash {
            eprintln!("{failure}\nTHERE IS NO UNLEASH SERVER: THE TESTS THAT NEED IT WILL FAIL");
        }
    }
    let documentation = documentation(runner, workspace, options, &services);
    let tests = runner.run(&mut services.tell(tests(runner, workspace, &options.filter)));
    drop(services);
    if options.embedded_only {
        println!("NOT RUN, AS --embedded-only ASKED: {LEFT_OUT}");
    }
    tests.and(documentation).and(unleash).and(browser)
}

/// Whether a test is to run whose name contains `part`.
fn is_needed(runner: &Runner, workspace: &Workspace, filter: &[String], part: &str) -> Result<bool, Failure> {
    if filter.is_empty() {
        return Ok(true);
    }
    let mut list =
        workspace.cargo(&["test", "--workspace", "--lib", "--bins", "--tests", "--quiet", "--", "--list"]);
    let listed = runner.read(list.args(filter))?;
    Ok(listed.lines().any(|test| test.contains(part)))
}

/// The examples in the documentation, first and quietly, so that the summary of all other tests comes last.
fn documentation(
    runner: &Runner,
    workspace: &Workspace,
    options: &Options,
    services: &Services,
) -> Result<(), Failure> {
    if !options.filter.is_empty() {
        return Ok(());
    }
    runner.run(&mut services.tell(workspace.cargo(&["test", "--workspace", "--doc", "--quiet"])))
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
