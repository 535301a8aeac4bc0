//! `[routes.comparison]` as it was written, and `[comparison]`, the rules for all routes.

use crate::features::reader::{At, Reader, Span};
use compare::RuleSet;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What a comparison has beside its rules.
const OWN_KEYS: [&str; 6] = ["writes", "recheck", "noise", "noise_sample", "enough", "allowed_difference"];

/// Rules, and where each of them stands.
#[derive(Default)]
pub(in crate::features) struct RulesDraft<'t> {
    pub(in crate::features) set: RuleSet,
    table: Option<&'t DeTable<'t>>,
}

/// `[routes.comparison]`. What is `None` was absent or has been noted as wrong.
pub(in crate::features) struct ComparisonDraft<'t> {
    pub(in crate::features) at: Span,
    pub(in crate::features) rules: RulesDraft<'t>,
    pub(in crate::features) writes: Option<At<&'t str>>,
    pub(in crate::features) recheck: Option<At<&'t str>>,
    pub(in crate::features) noise: Option<At<&'t str>>,
    pub(in crate::features) noise_sample: Option<At<f64>>,
    pub(in crate::features) enough: Option<u32>,
    pub(in crate::features) allowed_difference: Option<At<f64>>,
}

impl RulesDraft<'_> {
    /// Where a rule stands: its list, or the rule itself.
    pub(in crate::features) fn place(&self, key: &str, index: usize) -> Option<Span> {
        let list = self.table?.get(key)?;
        let rule = list.get_ref().as_array().and_then(|rules| rules.get(index));
        Some(rule.map_or_else(|| list.span(), Spanned::span))
    }

    /// How many rules there are.
    pub(in crate::features) fn len(&self) -> usize {
        let RuleSet { ignore, generated, unordered, tolerance, normalise, statuses, .. } = &self.set;
        let others = tolerance.len() + normalise.len() + statuses.len();
        ignore.len() + generated.len() + unordered.len() + others
    }
}

/// `[comparison]`: rules for all routes.
pub(super) fn for_all<'t>(reader: &mut Reader<'_>, file: &'t DeTable<'t>) -> RulesDraft<'t> {
    let Some(table) = file.get("comparison").and_then(|value| reader.table(value, "comparison")) else {
        return RulesDraft::default();
    };
    reader.keys("`comparison`", table.get_ref(), &RuleSet::KEYS, &[]);
    rules(reader, table.into_inner())
}

/// `[routes.comparison]`
pub(super) fn of_route<'t>(
    reader: &mut Reader<'_>,
    what: &str,
    route: &'t DeTable<'t>,
) -> Option<ComparisonDraft<'t>> {
    let table = reader.table(route.get("comparison")?, "comparison")?;
    let (at, table) = (table.span(), table.into_inner());
    let known: Vec<&str> = RuleSet::KEYS.into_iter().chain(OWN_KEYS).collect();
    reader.keys(&format!("`comparison` of {what}"), table, &known, &[]);
    Some(ComparisonDraft {
        at,
        rules: rules(reader, table),
        writes: reader.string(table, "writes"),
        recheck: reader.string(table, "recheck"),
        noise: reader.string(table, "noise"),
        noise_sample: reader.share(table, "noise_sample"),
        enough: reader.number(table, "enough"),
        allowed_difference: reader.share(table, "allowed_difference"),
    })
}

/// Each list by itself, so that a fault has its place.
fn rules<'t>(reader: &mut Reader<'_>, table: &'t DeTable<'t>) -> RulesDraft<'t> {
    let mut good = DeTable::new();
    let mut all = 0..0;
    for (key, value) in table.iter().filter(|(key, _)| RuleSet::KEYS.contains(&key.get_ref().as_ref())) {
        let mut alone = DeTable::new();
        alone.insert(key.clone(), value.clone());
        let alone = Spanned::new(value.span(), DeValue::Table(alone));
        match RuleSet::deserialize(alone.into_deserializer()) {
            Ok(_) => drop(good.insert(key.clone(), value.clone())),
            Err(error) => {
                let at = error.span().unwrap_or(value.span());
                reader.error(at, format!("`{}`: {}", key.get_ref(), error.message()));
            }
        }
        all = value.span();
    }
    let good = Spanned::new(all, DeValue::Table(good));
    RulesDraft { set: RuleSet::deserialize(good.into_deserializer()).unwrap_or_default(), table: Some(table) }
}
