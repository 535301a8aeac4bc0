//! What a promoter is told of a route by the gateway around it.

use crate::Seen;
use std::sync::Arc;

/// Says what was seen of a route since the process began, and what stands in the way of seeing more.
pub trait Witness {
    /// What was seen of it.
    fn seen(&self, route: &str) -> Seen;

    /// Which of its toggles are off.
    fn off(&self, route: &str) -> Off;
}

/// The toggles of a route that are off for everybody, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Off {
    /// Its `serve`: the new side answers nobody, whatever the ceiling is.
    pub serve: Option<Arc<str>>,
    /// Its `compare`: no evidence comes.
    pub compare: Option<Arc<str>>,
}

impl Off {
    /// Why nothing is compared, where that is so.
    pub(crate) fn comparing(&self) -> Option<String> {
        self.compare.as_ref().map(|toggle| format!("its toggle {toggle} is off: nothing is compared"))
    }
}
