//! What the parallel run shows of itself: `banyan_parallel_*`.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use report::{Asked, DropCause};
use std::sync::Arc;
use std::time::Duration;
use telemetry::{AtomicHistogram, Metrics};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteAndResult {
    route: Arc<str>,
    asked: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteAndCause {
    route: Arc<str>,
    cause: &'static str,
}

/// How a comparison ended. Whether a difference is noise, only the report can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Equal,
    Explained,
    Lag,
    Different,
}

const FOUND: [(Found, &str); 4] = [
    (Found::Equal, "equal"),
    (Found::Explained, "explained"),
    (Found::Lag, "lag"),
    (Found::Different, "different"),
];

/// The metrics of the parallel run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    compared: Family<RouteAndResult, Counter>,
    dropped: Family<RouteAndCause, Counter>,
    durations: Family<Route, AtomicHistogram>,
    /// Exchanges that wait for the other side.
    pub(crate) waiting: Gauge,
    /// Questions to other sides under way.
    pub(crate) under_way: Gauge,
}

/// The handles of one route: counting by them takes no lock.
#[derive(Debug)]
pub(crate) struct RouteFigures {
    other: [Counter; FOUND.len()],
    same: [Counter; FOUND.len()],
    dropped: [Counter; DropCause::ALL.len()],
    durations: AtomicHistogram,
}

impl Figures {
    pub(crate) fn show(&self, metrics: &Metrics) {
        metrics.register(|registry| {
            registry.register(
                "parallel_compared",
                "Pairs of answers compared, by route and result",
                self.compared.clone(),
            );
            registry.register(
                "parallel_dropped",
                "Exchanges that were to be compared and were not, by route and cause",
                self.dropped.clone(),
            );
            registry.register(
                "parallel_duration_seconds",
                "Time from a question of the parallel run to the head of its answer, by route",
                self.durations.clone(),
            );
            registry.register(
                "parallel_waiting",
                "Exchanges that wait for the other side to be asked",
                self.waiting.clone(),
            );
            registry.register(
                "parallel_under_way",
                "Exchanges whose other side is being asked",
                self.under_way.clone(),
            );
        });
    }

    pub(crate) fn route(&self, route: &Arc<str>) -> RouteFigures {
        let compared = |asked| {
            FOUND.map(|(_, result)| {
                let labels = RouteAndResult { route: route.clone(), asked, result };
                self.compared.get_or_create(&labels).clone()
            })
        };
        let dropped = |cause: DropCause| {
            let labels = RouteAndCause { route: route.clone(), cause: cause.name() };
            self.dropped.get_or_create(&labels).clone()
        };
        RouteFigures {
            other: compared("other"),
            same: compared("same"),
            dropped: DropCause::ALL.map(dropped),
            durations: self.durations.get_or_create(&Route { route: route.clone() }).clone(),
        }
    }
}

impl RouteFigures {
    pub(crate) fn found(&self, asked: Asked, found: Found) {
        let counters = if asked == Asked::Other { &self.other } else { &self.same };
        let place = FOUND.iter().position(|(one, _)| *one == found);
        if let Some(counter) = place.and_then(|place| counters.get(place)) {
            counter.inc();
        }
    }

    pub(crate) fn dropped(&self, cause: DropCause) {
        let place = DropCause::ALL.iter().position(|one| *one == cause);
        if let Some(counter) = place.and_then(|place| self.dropped.get(place)) {
            counter.inc();
        }
    }

    pub(crate) fn took(&self, took: Duration) {
        self.durations.observe(took);
    }
}
