//! Which side answers a request: a pure function of the request's facts and of a snapshot. No clock, no chance, no
//! waiting, no allocation. [`crate::explain()`] gives the same decision with its reasons in words.

#[cfg(test)]
mod tests;

use crate::features::{DefaultSide, Route};
use crate::matcher::Match;
use crate::method::MethodSet;
use crate::path::{CleanPath, PathFault};
use crate::snapshot::Snapshot;
use crate::toggles::ToggleId;
use std::sync::Arc;

/// What is known of a request when it is decided.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The path, as sent, without the query; `*` for `OPTIONS *`.
    pub path: &'a str,
}

/// What answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'s> {
    /// A side.
    Side {
        /// The route that matched; `None` when the default answers.
        route: Option<&'s Route>,
        /// Who answers.
        side: Side<'s>,
        /// Why.
        because: Because,
    },
    /// Nobody, 405: routes match the path and take these methods.
    MethodNotAllowed(MethodSet),
    /// Nobody, 404: no route matches, and there is no default.
    NotFound,
    /// Nobody, 400: the path could be understood in two ways.
    Ambiguous(PathFault),
}

/// One of those that can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side<'s> {
    /// A module of this process.
    Module(&'s Arc<str>),
    /// Whichever module of this process knows the path, or their 404 and 405.
    Monolith,
    /// A service outside of this process.
    Service(&'s Arc<str>),
}

/// Why a side answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// The route's `serve` is on.
    ServeIsOn(ToggleId),
    /// The route's `serve` is off.
    ServeIsOff(ToggleId),
    /// The route has no `serve`.
    NoServe,
    /// No route matches the path: the default answers.
    NoRoute,
    /// Routes match the path, and take only these methods: the default answers.
    NoRouteTakesTheMethod(MethodSet),
}

/// Decides.
#[must_use]
pub fn decide<'s>(facts: &Facts<'_>, snapshot: &'s Snapshot) -> Decision<'s> {
    // `OPTIONS *` concerns the server as a whole (RFC 9110 §9.3.7): no route can name it.
    if facts.path == "*" {
        return unmatched(Because::NoRoute, snapshot);
    }
    let path = match CleanPath::new(facts.path) {
        Ok(path) => path,
        Err(fault) => return Decision::Ambiguous(fault),
    };
    match snapshot.matcher.find(facts.method, path) {
        Match::Route(index) => match snapshot.features.routes.get(index as usize) {
            Some(route) => routed(route, snapshot),
            None => Decision::NotFound,
        },
        Match::MethodNotAllowed(methods) => unmatched(Because::NoRouteTakesTheMethod(methods), snapshot),
        Match::NotFound => unmatched(Because::NoRoute, snapshot),
    }
}

fn routed<'s>(route: &'s Route, snapshot: &Snapshot) -> Decision<'s> {
    let (side, because) = side_of(route, snapshot);
    Decision::Side { route: Some(route), side, because }
}

/// Which side of a route answers, by its toggles.
pub(crate) fn side_of<'s>(route: &'s Route, snapshot: &Snapshot) -> (Side<'s>, Because) {
    let module = Side::Module(&route.module);
    match (route.serve, &route.service) {
        (Some(serve), Some(service)) if snapshot.toggles.is_on(serve) => {
            (Side::Service(service), Because::ServeIsOn(serve))
        }
        (Some(serve), _) => (module, Because::ServeIsOff(serve)),
        (None, _) => (module, Because::NoServe),
    }
}

fn unmatched<'s>(because: Because, snapshot: &Snapshot) -> Decision<'s> {
    match (snapshot.features.default, because) {
        (Some(DefaultSide::Monolith), _) => Decision::Side { route: None, side: Side::Monolith, because },
        (None, Because::NoRouteTakesTheMethod(methods)) => Decision::MethodNotAllowed(methods),
        (None, _) => Decision::NotFound,
    }
}
