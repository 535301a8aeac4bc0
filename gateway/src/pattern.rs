//! Path patterns of routes: `/api/messages/{id}`, `/static/{rest..}`.

mod parse;
#[cfg(test)]
mod tests;

pub use parse::PatternFault;

use crate::path::{CleanPath, SEGMENT_MAX_BYTES, decode};
use std::fmt;

/// One segment of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// These very characters, compared after percent-decoding. Empty only as the last one: a trailing slash.
    Literal(Box<str>),
    /// `{name}`: any one segment that is not empty.
    Param,
    /// `{name..}`: whatever follows, also nothing. Always the last.
    Rest,
}

/// A path pattern, checked.
///
/// `/api/messages/{rest..}` matches `/api/messages`, `/api/messages/` and everything below;
/// `/api/messages/{id}` matches one more segment that is not empty; `/api/messages` matches neither
/// `/api/messages/` nor the other way round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: Box<str>,
    segments: Box<[Segment]>,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, in words that say how it must be.
    pub fn parse(text: &str) -> Result<Self, PatternFault> {
        Ok(Self { text: text.into(), segments: parse::segments(text)?.into_boxed_slice() })
    }

    /// The pattern as it was written.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) const fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The pattern without the names in it: two patterns match the same paths exactly when their shapes are equal.
    pub(crate) fn shape(&self) -> String {
        let mut shape = String::with_capacity(self.text.len());
        for segment in &self.segments {
            shape.push('/');
            shape.push_str(match segment {
                Segment::Literal(literal) => literal,
                Segment::Param => "{}",
                Segment::Rest => "{..}",
            });
        }
        shape
    }

    /// How far the path and the pattern agree, read from the left. Looks at one pattern only: for explanations;
    /// requests are matched by [`crate::Matcher`].
    pub(crate) fn agreement(&self, path: CleanPath<'_>) -> Agreement {
        let mut path = path.segments();
        let mut agreed = 0;
        for segment in &self.segments {
            let fits = match (segment, path.next()) {
                (Segment::Rest, _) => return Agreement::Matches,
                (_, None) => false,
                (Segment::Param, Some(given)) => !given.is_empty(),
                (Segment::Literal(literal), Some(given)) => equals(given, literal),
            };
            if !fits {
                return Agreement::Until(agreed);
            }
            agreed += 1;
        }
        if path.next().is_none() { Agreement::Matches } else { Agreement::Until(agreed) }
    }
}

/// How far a path and a pattern agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// To the end.
    Matches,
    /// For so many segments, and then no more.
    Until(usize),
}

fn equals(given: &str, literal: &str) -> bool {
    let mut buffer = [0; SEGMENT_MAX_BYTES];
    given == literal || decode(given.as_bytes(), &mut buffer) == Some(literal.as_bytes())
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
