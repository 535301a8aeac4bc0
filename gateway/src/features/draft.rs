//! The file as it was written: shapes and types are right, names are not looked up yet.

use super::reader::{At, Reader, Span};
use super::{ROUTES_MAX, TOGGLES_MAX, not_built};
use toml::de::DeTable;

const FILE_KEYS: &[&str] = &["default", "toggles", "routes"];
const TOGGLE_KEYS: &[&str] = &["description", "enabled"];
const ROUTE_KEYS: &[&str] = &["name", "match", "module", "service", "serve", "compare"];
const MATCH_KEYS: &[&str] = &["methods", "path"];

/// The whole file.
#[derive(Default)]
pub(super) struct Draft<'t> {
    pub(super) default: Option<At<&'t str>>,
    pub(super) toggles: Vec<ToggleDraft<'t>>,
    pub(super) routes: Vec<RouteDraft<'t>>,
}

/// `[toggles."name"]`.
pub(super) struct ToggleDraft<'t> {
    pub(super) name: At<&'t str>,
    pub(super) description: &'t str,
    pub(super) enabled: bool,
}

/// `[[routes]]`. What is `None` was absent or has been noted as wrong.
pub(super) struct RouteDraft<'t> {
    pub(super) at: Span,
    pub(super) name: Option<At<&'t str>>,
    pub(super) methods: Option<At<Vec<At<&'t str>>>>,
    pub(super) path: Option<At<&'t str>>,
    pub(super) module: Option<At<&'t str>>,
    pub(super) service: Option<At<&'t str>>,
    pub(super) serve: Option<At<&'t str>>,
    pub(super) compare: Option<At<&'t str>>,
}

/// Reads the shapes of the file.
pub(super) fn read<'t>(reader: &mut Reader<'_>, file: &'t DeTable<'_>) -> Draft<'t> {
    reader.keys("the file", file, FILE_KEYS, not_built::FILE);
    Draft {
        default: reader.string(file, "default"),
        toggles: toggles(reader, file),
        routes: routes(reader, file),
    }
}

fn toggles<'t>(reader: &mut Reader<'_>, file: &'t DeTable<'_>) -> Vec<ToggleDraft<'t>> {
    let Some(all) = file.get("toggles").and_then(|value| reader.table(value, "toggles")) else {
        return Vec::new();
    };
    if all.get_ref().len() > TOGGLES_MAX {
        reader.error(all.span(), format!("a file has {TOGGLES_MAX} toggles at most"));
        return Vec::new();
    }
    let mut drafts = Vec::new();
    for (name, value) in all.into_inner() {
        let Some(table) = reader.table(value, name.get_ref()) else { continue };
        let at = table.span();
        let table = table.into_inner();
        let what = format!("toggle `{}`", name.get_ref());
        reader.keys(&what, table, TOGGLE_KEYS, not_built::TOGGLE);
        reader.require(&what, &at, table, &["enabled"]);
        drafts.push(ToggleDraft {
            name: At::new(name.span(), name.get_ref().as_ref()),
            description: reader.string(table, "description").map_or("", At::into_inner),
            enabled: reader.boolean(table, "enabled").unwrap_or_default(),
        });
    }
    drafts
}

fn routes<'t>(reader: &mut Reader<'_>, file: &'t DeTable<'_>) -> Vec<RouteDraft<'t>> {
    let Some(all) = reader.list(file, "routes", "a list of tables: `[[routes]]`") else { return Vec::new() };
    if all.get_ref().len() > ROUTES_MAX {
        reader.error(all.span(), format!("a file has {ROUTES_MAX} routes at most"));
        return Vec::new();
    }
    let tables: Vec<_> = all.into_inner().iter().filter_map(|value| reader.table(value, "routes")).collect();
    tables.into_iter().map(|table| route(reader, table)).collect()
}

fn route<'t>(reader: &mut Reader<'_>, table: At<&'t DeTable<'t>>) -> RouteDraft<'t> {
    let at = table.span();
    let table = table.into_inner();
    let name = reader.string(table, "name");
    let what =
        name.as_ref().map_or_else(|| "the route".to_owned(), |name| format!("route `{}`", name.get_ref()));
    reader.keys(&what, table, ROUTE_KEYS, not_built::ROUTE);
    // A `legacy` has been noted already, and takes the place of a module.
    let old_side = if table.get("legacy").is_some() { "legacy" } else { "module" };
    reader.require(&what, &at, table, &["name", "match", old_side]);
    let matched = table.get("match").and_then(|value| reader.table(value, "match"));
    let mut draft = RouteDraft {
        at,
        name,
        methods: None,
        path: None,
        module: reader.string(table, "module"),
        service: reader.string(table, "service"),
        serve: reader.string(table, "serve"),
        compare: reader.string(table, "compare"),
    };
    if let Some(matched) = matched {
        let what = format!("`match` of {what}");
        reader.keys(&what, matched.get_ref(), MATCH_KEYS, not_built::MATCH);
        reader.require(&what, &matched.span(), matched.get_ref(), &["path"]);
        draft.methods = reader.strings(matched.get_ref(), "methods");
        draft.path = reader.string(matched.get_ref(), "path");
    }
    draft
}
