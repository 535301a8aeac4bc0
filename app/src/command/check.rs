//! `banyan check`: settings and features, with file, line and reason of whatever is wrong.

use super::print;
use crate::cli::Common;
use crate::error::AppError;
use crate::features;
use crate::settings::Settings;
use std::process::ExitCode;

/// Checks everything, so that one run shows all there is to mend.
pub(crate) fn run(common: &Common) -> Result<ExitCode, AppError> {
    let settings = match Settings::load(common) {
        Ok(settings) => settings,
        Err(error) => {
            // The features can be checked all the same: only their path is needed.
            let defaults = Settings::defaults(common);
            return match features::snapshot(&defaults) {
                Err(AppError::Features(more)) => Err(AppError::Setting(format!("{error}\n{more}"))),
                _ => Err(error),
            };
        }
    };
    let (snapshot, warnings) = features::snapshot(&settings)?;
    if let Some(warnings) = warnings {
        print(&format!("{warnings}\n"))?;
    }
    let (routes, toggles) = (snapshot.features.routes.len(), snapshot.features.toggles.len());
    let (path, named) = &settings.features;
    if *named || path.exists() {
        print(&format!("{}: {routes} routes, {toggles} toggles\n", path.display()))?;
    } else {
        print(&format!("{}: not there, everything goes to the modules\n", path.display()))?;
    }
    print("settings and features are in order\n")?;
    Ok(ExitCode::SUCCESS)
}
