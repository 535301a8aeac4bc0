//! The toggles of a snapshot: which are on. A route holds an index, so that a request compares no names.

use crate::features::Toggle;
use std::sync::Arc;

/// Position of a toggle in its features file's sorted list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToggleId(u32);

impl ToggleId {
    pub(crate) fn new(position: usize) -> Self {
        // A file has TOGGLES_MAX toggles at most, so that this never saturates.
        Self(u32::try_from(position).unwrap_or(u32::MAX))
    }
}

/// The toggles at one moment.
#[derive(Debug, Clone, Default)]
pub struct Toggles {
    names: Box<[Arc<str>]>,
    on: Box<[bool]>,
}

impl Toggles {
    pub(crate) fn new(toggles: &[Toggle]) -> Self {
        Self {
            names: toggles.iter().map(|toggle| toggle.name.clone()).collect(),
            on: toggles.iter().map(|toggle| toggle.enabled).collect(),
        }
    }

    /// Whether the toggle is on. One that does not exist is off.
    #[must_use]
    pub fn is_on(&self, toggle: ToggleId) -> bool {
        self.on.get(toggle.0 as usize).copied().unwrap_or_default()
    }

    /// The toggle's name, for people.
    #[must_use]
    pub fn name(&self, toggle: ToggleId) -> &str {
        self.names.get(toggle.0 as usize).map_or("", |name| name)
    }
}
