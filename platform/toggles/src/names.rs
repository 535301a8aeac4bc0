//! Names of toggles and the indices that stand for them.

use crate::NAMES_MAX;
use crate::error::CompileError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Stands for the name of a toggle, for as long as the process runs: a route resolves the name once and compares no
/// text afterwards. Belongs to the [`crate::Toggles`] that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToggleId(u32);

impl ToggleId {
    /// The id of no toggle: it is unknown in every snapshot.
    pub const NONE: Self = Self(u32::MAX);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    fn new(index: usize) -> Self {
        // NAMES_MAX is far below.
        u32::try_from(index).map_or(Self::NONE, Self)
    }
}

/// Every name that was ever seen. Locked only when routes or toggles are read, never by a request.
#[derive(Debug, Default)]
pub(crate) struct Names(Mutex<HashMap<Arc<str>, ToggleId>>);

impl Names {
    /// The id of a name, a new one if need be; `None` when there are too many.
    pub(crate) fn id(&self, name: &str) -> Option<ToggleId> {
        let mut ids = self.lock();
        if let Some(id) = ids.get(name) {
            return Some(*id);
        }
        let id = ToggleId::new(ids.len());
        if ids.len() >= NAMES_MAX {
            return None;
        }
        ids.insert(name.into(), id);
        Some(id)
    }

    /// The ids of all these names.
    pub(crate) fn ids<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<Vec<ToggleId>, CompileError> {
        names.map(|name| self.id(name).ok_or(CompileError::TooManyNames { max: NAMES_MAX })).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, ToggleId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_id_and_the_number_of_names_is_bounded() {
        let names = Names::default();
        let first = names.id("first").unwrap();
        for number in 1..NAMES_MAX {
            assert!(names.id(&format!("n{number}")).is_some());
        }
        assert_eq!(names.id("one too many"), None);
        assert_eq!(names.id("first"), Some(first));
    }
}
