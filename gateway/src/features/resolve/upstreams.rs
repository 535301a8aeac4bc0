//! Services and legacy upstreams: checked, with the policy of each.

use super::names;
use crate::features::draft::{Draft, InstanceDraft, UpstreamDraft};
use crate::features::model::{Known, Upstream, UpstreamId, UpstreamKind};
use crate::features::reader::{At, Reader, hint};
use crate::features::{LEGACY, MONOLITH, UPSTREAMS_MAX};
use crate::http1::HostPolicy;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use upstream::{InstanceSpec, Policy};

/// All upstreams by name.
pub(super) struct Upstreams<'k> {
    list: Vec<Upstream>,
    by_name: BTreeMap<Arc<str>, UpstreamId>,
    base: Option<&'k Policy>,
}

impl<'k> Upstreams<'k> {
    pub(super) fn new(reader: &mut Reader<'_>, draft: &Draft<'_>, known: &Known<'k>) -> Self {
        let mut upstreams = Self { list: Vec::new(), by_name: BTreeMap::new(), base: known.policy };
        if let Some(url) = known.legacy_url {
            upstreams.add_flag(reader, url);
        }
        for service in &draft.services {
            upstreams.add(reader, service, UpstreamKind::Service);
        }
        for legacy in &draft.legacy {
            upstreams.add(reader, legacy, UpstreamKind::Legacy);
        }
        upstreams
    }

    pub(super) fn get(&self, id: UpstreamId) -> Option<&Upstream> {
        self.list.get(id.index())
    }

    pub(super) fn into_inner(self) -> Vec<Upstream> {
        self.list
    }

    /// The legacy upstream of that name.
    pub(super) fn legacy(&self, name: &str) -> Option<UpstreamId> {
        self.named(name, UpstreamKind::Legacy)
    }

    /// Finds a legacy upstream that the file names under `key`.
    pub(super) fn find_legacy(
        &self,
        reader: &mut Reader<'_>,
        name: &At<&str>,
        key: &str,
    ) -> Option<UpstreamId> {
        let found = self.legacy(name.get_ref());
        if found.is_none() {
            let legacies = self.list.iter().filter(|upstream| upstream.kind == UpstreamKind::Legacy);
            let help = hint(name.get_ref(), legacies.map(|upstream| &*upstream.name));
            let reason = format!("`{key}` names no `[[legacy]]` upstream: `{}`{help}", name.get_ref());
            reader.error(name.span(), reason);
        }
        found
    }

    /// Finds a legacy upstream or a service that the file names under `key`.
    pub(super) fn find_any(&self, reader: &mut Reader<'_>, name: &At<&str>, key: &str) -> Option<UpstreamId> {
        let found = self.by_name.get(*name.get_ref()).copied();
        if found.is_none() {
            let help = hint(name.get_ref(), self.list.iter().map(|upstream| &*upstream.name));
            let reason = format!(
                "`{key}` names no `[[legacy]]` upstream and no `[[services]]`: `{}`{help}",
                name.get_ref()
            );
            reader.error(name.span(), reason);
        }
        found
    }

    /// The service that a route names. One that the file does not list is known to the registry, or will be.
    pub(super) fn service(&mut self, reader: &mut Reader<'_>, name: &At<&str>) -> Option<UpstreamId> {
        if let Some(id) = self.named(name.get_ref(), UpstreamKind::Service) {
            return Some(id);
        }
        names::is_good(reader, name, "a service");
        if let Some(legacy) = self.legacy(name.get_ref()).and_then(|id| self.list.get(id.index())) {
            let reason =
                format!("`{}` is a legacy upstream (line {}), and no service", legacy.name, legacy.line);
            reader.error(name.span(), reason);
            return None;
        }
        if self.list.len() >= 2 * UPSTREAMS_MAX {
            reader.error(name.span(), format!("routes name more than {UPSTREAMS_MAX} services"));
            return None;
        }
        let line = reader.line(&name.span());
        let policy = self.base.cloned().unwrap_or_default();
        Some(self.push(name.get_ref(), UpstreamKind::Service, None, policy, line))
    }

    fn named(&self, name: &str, kind: UpstreamKind) -> Option<UpstreamId> {
        let id = *self.by_name.get(name)?;
        self.list.get(id.index()).filter(|upstream| upstream.kind == kind).map(|upstream| upstream.id)
    }

