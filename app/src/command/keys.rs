//! `banyan keys`: the keys that sign tokens. Works beside a running `serve` on the same storage.

use super::{block_on, print};
use crate::cli::KeysCommand;
use crate::compose::House;
use crate::error::AppError;
use crate::settings::Settings;
use kernel::{Context, Sources};
use std::process::ExitCode;
use std::time::Duration;
use telemetry::Metrics;
use tokens::KeyInfo;

/// Longest that one command may take.
const COMMAND_WITHIN: Duration = Duration::from_secs(10);

/// Runs a command on the keys.
pub(crate) fn run(command: &KeysCommand, settings: Settings) -> Result<ExitCode, AppError> {
    block_on(async {
        let sources = Sources::system();
        let house = House::start(&settings, &sources, &Metrics::new()).await?;
        let context = Context::background(&sources, COMMAND_WITHIN);
        let keys = match command {
            KeysCommand::Rotate => house.tokens.rotate_keys(&context).await,
            KeysCommand::List => house.tokens.list_keys(&context).await,
        };
        house.close().await;
        let keys =
            keys.map_err(|error| AppError::Module { module: tokens::NAME, reason: error.to_string() })?;
        let lines: Vec<String> = keys.iter().map(line).collect();
        print(&format!("{}\n", lines.join("\n")))?;
        Ok(ExitCode::SUCCESS)
    })
}

fn line(key: &KeyInfo) -> String {
    format!("{} {:?}", key.kid, key.role)
}
