//! The commands: one file each.

mod admin_side;
mod check;
mod db;
mod gateway;
mod keys;
mod map;
mod openapi;
mod promotion;
mod report;
mod routes;
mod serve;
mod toggles;

pub(crate) use admin_side::AdminError;
pub(crate) use report::EXIT_NO_REPORT;

use crate::cli::{Cli, Command};
use crate::error::AppError;
use crate::settings::Settings;
use std::io::Write;
use std::process::ExitCode;

/// Runs the command that was asked for.
pub(crate) fn run(cli: Cli) -> Result<ExitCode, AppError> {
    let command = cli.command.unwrap_or(Command::Serve);
    if let Command::Check = command {
        return check::run(&cli.common);
    }
    if let Command::Report { route, since, format, out } = command {
        return Ok(report::run(&cli.common, &report::Wanted { route, since, format, out }));
    }
    if let Command::Promotion { command, json } = command {
        return promotion::run(&cli.common, &command, json);
    }
    let settings = Settings::load(&cli.common)?;
    match command {
        Command::Serve => serve::run(settings),
        Command::Gateway { legacy } => gateway::run(settings, legacy),
        Command::Toggles(command) => toggles::run(&command, &settings),
        Command::Db(command) => db::run(command, &settings),
        Command::Routes { command, json } => routes::run(command, json, &settings),
        Command::Keys(command) => keys::run(&command, settings),
        Command::Openapi { out } => openapi::run(&out),
        Command::Map => map::run(),
        Command::Check | Command::Report { .. } | Command::Promotion { .. } => Ok(ExitCode::SUCCESS),
    }
}

/// Prints to standard output. A reader that went away early (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<(), AppError> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(AppError::System { doing: "write to standard output", source })
        }
        _ => Ok(()),
    }
}

/// Runs a command's own asynchronous work on this thread.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| AppError::System { doing: "start the runtime", source })?;
    runtime.block_on(work)
}
