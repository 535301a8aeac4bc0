//! `[[routes]]` as it was written.

use super::comparison::{self, ComparisonDraft};
use crate::features::not_built;
use crate::features::promotion::{self, PromotionDraft};
use crate::features::reader::{At, Reader, Span};
use toml::de::DeTable;

const ROUTE_KEYS: &[&str] = &[
    "name",
    "match",
    "module",
    "legacy",
    "service",
    "serve",
    "compare",
    "fallback",
    "comparison",
    "promotion",
];
const MATCH_KEYS: &[&str] = &["methods", "path", "host", "headers", "query"];

/// `[[routes]]`. What is `None` was absent or has been noted as wrong.
pub(in crate::features) struct RouteDraft<'t> {
    pub(in crate::features) at: Span,
    pub(in crate::features) name: Option<At<&'t str>>,
    pub(in crate::features) methods: Option<At<Vec<At<&'t str>>>>,
    pub(in crate::features) path: Option<At<&'t str>>,
    pub(in crate::features) host: Option<At<&'t str>>,
    pub(in crate::features) headers: Vec<WantedDraft<'t>>,
    pub(in crate::features) query: Vec<WantedDraft<'t>>,
    pub(in crate::features) module: Option<At<&'t str>>,
    pub(in crate::features) legacy: Option<At<&'t str>>,
    pub(in crate::features) service: Option<At<&'t str>>,
    pub(in crate::features) serve: Option<At<&'t str>>,
    pub(in crate::features) compare: Option<At<&'t str>>,
    pub(in crate::features) fallback: Option<At<bool>>,
    pub(in crate::features) comparison: Option<ComparisonDraft<'t>>,
    pub(in crate::features) promotion: Option<PromotionDraft>,
}

/// A header field or a parameter that a route asks for; without a value, it must only be there.
pub(in crate::features) struct WantedDraft<'t> {
    pub(in crate::features) name: At<&'t str>,
    pub(in crate::features) value: Option<At<&'t str>>,
}

pub(super) fn route<'t>(reader: &mut Reader<'_>, table: At<&'t DeTable<'t>>) -> RouteDraft<'t> {
    let at = table.span();
    let table = table.into_inner();
    let name = reader.string(table, "name");
    let what =
        name.as_ref().map_or_else(|| "the route".to_owned(), |name| format!("route `{}`", name.get_ref()));
    reader.keys(&what, table, ROUTE_KEYS, not_built::ROUTE);
    reader.require(&what, &at, table, &["name", "match"]);
    one_old_side(reader, &what, &at, table);
    let matched = table.get("match").and_then(|value| reader.table(value, "match"));
    let mut draft = RouteDraft {
        at,
        name,
        methods: None,
        path: None,
        host: None,
        headers: Vec::new(),
        query: Vec::new(),
        module: reader.string(table, "module"),
        legacy: reader.string(table, "legacy"),
        service: reader.string(table, "service"),
        serve: reader.string(table, "serve"),
        compare: reader.string(table, "compare"),
        fallback: reader.boolean(table, "fallback"),
        comparison: comparison::of_route(reader, &what, table),
        promotion: promotion::of_route(reader, &what, table),
    };
    if let Some(matched) = matched {
        read_match(reader, &what, matched, &mut draft);
    }
    draft
}

fn one_old_side(reader: &mut Reader<'_>, what: &str, at: &Span, table: &DeTable<'_>) {
    match (table.get("module"), table.get("legacy")) {
        (Some(_), Some(legacy)) => {
            reader.error(legacy.span(), format!("{what} has `module` and `legacy`; it has one old side"));
        }
        (None, None) => {
            let reason = "its old side: a `module` of this process, or a `legacy` upstream";
            reader.error(at.clone(), format!("{what} lacks {reason}"));
        }
        _ => {}
    }
}

fn read_match<'t>(
    reader: &mut Reader<'_>,
    what: &str,
    matched: At<&'t DeTable<'t>>,
    draft: &mut RouteDraft<'t>,
) {
    let what = format!("`match` of {what}");
    let table = *matched.get_ref();
    reader.keys(&what, table, MATCH_KEYS, &[]);
    reader.require(&what, &matched.span(), table, &["path"]);
    draft.methods = reader.strings(table, "methods");
    draft.path = reader.string(table, "path");
    draft.host = reader.string(table, "host");
    draft.headers = wanted(reader, table, "headers");
    draft.query = wanted(reader, table, "query");
}

/// `{ x-beta = "1", x-debug = true }`
fn wanted<'t>(reader: &mut Reader<'_>, matched: &'t DeTable<'t>, key: &str) -> Vec<WantedDraft<'t>> {
    let Some(table) = matched.get(key).and_then(|value| reader.table(value, key)) else { return Vec::new() };
    let mut drafts = Vec::new();
    for (name, value) in table.into_inner() {
        let text = value.get_ref().as_str();
        if text.is_none() && value.get_ref().as_bool() != Some(true) {
            let reason = format!(
                "`{}` is the text that it must be, or `true` when it must only be there",
                name.get_ref()
            );
            reader.error(value.span(), reason);
            continue;
        }
        drafts.push(WantedDraft {
            name: At::new(name.span(), name.get_ref().as_ref()),
            value: text.map(|text| At::new(value.span(), text)),
        });
    }
    drafts
}
