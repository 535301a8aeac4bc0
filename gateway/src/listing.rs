//! The routes and where each goes now, as a table and as JSON.

#[cfg(test)]
mod tests;

use crate::features::{DefaultSide, Features, MONOLITH, OldSide, Route, UpstreamId};
use crate::snapshot::Snapshot;
use crate::strategy::Setting;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// All routes of a snapshot. Displays as a table, a route a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteList {
    /// The routes in the order of the file.
    pub routes: Vec<RouteRow>,
    /// Who takes what no route matches: `monolith`, `legacy flack`, or `none` for 404.
    pub default: String,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteRow {
    /// Its name.
    pub name: String,
    /// The methods: `GET, HEAD`, or `any`.
    pub methods: String,
    /// The path pattern.
    pub path: String,
    /// What else it asks of a request: `host api.example.com, header x-beta = 1`; empty when nothing.
    pub conditions: String,
    /// Its old side: `module messages` or `legacy flack`.
    pub old: String,
    /// Its new side: `service messages`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// Who answers now: the one side or the other, or both with the rule between them.
    pub side: String,
    /// Whether the other side answers when the one that serves is known to be down.
    pub fallback: bool,
    /// How answers are compared: `3 rules, writes skip`; absent where they never are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<String>,
    /// Its toggles with their values: `messages.serve=off`, `messages.serve=5 % by userId`.
    pub toggles: Vec<String>,
    /// The line of the file on which it starts.
    pub line: u32,
}

impl RouteList {
    /// Lists the routes of a snapshot.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        let settings = Settings(snapshot.toggles().features());
        let features = &snapshot.features;
        let routes = features.routes.iter().map(|route| row(route, features, &settings)).collect();
        let default = match features.default {
            Some(DefaultSide::Monolith) => MONOLITH.to_owned(),
            Some(DefaultSide::Legacy(id)) => format!("legacy {}", name_of(features, id)),
            None => "none".to_owned(),
        };
        Self { routes, default }
    }
}

/// The toggles, to be looked up for people.
struct Settings(toggles::ClientFeatures);

impl Settings {
    fn of(&self, name: &Arc<str>) -> Setting {
        Setting::named(&self.0, name)
    }
}

fn row(route: &Route, features: &Features, settings: &Settings) -> RouteRow {
    let old = match &route.old {
        OldSide::Module(name) => format!("module {name}"),
        OldSide::Legacy(id) => format!("legacy {}", name_of(features, *id)),
    };
    let new = route.service.map(|id| format!("service {}", name_of(features, id)));
    let side = match (route.serve.as_ref().map(|serve| settings.of(serve)), &new) {
        (Some(setting), Some(new)) if setting.is_on() => new.clone(),
        (Some(setting), Some(new)) if !setting.is_off() => format!("{old}, {new} ({setting})"),
        _ => old.clone(),
    };
    let toggles = route.serve.iter().chain(&route.compare);
    RouteRow {
        name: route.name.to_string(),
        methods: route.methods.to_string(),
        path: route.pattern.to_string(),
        conditions: route.conditions.to_string(),
        side,
        old,
        new,
        fallback: route.fallback,
        comparison: route.compare.as_ref().map(|_| compared(route)),
        toggles: toggles.map(|name| format!("{name}={}", settings.of(name))).collect(),
        line: route.line,
    }
}

fn compared(route: &Route) -> String {
    let rules = route.comparison.rule_count;
    format!("{rules} rules, writes {}", route.comparison.writes.name())
}

fn name_of(features: &Features, id: UpstreamId) -> &str {
    features.upstream(id).map_or("", |upstream| &upstream.name)
}

impl fmt::Display for RouteList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["NAME", "METHODS", "PATH", "ANSWERED BY", "TOGGLES"].map(str::to_owned);
        let mut rows = vec![head];
        rows.extend(self.routes.iter().map(RouteRow::cells));
        let otherwise = if self.default == "none" { "404" } else { &self.default };
        rows.push(["-", "any", "everything else", otherwise, "-"].map(str::to_owned));
        let widths = widths(&rows);
        for (number, row) in rows.iter().enumerate() {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(widths) {
                line.push_str(&format!("{cell:<width$}  "));
            }
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl RouteRow {
    fn cells(&self) -> [String; 5] {
        let toggles = if self.toggles.is_empty() { "-".to_owned() } else { self.toggles.join(" ") };
        let path = match self.conditions.as_str() {
            "" => self.path.clone(),
            conditions => format!("{} [{conditions}]", self.path),
        };
        [self.name.clone(), self.methods.clone(), path, self.side.clone(), toggles]
    }
}

/// The width of each column, in characters.
fn widths<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> [usize; COLUMNS] {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    widths
}
