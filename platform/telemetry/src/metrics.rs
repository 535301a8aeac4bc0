//! The registry, and the metrics of the request path whose handles a worker keeps.

use crate::sides::Sides;
use crate::{AtomicHistogram, Reading, RequestRate, SideMetrics};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteAndStatus {
    route: String,
    status: &'static str,
}

const STATUS_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The metrics of a process. Clones share them.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    requests: Family<RouteAndStatus, Counter>,
    durations: Family<Route, AtomicHistogram>,
    sides: Sides,
    rate: Arc<RequestRate>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// An own registry with the metrics of the request path.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("banyan");
        let requests = Family::<RouteAndStatus, Counter>::default();
        let durations = Family::<Route, AtomicHistogram>::default();
        registry.register("requests", "Requests answered, by route and status class", requests.clone());
        registry.register(
            "request_duration_seconds",
            "Time from a request's head to the end of its answer, by route",
            durations.clone(),
        );
        let sides = Sides::default();
        registry.register(
            "side_requests",
            "Requests for which a side of a promoted route was asked, by result",
            sides.clone(),
        );
        Self { registry: Arc::new(Mutex::new(registry)), requests, durations, sides, rate: Arc::default() }
    }

    /// Lets others add metrics of their own: `metrics.register(|registry| fetcher.register(registry))`.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Adds a metric whose figures somebody else keeps.
    pub fn read(&self, reading: Reading) {
        self.register(|registry| registry.register_collector(Box::new(reading)));
    }

    /// The handles of one route, for a worker to keep: recording through them takes no lock.
    #[must_use]
    pub fn route(&self, route: &str) -> RouteMetrics {
        let counter = |status| {
            let labels = RouteAndStatus { route: route.to_owned(), status };
            self.requests.get_or_create(&labels).clone()
        };
        RouteMetrics {
            by_class: STATUS_CLASSES.map(counter),
            duration: self.durations.get_or_create(&Route { route: route.to_owned() }).clone(),
        }
    }

    /// The handles of the two sides of a route.
    #[must_use]
    pub fn sides(&self, route: &str) -> SideMetrics {
        SideMetrics::of(route, &self.sides)
    }

    /// What was counted of a route so far; `None` when nobody has asked for its handles. Makes no series.
    #[must_use]
    pub fn figures(&self, route: &str) -> Option<RouteFigures> {
        let duration = self.durations.get(&Route { route: route.to_owned() })?.clone();
        let count = |status| {
            let labels = RouteAndStatus { route: route.to_owned(), status };
            self.requests.get(&labels).map_or(0, |counter| counter.get())
        };
        Some(RouteFigures { by_class: STATUS_CLASSES.map(count), duration })
    }

    /// Requests a second, lately.
    #[must_use]
    pub fn rate(&self) -> Arc<RequestRate> {
        self.rate.clone()
    }

    /// Everything, in the OpenMetrics text format that Prometheus reads.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing into a String cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }
}

/// The handles of one route.
#[derive(Debug, Clone)]
pub struct RouteMetrics {
    by_class: [Counter; STATUS_CLASSES.len()],
    duration: AtomicHistogram,
}

impl RouteMetrics {
    /// Counts one answer.
    pub fn record(&self, status: u16, duration: Duration) {
        if let Some(counter) = self.by_class.get((status / 100).saturating_sub(1) as usize) {
            counter.inc();
        }
        self.duration.observe(duration);
    }
}

/// What was counted of one route since the process began.
#[derive(Debug, Clone)]
pub struct RouteFigures {
    /// Answers by status class: 1xx, 2xx, 3xx, 4xx, 5xx.
    pub by_class: [u64; STATUS_CLASSES.len()],
    /// How long they took.
    pub duration: AtomicHistogram,
}

impl RouteFigures {
    /// Answers of all classes.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.by_class.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_is_rendered_under_its_route() {
        let metrics = Metrics::new();
        let route = metrics.route("messages.read");
        route.record(200, Duration::from_millis(1));
        route.record(404, Duration::from_millis(1));
        metrics.route("messages.read").record(204, Duration::from_millis(1));
        let text = metrics.render();
        for expected in [
            "banyan_requests_total{route=\"messages.read\",status=\"2xx\"} 2\n",
            "banyan_requests_total{route=\"messages.read\",status=\"4xx\"} 1\n",
            "banyan_request_duration_seconds_count{route=\"messages.read\"} 3\n",
        ] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
    }

    #[test]
    fn figures_are_read_without_making_a_series() {
        let metrics = Metrics::new();
        assert!(metrics.figures("a").is_none());
        assert!(!metrics.render().contains("route=\"a\""));
        metrics.route("a").record(503, Duration::from_millis(1));
        let figures = metrics.figures("a").unwrap();
        assert_eq!((figures.by_class, figures.total()), ([0, 0, 0, 0, 1], 1));
        assert_eq!(figures.duration.mean(), Some(Duration::from_millis(1)));
    }
}
