//! What Unleash would take in silence and what can only be a mistake in a file.

use super::Definition;
use super::convert;
use super::fault::{Fault, Faults, hint};
use super::model::{ConstraintDef, DependencyDef, StrategyDef, VariantDef};
use super::parameters;
use super::segments::Segments;
use super::values::Text;
use crate::engine::compiles;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use unleash_types::client_features::{Operator, Strategy};
use unleash_yggdrasil::KNOWN_STRATEGIES;

/// The operators of the specification.
const OPERATORS: [&str; 19] = [
    "IN",
    "NOT_IN",
    "STR_ENDS_WITH",
    "STR_STARTS_WITH",
    "STR_CONTAINS",
    "NUM_EQ",
    "NUM_GT",
    "NUM_GTE",
    "NUM_LT",
    "NUM_LTE",
    "DATE_AFTER",
    "DATE_BEFORE",
    "SEMVER_EQ",
    "SEMVER_GT",
    "SEMVER_GTE",
    "SEMVER_LT",
    "SEMVER_LTE",
    "REGEX",
    "IN_CIDR",
];
const PAYLOADS: [&str; 4] = ["string", "json", "csv", "number"];

/// Checks every toggle and segment.
pub(super) fn all(toggles: &[Definition], segments: &Segments, faults: &mut Faults) {
    for (id, constraints) in &segments.by_id {
        let mut scope = Scope { toggle: None, path: format!("segment {id}"), faults };
        scope.constraints(constraints);
    }
    let by_name: BTreeMap<&str, &Definition> =
        toggles.iter().map(|toggle| (toggle.name.as_str(), toggle)).collect();
    for toggle in toggles {
        let before = faults.len();
        let mut scope = Scope { toggle: Some(&toggle.name), path: String::new(), faults };
        for (index, strategy) in toggle.body.strategies.iter().enumerate() {
            scope.within(format!("strategies[{index}]"), |scope| scope.strategy(strategy, segments));
        }
        scope.variants(&toggle.body.variants);
        for (index, parent) in toggle.body.dependencies.iter().enumerate() {
            scope.within(format!("dependencies[{index}].feature"), |scope| {
                scope.dependency(&toggle.name, parent, &by_name);
            });
        }
        if faults.len() == before {
            compiled(toggle, segments, faults);
        }
    }
}

/// What no other check has found: such as a quotation mark in the name of a group.
fn compiled(toggle: &Definition, segments: &Segments, faults: &mut Faults) {
    for (index, strategy) in toggle.body.strategies.iter().enumerate() {
        let whole = convert::strategy(strategy, segments);
        if !compiles(Strategy { segments: None, ..whole }) {
            let path = format!("strategies[{index}]");
            let reason = "the engine does not understand this strategy: it would be off for everybody";
            faults.add(Fault::new(Some(toggle.name.clone()), path, Some(toggle.at.clone()), reason));
        }
    }
}

/// A place in the file, and where to note what is wrong there.
pub(super) struct Scope<'f> {
    toggle: Option<&'f str>,
    path: String,
    faults: &'f mut Faults,
}

