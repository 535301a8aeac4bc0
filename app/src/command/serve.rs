//! `banyan serve`: the modules behind the gateway, and the admin side, until SIGTERM.

use crate::compose::House;
use crate::error::AppError;
use crate::features::FeaturesFile;
use crate::front::Front;
use crate::process::{self, Ports, Served, Start};
use crate::settings::Settings;
use gateway::Tokens;
use std::process::ExitCode;

/// Serves until SIGTERM or SIGINT.
pub(crate) fn run(settings: Settings) -> Result<ExitCode, AppError> {
    process::run(settings, serve)
}

async fn serve(start: Start) -> Result<(), AppError> {
    let Start { settings, sources, metrics, .. } = &start;
    if settings.jwks.is_on() {
        let reason = "jwks: is for `banyan gateway`; here the modules verify tokens by their own keys";
        return Err(AppError::Setting(reason.to_owned()));
    }
    // The file and the ports first: what is wrong there is said before the databases are touched.
    let file = FeaturesFile::of_house(settings);
    crate::features::look(&file)?;
    let ports = Ports::take(settings)?;
    let house = House::start(settings, sources, metrics).await?;
    let front = Front::start(file, settings, sources, metrics).await?;
    let served = Served {
        mounted: house.mounted(settings, sources),
        tokens: Tokens::House(house.verifier.clone()),
        extensions: house.extensions(sources),
        front,
    };
    let ended = start.serve(ports, served).await;
    house.close().await;
    ended
}
