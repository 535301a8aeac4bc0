//! Looks up every name of a draft and makes the checked file of it.

use super::draft::{Draft, RouteDraft, ToggleDraft};
use super::model::{DefaultSide, Features, Known, Route, Toggle};
use super::reader::{At, Reader, Span, hint};
use super::{DEFAULT_ROUTE, NAME_MAX_BYTES};
use crate::matcher::Matcher;
use crate::method::MethodSet;
use crate::pattern::Pattern;
use crate::toggles::ToggleId;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Checks a draft. Everything wrong is noted in the reader; what comes back is meant to be used only when nothing is.
pub(super) fn resolve(reader: &mut Reader<'_>, draft: Draft<'_>, known: &Known<'_>) -> Features {
    let default = draft.default.and_then(|default| default_side(reader, &default));
    let mut toggles = ToggleTable::new(reader, draft.toggles);
    let routes: Vec<_> =
        draft.routes.iter().filter_map(|route| checked_route(reader, route, &mut toggles, known)).collect();
    names_are_unique(reader, &draft.routes);
    requests_are_unambiguous(reader, &draft.routes);
    toggles.note_unused(reader);
    let patterns = routes.iter().map(|route: &Route| (&route.pattern, route.methods));
    if let Err(error) = Matcher::new(patterns) {
        reader.error(0..0, error.to_string());
    }
    Features { default, toggles: toggles.into_toggles(), routes }
}

fn default_side(reader: &mut Reader<'_>, default: &At<&str>) -> Option<DefaultSide> {
    if *default.get_ref() == "monolith" {
        return Some(DefaultSide::Monolith);
    }
    let reason = format!("`default` is \"monolith\" or absent, and not \"{}\"", default.get_ref());
    reader.error(default.span(), reason);
    None
}

/// The toggles by name.
struct ToggleTable<'t> {
    by_name: BTreeMap<&'t str, Entry<'t>>,
}

struct Entry<'t> {
    draft: ToggleDraft<'t>,
    id: ToggleId,
    used: bool,
}

impl<'t> ToggleTable<'t> {
    fn new(reader: &mut Reader<'_>, drafts: Vec<ToggleDraft<'t>>) -> Self {
        let mut by_name = BTreeMap::new();
        for draft in drafts {
            name_is_good(reader, &draft.name, "a toggle");
            by_name.insert(*draft.name.get_ref(), Entry { draft, id: ToggleId::new(0), used: false });
        }
        for (position, entry) in by_name.values_mut().enumerate() {
            entry.id = ToggleId::new(position);
        }
        Self { by_name }
    }

    /// Finds a toggle that a route names under `key`, and whether it is on.
    fn look_up(&mut self, reader: &mut Reader<'_>, key: &str, name: &At<&str>) -> Option<(ToggleId, bool)> {
        let Some(entry) = self.by_name.get_mut(*name.get_ref()) else {
            let help = hint(name.get_ref(), self.by_name.keys().copied());
            reader.error(
                name.span(),
                format!("`{key}` names no toggle of this file: `{}`{help}", name.get_ref()),
            );
            return None;
        };
        entry.used = true;
        Some((entry.id, entry.draft.enabled))
    }

    fn note_unused(&self, reader: &mut Reader<'_>) {
        for Entry { draft, .. } in self.by_name.values().filter(|entry| !entry.used) {
            reader.warning(draft.name.span(), format!("no route uses toggle `{}`", draft.name.get_ref()));
        }
    }

    /// In the order of the names, which is the order of the ids.
    fn into_toggles(self) -> Vec<Toggle> {
        let toggle = |entry: Entry<'_>| Toggle {
            name: entry.draft.name.into_inner().into(),
            description: entry.draft.description.to_owned(),
            enabled: entry.draft.enabled,
        };
        self.by_name.into_values().map(toggle).collect()
    }
}

fn checked_route(
    reader: &mut Reader<'_>,
    draft: &RouteDraft<'_>,
    toggles: &mut ToggleTable<'_>,
    known: &Known<'_>,
) -> Option<Route> {
    if let Some(name) = &draft.name {
        name_is_good(reader, name, "a route");
        if *name.get_ref() == DEFAULT_ROUTE {
            let reason = "is what logs and metrics call requests that no route matches; take another name";
            reader.error(name.span(), format!("`{DEFAULT_ROUTE}` {reason}"));
        }
    }
    if let Some(service) = &draft.service {
        name_is_good(reader, service, "a service");
    }
    let methods = methods(reader, draft);
    let pattern = draft.path.as_ref().and_then(|path| pattern(reader, path));
    let module = draft.module.as_ref().and_then(|module| module_name(reader, module, known));
    let (serve, compare) = dial(reader, draft, toggles);
    Some(Route {
        name: (*draft.name.as_ref()?.get_ref()).into(),
        methods,
        pattern: pattern?,
        module: module?,
        service: draft.service.as_ref().map(|service| Arc::from(*service.get_ref())),
        serve,
        compare,
        line: reader.line(&draft.at),
    })
}

fn name_is_good(reader: &mut Reader<'_>, name: &At<&str>, what: &str) {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let text = name.get_ref();
    if text.is_empty() || text.len() > NAME_MAX_BYTES || !text.bytes().all(good) {
        let rule = "letters, digits, `.`, `_` and `-`";
        reader.error(name.span(), format!("the name of {what} has 1 to {NAME_MAX_BYTES} {rule}"));
    }
}

