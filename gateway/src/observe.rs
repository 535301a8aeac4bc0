//! What each finished exchange leaves behind: a count, a duration, an access line.

use crate::hash::NameHash;
use crate::http1::{Exchange, Observer};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use telemetry::{AccessLines, AccessLog, Metrics, RequestRate, RouteMetrics, Side, SideMetrics};

/// Most routes whose metrics a worker keeps at hand. Names come from features files, which change while the process
/// runs; beyond this the handles are fetched anew.
const ROUTES_AT_HAND_MAX: usize = 2 * crate::features::ROUTES_MAX;
/// What the access line and the metrics call an exchange that never reached a route.
const NO_ROUTE: &str = "-";

/// Writes access lines and metrics. One for each worker: what it keeps is shared with nobody.
pub struct Watching {
    metrics: Metrics,
    rate: Arc<RequestRate>,
    /// `None` in tests, which count without a process-wide log.
    access: Option<AccessLines>,
    own: RefCell<Own>,
}

/// What only this worker touches.
struct Own {
    routes: HashMap<Box<str>, RouteMetrics, NameHash>,
    /// Of routes that are promoted.
    sides: HashMap<Box<str>, SideMetrics, NameHash>,
}

impl Watching {
    /// An observer for one worker.
    #[must_use]
    pub fn new(metrics: &Metrics, access: &AccessLog) -> Self {
        Self::with(metrics, Some(access.lines()))
    }

    fn with(metrics: &Metrics, access: Option<AccessLines>) -> Self {
        let own = Own { routes: HashMap::default(), sides: HashMap::default() };
        Self { rate: metrics.rate(), metrics: metrics.clone(), access, own: RefCell::new(own) }
    }
}

impl Observer for Watching {
    fn finished(&self, exchange: &Exchange<'_>) {
        self.rate.count(exchange.at);
        // Nothing below calls back into the loop, so the borrow is never taken twice.
        let Ok(mut own) = self.own.try_borrow_mut() else { return };
        let own = &mut *own;
        let route = exchange.route.unwrap_or(NO_ROUTE);
        own.count(&self.metrics, route, exchange);
        if let Some(side) = exchange.side {
            own.count_side(&self.metrics, route, side, exchange.status);
        }
        if let Some(access) = &self.access {
            access.record(&telemetry::Exchange {
                at: exchange.at,
                route,
                served_by: &exchange.served_by.parts(),
                method: exchange.method,
                path: exchange.path,
                status: exchange.status,
                duration: exchange.duration,
                request_bytes: exchange.request_body_bytes,
                response_bytes: exchange.response_body_bytes,
                request_id: exchange.request_id,
                trace: exchange.trace,
                remote: exchange.remote,
            });
        }
    }
}

impl Own {
    fn count(&mut self, metrics: &Metrics, route: &str, exchange: &Exchange<'_>) {
        if let Some(known) = self.routes.get(route) {
            return known.record(exchange.status, exchange.duration);
        }
        if self.routes.len() >= ROUTES_AT_HAND_MAX {
            self.routes.clear();
        }
        let fresh = metrics.route(route);
        fresh.record(exchange.status, exchange.duration);
        self.routes.insert(route.into(), fresh);
    }

    fn count_side(&mut self, metrics: &Metrics, route: &str, side: Side, status: u16) {
        if let Some(known) = self.sides.get(route) {
            return known.record(side, status);
        }
        if self.sides.len() >= ROUTES_AT_HAND_MAX {
            self.sides.clear();
        }
        let fresh = metrics.sides(route);
        fresh.record(side, status);
        self.sides.insert(route.into(), fresh);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http1::ServedBy;
    use kernel::{RequestId, Sources, Timestamp, TraceContext};
    use std::time::Duration;

    fn exchange<'a>(sources: &Sources, route: Option<&'a str>, status: u16) -> Exchange<'a> {
        Exchange {
            at: sources.clock.now(),
            method: "GET",
            path: b"/",
            route,
            module: None,
            status,
            duration: Duration::from_millis(2),
            request_body_bytes: 0,
            response_body_bytes: 1,
            complete: true,
            request_id: RequestId::new(&*sources.random, sources.clock.now()),
            trace: TraceContext::start(&*sources.random),
            side: Some(Side::New),
            served_by: &ServedBy::Monolith,
            remote: None,
        }
    }

    #[test]
    fn exchanges_are_counted_by_route_and_for_the_rate() {
        let (sources, _) = Sources::fixed(Timestamp(1_000_000), 1);
        let metrics = Metrics::new();
        let observer = Watching::with(&metrics, None);
        for (route, status) in [(Some("users"), 200), (Some("users"), 201), (None, 400)] {
            observer.finished(&exchange(&sources, route, status));
        }
        let text = metrics.render();
        assert!(text.contains("banyan_requests_total{route=\"users\",status=\"2xx\"} 2\n"), "{text}");
        assert!(text.contains("banyan_requests_total{route=\"-\",status=\"4xx\"} 1\n"), "{text}");
        assert_eq!(metrics.sides("users").figures(Side::New).requests, 2);
        assert!((metrics.rate().per_second(sources.clock.now()) - 3.0 / 15.0).abs() < 1e-9);
    }
}
