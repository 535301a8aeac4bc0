//! From a file, or a text, to checked features.

use super::model::{Features, Known};
use super::reader::Reader;
use super::report::Report;
use super::{draft, resolve, toggles};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use toml::de::DeTable;

/// The largest features file, in bytes.
pub const FILE_MAX_BYTES: u64 = 8 * 1024 * 1024;

/// A file that may be used.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What it says.
    pub features: Features,
    /// What is odd about it, yet no reason to refuse it.
    pub warnings: Report,
}

/// Reads and checks a features file. Reads from disk: for start and for reloads, never within a request.
///
/// # Errors
/// Everything that is wrong with the file, also when it cannot be read.
pub fn load(path: &Path, known: &Known<'_>) -> Result<Loaded, Report> {
    let name = path.display().to_string();
    match read(path) {
        Ok(text) => parse(&name, &text, known),
        Err(error) => Err(Report::of_file(name, format!("cannot be read: {error}"))),
    }
}

/// Checks a features file and reports everything that there is to say about it.
#[must_use]
pub fn check(path: &Path, known: &Known<'_>) -> Report {
    load(path, known).map_or_else(|report| report, |loaded| loaded.warnings)
}

/// Checks the text of a features file; `file` is its name in messages.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(file: &str, text: &str, known: &Known<'_>) -> Result<Loaded, Report> {
    let mut reader = Reader::new(file, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    // Of one line only the first: the others follow from it.
    let mut line = 0;
    for error in &errors {
        let at = error.span().unwrap_or_default();
        if reader.line(&at) != line {
            line = reader.line(&at);
            reader.error(at, error.message());
        }
    }
    // What the parser made of a broken text would only give errors that nobody wrote.
    if !errors.is_empty() {
        return Err(reader.finish());
    }
    let draft = draft::read(&mut reader, table.get_ref());
    let mut features = resolve::resolve(&mut reader, draft, known);
    features.toggles = toggles::read(&mut reader, table.get_ref(), known);
    if reader.is_ok() { Ok(Loaded { features, warnings: reader.finish() }) } else { Err(reader.finish()) }
}

/// What holds without a file: everything goes to the upstream of `--legacy`, or else to the modules of this process.
///
/// # Errors
/// When there is neither, or the URL is none.
pub fn without_file(known: &Known<'_>) -> Result<Features, Report> {
    if known.legacy_url.is_none() && !known.modules.is_empty() {
        return Ok(Features::monolith());
    }
    let loaded = parse("gateway", "", known)?;
    match loaded.features.default {
        Some(_) => Ok(loaded.features),
        None => Err(Report::of_file(
            "gateway",
            "there is nothing to pass requests on to: give --legacy URL or --features FILE",
        )),
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(FILE_MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > FILE_MAX_BYTES {
        let reason = format!("it has more than {FILE_MAX_BYTES} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
    }
    Ok(text)
}
