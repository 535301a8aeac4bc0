//! The patterns of one host as a deterministic automaton over path segments.

use super::RouteIndex;
use super::build::{self, Budget, TooManyStates};
use super::steps::Steps;
use crate::hash::NameHash;
use crate::path::{CleanPath, SEGMENT_MAX_BYTES, decode};
use crate::pattern::Pattern;
use std::collections::HashMap;

/// Position of a state.
pub(super) type StateIndex = u32;

/// Where a path may stand after some of its segments.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The next state by a segment that some pattern names literally.
    pub(super) literals: HashMap<Box<[u8]>, StateIndex, NameHash>,
    /// The next state by any other segment that is not empty; `None` when nothing can match any more.
    pub(super) other: Option<StateIndex>,
    /// The routes of a path that ends here, best first.
    pub(super) here: Box<[RouteIndex]>,
    /// The routes of a path that ends here with a slash, best first.
    pub(super) slash: Box<[RouteIndex]>,
}

/// Compiled patterns; the first state is where every path starts.
#[derive(Debug, Default)]
pub(super) struct Automaton {
    pub(super) states: Box<[State]>,
}

impl Automaton {
    /// Compiles patterns; of equal ones, the earlier goes first.
    pub(super) fn new<'p>(
        patterns: impl Iterator<Item = (RouteIndex, &'p Pattern)>,
        budget: &mut Budget,
    ) -> Result<Self, TooManyStates> {
        Ok(Self { states: build::states(patterns, budget)?.into_boxed_slice() })
    }

    /// The routes whose pattern matches the path, best first.
    pub(super) fn candidates(&self, path: CleanPath<'_>, steps: &mut impl Steps) -> &[RouteIndex] {
        let Some(mut state) = self.states.first() else { return &[] };
        for segment in path.segments() {
            if segment.is_empty() {
                return &state.slash;
            }
            steps.step();
            let next = state
                .next(segment.as_bytes(), path.has_escapes())
                .and_then(|next| self.states.get(next as usize));
            let Some(next) = next else { return &[] };
            state = next;
        }
        &state.here
    }
}

impl State {
    fn next(&self, segment: &[u8], may_escape: bool) -> Option<StateIndex> {
        self.literal(segment, may_escape).or(self.other)
    }

    fn literal(&self, segment: &[u8], may_escape: bool) -> Option<StateIndex> {
        if self.literals.is_empty() {
            return None;
        }
        if !may_escape || memchr::memchr(b'%', segment).is_none() {
            return self.literals.get(segment).copied();
        }
        let mut buffer = [0; SEGMENT_MAX_BYTES];
        decode(segment, &mut buffer).and_then(|decoded| self.literals.get(decoded)).copied()
    }
}
