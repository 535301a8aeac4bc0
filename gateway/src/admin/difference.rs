//! What differs between two states of the features: the `before` and `after` of a reload in the audit log.

use crate::features::Upstream;
use crate::listing::RouteList;
use crate::snapshot::Snapshot;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The most bytes of one side of a difference; of more only the names are told.
const VALUES_MAX_BYTES: usize = 8 * 1024;

/// Everything of one kind, by name, as JSON.
type Named = BTreeMap<String, Value>;
/// Finds everything of one kind.
type Of = fn(&Snapshot) -> Named;

/// What differs: routes, toggles of the file, services, and the default; as it was, and as it is. A place in the file
/// (`line`) is no difference.
#[must_use]
pub fn difference(before: &Snapshot, after: &Snapshot) -> (Value, Value) {
    let kinds: [(&str, Of); 4] =
        [("default", default), ("routes", routes), ("services", services), ("toggles", toggles)];
    let (mut was, mut is) = (Map::new(), Map::new());
    for (kind, of) in kinds {
        let (mut old, mut new) = (of(before), of(after));
        old.retain(|name, value| new.get(name) != Some(value) || new.remove(name).is_none());
        insert(&mut was, kind, old);
        insert(&mut is, kind, new);
    }
    (shortened(was), shortened(is))
}

fn insert(side: &mut Map<String, Value>, kind: &str, named: Named) {
    if !named.is_empty() {
        side.insert(kind.to_owned(), Value::Object(named.into_iter().collect()));
    }
}

fn shortened(side: Map<String, Value>) -> Value {
    let whole = Value::Object(side);
    let Value::Object(kinds) = &whole else { return whole };
    if whole.to_string().len() <= VALUES_MAX_BYTES {
        return whole;
    }
    let names =
        |value: &Value| value.as_object().into_iter().flat_map(Map::keys).cloned().collect::<Vec<_>>();
    let named = kinds.iter().map(|(kind, value)| (kind.clone(), json!(names(value))));
    Value::Object(named.collect())
}

fn default(snapshot: &Snapshot) -> Named {
    let side = snapshot.features.default.map(|default| format!("{default:?}"));
    Named::from([("default".to_owned(), json!(side))])
}

fn routes(snapshot: &Snapshot) -> Named {
    let rows = RouteList::new(snapshot).routes.into_iter();
    rows.map(|row| (row.name.clone(), without_line(value(&row)))).collect()
}

fn toggles(snapshot: &Snapshot) -> Named {
    let toggles = snapshot.features.toggles.features.iter();
    toggles.map(|toggle| (toggle.name.clone(), value(toggle))).collect()
}

fn services(snapshot: &Snapshot) -> Named {
    let of = |upstream: &Upstream| {
        let urls = upstream.instances.as_ref().map(|all| all.iter().map(|one| one.url()).collect::<Vec<_>>());
        json!({ "instances": urls, "policy": value(&upstream.policy) })
    };
    snapshot.features.upstreams.iter().map(|upstream| (upstream.name.to_string(), of(upstream))).collect()
}

fn value<T: Serialize>(of: &T) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

fn without_line(mut row: Value) -> Value {
    if let Some(fields) = row.as_object_mut() {
        fields.remove("line");
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::tests::snapshot;

    fn file(toggle: &str, extra: &str) -> Snapshot {
        let text = format!(
            "default = 'monolith'\n{extra}[toggles.t]\nenabled = {toggle}\n[[routes]]\nname = 'a'\n\
             match = {{ path = '/a' }}\nmodule = 'm'\nservice = 's'\nserve = 't'\n"
        );
        snapshot(&text, &["m"])
    }

    #[test]
    fn only_what_differs_is_told() {
        let (before, after) = difference(&file("false", ""), &file("true", "\n\n"));
        assert_eq!(before["toggles"]["t"]["enabled"], false);
        assert_eq!(after["toggles"]["t"]["enabled"], true);
        assert_eq!(
            (&before["routes"]["a"]["side"], &after["routes"]["a"]["side"]),
            (&json!("module m"), &json!("service s"))
        );
        assert_eq!((before.get("default"), before.get("services")), (None, None));
    }

    #[test]
    fn a_file_that_only_moved_its_lines_is_the_same() {
        assert_eq!(difference(&file("true", ""), &file("true", "\n\n")), (json!({}), json!({})));
    }

    #[test]
    fn of_a_large_difference_the_names_are_told() {
        let many: String = (0..200).map(|number| format!("[toggles.x{number}]\nenabled = true\n")).collect();
        let (before, after) = difference(&file("true", ""), &file("true", &many));
        assert_eq!(before, json!({}));
        assert_eq!(after["toggles"].as_array().unwrap().len(), 200);
    }
}
