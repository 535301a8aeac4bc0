//! `banyan openapi`: the modules' descriptions, a file each.

use super::print;
use crate::compose;
use crate::error::AppError;
use std::path::Path;
use std::process::ExitCode;

/// Writes the descriptions into a folder.
pub(crate) fn run(out: &Path) -> Result<ExitCode, AppError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| AppError::Write { path, source }
    };
    std::fs::create_dir_all(out).map_err(failed(out))?;
    let modules = compose::about().into_iter().map(|about| (about.name, (about.openapi)()));
    for (name, description) in modules.chain([("admin", gateway::admin_openapi())]) {
        let path = out.join(format!("{name}.json"));
        let mut text = description
            .to_pretty_json()
            .map_err(|error| AppError::Module { module: name, reason: error.to_string() })?;
        text.push('\n');
        std::fs::write(&path, text).map_err(failed(&path))?;
        print(&format!("{}\n", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}