/// Absent means all; everything that is not a method is noted.
fn methods(reader: &mut Reader<'_>, draft: &RouteDraft<'_>) -> MethodSet {
    let Some(list) = &draft.methods else { return MethodSet::ANY };
    if list.get_ref().is_empty() {
        reader.error(
            list.span(),
            "`methods` is empty, so the route takes nothing; leave it out to take every method",
        );
    }
    let mut methods = MethodSet::NONE;
    for method in list.get_ref() {
        match MethodSet::named(method.get_ref()) {
            Some(named) => methods = methods.union(named),
            None => unknown_method(reader, method),
        }
    }
    let names = |name| list.get_ref().iter().any(|method| *method.get_ref() == name);
    if names("HEAD") && !names("GET") {
        reader.error(list.span(), "HEAD goes where GET goes: name GET, and HEAD comes with it");
    }
    methods
}

fn unknown_method(reader: &mut Reader<'_>, method: &At<&str>) {
    let given = method.get_ref();
    let reason = match MethodSet::named(&given.to_uppercase()) {
        Some(_) => format!("methods are written in capitals: `{}`", given.to_uppercase()),
        None => format!(
            "unknown method `{given}`{}",
            hint(given, MethodSet::names().collect::<Vec<_>>().into_iter())
        ),
    };
    reader.error(method.span(), reason);
}

fn pattern(reader: &mut Reader<'_>, path: &At<&str>) -> Option<Pattern> {
    Pattern::parse(path.get_ref()).map_err(|fault| reader.error(path.span(), fault.to_string())).ok()
}

fn module_name(reader: &mut Reader<'_>, module: &At<&str>, known: &Known<'_>) -> Option<Arc<str>> {
    let name = *module.get_ref();
    if !known.modules.contains(&name) {
        let help = hint(name, known.modules.iter().copied());
        reader.error(module.span(), format!("no module `{name}` runs in this process{help}"));
        return None;
    }
    Some(name.into())
}

/// The two toggles of a route.
fn dial(
    reader: &mut Reader<'_>,
    draft: &RouteDraft<'_>,
    toggles: &mut ToggleTable<'_>,
) -> (Option<ToggleId>, Option<ToggleId>) {
    let serve = toggle(reader, draft, toggles, "serve", draft.serve.as_ref());
    let compare = toggle(reader, draft, toggles, "compare", draft.compare.as_ref());
    if let (Some(serve), Some(compare), Some(at)) = (serve, compare, &draft.compare)
        && serve == compare
    {
        reader.error(at.span(), "`serve` and `compare` are one toggle; they must move apart");
    }
    (serve, compare)
}

fn toggle(
    reader: &mut Reader<'_>,
    draft: &RouteDraft<'_>,
    toggles: &mut ToggleTable<'_>,
    key: &str,
    name: Option<&At<&str>>,
) -> Option<ToggleId> {
    let name = name?;
    let found = toggles.look_up(reader, key, name);
    let Some(service) = &draft.service else {
        reader.error(name.span(), format!("`{key}` needs a `service`, the other side of the route"));
        return None;
    };
    let (id, on) = found?;
    if on {
        let why = match key {
            "serve" => "no service outside of this process can be reached yet",
            _ => "comparing answers is not built yet",
        };
        let (toggle, service) = (name.get_ref(), service.get_ref());
        let reason =
            format!("toggle `{toggle}` is on and asks for service `{service}`, but {why}; switch it off");
        reader.error(name.span(), reason);
    }
    Some(id)
}

fn names_are_unique(reader: &mut Reader<'_>, routes: &[RouteDraft<'_>]) {
    let mut first: HashMap<&str, Span> = HashMap::new();
    for name in routes.iter().filter_map(|route| route.name.as_ref()) {
        match first.get(name.get_ref()) {
            Some(at) => {
                let line = reader.line(at);
                reader.error(name.span(), format!("route `{}` is already on line {line}", name.get_ref()));
            }
            None => {
                first.insert(name.get_ref(), name.span());
            }
        }
    }
}

/// Two routes that take the same method on patterns of the same shape: which of them holds would be an accident.
fn requests_are_unambiguous(reader: &mut Reader<'_>, routes: &[RouteDraft<'_>]) {
    let mut by_shape: HashMap<String, Vec<(MethodSet, &RouteDraft<'_>)>> = HashMap::new();
    for route in routes {
        let Some(path) = &route.path else { continue };
        let Ok(pattern) = Pattern::parse(path.get_ref()) else { continue };
        let methods = draft_methods(route);
        let others = by_shape.entry(pattern.shape()).or_default();
        if let Some((_, other)) = others.iter().find(|(taken, _)| taken.overlaps(methods)) {
            let line = reader.line(&other.at);
            let other = other.name.as_ref().map_or("without a name", |name| name.get_ref());
            let reason =
                format!("the route on line {line} (`{other}`) takes the same methods on the same paths");
            reader.error(path.span(), reason);
        }
        others.push((methods, route));
    }
}

fn draft_methods(route: &RouteDraft<'_>) -> MethodSet {
    let Some(list) = &route.methods else { return MethodSet::ANY };
    let named = list.get_ref().iter().filter_map(|method| MethodSet::named(method.get_ref()));
    named.fold(MethodSet::NONE, MethodSet::union)
}
