//! The ceilings that requests are decided by: the share that the new side of a route may answer at most.

use arc_swap::ArcSwap;
use std::collections::HashMap;
use std::sync::Arc;

/// The ceilings of all routes that are promoted. Read by every request without a lock; clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Ceilings(Arc<ArcSwap<HashMap<Arc<str>, u8>>>);

impl Ceilings {
    /// The ceiling of a route, percent. 0 while nothing is known of it: what is not known is not raised.
    #[must_use]
    pub fn of(&self, route: &str) -> u8 {
        self.0.load().get(route).copied().unwrap_or_default()
    }

    /// Sets them all.
    pub fn set(&self, ceilings: impl IntoIterator<Item = (Arc<str>, u8)>) {
        self.0.store(Arc::new(ceilings.into_iter().collect()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_raised() {
        let ceilings = Ceilings::default();
        assert_eq!(ceilings.of("a"), 0);
        ceilings.set([("a".into(), 25)]);
        assert_eq!((ceilings.of("a"), ceilings.of("b")), (25, 0));
        ceilings.set([]);
        assert_eq!(ceilings.of("a"), 0);
    }
}
