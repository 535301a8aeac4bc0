//! Keys that the format has and this version does not understand yet. They are refused by name: a comparison that
//! never runs would be worse than no answer.

/// A key and the reason why it is refused.
pub(super) type NotBuilt = (&'static str, &'static str);

/// In a route.
pub(super) const ROUTE: &[NotBuilt] = &[];
