//! Changes to the toggles of a features file that leave its comments, order and spacing as they are.
//!
//! These are functions from text to text: who calls them reads the file, checks the result with whatever else the file
//! holds, and writes it with [`crate::write_atomically`].

mod rollout;
#[cfg(test)]
mod tests;

use crate::file::hint;
use toml_edit::{DocumentMut, Item, TableLike, Value};

/// Why a file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The text is no TOML.
    #[error("the file is not TOML: {0}")]
    Toml(#[from] toml_edit::TomlError),
    /// There is no such toggle.
    #[error("there is no toggle `{name}`{hint}")]
    Unknown {
        /// The name that was given.
        name: String,
        /// What may have been meant, or what there is.
        hint: String,
    },
    /// A part of the toggle is not what it must be.
    #[error("toggle `{name}`: `{key}` is not {expected}")]
    Misshapen {
        /// The toggle.
        name: String,
        /// The part.
        key: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// More than all.
    #[error("a percentage is a whole number from 0 to 100, and not {0}")]
    Percent(u8),
    /// It cannot be known which rollout is meant.
    #[error(
        "toggle `{name}` has several strategies `flexibleRollout` and not exactly one without constraints; change the \
         file by hand"
    )]
    SeveralRollouts {
        /// The toggle.
        name: String,
    },
    /// A percentage would say nothing.
    #[error(
        "toggle `{name}` has a strategy `default` without constraints, so that it is on for everybody whatever the \
         percentage; change the file by hand"
    )]
    OnForEverybody {
        /// The toggle.
        name: String,
    },
}

/// Switches a toggle on or off.
///
/// # Errors
/// When the text is no TOML or has no such toggle.
pub fn set_enabled(text: &str, name: &str, enabled: bool) -> Result<String, EditError> {
    changed(text, name, |toggle| {
        set(toggle, "enabled", enabled);
        Ok(())
    })
}

/// Switches a toggle on for a percentage of whoever asks: changes the rollout of its strategy `flexibleRollout`, whose
/// stickiness and group stay as they are, or gives it such a strategy, with stickiness `default` and the toggle's name
/// for a group. A `default` strategy without constraints, which is everybody, becomes the rollout.
///
/// # Errors
/// When the text is no TOML, has no such toggle, or when its strategies leave open what a percentage would mean.
pub fn set_percent(text: &str, name: &str, percent: u8) -> Result<String, EditError> {
    if percent > 100 {
        return Err(EditError::Percent(percent));
    }
    changed(text, name, |toggle| {
        rollout::set(toggle, name, percent)?;
        set(toggle, "enabled", true);
        Ok(())
    })
}

/// The text after a change of one toggle.
fn changed(
    text: &str,
    name: &str,
    change: impl FnOnce(&mut dyn TableLike) -> Result<(), EditError>,
) -> Result<String, EditError> {
    let mut document: DocumentMut = text.parse()?;
    let unknown = |hint: String| EditError::Unknown { name: name.to_owned(), hint };
    let misshapen =
        || EditError::Misshapen { name: name.to_owned(), key: "toggles", expected: "a table of tables" };
    let toggles = document.get_mut("toggles").ok_or_else(|| unknown(String::new()))?;
    let toggles = toggles.as_table_like_mut().ok_or_else(misshapen)?;
    if !toggles.contains_key(name) {
        let names: Vec<String> = toggles.iter().map(|(key, _)| key.to_owned()).collect();
        return Err(unknown(hint(name, names.iter().map(String::as_str))));
    }
    let toggle = toggles.get_mut(name).and_then(Item::as_table_like_mut).ok_or_else(misshapen)?;
    change(toggle)?;
    Ok(document.to_string())
}

/// Sets a key; where it has a value, what stands around it stays.
fn set(table: &mut dyn TableLike, key: &str, value: impl Into<Value>) {
    let mut value = value.into();
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}
