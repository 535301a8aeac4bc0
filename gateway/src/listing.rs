//! The routes and where each goes now, as a table and as JSON.

use crate::decide::{Side, side_of};
use crate::features::DefaultSide;
use crate::snapshot::Snapshot;
use serde::Serialize;
use std::fmt;

/// All routes of a snapshot. Displays as a table, a route a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteList {
    /// The routes in the order of the file.
    pub routes: Vec<RouteRow>,
    /// Who takes what no route matches: `monolith`, or `none` for 404.
    pub default: &'static str,
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
    /// Who answers now: `module messages` or `service messages`.
    pub side: String,
    /// Its toggles with their values: `messages.serve=off`.
    pub toggles: Vec<String>,
}

impl RouteList {
    /// Lists the routes of a snapshot.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        let value = |id| {
            let value = if snapshot.toggles.is_on(id) { "on" } else { "off" };
            format!("{}={value}", snapshot.toggles.name(id))
        };
        let routes = snapshot.features.routes.iter().map(|route| RouteRow {
            name: route.name.to_string(),
            methods: route.methods.to_string(),
            path: route.pattern.to_string(),
            side: match side_of(route, snapshot).0 {
                Side::Module(name) => format!("module {name}"),
                Side::Service(name) => format!("service {name}"),
                Side::Monolith => "monolith".to_owned(),
            },
            toggles: route.serve.into_iter().chain(route.compare).map(value).collect(),
        });
        let default = match snapshot.features.default {
            Some(DefaultSide::Monolith) => "monolith",
            None => "none",
        };
        Self { routes: routes.collect(), default }
    }
}

impl fmt::Display for RouteList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["NAME", "METHODS", "PATH", "ANSWERED BY", "TOGGLES"].map(str::to_owned);
        let mut rows = vec![head];
        rows.extend(self.routes.iter().map(RouteRow::cells));
        let otherwise = if self.default == "none" { "404" } else { self.default };
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
        [self.name.clone(), self.methods.clone(), self.path.clone(), self.side.clone(), toggles]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Features, Known, parse};

    #[test]
    fn the_table_lines_up_and_ends_with_the_default() {
        let text = r#"
            default = "monolith"
            [toggles."messages.serve"]
            enabled = false
            [[routes]]
            name = "messages.read"
            match = { methods = ["GET"], path = "/api/messages/{rest..}" }
            module = "messages"
            service = "messages"
            serve = "messages.serve"
            [[routes]]
            name = "jwks"
            match = { path = "/.well-known/jwks.json" }
            module = "tokens"
        "#;
        let loaded = parse("f", text, &Known { modules: &["messages", "tokens"] }).unwrap();
        let list = RouteList::new(&Snapshot::new(loaded.features).unwrap());
        assert_eq!(
            list.to_string(),
            "NAME           METHODS    PATH                    ANSWERED BY      TOGGLES\n\
             messages.read  GET, HEAD  /api/messages/{rest..}  module messages  messages.serve=off\n\
             jwks           any        /.well-known/jwks.json  module tokens    -\n\
             -              any        everything else         monolith         -"
        );
    }

    #[test]
    fn without_a_default_everything_else_is_404() {
        let list = RouteList::new(&Snapshot::new(Features::default()).unwrap());
        assert!(list.to_string().ends_with("-     any      everything else  404          -"), "{list}");
    }
}
