//! What a submission must pass, step by step, the quick ones first.

use crate::failure::Failure;
use crate::runner::Runner;
use crate::workspace::Workspace;
use crate::{deny, derived, test, texture};
use kernel::{Clock as _, SystemClock};
use std::time::Duration;

/// Which steps, and how to test.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Options {
    /// Only this step: format, texture, dependencies, lints, documentation, tests or derived.
    #[arg(long, value_name = "STEP")]
    only: Option<String>,
    #[command(flatten)]
    test: test::Options,
}

/// A step: its name, and what it does.
type Step<'a> = (&'static str, &'a dyn Fn() -> Result<(), Failure>);

/// Runs every step, up to the first that fails.
///
/// # Errors
/// Those of that step.
pub(crate) fn run(runner: &Runner, workspace: &Workspace, options: &Options) -> Result<(), Failure> {
    let cargo = |arguments: &[&str]| runner.run(&mut workspace.cargo(arguments));
    let steps: [Step<'_>; 7] = [
        ("format", &|| cargo(&["fmt", "--all", "--check"])),
        ("texture", &|| texture::check(workspace)),
        ("dependencies", &|| deny::check(runner, workspace)),
        ("lints", &|| cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
        ("documentation", &|| documentation(runner, workspace)),
        ("tests", &|| test::run(runner, workspace, &options.test)),
        ("derived", &|| derived::run(runner, workspace, &derived::Options { check: true })),
    ];
    let clock = SystemClock::new();
    let mut times = Vec::new();
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    for (name, step) in steps.into_iter().filter(|(name, _)| wanted(name)) {
        println!("\n== {name}");
        let started = clock.monotonic();
        let result = step();
        times.push((name, clock.monotonic().since(started)));
        if result.is_err() {
            print_times(&times);
            eprintln!("\nfailed at: {name}");
        }
        result?;
    }
    print_times(&times);
    if times.is_empty() { Err(Failure::Wanted("there is no such step".into())) } else { Ok(()) }
}

/// Every public item described, every link in a description good.
fn documentation(runner: &Runner, workspace: &Workspace) -> Result<(), Failure> {
    let mut command = workspace.cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
    runner.run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn print_times(times: &[(&str, Duration)]) {
    println!();
    for (name, time) in times {
        println!("{:>8.1} s  {name}", time.as_secs_f64());
    }
}
