//! Which routes almost held, and why they did not.

use super::takes;
use crate::facts::Facts;
use crate::features::Route;
use crate::path::CleanPath;
use crate::pattern::Agreement;
use crate::snapshot::Snapshot;
use serde::Serialize;
use std::cmp::Reverse;
use utoipa::ToSchema;

/// The most routes that are named as nearby.
const NEARBY_MAX: usize = 5;

/// A route that matches, or nearly does, and does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Nearby {
    /// Its name.
    pub route: String,
    /// The methods and the path that it takes.
    pub takes: String,
    /// Why it does not hold.
    pub why: String,
}

/// The routes nearest to the request, but for the one that holds; the closest first.
pub(super) fn nearby(facts: &Facts<'_>, chosen: Option<&Route>, snapshot: &Snapshot) -> Vec<Nearby> {
    let Ok(path) = CleanPath::new(facts.path) else { return Vec::new() };
    let others =
        snapshot.features.routes.iter().filter(|route| chosen.is_none_or(|chosen| chosen.name != route.name));
    let mut ranked: Vec<_> = others.filter_map(|route| Some((closeness(route, path)?, route))).collect();
    ranked.sort_by_key(|(closeness, _)| Reverse(*closeness));
    ranked.truncate(NEARBY_MAX);
    ranked.into_iter().map(|(_, route)| describe(route, facts, path, chosen)).collect()
}

/// Segments in common; `None` when there is none, as then nothing is near.
fn closeness(route: &Route, path: CleanPath<'_>) -> Option<usize> {
    match route.pattern.agreement(path) {
        Agreement::Matches => Some(usize::MAX),
        Agreement::Until(0) => None,
        Agreement::Until(segments) => Some(segments),
    }
}

fn describe(route: &Route, facts: &Facts<'_>, path: CleanPath<'_>, chosen: Option<&Route>) -> Nearby {
    let why = match route.pattern.agreement(path) {
        Agreement::Until(agreed) => difference(route, path, agreed),
        Agreement::Matches if !route.methods.contains(facts.method) => {
            format!("its path matches, but it takes {} and not {}", route.methods, facts.method)
        }
        Agreement::Matches if !route.conditions.host.takes(facts.host) || !route.conditions.hold(facts) => {
            format!("its path matches, but it asks for {}", route.conditions)
        }
        Agreement::Matches => {
            let chosen = chosen.map_or("the other", |chosen| &*chosen.name);
            format!("it matches too, but `{chosen}` is more specific")
        }
    };
    Nearby { route: route.name.to_string(), takes: takes(route), why }
}

/// Where path and pattern part.
fn difference(route: &Route, path: CleanPath<'_>, agreed: usize) -> String {
    let wanted = route.pattern.as_str().split('/').nth(agreed + 1);
    let given = path.segments().nth(agreed);
    let number = agreed + 1;
    match (wanted, given) {
        (None, Some("")) => "the path ends with a slash, and its pattern does not".to_owned(),
        (None, _) => format!("its pattern ends after {agreed} segments"),
        (Some(""), _) => format!("its pattern ends with a slash after {agreed} segments"),
        (Some(wanted), None | Some("")) => {
            format!("it wants `{wanted}` as segment {number}, and the path ends before")
        }
        (Some(wanted), Some(given)) => format!("segment {number} is `{given}`, and it wants `{wanted}`"),
    }
}
