//! From a request to the route, at a cost that does not depend on how many routes there are.
//!
//! Routes are grouped by the host that they ask for; the host of the request is looked up, first as it is, then by
//! each of its parents for `*.parent`, then the routes for any host. The patterns of a group are compiled into a
//! deterministic automaton over path segments: one hash lookup a segment, no backtracking, no allocation. At each
//! segment a literal goes before `{param}`, and `{param}` before `{rest..}`, whatever the order in the file; on one
//! pattern, the route that asks more of fields and query goes first. The first of the matching routes that also
//! takes the method wins, so that a broad route may take the methods that a narrow one does not name.

mod automaton;
mod build;

mod hosts;
mod steps;
#[cfg(test)]
mod tests;

pub use build::TooManyStates;

use crate::condition::Conditions;
use crate::facts::Facts;
use crate::features::Route;
use crate::method::MethodSet;
use crate::path::CleanPath;
use crate::pattern::Pattern;
use hosts::Hosts;
use std::cmp::Reverse;
use steps::Steps;

/// Position of a route in the list the matcher was made from.
pub type RouteIndex = u32;

/// What a route takes.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'r> {
    /// Its paths.
    pub pattern: &'r Pattern,
    /// Its methods.
    pub methods: MethodSet,
    /// What else it asks.
    pub conditions: &'r Conditions,
}

/// What the matcher found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// The best route for the request.
    Route(RouteIndex),
    /// Routes match but for the method; these are the methods that they take.
    MethodNotAllowed(MethodSet),
    /// No route matches.
    NotFound,
}

/// The part of a route that is looked at once its path is known to match.
#[derive(Debug)]
struct Rule {
    methods: MethodSet,
    /// `None` for the many that ask nothing of fields and query.
    conditions: Option<Box<Conditions>>,
}

/// The compiled routes.
#[derive(Debug)]
pub struct Matcher {
    rules: Box<[Rule]>,
    hosts: Hosts,
}

impl Matcher {
    /// Compiles routes. The caller has made sure that no two of them could take one request with equal right.
    ///
    /// # Errors
    /// When the patterns overlap in so many ways that the automata pass their bound.
    pub fn new<'r>(routes: impl Iterator<Item = Taken<'r>>) -> Result<Self, TooManyStates> {
        let routes: Vec<_> = routes.collect();
        let rules = routes.iter().map(Rule::new).collect();
        let mut numbered: Vec<_> = (0..).zip(routes).collect();
        // What is put in first goes first where patterns are equal.
        numbered.sort_by_key(|(_, route)| Reverse(route.conditions.rank()));
        Ok(Self { rules, hosts: Hosts::new(&numbered)? })
    }

    /// The route for a request, whose path has been checked. The cost grows with the number of segments only; and
    /// with the labels of the host where routes ask for `*.parent`.
    #[must_use]
    pub fn find(&self, facts: &Facts<'_>, path: CleanPath<'_>) -> Match {
        self.find_in(facts, path, &mut ())
    }

    fn find_in(&self, facts: &Facts<'_>, path: CleanPath<'_>, steps: &mut impl Steps) -> Match {
        let mut allowed = MethodSet::NONE;
        let found = self.hosts.first(facts.host, steps, |automaton, steps| {
            automaton.candidates(path, steps).iter().copied().find(|route| {
                steps.step();
                self.rules.get(*route as usize).is_some_and(|rule| rule.takes(facts, &mut allowed))
            })
        });
        match found {
            Some(route) => Match::Route(route),
            None if allowed.is_empty() => Match::NotFound,
            None => Match::MethodNotAllowed(allowed),
        }
    }
}

impl Rule {
    fn new(route: &Taken<'_>) -> Self {
        let asks = !route.conditions.is_host_only();
        Self { methods: route.methods, conditions: asks.then(|| Box::new(route.conditions.clone())) }
    }

    /// Whether the rest of the request fits too; when only the method does not, the methods are noted.
    fn takes(&self, facts: &Facts<'_>, allowed: &mut MethodSet) -> bool {
        if self.conditions.as_ref().is_some_and(|conditions| !conditions.hold(facts)) {
            return false;
        }
        let takes = self.methods.contains(facts.method);
        if !takes {
            *allowed = allowed.union(self.methods);
        }
        takes
    }
}

impl<'r> From<&'r Route> for Taken<'r> {
    fn from(route: &'r Route) -> Self {
        Self { pattern: &route.pattern, methods: route.methods, conditions: &route.conditions }
    }
}
