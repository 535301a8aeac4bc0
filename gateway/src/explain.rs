//! A decision with its reasons, for people and as JSON. Takes its time: never called for a request that is served.

mod nearby;
#[cfg(test)]
mod tests;
mod text;

use crate::decide::{Because, Decision, Facts, Side, decide};
use crate::snapshot::Snapshot;
use crate::toggles::ToggleId;
use serde::Serialize;

pub use nearby::Nearby;

/// Why a request is answered by whom. Serialises to what the admin API shows; displays as text of several lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The method that was asked for.
    pub method: String,
    /// The path that was asked for.
    pub path: String,
    /// What answers.
    pub answer: Answer,
    /// The name of the route that matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The steps that led there, in order.
    pub steps: Vec<String>,
    /// The toggles that were read.
    pub toggles: Vec<ToggleValue>,
    /// Other routes that match, or nearly do, and why they do not hold; the closest first.
    pub nearby: Vec<Nearby>,
}

/// What answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Answer {
    /// A module of this process.
    Module {
        /// Its name.
        name: String,
    },
    /// The modules of this process, whichever knows the path.
    Monolith,
    /// A service outside of this process.
    Service {
        /// Its name.
        name: String,
    },
    /// The gateway itself, with an error.
    Gateway {
        /// The HTTP status.
        status: u16,
    },
}

/// A toggle, as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToggleValue {
    /// Its name.
    pub name: String,
    /// What it does for the route: `serve` or `compare`.
    pub role: &'static str,
    /// Whether it is on.
    pub on: bool,
}

/// Decides, and says why. A query, as people paste it with the path, is left out.
#[must_use]
pub fn explain(facts: &Facts<'_>, snapshot: &Snapshot) -> Explanation {
    let path = facts.path.split_once('?').map_or(facts.path, |(path, _)| path);
    let facts = &Facts { path, ..*facts };
    let decision = decide(facts, snapshot);
    let route = match decision {
        Decision::Side { route, .. } => route,
        _ => None,
    };
    let toggle = |role, id: Option<ToggleId>| {
        id.map(|id| ToggleValue {
            name: snapshot.toggles.name(id).to_owned(),
            role,
            on: snapshot.toggles.is_on(id),
        })
    };
    let serve = toggle("serve", route.and_then(|route| route.serve));
    let compare = toggle("compare", route.and_then(|route| route.compare));
    Explanation {
        method: facts.method.to_owned(),
        path: facts.path.to_owned(),
        answer: answer(&decision),
        route: route.map(|route| route.name.to_string()),
        steps: steps(facts, &decision, snapshot),
        toggles: serve.into_iter().chain(compare).collect(),
        nearby: nearby::nearby(facts, route, snapshot),
    }
}

fn answer(decision: &Decision<'_>) -> Answer {
    match decision {
        Decision::Side { side: Side::Module(name), .. } => Answer::Module { name: name.to_string() },
        Decision::Side { side: Side::Monolith, .. } => Answer::Monolith,
        Decision::Side { side: Side::Service(name), .. } => Answer::Service { name: name.to_string() },
        Decision::MethodNotAllowed(_) => Answer::Gateway { status: 405 },
        Decision::NotFound => Answer::Gateway { status: 404 },
        Decision::Ambiguous(_) => Answer::Gateway { status: 400 },
    }
}

fn steps(facts: &Facts<'_>, decision: &Decision<'_>, snapshot: &Snapshot) -> Vec<String> {
    match decision {
        Decision::Ambiguous(fault) => vec![format!("{fault}: two servers could understand it differently")],
        Decision::NotFound => vec![no_route(), "the file has no default".to_owned()],
        Decision::MethodNotAllowed(methods) => {
            vec![no_method(facts, &methods.to_string()), "the file has no default".to_owned()]
        }
        Decision::Side { route: Some(route), because, .. } => {
            let (methods, pattern) = (route.methods, &route.pattern);
            let matched = format!(
                "route `{}` matches ({methods} {pattern}, line {} of the file)",
                route.name, route.line
            );
            vec![matched, reason(facts, because, snapshot)]
        }
        Decision::Side { because, .. } => {
            vec![
                reason(facts, because, snapshot),
                "the default is the monolith, which knows its own paths".to_owned(),
            ]
        }
    }
}

fn reason(facts: &Facts<'_>, because: &Because, snapshot: &Snapshot) -> String {
    let name = |toggle: &ToggleId| snapshot.toggles.name(*toggle);
    match because {
        Because::ServeIsOn(toggle) => format!("toggle `{}` is on: the service answers", name(toggle)),
        Because::ServeIsOff(toggle) => format!("toggle `{}` is off: the module answers", name(toggle)),
        Because::NoServe => "the route has no `serve` toggle: the module answers".to_owned(),
        Because::NoRoute => no_route(),
        Because::NoRouteTakesTheMethod(methods) => no_method(facts, &methods.to_string()),
    }
}

fn no_route() -> String {
    "no route matches the path".to_owned()
}

fn no_method(facts: &Facts<'_>, methods: &str) -> String {
    format!("routes match the path and take {methods}, but not {}", facts.method)
}
