//! The one deployable: puts the house together and gives it a command line.

mod cli;
mod command;
mod compose;
mod effective;
mod error;
mod features;
mod front;
mod kept;
mod process;
mod registered;
mod settings;
mod stats;

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return cli::refuse(&error),
    };
    match command::run(cli) {
        Ok(code) => code,
        Err(error) => {
            // The log may not be there yet, or be on its way out: this goes to the terminal itself.
            let _ = writeln!(std::io::stderr(), "banyan: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
