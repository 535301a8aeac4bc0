//! The shapes of the file, key by key, and the reading of a value into one of them.

use super::values::Text;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeValue, ValueDeserializer};

/// `[toggles."name"]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToggleDef {
    #[serde(default)]
    pub(super) description: Option<String>,
    pub(super) enabled: bool,
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) project: Option<String>,
    #[serde(default)]
    pub(super) stale: Option<bool>,
    #[serde(default, rename = "impressionData")]
    pub(super) impression_data: Option<bool>,
    #[serde(default)]
    pub(super) strategies: Vec<StrategyDef>,
    #[serde(default)]
    pub(super) variants: Vec<VariantDef>,
    #[serde(default)]
    pub(super) dependencies: Vec<DependencyDef>,
}

/// One of a toggle's `strategies`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StrategyDef {
    pub(super) name: Spanned<String>,
    /// For people only.
    #[serde(default, rename = "title")]
    pub(super) _title: Option<String>,
    #[serde(default)]
    pub(super) parameters: BTreeMap<Spanned<String>, Spanned<Text>>,
    #[serde(default)]
    pub(super) constraints: Vec<Spanned<ConstraintDef>>,
    #[serde(default)]
    pub(super) segments: Vec<Spanned<SegmentRef>>,
    #[serde(default)]
    pub(super) variants: Vec<VariantDef>,
}

/// One of the `constraints` of a strategy or segment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ConstraintDef {
    pub(super) context_name: Spanned<String>,
    pub(super) operator: Spanned<String>,
    #[serde(default)]
    pub(super) values: Option<Vec<Text>>,
    #[serde(default)]
    pub(super) value: Option<Spanned<Text>>,
    #[serde(default)]
    pub(super) case_insensitive: bool,
    #[serde(default)]
    pub(super) inverted: bool,
}

/// How a strategy names a segment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(untagged, expecting = "a segment is named by its `id`, a number, or by its `name`, a string")]
pub(super) enum SegmentRef {
    Id(i32),
    Name(String),
}

/// One of `[[segments]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SegmentDef {
    #[serde(default)]
    pub(super) id: Option<i32>,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default, rename = "description")]
    pub(super) _description: Option<String>,
    pub(super) constraints: Vec<Spanned<ConstraintDef>>,
}

/// One of the `variants` of a toggle or strategy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct VariantDef {
    pub(super) name: Spanned<String>,
    pub(super) weight: Spanned<i32>,
    #[serde(default)]
    pub(super) weight_type: Option<WeightDef>,
    #[serde(default)]
    pub(super) stickiness: Option<String>,
    #[serde(default)]
    pub(super) payload: Option<PayloadDef>,
    #[serde(default)]
    pub(super) overrides: Vec<OverrideDef>,
}

/// `weightType`: only the server's own forms look at it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum WeightDef {
    Fix,
    Variable,
}

/// What a variant carries.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PayloadDef {
    #[serde(rename = "type")]
    pub(super) kind: Spanned<String>,
    pub(super) value: String,
}

/// Who gets a variant whatever the weights say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct OverrideDef {
    pub(super) context_name: String,
    pub(super) values: Vec<Text>,
}

/// A toggle that must be on, off, or give a variant, before this one can be on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DependencyDef {
    pub(super) feature: Spanned<String>,
    #[serde(default)]
    pub(super) enabled: Option<bool>,
    #[serde(default)]
    pub(super) variants: Option<Vec<String>>,
}

/// A value that has not the shape it should have.
pub(super) struct Misshapen {
    pub(super) path: String,
    pub(super) at: Option<Range<usize>>,
    pub(super) reason: String,
}

/// Reads a value into a shape.
pub(super) fn read<T: DeserializeOwned>(value: &Spanned<DeValue<'_>>) -> Result<T, Misshapen> {
    let deserializer = ValueDeserializer::from(value.clone());
    serde_path_to_error::deserialize(deserializer).map_err(|error| Misshapen {
        path: readable(&error.path().to_string()),
        at: error.inner().span().or_else(|| Some(value.span())),
        reason: error.inner().message().to_owned(),
    })
}

/// The path without the marks by which places travel through the reader, and without the sign for the whole.
fn readable(path: &str) -> String {
    let parts = path.split('.').filter(|part| !part.starts_with("$__") && !part.is_empty());
    parts.collect::<Vec<_>>().join(".")
}
