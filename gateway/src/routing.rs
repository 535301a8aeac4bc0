//! The gateway's answer to the HTTP loop: each head is decided by the current snapshot.

#[cfg(test)]
mod tests;

use crate::caller::{Asking, Who};
use crate::decide::{Because, Decision, Side, decide, side};
use crate::facts::Facts;
use crate::features::{DEFAULT_ROUTE, Route, Upstream, UpstreamKind};
use crate::http1::{Asked, Forward, Routed, Router, Verdict};
use crate::parallel::ToCompare;
use crate::snapshot::{Current, Snapshot};
use kernel::Problem;
use report::Serving;
use std::sync::Arc;
use upstream::Balance;
use xxhash_rust::xxh3::xxh3_64;

/// Routes requests by the current snapshot. One for each worker.
pub struct Routing {
    current: Current,
    default_route: Arc<str>,
    who: Who,
}

impl Routing {
    /// A router that follows `current`, and finds out who asks by `who`.
    #[must_use]
    pub fn new(current: Current, who: Who) -> Self {
        Self { current, default_route: DEFAULT_ROUTE.into(), who }
    }

    /// What answers a request of which these are the facts.
    fn verdict(
        &self,
        facts: &Facts<'_>,
        snapshot: &Snapshot,
    ) -> (Verdict, Option<ToCompare>, Option<telemetry::Side>) {
        let verdict = match decide(facts, snapshot) {
            Decision::Side { route, side, because, compare } => {
                count(because, snapshot);
                let name = route.map_or(&self.default_route, |route| &route.name);
                let way = Way { name, facts, snapshot };
                let verdict = way.to(side, || route.and_then(|route| way.fallback(route, because)));
                return (
                    verdict,
                    compare.and_then(|index| way.compare(index, because)),
                    route.and_then(|route| counted(route, because)),
                );
            }
            Decision::MethodNotAllowed(methods) => {
                Verdict::Problem(Problem::method_not_allowed(methods.to_string()))
            }
            Decision::NotFound => Verdict::Problem(Problem::not_found()),
            Decision::Ambiguous(fault) => Verdict::Problem(Problem::bad_request(fault.to_string())),
        };
        (verdict, None, None)
    }
}

impl Router for Routing {
    fn route(&self, asked: &Asked<'_>) -> Routed {
        let head = asked.head;
        let snapshot = self.current.load();
        let caller = Asking::new(asked, snapshot.features.user_id.as_ref(), &self.who);
        let facts = Facts {
            method: head.method,
            path: head.target.path,
            query: head.target.query,
            host: head.host,
            fields: head,
            caller: &caller,
        };
        let (verdict, compare, side) = self.verdict(&facts, &snapshot);
        Routed { verdict, set_cookie: caller.set_cookie(), compare, side }
    }
}

/// The side that answers, of a route that is promoted by what its sides do.
fn counted(route: &Route, because: Because) -> Option<telemetry::Side> {
    route.promotion.as_ref()?;
    Some(match because {
        Because::ServeIsOn(_) => telemetry::Side::New,
        _ => telemetry::Side::Old,
    })
}

/// Counts the use of a toggle, for whoever reports it.
fn count(because: Because, snapshot: &Snapshot) {
    match because {
        Because::ServeIsOn(toggle) | Because::HeldByPromotion(toggle, _) => {
            snapshot.toggles().count(toggle, true);
        }
        Because::ServeIsOff(toggle) => snapshot.toggles().count(toggle, false),
        _ => {}
    }
}

/// How a decided request gets to its side.
#[derive(Clone, Copy)]
struct Way<'w> {
    /// The route's name.
    name: &'w Arc<str>,
    facts: &'w Facts<'w>,
    snapshot: &'w Snapshot,
}

impl Way<'_> {
    fn to(self, side: Side<'_>, fallback: impl FnOnce() -> Option<Box<Verdict>>) -> Verdict {
        let module = match side {
            Side::Module(module) => Some(module.clone()),
            Side::Monolith => None,
            Side::Upstream(upstream) => return self.forward(upstream, fallback()),
        };
        Verdict::InProcess { route: self.name.clone(), module }
    }

    fn forward(self, upstream: &Upstream, fallback: Option<Box<Verdict>>) -> Verdict {
        let Some(service) = self.snapshot.service(upstream.id) else {
            // Only a snapshot that was never bound has none, and none such is served by.
            return Verdict::Problem(Problem::unavailable(format!("{} cannot be reached", upstream.name)));
        };
        Verdict::Forward(Forward {
            route: self.name.clone(),
            service: service.clone(),
            legacy: upstream.kind == UpstreamKind::Legacy,
            hash: (upstream.policy.balance == Balance::ConsistentHash).then(|| self.sticky()).flatten(),
            host: upstream.host,
            fallback,
        })
    }

    /// How the other side is asked the same.
    fn compare(self, index: usize, because: Because) -> Option<ToCompare> {
        let compared = self.snapshot.compared(index)?.clone();
        if let Some(toggle) = self.snapshot.dial(index).compare {
            self.snapshot.toggles().count(toggle, true);
        }
        let serving = if matches!(because, Because::ServeIsOn(_)) { Serving::New } else { Serving::Old };
        let hash = compared.is_sticky().then(|| self.sticky()).flatten();
        Some(ToCompare { compared, serving, hash })
    }

    /// The other side of the route, where the route says so.
    fn fallback(self, route: &Route, because: Because) -> Option<Box<Verdict>> {
        if !route.fallback {
            return None;
        }
        let other = side(route, !matches!(because, Because::ServeIsOn(_)), self.snapshot)?;
        Some(Box::new(self.to(other, || None)))
    }

    /// What a request sticks to: its user, or else its session.
    fn sticky(self) -> Option<u64> {
        let caller = self.facts.caller;
        let id = caller.user_id().or_else(|| caller.session_id())?;
        Some(xxh3_64(id.as_bytes()))
    }
}
