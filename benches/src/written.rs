//! Results as files: figures as JSON, and the table for people as Markdown.

use crate::cli::Options;
use crate::error::BenchError;
use serde::Serialize;

/// Writes `NAME.json` and `NAME.md`; with `--quick` only `NAME.quick.json`.
pub(crate) fn both(
    options: &Options,
    name: &str,
    report: &impl Serialize,
    table: &str,
) -> Result<(), BenchError> {
    let mut json = serde_json::to_string_pretty(report).map_err(BenchError::system("write JSON"))?;
    json.push('\n');
    if options.quick {
        return one(options, &format!("{name}.quick.json"), &json);
    }
    one(options, &format!("{name}.json"), &json)?;
    one(options, &format!("{name}.md"), table)
}

fn one(options: &Options, name: &str, text: &str) -> Result<(), BenchError> {
    let file = options.out.join(name);
    let failed = || BenchError::system(format!("write {}", file.display()));
    std::fs::create_dir_all(&options.out).map_err(failed())?;
    std::fs::write(&file, text).map_err(failed())?;
    println!("written: {}", file.display());
    Ok(())
}

/// Size of the program that runs, in bytes.
pub(crate) fn program_bytes() -> u64 {
    let program = std::env::current_exe().and_then(std::fs::metadata);
    program.map_or(0, |program| program.len())
}
