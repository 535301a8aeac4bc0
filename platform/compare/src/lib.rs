//! Two answers and rules in, differences out. Pure: no I/O, no clock, no chance.
#![doc = include_str!("../README.md")]

mod answer;
mod body;
mod bound;
mod comparison;
mod fields;
mod form;
mod found;
mod json;
pub mod limits;
mod place;
mod rules;
mod shown;
#[cfg(test)]
mod tests;
mod time;
mod walk;

pub use answer::Answer;
pub use bound::{Bound, Bounds};
pub use comparison::{Comparison, Difference, Form, Kind};
pub use place::{Place, Step};
pub use rules::{
    DEFAULT_HEADERS, GeneratedRule, NormaliseRule, RuleFault, RuleRef, RuleSet, Rules, Scope, ToleranceRule,
    UnorderedRule,
};
pub use shown::Shown;

/// Compares an old answer with a new one: status, chosen header fields, body, trailer fields. Time and memory are linear in
/// the bodies, up to the [`limits`].
#[must_use]
pub fn compare(rules: &Rules, old: &Answer<'_>, new: &Answer<'_>) -> Comparison {
    let mut found = found::Found::default();
    if rules.same_bytes(old, new) {
        found.comparison.form = Form::Same;
        return found.comparison;
    }
    fields::status(rules, old, new, &mut found);
    fields::headers(rules, old, new, &mut found);
    found.comparison.form = body::compare(rules, old, new, &mut found);
    fields::trailers(rules, old, new, &mut found);
    found.comparison
}
