//! Two answers and rules in, differences out. Pure: no I/O, no clock, no chance.
#![doc = include_str!("../README.md")]

mod answer;
mod bound;
mod comparison;
pub mod limits;
mod place;
mod rules;
mod shown;

pub use answer::Answer;
pub use bound::{Bound, Bounds};
pub use comparison::{Comparison, Difference, Form, Kind};
pub use place::{Place, Step};
pub use rules::{
    DEFAULT_HEADERS, GeneratedRule, NormaliseRule, RuleFault, RuleRef, RuleSet, Rules, Scope, ToleranceRule,
    UnorderedRule,
};
pub use shown::Shown;

/// Compares an old answer with a new one.
#[must_use]
pub fn compare(rules: &Rules, old: &Answer<'_>, new: &Answer<'_>) -> Comparison {
    if rules.same_bytes(old, new) {
        return Comparison { form: Form::Same, ..Comparison::default() };
    }
    // The engine follows; until then every difference is one of the whole body.
    let difference = Difference {
        place: Place::Body,
        kind: Kind::Value,
        old: Some(Shown::hash_of(old.body)),
        new: Some(Shown::hash_of(new.body)),
        explained: None,
    };
    Comparison { differences: vec![difference], ..Comparison::default() }
}
