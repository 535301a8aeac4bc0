//! Where results and data go.

use crate::error::BenchError;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Makes the folder; its absolute path, because the servers run elsewhere.
pub(crate) fn folder(path: &Path) -> Result<PathBuf, BenchError> {
    let failed = || BenchError::system(format!("make {}", path.display()));
    std::fs::create_dir_all(path).map_err(failed())?;
    path.canonicalize().map_err(failed())
}

/// Writes a report and says where.
pub(crate) fn write(folder: &Path, name: &str, report: &impl Serialize) -> Result<(), BenchError> {
    let file = folder.join(name);
    let mut text = serde_json::to_string_pretty(report).map_err(BenchError::system("write JSON"))?;
    let failed = || BenchError::system(format!("write {}", file.display()));
    text.push('\n');
    std::fs::create_dir_all(folder).map_err(failed())?;
    std::fs::write(&file, text).map_err(failed())?;
    println!("written: {}", file.display());
    Ok(())
}

/// Size of the program that runs, bytes.
pub(crate) fn own_bytes() -> u64 {
    let program = std::env::current_exe().and_then(std::fs::metadata);
    program.map_or(0, |program| program.len())
}
