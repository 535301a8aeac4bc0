//! Routes and toggles at one moment, compiled, and the place where the current ones are found.

use crate::features::Features;
use crate::matcher::{Matcher, TooManyStates};
use crate::toggles::Toggles;
use arc_swap::ArcSwap;
use std::sync::Arc;

/// The current snapshot. Requests load it without a lock and keep it to their end; whoever reloads the features
/// stores a whole new one.
pub type Current = Arc<ArcSwap<Snapshot>>;

/// A features file, ready to decide by. Never changes.
#[derive(Debug)]
pub struct Snapshot {
    /// The file.
    pub features: Features,
    /// Its routes, compiled.
    pub matcher: Matcher,
    /// Its toggles, compiled.
    pub toggles: Toggles,
}

impl Snapshot {
    /// Compiles checked features.
    ///
    /// # Errors
    /// When the patterns overlap in too many ways. [`crate::features::parse`] has made sure that they do not.
    pub fn new(features: Features) -> Result<Self, TooManyStates> {
        let matcher = Matcher::new(features.routes.iter().map(|route| (&route.pattern, route.methods)))?;
        Ok(Self { toggles: Toggles::new(&features.toggles), matcher, features })
    }

    /// Makes this the first current snapshot.
    #[must_use]
    pub fn into_current(self) -> Current {
        Arc::new(ArcSwap::from_pointee(self))
    }
}