    fn add_flag(&mut self, reader: &mut Reader<'_>, url: &str) {
        let instances = match InstanceSpec::parse("1", url, 1) {
            Ok(instance) => vec![instance],
            Err(error) => {
                reader.whole_file(format!("--legacy: {error}"));
                return;
            }
        };
        let policy = self.base.cloned().unwrap_or_default();
        self.push(LEGACY, UpstreamKind::Legacy, Some(instances), policy, 0);
    }

    fn add(&mut self, reader: &mut Reader<'_>, draft: &UpstreamDraft<'_>, kind: UpstreamKind) {
        let Some(name) = &draft.name else { return };
        names::is_good(
            reader,
            name,
            if kind == UpstreamKind::Service { "a service" } else { "a legacy upstream" },
        );
        if *name.get_ref() == MONOLITH {
            reader.error(name.span(), format!("`{MONOLITH}` is what the modules of this process are called"));
        }
        if let Some(other) = self.by_name.get(*name.get_ref()).and_then(|id| self.list.get(id.index())) {
            let reason = match other.line {
                0 => format!(
                    "`{LEGACY}` is the upstream of `--legacy`: take another name, or give no `--legacy`"
                ),
                line => format!("an upstream `{}` is already on line {line}", other.name),
            };
            reader.error(name.span(), reason);
            return;
        }
        let policy = self.policy(reader, draft);
        let instances = draft.instances.as_ref().map(|instances| specs(reader, instances));
        let line = reader.line(&draft.at);
        let id = self.push(name.get_ref(), kind, instances, policy, line);
        if let Some(upstream) = self.list.get_mut(id.index()) {
            upstream.dry_run = draft.dry_run;
        }
        if let (Some(upstream), Some(host)) = (self.list.get_mut(id.index()), &draft.host) {
            upstream.host = host_policy(reader, host);
        }
    }

    fn push(
        &mut self,
        name: &str,
        kind: UpstreamKind,
        instances: Option<Vec<InstanceSpec>>,
        policy: Policy,
        line: u32,
    ) -> UpstreamId {
        let (id, name) = (UpstreamId::new(self.list.len()), Arc::<str>::from(name));
        self.by_name.insert(name.clone(), id);
        self.list.push(Upstream {
            id,
            name,
            kind,
            instances,
            policy,
            host: HostPolicy::default(),
            dry_run: false,
            line,
        });
        id
    }

    /// What the file says, laid over the policy of the settings.
    fn policy(&self, reader: &mut Reader<'_>, draft: &UpstreamDraft<'_>) -> Policy {
        let base = self.base.cloned().unwrap_or_default();
        let merged =
            toml::Table::try_from(&base).map_err(|error| error.to_string()).and_then(|mut merged| {
                lay_over(&mut merged, &draft.policy);
                merged.try_into::<Policy>().map_err(|error| error.to_string())
            });
        match merged.and_then(|policy| policy.check().map(|()| policy).map_err(|error| error.to_string())) {
            Ok(policy) => policy,
            Err(reason) => {
                reader.error(draft.at.clone(), reason);
                base
            }
        }
    }
}

/// Puts `over` over `under`, table by table.
fn lay_over(under: &mut toml::Table, over: &toml::Table) {
    for (key, value) in over {
        match (under.get_mut(key), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(over)) => lay_over(under, over),
            _ => drop(under.insert(key.clone(), value.clone())),
        }
    }
}

/// Instances without an id of their own are called by their number: an address is nothing for clients to see.
fn specs(reader: &mut Reader<'_>, drafts: &[InstanceDraft<'_>]) -> Vec<InstanceSpec> {
    let mut specs = Vec::new();
    let mut ids = HashSet::new();
    for (number, draft) in (1..).zip(drafts) {
        let id = draft.id.as_ref().map_or_else(|| number.to_string(), |id| (*id.get_ref()).to_owned());
        if !ids.insert(id.clone()) {
            let at = draft.id.as_ref().unwrap_or(&draft.url).span();
            reader.error(at, format!("the service has an instance `{id}` already"));
        }
        match InstanceSpec::parse(&id, draft.url.get_ref(), draft.weight) {
            Ok(spec) => specs.push(spec),
            Err(error) => reader.error(draft.url.span(), error.to_string()),
        }
    }
    specs
}

fn host_policy(reader: &mut Reader<'_>, host: &At<&str>) -> HostPolicy {
    match *host.get_ref() {
        "preserve" => HostPolicy::Preserve,
        "upstream" => HostPolicy::Upstream,
        _ => {
            let reason =
                "`host` is \"preserve\" (the host that the client asked) or \"upstream\" (that of the URL)";
            reader.error(host.span(), reason);
            HostPolicy::default()
        }
    }
}
