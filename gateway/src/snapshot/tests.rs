//! Snapshots for tests.

use super::Snapshot;
use crate::features::{Features, Known, parse};
use toggles::Toggles;

/// Of the text of a file, in a process with these modules.
pub(crate) fn snapshot(text: &str, modules: &[&str]) -> Snapshot {
    compiled(parse("f.toml", text, &Known { modules, ..Known::default() }).unwrap().features)
}

/// Of checked features.
pub(crate) fn compiled(features: Features) -> Snapshot {
    Snapshot::new(features, &Toggles::new()).unwrap()
}
