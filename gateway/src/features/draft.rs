//! The file as it was written: shapes and types are right, names are not looked up yet.

mod comparison;
mod route;
mod upstream;

pub(super) use comparison::{ComparisonDraft, RulesDraft};
pub(super) use route::{RouteDraft, WantedDraft};
pub(super) use upstream::{InstanceDraft, UpstreamDraft};

use super::reader::{At, Reader};
use super::{ROUTES_MAX, UPSTREAMS_MAX};
use toml::de::DeTable;

const FILE_KEYS: &[&str] =
    &["default", "context", "services", "legacy", "segments", "toggles", "comparison", "routes"];
const USER_ID_KEYS: &[&str] = &["header", "cookie", "jwt_claim"];

/// The whole file, but for what the toggles mean: that is read by the crate `toggles`.
#[derive(Default)]
pub(super) struct Draft<'t> {
    pub(super) default: Option<At<&'t str>>,
    pub(super) user_id: Option<UserIdDraft<'t>>,
    pub(super) services: Vec<UpstreamDraft<'t>>,
    pub(super) legacy: Vec<UpstreamDraft<'t>>,
    pub(super) toggles: Vec<At<&'t str>>,
    pub(super) comparison: RulesDraft<'t>,
    pub(super) routes: Vec<RouteDraft<'t>>,
}

/// `[context] user_id = { header = "x-user" }`: the key and its value.
pub(super) struct UserIdDraft<'t> {
    pub(super) key: &'static str,
    pub(super) value: At<&'t str>,
}

/// Reads the shapes of the file.
pub(super) fn read<'t>(reader: &mut Reader<'_>, file: &'t DeTable<'t>) -> Draft<'t> {
    reader.keys("the file", file, FILE_KEYS, &[]);
    let services = tables(reader, file, "services", UPSTREAMS_MAX);
    let legacy = tables(reader, file, "legacy", UPSTREAMS_MAX);
    let routes = tables(reader, file, "routes", ROUTES_MAX);
    Draft {
        default: reader.string(file, "default"),
        user_id: user_id(reader, file),
        services: services.into_iter().map(|table| upstream::service(reader, table)).collect(),
        legacy: legacy.into_iter().map(|table| upstream::legacy(reader, table)).collect(),
        toggles: toggle_names(file),
        comparison: comparison::for_all(reader, file),
        routes: routes.into_iter().map(|table| route::route(reader, table)).collect(),
    }
}

/// The tables of `[[key]]`.
fn tables<'t>(
    reader: &mut Reader<'_>,
    file: &'t DeTable<'t>,
    key: &str,
    max: usize,
) -> Vec<At<&'t DeTable<'t>>> {
    let Some(all) = reader.list(file, key, &format!("a list of tables: `[[{key}]]`")) else {
        return Vec::new();
    };
    if all.get_ref().len() > max {
        reader.error(all.span(), format!("a file has {max} {key} at most"));
        return Vec::new();
    }
    all.into_inner().iter().filter_map(|value| reader.table(value, key)).collect()
}

fn toggle_names<'t>(file: &'t DeTable<'t>) -> Vec<At<&'t str>> {
    let table = file.get("toggles").and_then(|toggles| toggles.get_ref().as_table());
    let names = table.into_iter().flat_map(|table| table.keys());
    names.map(|name| At::new(name.span(), name.get_ref().as_ref())).collect()
}

fn user_id<'t>(reader: &mut Reader<'_>, file: &'t DeTable<'t>) -> Option<UserIdDraft<'t>> {
    let context = reader.table(file.get("context")?, "context")?;
    reader.keys("`context`", context.get_ref(), &["user_id"], &[]);
    let user_id = reader.table(context.get_ref().get("user_id")?, "user_id")?;
    reader.keys("`user_id`", user_id.get_ref(), USER_ID_KEYS, &[]);
    let mut found = USER_ID_KEYS.iter().filter_map(|key| {
        let value = reader.string(user_id.get_ref(), key)?;
        Some(UserIdDraft { key, value })
    });
    let (first, second) = (found.next(), found.next());
    if first.is_none() || second.is_some() {
        reader.error(user_id.span(), "`user_id` has one of `header`, `cookie` and `jwt_claim`");
    }
    first
}
