//! The program `benches`: reads the command line, runs what it names, says what went wrong.

#![expect(clippy::print_stderr, reason = "a command line program talks to a person")]

use benches::{Cli, run};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("benches: {error}");
            ExitCode::FAILURE
        }
    }
}
