//! Keys that the format has and this version does not understand yet. They are refused by name: a percentage that
//! is read as "on", or a comparison that never runs, would be worse than no answer.

/// A key and the reason why it is refused.
pub(super) type NotBuilt = (&'static str, &'static str);

/// At the top of the file.
pub(super) const FILE: &[NotBuilt] = &[
    ("services", "services outside of this process are not built yet"),
    ("legacy", "legacy upstreams are not built yet; the old side of a route is a `module` of this process"),
    ("context", "toggles are on or off for everybody, so there is nothing to say about users yet"),
    ("segments", "segments are not built yet; a toggle is plainly on or off"),
];

/// In a toggle.
pub(super) const TOGGLE: &[NotBuilt] = &[
    ("strategies", "strategies are not built yet; a toggle is plainly on or off for everybody"),
    ("variants", "variants are not built yet; a toggle is plainly on or off for everybody"),
    ("dependencies", "dependencies are not built yet; a toggle is plainly on or off for everybody"),
];

/// In a route.
pub(super) const ROUTE: &[NotBuilt] = &[
    ("legacy", "legacy upstreams are not built yet; the old side of a route is a `module` of this process"),
    ("comparison", "comparing answers is not built yet"),
    ("promotion", "staged promotion is not built yet"),
    ("fallback", "falling back to the other side is not built yet"),
];

/// In a route's `match`.
pub(super) const MATCH: &[NotBuilt] = &[
    ("host", "matching by host is not built yet"),
    ("headers", "matching by headers is not built yet"),
    ("query", "matching by query is not built yet"),
];
