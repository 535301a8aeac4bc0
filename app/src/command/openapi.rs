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
    for about in compose::about() {
        let path = out.join(format!("{}.json", about.name));
        let mut text = (about.openapi)()
            .to_pretty_json()
            .map_err(|error| AppError::Module { module: about.name, reason: error.to_string() })?;
        text.push('\n');
        std::fs::write(&path, text).map_err(failed(&path))?;
        print(&format!("{}\n", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}
