//! A decision with its reasons, for people and as JSON. Takes its time: never called for a request that is served.

mod nearby;
#[cfg(test)]
mod tests;
mod text;

use crate::decide::{Because, Decision, Side, decide};
use crate::evaluate;
use crate::facts::Facts;
use crate::features::{Route, UpstreamKind};
use crate::parallel::{Writes, is_safe};
use crate::snapshot::{Dial, Snapshot};
use crate::strategy::Setting;
use serde::Serialize;
use std::sync::Arc;
use toggles::ToggleId;
use utoipa::ToSchema;

pub use nearby::Nearby;

/// Why a request is answered by whom. Serialises to what the admin API shows; displays as text of several lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Explanation {
    /// The method that was asked for.
    pub method: String,
    /// The path that was asked for.
    pub path: String,
    /// The user, if one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
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
    /// A legacy upstream.
    Legacy {
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ToggleValue {
    /// Its name.
    pub name: String,
    /// What it does for the route: `serve` or `compare`.
    pub role: &'static str,
    /// Whether it is on for this request.
    pub on: bool,
    /// What it says: `off`, `on`, `5 % by userId`, `rules`.
    #[schema(value_type = String)]
    pub setting: Setting,
}

/// Decides, and says why. A query, as people paste it with the path, counts as the query.
#[must_use]
pub fn explain(facts: &Facts<'_>, snapshot: &Snapshot) -> Explanation {
    let (path, query) = match facts.path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (facts.path, facts.query),
    };
    let facts = &Facts { path, query, ..*facts };
    let decision = decide(facts, snapshot);
    let route = match decision {
        Decision::Side { route, .. } => route,
        _ => None,
    };
    Explanation {
        method: facts.method.to_owned(),
        path: facts.path.to_owned(),
        user: facts.caller.user_id().map(Into::into),
        answer: answer(&decision),
        route: route.map(|route| route.name.to_string()),
        steps: steps(facts, &decision, snapshot),
        toggles: route.map(|route| values(route, facts, snapshot)).unwrap_or_default(),
        nearby: nearby::nearby(facts, route, snapshot),
    }
}

/// The toggles of a route, as they are for this request.
fn values(route: &Route, facts: &Facts<'_>, snapshot: &Snapshot) -> Vec<ToggleValue> {
    let index = snapshot.features.routes.iter().position(|other| other.name == route.name);
    let dial = index.map(|index| snapshot.dial(index)).unwrap_or_default();
    let Dial { serve, compare } = dial;
    let toggles = snapshot.toggles();
    let features = toggles.features();
    let value = |role, name: &Option<Arc<str>>, id: Option<ToggleId>| {
        let (name, id) = (name.as_ref()?, id?);
        let on = evaluate::is_on(&toggles, id, facts);
        Some(ToggleValue { name: name.to_string(), role, on, setting: Setting::named(&features, name) })
    };
    let serve = value("serve", &route.serve, serve);
    serve.into_iter().chain(value("compare", &route.compare, compare)).collect()
}

fn answer(decision: &Decision<'_>) -> Answer {
    let gateway = |status| Answer::Gateway { status };
    match decision {
        Decision::Side { side, .. } => Answer::from(*side),
        Decision::MethodNotAllowed(_) => gateway(405),
        Decision::NotFound => gateway(404),
        Decision::Ambiguous(_) => gateway(400),
    }
}

impl From<Side<'_>> for Answer {
    fn from(side: Side<'_>) -> Self {
        match side {
            Side::Module(name) => Self::Module { name: name.to_string() },
            Side::Monolith => Self::Monolith,
            Side::Upstream(upstream) => match upstream.kind {
                UpstreamKind::Service => Self::Service { name: upstream.name.to_string() },
                UpstreamKind::Legacy => Self::Legacy { name: upstream.name.to_string() },
            },
        }
    }
}

fn steps(facts: &Facts<'_>, decision: &Decision<'_>, snapshot: &Snapshot) -> Vec<String> {
    match decision {
        Decision::Ambiguous(fault) => vec![format!("{fault}: two servers could understand it differently")],
        Decision::NotFound => vec![no_route(), "the file has no default".to_owned()],
        Decision::MethodNotAllowed(methods) => {
            vec![no_method(facts, &methods.to_string()), "the file has no default".to_owned()]
        }
        Decision::Side { route: Some(route), because, side, compare } => {
            let takes = takes(route);
            let matched =
                format!("route `{}` matches ({takes}, line {} of the file)", route.name, route.line);
            let reason = reason(facts, because, route.serve.as_deref(), &Answer::from(*side));
            let mut steps = vec![matched, reason];
            steps.extend(fallback(route, because, snapshot));
            steps.extend(compare.and_then(|_| comparison(facts, route, because, snapshot)));
            steps
        }
        Decision::Side { because, side, .. } => {
            let answer = Answer::from(*side);
            let default = match side {
                Side::Upstream(_) => format!("the default is {answer}"),
                _ => "the default is the monolith, which knows its own paths".to_owned(),
            };
            vec![reason(facts, because, None, &answer), default]
        }
    }
}

/// What a route asks of a request, in words.
fn takes(route: &Route) -> String {
    let conditions = route.conditions.to_string();
    let separator = if conditions.is_empty() { "" } else { ", " };
    format!("{} {}{separator}{conditions}", route.methods, route.pattern)
}

fn fallback(route: &Route, because: &Because, snapshot: &Snapshot) -> Option<String> {
    let other = crate::decide::side(route, !matches!(because, Because::ServeIsOn(_)), snapshot)?;
    route
        .fallback
        .then(|| format!("should it be known to be down, {} answers (fallback)", Answer::from(other)))
}

/// Whether the other side is asked the same, or why not.
fn comparison(facts: &Facts<'_>, route: &Route, because: &Because, snapshot: &Snapshot) -> Option<String> {
    let name = route.compare.as_deref()?;
    let other = crate::decide::side(route, !matches!(because, Because::ServeIsOn(_)), snapshot)?;
    let other = Answer::from(other);
    let asks = match (is_safe(facts.method), route.comparison.writes) {
        (true, _) | (false, Writes::Send) => format!("{other} is asked too, and the answers are compared"),
        (false, Writes::DryRun) => {
            format!("{other} is asked too, as a dry run, and the answers are compared")
        }
        (false, Writes::Skip) => format!("{other} is not asked: {} may change something", facts.method),
    };
    Some(format!("toggle `{name}` is on for this request: {asks}"))
}

fn reason(facts: &Facts<'_>, because: &Because, serve: Option<&str>, answer: &Answer) -> String {
    let name = serve.unwrap_or_default();
    match because {
        Because::ServeIsOn(_) => format!("toggle `{name}` is on for this request: {answer} answers"),
        Because::ServeIsOff(_) => format!("toggle `{name}` is off for this request: {answer} answers"),
        Because::HeldByPromotion(_, percent) => {
            format!(
                "toggle `{name}` is on for this request, held at {percent} % by promotion: {answer} answers"
            )
        }
        Because::NoServe => format!("the route has no `serve` toggle: {answer} answers"),
        Because::NoRoute => no_route(),
        Because::NoRouteTakesTheMethod(methods) => no_method(facts, &methods.to_string()),
        Because::NoRoutes => "there are no routes".to_owned(),
    }
}

fn no_route() -> String {
    "no route matches the request".to_owned()
}

fn no_method(facts: &Facts<'_>, methods: &str) -> String {
    format!("routes match the path and take {methods}, but not {}", facts.method)
}
