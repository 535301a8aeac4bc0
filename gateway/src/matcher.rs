//! From method and path to the route, at a cost that does not depend on how many routes there are.
//!
//! The patterns are compiled into a deterministic automaton over path segments: one hash lookup a segment, no
//! backtracking, no allocation. At each segment a literal goes before `{param}`, and `{param}` before `{rest..}`,
//! whatever the order in the file. The first of the matching patterns that also takes the method wins, so that a
//! broad route may take the methods that a narrow one does not name.

mod build;
mod hash;
#[cfg(test)]
mod tests;

pub use build::TooManyStates;

use crate::method::MethodSet;
use crate::path::{CleanPath, SEGMENT_MAX_BYTES, decode};
use crate::pattern::Pattern;
use hash::SegmentHash;
use std::collections::HashMap;

/// Position of a route in the list the matcher was made from.
pub type RouteIndex = u32;

type StateIndex = u32;

/// Where a path may stand after some of its segments.
#[derive(Debug, Default)]
struct State {
    /// The next state by a segment that some pattern names literally.
    literals: HashMap<Box<[u8]>, StateIndex, SegmentHash>,
    /// The next state by any other segment that is not empty; `None` when nothing can match any more.
    other: Option<StateIndex>,
    /// The routes of a path that ends here, best first.
    here: Box<[RouteIndex]>,
    /// The routes of a path that ends here with a slash, best first.
    slash: Box<[RouteIndex]>,
}

/// What the matcher found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// The best route for path and method.
    Route(RouteIndex),
    /// Routes match the path, and none the method; these are the methods that they take.
    MethodNotAllowed(MethodSet),
    /// No route matches the path.
    NotFound,
}

/// The compiled patterns of all routes.
#[derive(Debug)]
pub struct Matcher {
    methods: Box<[MethodSet]>,
    states: Box<[State]>,
}

impl Matcher {
    /// Compiles routes. The caller has made sure that no two have one shape of pattern and a method in common.
    ///
    /// # Errors
    /// When the patterns overlap in so many ways that the automaton passes its bound.
    pub fn new<'r>(
        routes: impl ExactSizeIterator<Item = (&'r Pattern, MethodSet)> + Clone,
    ) -> Result<Self, TooManyStates> {
        let methods = routes.clone().map(|(_, methods)| methods).collect();
        let states = build::states(routes.map(|(pattern, _)| pattern))?.into_boxed_slice();
        Ok(Self { methods, states })
    }

    /// The route for a request. Its cost grows with the number of segments only.
    #[must_use]
    pub fn find(&self, method: &str, path: CleanPath<'_>) -> Match {
        let candidates = self.candidates(path);
        let mut allowed = MethodSet::NONE;
        for &route in candidates {
            let methods = self.methods.get(route as usize).copied().unwrap_or_default();
            if methods.contains(method) {
                return Match::Route(route);
            }
            allowed = allowed.union(methods);
        }
        if candidates.is_empty() { Match::NotFound } else { Match::MethodNotAllowed(allowed) }
    }

    /// The routes whose pattern matches the path, best first.
    fn candidates(&self, path: CleanPath<'_>) -> &[RouteIndex] {
        let Some(mut state) = self.states.first() else { return &[] };
        for segment in path.segments() {
            if segment.is_empty() {
                return &state.slash;
            }
            let next = state.next(segment.as_bytes()).and_then(|next| self.states.get(next as usize));
            let Some(next) = next else { return &[] };
            state = next;
        }
        &state.here
    }
}

impl State {
    fn next(&self, segment: &[u8]) -> Option<StateIndex> {
        self.literal(segment).or(self.other)
    }

    fn literal(&self, segment: &[u8]) -> Option<StateIndex> {
        if self.literals.is_empty() {
            return None;
        }
        if memchr::memchr(b'%', segment).is_none() {
            return self.literals.get(segment).copied();
        }
        let mut buffer = [0; SEGMENT_MAX_BYTES];
        decode(segment, &mut buffer).and_then(|decoded| self.literals.get(decoded)).copied()
    }
}
