//! `banyan check`: settings and features, with file, line and reason of whatever is wrong.

use super::print;
use crate::cli::Common;
use crate::error::AppError;
use crate::features::{self, FeaturesFile};
use crate::settings::Settings;
use std::process::ExitCode;

/// Checks everything, so that one run shows all there is to mend.
pub(crate) fn run(common: &Common) -> Result<ExitCode, AppError> {
    let settings = match Settings::load(common) {
        Ok(settings) => settings,
        Err(error) => {
            // The features can be checked all the same: only their path is needed.
            let defaults = Settings::defaults(common);
            return match features::look(&FeaturesFile::of_house(&defaults)) {
                Err(AppError::Features(more)) => Err(AppError::Setting(format!("{error}\n{more}"))),
                _ => Err(error),
            };
        }
    };
    let file = FeaturesFile::of_house(&settings);
    let (snapshot, warnings) = features::look(&file)?;
    if !warnings.is_empty() {
        print(&format!("{warnings}\n"))?;
    }
    let path = file.path.display();
    if file.is_read() {
        let features = &snapshot.features;
        let (routes, upstreams) = (features.routes.len(), features.upstreams.len());
        let toggles = match settings.unleash.is_on() {
            true => format!("toggles from {}", settings.unleash.url),
            false => format!("{} toggles", features.toggles.features.len()),
        };
        print(&format!("{path}: {routes} routes, {upstreams} services and legacy upstreams, {toggles}\n"))?;
    } else {
        print(&format!("{path}: not there, everything goes to the modules\n"))?;
    }
    print("settings and features are in order\n")?;
    Ok(ExitCode::SUCCESS)
}
