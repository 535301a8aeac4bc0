//! Rules that were checked and compiled, and what they say about a place.

mod compile;
mod either;
mod fault;
mod path;
mod reference;
mod set;
mod target;
#[cfg(test)]
mod tests;

pub use fault::RuleFault;
pub use reference::{RuleRef, Scope};
pub use set::{DEFAULT_HEADERS, GeneratedRule, NormaliseRule, RuleSet, ToleranceRule, UnorderedRule};

pub(crate) use path::Part;
pub(crate) use target::Target;

use crate::answer::{Answer, values};
use regex::Regex;

/// Compiled rules: made once, used by many threads for every comparison of a route.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    pub(crate) rules: Vec<Rule>,
    pub(crate) statuses: Vec<(RuleRef, Vec<u16>)>,
    pub(crate) headers: Vec<Box<str>>,
}

/// One compiled rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    pub(crate) reference: RuleRef,
    pub(crate) target: Target,
    pub(crate) action: Action,
}

/// What a rule does at its places.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// Everything is explained.
    Ignore,
    /// The same type is enough, or that both match.
    Generated(Option<Regex>),
    /// The order is explained; with the member by which elements are matched.
    Unordered(Option<Box<str>>),
    /// Close values are explained.
    Tolerance(Tolerance),
    /// Values that are equal after rewriting are explained.
    Normalise(Regex, Box<str>),
}

/// Patterns are the same when they are written the same.
impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ignore, Self::Ignore) => true,
            (Self::Generated(one), Self::Generated(other)) => {
                one.as_ref().map(Regex::as_str) == other.as_ref().map(Regex::as_str)
            }
            (Self::Unordered(one), Self::Unordered(other)) => one == other,
            (Self::Tolerance(one), Self::Tolerance(other)) => one == other,
            (Self::Normalise(one, to), Self::Normalise(other, other_to)) => {
                (one.as_str(), to) == (other.as_str(), other_to)
            }
            _ => false,
        }
    }
}

/// How far values may be apart.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Tolerance {
    pub(crate) absolute: Option<f64>,
    pub(crate) relative: Option<f64>,
    pub(crate) time_ms: Option<u64>,
}

impl Default for Rules {
    /// No rule; the headers of [`DEFAULT_HEADERS`] are compared.
    fn default() -> Self {
        Self { rules: Vec::new(), statuses: Vec::new(), headers: DEFAULT_HEADERS.map(Into::into).into() }
    }
}

impl Rules {
    /// Compiles the rules of one route.
    ///
    /// # Errors
    /// The first rule that cannot be used.
    pub fn compile(route: &RuleSet) -> Result<Self, RuleFault> {
        Self::merge(&RuleSet::default(), route)
    }

    /// Compiles the rules for all routes and those of one. The route's `headers` replace those for all; everything
    /// else is added.
    ///
    /// # Errors
    /// The first rule that cannot be used.
    pub fn merge(all: &RuleSet, route: &RuleSet) -> Result<Self, RuleFault> {
        compile::compile(all, route)
    }

    /// Whether two answers are the same to the byte in everything that is compared. Parses nothing, allocates nothing:
    /// cheap enough for the thread that serves requests. `false` says nothing yet: ask [`crate::compare`].
    #[must_use]
    pub fn same_bytes(&self, old: &Answer<'_>, new: &Answer<'_>) -> bool {
        old.status == new.status
            && old.body == new.body
            && self.headers.iter().all(|name| old.header(name).eq(new.header(name)))
            && same_trailers(old, new)
    }

    /// The header fields that are compared, in lower case.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(AsRef::as_ref)
    }
}

fn same_trailers(old: &Answer<'_>, new: &Answer<'_>) -> bool {
    let covered = |one: &Answer<'_>, other: &Answer<'_>| {
        one.trailers.iter().all(|(name, _)| values(one.trailers, name).eq(values(other.trailers, name)))
    };
    covered(old, new) && covered(new, old)
}
