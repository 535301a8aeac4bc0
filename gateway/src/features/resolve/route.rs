//! One route, with every name in it looked up.

use super::comparison;
use super::conditions;
use super::names;
use super::toggles::ToggleNames;
use super::upstreams::Upstreams;
use crate::features::DEFAULT_ROUTE;
use crate::features::draft::{RouteDraft, RulesDraft};
use crate::features::model::{Known, OldSide, Route};
use crate::features::reader::{At, Reader, hint};
use crate::method::MethodSet;
use crate::parallel::{Writes, is_safe};
use crate::pattern::Pattern;
use promotion::Policy;
use std::sync::Arc;

/// What a route may name.
pub(super) struct Names<'n, 't, 'k> {
    pub(super) toggles: &'n mut ToggleNames<'t>,
    pub(super) upstreams: &'n mut Upstreams<'k>,
    pub(super) known: &'n Known<'k>,
    pub(super) for_all: &'n RulesDraft<'t>,
}

pub(super) fn checked(
    reader: &mut Reader<'_>,
    draft: &RouteDraft<'_>,
    names: &mut Names<'_, '_, '_>,
) -> Option<Route> {
    if let Some(name) = &draft.name {
        names::is_good(reader, name, "a route");
        if *name.get_ref() == DEFAULT_ROUTE {
            let reason = "is what logs and metrics call requests that no route matches; take another name";
            reader.error(name.span(), format!("`{DEFAULT_ROUTE}` {reason}"));
        }
    }
    let service = draft.service.as_ref().and_then(|service| names.upstreams.service(reader, service));
    let methods = methods(reader, draft);
    let pattern = draft.path.as_ref().and_then(|path| pattern(reader, path));
    let conditions = conditions::checked(reader, draft);
    let old = old_side(reader, draft, names);
    let serve = toggle(reader, draft, names, "serve", draft.serve.as_ref());
    let compare = toggle(reader, draft, names, "compare", draft.compare.as_ref());
    let sides = (old.as_ref(), service);
    let comparison = comparison::checked(reader, names.for_all, draft, sides, names.upstreams);
    moves_apart(reader, draft, serve.as_ref(), compare.as_ref());
    skips_all(reader, draft, methods, comparison.writes);
    Some(Route {
        name: (*draft.name.as_ref()?.get_ref()).into(),
        methods,
        pattern: pattern?,
        conditions,
        old: old?,
        service,
        serve,
        compare,
        fallback: fallback(reader, draft),
        comparison,
        promotion: promotion(reader, draft),
        line: reader.line(&draft.at),
    })
}

/// Absent means all; everything that is not a method is noted.
fn methods(reader: &mut Reader<'_>, draft: &RouteDraft<'_>) -> MethodSet {
    let Some(list) = &draft.methods else { return MethodSet::ANY };
    if list.get_ref().is_empty() {
        let reason = "`methods` is empty, so the route takes nothing; leave it out to take every method";
        reader.error(list.span(), reason);
    }
    for method in list.get_ref().iter().filter(|method| MethodSet::named(method.get_ref()).is_none()) {
        unknown_method(reader, method);
    }
    let names = |name| list.get_ref().iter().any(|method| *method.get_ref() == name);
    if names("HEAD") && !names("GET") {
        reader.error(list.span(), "HEAD goes where GET goes: name GET, and HEAD comes with it");
    }
    drafted_methods(draft)
}

/// The methods of a draft, without what is none.
pub(super) fn drafted_methods(draft: &RouteDraft<'_>) -> MethodSet {
    let Some(list) = &draft.methods else { return MethodSet::ANY };
    let named = list.get_ref().iter().filter_map(|method| MethodSet::named(method.get_ref()));
    named.fold(MethodSet::NONE, MethodSet::union)
}

fn unknown_method(reader: &mut Reader<'_>, method: &At<&str>) {
    let given = method.get_ref();
    let reason = match MethodSet::named(&given.to_uppercase()) {
        Some(_) => format!("methods are written in capitals: `{}`", given.to_uppercase()),
        None => {
            let names = MethodSet::names().collect::<Vec<_>>();
            format!("unknown method `{given}`{}", hint(given, names.into_iter()))
        }
    };
    reader.error(method.span(), reason);
}

fn pattern(reader: &mut Reader<'_>, path: &At<&str>) -> Option<Pattern> {
    Pattern::parse(path.get_ref()).map_err(|fault| reader.error(path.span(), fault.to_string())).ok()
}

fn old_side(reader: &mut Reader<'_>, draft: &RouteDraft<'_>, names: &Names<'_, '_, '_>) -> Option<OldSide> {
    if let Some(legacy) = &draft.legacy {
        return names.upstreams.find_legacy(reader, legacy, "legacy").map(OldSide::Legacy);
    }
    let module = draft.module.as_ref()?;
    let name = *module.get_ref();
    if names.known.modules.contains(&name) {
        return Some(OldSide::Module(name.into()));
    }
    let help = match names.known.modules {
        [] => "; a gateway on its own has none: name a `legacy` upstream".to_owned(),
        modules => hint(name, modules.iter().copied()),
    };
    reader.error(module.span(), format!("no module `{name}` runs in this process{help}"));
    None
}

fn toggle(
    reader: &mut Reader<'_>,
    draft: &RouteDraft<'_>,
    names: &mut Names<'_, '_, '_>,
    key: &str,
    name: Option<&At<&str>>,
) -> Option<Arc<str>> {
    let name = name?;
    let found = names.toggles.find(reader, key, name);
    if draft.service.is_none() {
        reader.error(name.span(), format!("`{key}` needs a `service`, the other side of the route"));
        return None;
    }
    found
}

fn moves_apart(
    reader: &mut Reader<'_>,
    draft: &RouteDraft<'_>,
    serve: Option<&Arc<str>>,
    compare: Option<&Arc<str>>,
) {
    if let (Some(serve), Some(compare), Some(at)) = (serve, compare, &draft.compare)
        && serve == compare
    {
        reader.error(at.span(), "`serve` and `compare` are one toggle; they must move apart");
    }
}

/// A toggle that compares what is never asked twice would be waited for in vain.
fn skips_all(reader: &mut Reader<'_>, draft: &RouteDraft<'_>, methods: MethodSet, writes: Writes) {
    let Some(compare) = draft.compare.as_ref().filter(|_| writes == Writes::Skip) else { return };
    let mut taken = MethodSet::names().filter(|name| methods.contains(name)).peekable();
    if taken.peek().is_some() && !taken.any(is_safe) {
        let reason = "the route takes only what changes something, and `writes` skips that: nothing of it is ever compared";
        reader.warning(compare.span(), reason);
    }
}

fn fallback(reader: &mut Reader<'_>, draft: &RouteDraft<'_>) -> bool {
    let Some(fallback) = &draft.fallback else { return false };
    if draft.service.is_none() {
        reader.error(fallback.span(), "`fallback` needs a `service`, the other side of the route");
    }
    *fallback.get_ref()
}

/// A promotion raises what `serve` allows by what `compare` finds: without them it would wait for ever.
fn promotion(reader: &mut Reader<'_>, draft: &RouteDraft<'_>) -> Option<Arc<Policy>> {
    let promotion = draft.promotion.as_ref()?;
    for (key, toggle) in [("serve", &draft.serve), ("compare", &draft.compare)] {
        if toggle.is_none() {
            let reason = format!("`promotion` needs a `{key}` toggle");
            reader.error(promotion.at.clone(), reason);
        }
    }
    Some(Arc::new(promotion.policy.clone()))
}
