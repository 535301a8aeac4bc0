//! Which side answers a request: a pure function of the request's facts and of a snapshot. No clock, no chance but
//! the facts', no waiting, no allocation for toggles that are plainly on or off. [`crate::explain()`] gives the same
//! decision with its reasons in words.

#[cfg(test)]
mod tests;

use crate::evaluate;
use crate::facts::Facts;
use crate::features::{DefaultSide, OldSide, Route, Upstream, UpstreamId};
use crate::matcher::Match;
use crate::method::MethodSet;
use crate::path::{CleanPath, PathFault};
use crate::snapshot::Snapshot;
use std::sync::Arc;
use toggles::ToggleId;

/// What answers a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decision<'s> {
    /// A side.
    Side {
        /// The route that matched; `None` when the default answers.
        route: Option<&'s Route>,
        /// Who answers.
        side: Side<'s>,
        /// Why.
        because: Because,
        /// The route's position, where the other side is asked too and the answers are compared.
        compare: Option<usize>,
    },
    /// Nobody, 405: routes match the path and take these methods.
    MethodNotAllowed(MethodSet),
    /// Nobody, 404: no route matches, and there is no default.
    NotFound,
    /// Nobody, 400: the path could be understood in two ways.
    Ambiguous(PathFault),
}

/// One of those that can answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Side<'s> {
    /// A module of this process.
    Module(&'s Arc<str>),
    /// Whichever module of this process knows the path, or their 404 and 405.
    Monolith,
    /// A service or a legacy upstream, outside of this process.
    Upstream(&'s Upstream),
}

/// Why a side answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// The route's `serve` is on.
    ServeIsOn(ToggleId),
    /// The route's `serve` is off.
    ServeIsOff(ToggleId),
    /// The route's `serve` is on, but its promotion holds the service at this share, percent, and the request is not in it.
    HeldByPromotion(ToggleId, u8),
    /// The route has no `serve`.
    NoServe,
    /// No route matches: the default answers.
    NoRoute,
    /// Routes match, and take only these methods: the default answers.
    NoRouteTakesTheMethod(MethodSet),
    /// There are no routes: the default answers, and nobody looks at the path.
    NoRoutes,
}

/// Decides.
#[must_use]
pub fn decide<'s>(facts: &Facts<'_>, snapshot: &'s Snapshot) -> Decision<'s> {
    // Where there is but one upstream for everything, no reading of the path could lead past a route.
    if snapshot.features.routes.is_empty()
        && let Some(DefaultSide::Legacy(legacy)) = snapshot.features.default
    {
        return by_default(legacy, Because::NoRoutes, snapshot);
    }
    // `OPTIONS *` concerns the server as a whole (RFC 9110 §9.3.7): no route can name it.
    if facts.path == "*" {
        return unmatched(Because::NoRoute, snapshot);
    }
    let path = match CleanPath::new(facts.path) {
        Ok(path) => path,
        Err(fault) => return Decision::Ambiguous(fault),
    };
    match snapshot.matcher.find(facts, path) {
        Match::Route(index) => routed(index as usize, facts, snapshot),
        Match::MethodNotAllowed(methods) => unmatched(Because::NoRouteTakesTheMethod(methods), snapshot),
        Match::NotFound => unmatched(Because::NoRoute, snapshot),
    }
}

fn routed<'s>(index: usize, facts: &Facts<'_>, snapshot: &'s Snapshot) -> Decision<'s> {
    let Some(route) = snapshot.features.routes.get(index) else { return Decision::NotFound };
    let (new, because) = match snapshot.dial(index).serve {
        None => (false, Because::NoServe),
        Some(serve) if evaluate::is_on(&snapshot.toggles(), serve, facts) => {
            promoted(index, serve, facts, snapshot)
        }
        Some(serve) => (false, Because::ServeIsOff(serve)),
    };
    match side(route, new, snapshot) {
        Some(side) => {
            let compare = compares(index, facts, snapshot).then_some(index);
            Decision::Side { route: Some(route), side, because, compare }
        }
        None => Decision::NotFound,
    }
}

/// Whether the other side of a route is asked too. Most routes have no such toggle.
fn compares(index: usize, facts: &Facts<'_>, snapshot: &Snapshot) -> bool {
    let compare = snapshot.dial(index).compare;
    compare.is_some_and(|compare| evaluate::is_on(&snapshot.toggles(), compare, facts))
}

/// What a promotion leaves of a toggle that is on.
fn promoted(index: usize, serve: ToggleId, facts: &Facts<'_>, snapshot: &Snapshot) -> (bool, Because) {
    match snapshot.ceiling(index) {
        Some(percent) if !evaluate::is_within(&snapshot.toggles(), serve, facts, percent) => {
            (false, Because::HeldByPromotion(serve, percent))
        }
        _ => (true, Because::ServeIsOn(serve)),
    }
}

/// The new or the old side of a route.
pub(crate) fn side<'s>(route: &'s Route, new: bool, snapshot: &'s Snapshot) -> Option<Side<'s>> {
    match (route.service, &route.old) {
        (Some(service), _) if new => snapshot.features.upstream(service).map(Side::Upstream),
        (_, OldSide::Module(module)) => Some(Side::Module(module)),
        (_, OldSide::Legacy(legacy)) => snapshot.features.upstream(*legacy).map(Side::Upstream),
    }
}

fn unmatched(because: Because, snapshot: &Snapshot) -> Decision<'_> {
    match (snapshot.features.default, because) {
        (Some(DefaultSide::Monolith), _) => {
            Decision::Side { route: None, side: Side::Monolith, because, compare: None }
        }
        (Some(DefaultSide::Legacy(legacy)), _) => by_default(legacy, because, snapshot),
        (None, Because::NoRouteTakesTheMethod(methods)) => Decision::MethodNotAllowed(methods),
        (None, _) => Decision::NotFound,
    }
}

fn by_default(id: UpstreamId, because: Because, snapshot: &Snapshot) -> Decision<'_> {
    match snapshot.features.upstream(id) {
        Some(upstream) => {
            Decision::Side { route: None, side: Side::Upstream(upstream), because, compare: None }
        }
        None => Decision::NotFound,
    }
}
