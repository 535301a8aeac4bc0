//! Rules as they are written, in `[routes.comparison]` of a `features.toml` or for all routes. Nothing is checked here.

use crate::rules::either::text_or_table;
use serde::{Deserialize, Serialize};

/// The rules of one route, or those for all. Paths are JSONPath (RFC 9535: names, `*`, indices and slices from the
/// front, unions, `..`), or one of `status`, `body`, `header NAME`, `trailer NAME`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleSet {
    /// Places that are not compared, with all that is in them.
    pub ignore: Vec<String>,
    /// Places where each side makes up its own value: the same type, or a pattern, is enough.
    pub generated: Vec<GeneratedRule>,
    /// Arrays whose order says nothing.
    pub unordered: Vec<UnorderedRule>,
    /// Values that may differ a little.
    pub tolerance: Vec<ToleranceRule>,
    /// Values that are rewritten on both sides before they are compared.
    pub normalise: Vec<NormaliseRule>,
    /// Groups of status codes that mean the same.
    pub statuses: Vec<Vec<u16>>,
    /// The header fields that are compared. Without: [`DEFAULT_HEADERS`].
    pub headers: Option<Vec<String>>,
}

/// The header fields that are compared where nothing else is said.
pub const DEFAULT_HEADERS: [&str; 2] = ["content-type", "location"];

impl RuleSet {
    /// The keys of a rule set, for whoever reads them out of a larger table.
    pub const KEYS: [&'static str; 7] =
        ["ignore", "generated", "unordered", "tolerance", "normalise", "statuses", "headers"];
}

/// `"$.id"`, or `{ path = "$.id", pattern = "^[0-9a-f]{32}$" }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GeneratedRule {
    /// Where.
    pub path: String,
    /// What both values, if they are texts or numbers, have to match (a regular expression). Without: the same type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

/// `"$.tags"`, or `{ path = "$.messages", key = "id" }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UnorderedRule {
    /// Where the arrays are.
    pub path: String,
    /// The member by which elements are matched. Without: as a multiset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// `{ path = "$.score", relative = 0.01 }`. With several of them, one that is kept is enough.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToleranceRule {
    /// Where.
    pub path: String,
    /// How far two numbers may be apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absolute: Option<f64>,
    /// How far two numbers may be apart as a share of the larger one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative: Option<f64>,
    /// How far two moments (RFC 3339 or HTTP dates) may be apart, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<u64>,
}

/// `{ path = "$.url", pattern = "host-[0-9]+", replace = "host" }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NormaliseRule {
    /// Where.
    pub path: String,
    /// What is replaced, everywhere in the value: a regular expression of the crate `regex`.
    pub pattern: String,
    /// By what; `$1` is the first group.
    #[serde(default)]
    pub replace: String,
}

/// The table form of a [`GeneratedRule`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GeneratedTable {
    path: String,
    pattern: Option<String>,
}

/// The table form of an [`UnorderedRule`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnorderedTable {
    path: String,
    key: Option<String>,
}

impl From<GeneratedTable> for GeneratedRule {
    fn from(table: GeneratedTable) -> Self {
        Self { path: table.path, pattern: table.pattern }
    }
}

impl From<UnorderedTable> for UnorderedRule {
    fn from(table: UnorderedTable) -> Self {
        Self { path: table.path, key: table.key }
    }
}

impl From<String> for GeneratedRule {
    fn from(path: String) -> Self {
        Self { path, pattern: None }
    }
}

impl From<String> for UnorderedRule {
    fn from(path: String) -> Self {
        Self { path, key: None }
    }
}

text_or_table!(GeneratedRule, GeneratedTable);
text_or_table!(UnorderedRule, UnorderedTable);
