//! The gateway's answer to the HTTP loop: each head is decided by the current snapshot.

use crate::decide::{Decision, Facts, Side, decide};
use crate::features::DEFAULT_ROUTE;
use crate::http1::{Asked, Routed, Router, Verdict};
use crate::snapshot::Current;
use kernel::Problem;
use std::sync::Arc;

/// Routes requests by the current snapshot. Cheap to clone: one for each worker.
#[derive(Debug, Clone)]
pub struct Routing {
    current: Current,
    default_route: Arc<str>,
}

impl Routing {
    /// A router that follows `current`.
    #[must_use]
    pub fn new(current: Current) -> Self {
        Self { current, default_route: DEFAULT_ROUTE.into() }
    }

    /// What answers a request with this method and path.
    fn verdict(&self, facts: &Facts<'_>) -> Verdict {
        match decide(facts, &self.current.load()) {
            Decision::Side { route, side, .. } => {
                let route = route.map_or(&self.default_route, |route| &route.name);
                answered_by(side, route)
            }
            Decision::MethodNotAllowed(methods) => {
                Verdict::Problem(Problem::method_not_allowed(methods.to_string()))
            }
            Decision::NotFound => Verdict::Problem(Problem::not_found()),
            Decision::Ambiguous(fault) => Verdict::Problem(Problem::bad_request(fault.to_string())),
        }
    }
}

impl Router for Routing {
    fn route(&self, asked: &Asked<'_>) -> Routed {
        let head = asked.head;
        self.verdict(&Facts { method: head.method, path: head.target.path }).into()
    }
}

fn answered_by(side: Side<'_>, route: &Arc<str>) -> Verdict {
    let module = match side {
        Side::Module(module) => Some(module.clone()),
        Side::Monolith => None,
        Side::Service(service) => {
            // A features file that asks for this is refused; to get here is a fault of ours, and the client may know.
            return Verdict::Problem(Problem::unavailable(format!("service {service} cannot be reached")));
        }
    };
    Verdict::InProcess { route: route.clone(), module }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Known, parse};
    use crate::snapshot::Snapshot;

    const FILE: &str = r#"
        [[routes]]
        name = "messages.read"
        match = { methods = ["GET"], path = "/api/messages/{rest..}" }
        module = "messages"
    "#;

    fn router(head: &str) -> Routing {
        let loaded = parse("f", &format!("{head}{FILE}"), &Known { modules: &["messages"] }).unwrap();
        Routing::new(Snapshot::new(loaded.features).unwrap().into_current())
    }

    fn in_process(verdict: Verdict) -> (String, Option<String>) {
        match verdict {
            Verdict::InProcess { route, module } => {
                (route.to_string(), module.map(|module| module.to_string()))
            }
            other => panic!("{other:?}"),
        }
    }

    fn problem(verdict: Verdict) -> Problem {
        match verdict {
            Verdict::Problem(problem) => problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_route_goes_to_its_module_and_the_rest_to_whichever_knows_it() {
        let router = router("default = \"monolith\"");
        let verdict = |method, path| in_process(router.verdict(&Facts { method, path }));
        let messages = ("messages.read".to_owned(), Some("messages".to_owned()));
        assert_eq!(verdict("GET", "/api/messages/1"), messages);
        assert_eq!(verdict("POST", "/api/messages"), ("default".to_owned(), None));
        assert_eq!(verdict("GET", "/nowhere"), ("default".to_owned(), None));
    }

    #[test]
    fn without_a_default_the_gateway_answers_404_and_405_itself() {
        let router = router("");
        let verdict = |method, path| problem(router.verdict(&Facts { method, path }));
        assert_eq!(verdict("GET", "/nowhere").status, 404);
        let refused = verdict("POST", "/api/messages");
        assert_eq!((refused.status, refused.allow.as_deref()), (405, Some("GET, HEAD")));
    }

    #[test]
    fn an_ambiguous_path_is_400() {
        let refused =
            problem(router("default = \"monolith\"").verdict(&Facts { method: "GET", path: "/a//b" }));
        assert_eq!((refused.status, &*refused.detail), (400, "the path has an empty segment"));
    }

    #[test]
    fn a_new_snapshot_holds_from_the_next_request_on() {
        let router = router("");
        let before = router.current.load_full();
        let features = crate::features::Features::monolith();
        router.current.store(Arc::new(Snapshot::new(features).unwrap()));
        let verdict = in_process(router.verdict(&Facts { method: "GET", path: "/nowhere" }));
        assert_eq!(verdict, ("default".to_owned(), None));
        assert_eq!(before.features.routes.len(), 1, "a request that runs keeps what it began with");
    }
}
