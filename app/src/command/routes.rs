//! `banyan routes`: what there is, and what would answer a request and why.

use super::print;
use crate::cli::RoutesCommand;
use crate::error::AppError;
use crate::features;
use crate::settings::Settings;
use gateway::{Facts, RouteList, explain};
use serde::Serialize;
use std::fmt::Display;
use std::process::ExitCode;

/// Lists or explains.
pub(crate) fn run(
    command: Option<RoutesCommand>,
    json: bool,
    settings: &Settings,
) -> Result<ExitCode, AppError> {
    let (snapshot, _) = features::snapshot(settings)?;
    match command.unwrap_or(RoutesCommand::List) {
        RoutesCommand::List => show(&RouteList::new(&snapshot), json)?,
        RoutesCommand::Explain { method, path } => {
            let method = method.to_ascii_uppercase();
            show(&explain(&Facts { method: &method, path: &path }, &snapshot), json)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show<T: Display + Serialize>(value: &T, json: bool) -> Result<(), AppError> {
    let text = if json {
        let failed =
            |error: serde_json::Error| AppError::System { doing: "write JSON", source: error.into() };
        serde_json::to_string_pretty(value).map_err(failed)?
    } else {
        value.to_string()
    };
    print(&format!("{text}\n"))
}
