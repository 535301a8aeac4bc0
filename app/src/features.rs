//! The features file, as the process reads it at start and the commands read it to look at it.

use crate::compose;
use crate::error::AppError;
use crate::settings::Settings;
use gateway::Snapshot;
use gateway::features::{Features, Known, Report, load};

/// What the file says, compiled, and what is odd about it. Without a file, everything goes to the modules.
pub(crate) fn snapshot(settings: &Settings) -> Result<(Snapshot, Option<Report>), AppError> {
    let about = compose::about();
    let modules: Vec<&str> = about.iter().map(|about| about.name).collect();
    let (path, named) = &settings.features;
    let (features, warnings) = if !named && !path.exists() {
        (Features::monolith(), None)
    } else {
        let known = Known { modules: &modules };
        let loaded = load(path, &known).map_err(|report| AppError::Features(report.to_string()))?;
        (loaded.features, Some(loaded.warnings))
    };
    let snapshot = Snapshot::new(features).map_err(|error| AppError::Features(error.to_string()))?;
    Ok((snapshot, warnings.filter(|report| !report.is_empty())))
}