impl Scope<'_> {
    /// Notes something at `key` below this place.
    pub(super) fn fault(&mut self, key: &str, at: Range<usize>, reason: impl Into<String>) {
        let path = joined(&self.path, key);
        self.faults.add(Fault::new(self.toggle.map(str::to_owned), path, Some(at), reason));
    }

    /// The same one step deeper.
    fn within(&mut self, step: String, check: impl FnOnce(&mut Scope<'_>)) {
        let path = joined(&self.path, &step);
        check(&mut Scope { toggle: self.toggle, path, faults: self.faults });
    }

    fn strategy(&mut self, strategy: &StrategyDef, segments: &Segments) {
        let name = strategy.name.get_ref().as_str();
        if KNOWN_STRATEGIES.contains(&name) {
            parameters::check(self, strategy);
        } else {
            let help = hint(name, KNOWN_STRATEGIES.iter().copied());
            self.fault("name", strategy.name.span(), format!("unknown strategy `{name}`{help}"));
        }
        for (index, segment) in strategy.segments.iter().enumerate() {
            if segments.id(segment.get_ref()).is_none() {
                self.fault(
                    &format!("segments[{index}]"),
                    segment.span(),
                    segments.missing(segment.get_ref()),
                );
            }
        }
        self.constraints(&strategy.constraints);
        self.variants(&strategy.variants);
    }

    fn constraints(&mut self, constraints: &[Spanned<ConstraintDef>]) {
        for (index, constraint) in constraints.iter().enumerate() {
            self.within(format!("constraints[{index}]"), |scope| scope.constraint(constraint));
        }
    }

    fn constraint(&mut self, spanned: &Spanned<ConstraintDef>) {
        let constraint = spanned.get_ref();
        if constraint.context_name.get_ref().is_empty() {
            self.fault("contextName", constraint.context_name.span(), "is empty");
        }
        let name = constraint.operator.get_ref();
        let operator = convert::operator(name);
        if matches!(operator, Operator::Unknown(_)) {
            let help = hint(name, OPERATORS.into_iter());
            return self.fault(
                "operator",
                constraint.operator.span(),
                format!("unknown operator `{name}`{help}"),
            );
        }
        match (&constraint.values, &constraint.value) {
            (Some(values), _) if operator == Operator::InCidr => self.networks(values, spanned.span()),
            (Some(_), _) if takes_a_list(&operator) => {}
            (None, _) if takes_a_list(&operator) => {
                self.fault("values", spanned.span(), format!("`{name}` needs `values`, a list"));
            }
            (_, None) => self.fault("value", spanned.span(), format!("`{name}` needs a `value`")),
            (_, Some(_)) if is_understood(constraint, &operator) => {}
            (_, Some(value)) => {
                let reason = format!("`{}` is no {}", value.get_ref().0, expected(&operator));
                self.fault("value", value.span(), reason);
            }
        }
    }

    fn networks(&mut self, values: &[Text], at: Range<usize>) {
        if let Some(strange) = values.iter().find(|value| !parameters::is_network(&value.0)) {
            self.fault("values", at, format!("`{}` is neither an address nor a network", strange.0));
        }
    }

    fn variants(&mut self, variants: &[VariantDef]) {
        let Some(first) = variants.first() else { return };
        for (index, variant) in variants.iter().enumerate() {
            self.within(format!("variants[{index}]"), |scope| {
                let name = variant.name.get_ref();
                if variants.iter().take(index).any(|other| other.name.get_ref() == name) {
                    scope.fault("name", variant.name.span(), format!("there is another variant `{name}`"));
                }
                if *variant.weight.get_ref() < 0 {
                    scope.fault("weight", variant.weight.span(), "must not be below 0");
                }
                let payload = variant.payload.as_ref().map(|payload| &payload.kind);
                if let Some(kind) = payload.filter(|kind| !PAYLOADS.contains(&kind.get_ref().as_str())) {
                    let help = hint(kind.get_ref(), PAYLOADS.into_iter());
                    let reason = format!("unknown type of payload `{}`{help}", kind.get_ref());
                    scope.fault("payload.type", kind.span(), reason);
                }
            });
        }
        let sum: i64 = variants.iter().map(|variant| i64::from(*variant.weight.get_ref())).sum();
        if !(1..=i64::from(u32::MAX)).contains(&sum) {
            let reason = format!("the weights add up to {sum}, so that no variant can be chosen");
            self.fault("variants", first.weight.span(), reason);
        }
    }

    fn dependency(&mut self, own: &str, parent: &DependencyDef, toggles: &BTreeMap<&str, &Definition>) {
        let name = parent.feature.get_ref().as_str();
        let reason = match toggles.get(name) {
            _ if name == own => "a toggle cannot depend on itself".to_owned(),
            None => format!("there is no toggle `{name}`{}", hint(name, toggles.keys().copied())),
            Some(toggle) if !toggle.body.dependencies.is_empty() => {
                format!("`{name}` depends on another toggle itself, which a parent must not")
            }
            Some(_) => return,
        };
        self.fault("", parent.feature.span(), reason);
    }
}

fn joined(path: &str, step: &str) -> String {
    match (path, step) {
        ("", step) => step.to_owned(),
        (path, "") => path.to_owned(),
        (path, step) => format!("{path}.{step}"),
    }
}

fn takes_a_list(operator: &Operator) -> bool {
    use Operator::{In, InCidr, NotIn, StrContains, StrEndsWith, StrStartsWith};
    matches!(operator, In | NotIn | StrContains | StrEndsWith | StrStartsWith | InCidr)
}

/// Whether the engine can make something of the constraint's value.
fn is_understood(constraint: &ConstraintDef, operator: &Operator) -> bool {
    let converted = convert::constraint(constraint);
    let value = converted.value.as_deref().unwrap_or_default();
    // The engine compares as the value looks: with `SEMVER_EQ`, `1.2` would be a number.
    let looks_right = match operator {
        Operator::RegexMatch => return regex::Regex::new(value).is_ok(),
        Operator::DateAfter | Operator::DateBefore => value.contains('T'),
        Operator::NumEq | Operator::NumGt | Operator::NumGte | Operator::NumLt | Operator::NumLte => {
            value.parse::<f64>().is_ok()
        }
        _ => value.split(['-', '+']).next().is_some_and(|core| core.split('.').count() == 3),
    };
    looks_right
        && !value.starts_with('v')
        && compiles(Strategy {
            name: "default".into(),
            sort_order: None,
            segments: None,
            constraints: Some(vec![converted]),
            parameters: None,
            variants: None,
        })
}

fn expected(operator: &Operator) -> &'static str {
    use Operator::{DateAfter, DateBefore, RegexMatch, SemverEq, SemverGt, SemverGte, SemverLt, SemverLte};
    match operator {
        DateAfter | DateBefore => "time (RFC 3339, as in 2026-01-29T13:00:00Z)",
        SemverEq | SemverGt | SemverGte | SemverLt | SemverLte => "version (semver.org, as in 1.2.3)",
        RegexMatch => "regular expression",
        _ => "number",
    }
}
