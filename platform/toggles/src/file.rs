//! Toggles from a file: the `[toggles]` and `[[segments]]` of a `features.toml`.
//!
//! The keys are Unleash's own, so that what its server would answer in JSON can be written down as it is:
//!
//! ```toml
//! [[segments]]
//! name = "staff"                     # or `id = 1`, or both
//! constraints = [{ contextName = "userId", operator = "IN", values = ["1", "2"] }]
//!
//! [toggles."messages.serve"]
//! description = "the messages service answers"
//! enabled = true
//! strategies = [
//!     { name = "default", segments = ["staff"] },
//!     { name = "flexibleRollout", parameters = { rollout = 5, stickiness = "userId", groupId = "messages" } },
//! ]
//! ```
//!
//! What Unleash would accept in silence and what can only be a slip of the pen is a [`Fault`] here: strategies and
//! operators that do not exist, a segment or parent that is not there, a rollout beyond 100.

mod check;
mod convert;
mod fault;
mod model;
mod parameters;
mod segments;
#[cfg(test)]
mod tests;
mod values;

pub use fault::Fault;
pub(crate) use fault::hint;

use crate::file::fault::Faults;
use crate::file::model::ToggleDef;
use crate::file::segments::Segments;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unleash_types::client_features::ClientFeatures;

/// What a file says.
#[derive(Debug, Clone)]
pub struct FileState {
    /// The toggles and segments, sorted by name, as far as they could be read. A fault does not keep a toggle out, so
    /// that this is what Unleash would make of the same state.
    pub features: ClientFeatures,
    /// Everything that is wrong, in the order of the file. With any of them the file is not to be used.
    pub faults: Vec<Fault>,
}

impl FileState {
    /// The toggles, if nothing is wrong with them.
    ///
    /// # Errors
    /// The first fault, and how many more there are.
    pub fn into_result(mut self) -> Result<ClientFeatures, FileError> {
        if self.faults.is_empty() {
            return Ok(self.features);
        }
        let more = self.faults.len() - 1;
        Err(FileError { first: self.faults.swap_remove(0), more })
    }
}

/// A file that is not to be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{first}{}", if *more > 0 { format!(" (and {more} more)") } else { String::new() })]
pub struct FileError {
    /// The first thing that is wrong.
    pub first: Fault,
    /// How many more there are.
    pub more: usize,
}

/// Reads the values of the keys `toggles` and `segments` of a parsed file. Each fault has the place that the parser
/// gave to its value, in bytes of the text.
#[must_use]
pub fn from_toml(
    toggles: Option<&Spanned<DeValue<'_>>>,
    segments: Option<&Spanned<DeValue<'_>>>,
) -> FileState {
    let mut faults = Faults::default();
    let segments = Segments::read(segments, &mut faults);
    let toggles = definitions(toggles, &mut faults);
    check::all(&toggles, &segments, &mut faults);
    FileState { features: convert::state(toggles, &segments), faults: faults.in_order() }
}

/// Reads the text of a whole `features.toml` and passes over everything that is not about toggles.
#[must_use]
pub fn from_text(text: &str) -> FileState {
    match DeTable::parse(text) {
        Ok(table) => from_toml(table.get_ref().get("toggles"), table.get_ref().get("segments")),
        Err(error) => FileState {
            features: ClientFeatures::default(),
            faults: vec![Fault::new(None, String::new(), error.span(), error.message())],
        },
    }
}

/// A toggle as it is written, with its name and the place of its table.
struct Definition {
    name: String,
    at: std::ops::Range<usize>,
    body: ToggleDef,
}

fn definitions(toggles: Option<&Spanned<DeValue<'_>>>, faults: &mut Faults) -> Vec<Definition> {
    let Some(toggles) = toggles else { return Vec::new() };
    let Some(table) = toggles.get_ref().as_table() else {
        let found = toggles.get_ref().type_str();
        faults.of_file(
            "toggles",
            toggles.span(),
            format!("must be a table of toggles, and is of type {found}"),
        );
        return Vec::new();
    };
    let mut definitions = Vec::with_capacity(table.len());
    for (name, value) in table {
        let name = name.get_ref().to_string();
        match model::read::<ToggleDef>(value) {
            Ok(body) => definitions.push(Definition { name, at: value.span(), body }),
            Err(error) => faults.add(Fault::new(Some(name), error.path, error.at, error.reason)),
        }
    }
    definitions.sort_by(|a, b| a.name.cmp(&b.name));
    definitions
}
