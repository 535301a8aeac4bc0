//! `[[services]]` and `[[legacy]]` as they were written.

use crate::features::INSTANCES_MAX;
use crate::features::reader::{At, Reader, Span, hint};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use upstream::Policy;

const INSTANCE_KEYS: &[&str] = &["id", "url", "weight"];

/// `[[services]]` or `[[legacy]]`. What is `None` was absent or has been noted as wrong.
pub(in crate::features) struct UpstreamDraft<'t> {
    pub(in crate::features) at: Span,
    pub(in crate::features) name: Option<At<&'t str>>,
    pub(in crate::features) instances: Option<Vec<InstanceDraft<'t>>>,
    pub(in crate::features) host: Option<At<&'t str>>,
    pub(in crate::features) dry_run: bool,
    /// What the file says of its policy, to be laid over the policy of the settings.
    pub(in crate::features) policy: toml::Table,
}

/// One instance.
pub(in crate::features) struct InstanceDraft<'t> {
    pub(in crate::features) id: Option<At<&'t str>>,
    pub(in crate::features) url: At<&'t str>,
    pub(in crate::features) weight: u32,
}

pub(super) fn service<'t>(reader: &mut Reader<'_>, table: At<&'t DeTable<'t>>) -> UpstreamDraft<'t> {
    let mut draft = read(reader, &table, "service", &["name", "instances", "host", "dry_run"], &["name"]);
    draft.dry_run = reader.boolean(table.get_ref(), "dry_run").is_some_and(At::into_inner);
    if let Some(list) = reader.list(table.get_ref(), "instances", "a list of URLs") {
        if list.get_ref().len() > INSTANCES_MAX {
            reader.error(list.span(), format!("a service has {INSTANCES_MAX} instances at most"));
        }
        let instances = list.into_inner().iter().take(INSTANCES_MAX);
        draft.instances = Some(instances.filter_map(|value| instance(reader, value)).collect());
    }
    draft
}

pub(super) fn legacy<'t>(reader: &mut Reader<'_>, table: At<&'t DeTable<'t>>) -> UpstreamDraft<'t> {
    let mut draft = read(reader, &table, "legacy upstream", &["name", "url", "host"], &["name", "url"]);
    let url = reader.string(table.get_ref(), "url");
    draft.instances = Some(url.into_iter().map(|url| InstanceDraft { id: None, url, weight: 1 }).collect());
    draft
}

fn read<'t>(
    reader: &mut Reader<'_>,
    table: &At<&'t DeTable<'t>>,
    kind: &str,
    own: &[&str],
    required: &[&str],
) -> UpstreamDraft<'t> {
    let name = reader.string(table.get_ref(), "name");
    let what =
        name.as_ref().map_or_else(|| format!("the {kind}"), |name| format!("{kind} `{}`", name.get_ref()));
    reader.require(&what, &table.span(), table.get_ref(), required);
    UpstreamDraft {
        at: table.span(),
        name,
        instances: None,
        dry_run: false,
        host: reader.string(table.get_ref(), "host"),
        policy: policy(reader, &what, table.get_ref(), own),
    }
}

/// The keys that are a policy's, each checked by itself so that a fault has its place.
fn policy(reader: &mut Reader<'_>, what: &str, table: &DeTable<'_>, own: &[&str]) -> toml::Table {
    let known = policy_keys();
    let mut policy = toml::Table::new();
    for (key, value) in table.iter().filter(|(key, _)| !own.contains(&key.get_ref().as_ref())) {
        let name = key.get_ref().as_ref();
        if !known.contains_key(name) {
            let names: Vec<&str> = own.iter().copied().chain(known.keys().map(String::as_str)).collect();
            let help = hint(name, names.into_iter());
            reader.error(key.span(), format!("unknown key `{name}` in {what}{help}"));
            continue;
        }
        let mut alone = DeTable::new();
        alone.insert(key.clone(), value.clone());
        let alone = Spanned::new(value.span(), DeValue::Table(alone));
        if let Err(error) = Policy::deserialize(alone.clone().into_deserializer()) {
            reader.error(
                error.span().unwrap_or(value.span()),
                format!("`{name}` of {what}: {}", error.message()),
            );
        } else if let Ok(read) = toml::Table::deserialize(alone.into_deserializer()) {
            policy.extend(read);
        }
    }
    policy
}

/// What a policy has, by the default one.
fn policy_keys() -> toml::Table {
    toml::Table::try_from(Policy::default()).unwrap_or_default()
}

/// `"http://127.0.0.1:9101"` or `{ id = "a", url = "http://127.0.0.1:9101", weight = 2 }`
fn instance<'t>(reader: &mut Reader<'_>, value: &'t Spanned<DeValue<'t>>) -> Option<InstanceDraft<'t>> {
    if let Some(url) = value.get_ref().as_str() {
        return Some(InstanceDraft { id: None, url: At::new(value.span(), url), weight: 1 });
    }
    let table = reader.table(value, "an instance")?;
    reader.keys("the instance", table.get_ref(), INSTANCE_KEYS, &[]);
    reader.require("the instance", &table.span(), table.get_ref(), &["url"]);
    Some(InstanceDraft {
        id: reader.string(table.get_ref(), "id"),
        weight: reader.number(table.get_ref(), "weight").unwrap_or(1),
        url: reader.string(table.get_ref(), "url")?,
    })
}
