//! What was counted of the two sides of a route: requests that each was asked for a client, and failed.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

/// One of the two sides of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The module of this process, or the legacy application.
    Old,
    /// The service.
    New,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Labels {
    route: String,
    side: &'static str,
    result: &'static str,
}

/// All routes' sides.
pub(crate) type Sides = Family<Labels, Counter>;

/// The handles of one route's sides, for a worker to keep.
#[derive(Debug, Clone)]
pub struct SideMetrics {
    old: Answers,
    new: Answers,
}

#[derive(Debug, Clone)]
struct Answers {
    answered: Counter,
    failed: Counter,
}

/// What was counted of one side since the process began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SideFigures {
    /// Requests that it was asked.
    pub requests: u64,
    /// Those of them that ended with a 5xx, the gateway's own included: it could not be reached, or took too long.
    pub failed: u64,
}

impl SideMetrics {
    pub(crate) fn of(route: &str, sides: &Sides) -> Self {
        let counter =
            |side, result| sides.get_or_create(&Labels { route: route.to_owned(), side, result }).clone();
        let answers = |side| Answers { answered: counter(side, "answered"), failed: counter(side, "failed") };
        Self { old: answers("old"), new: answers("new") }
    }

    /// Counts one request.
    pub fn record(&self, side: Side, status: u16) {
        let Answers { answered, failed } = self.at(side);
        if status >= 500 {
            failed.inc()
        } else {
            answered.inc()
        };
    }

    /// What was counted of a side.
    #[must_use]
    pub fn figures(&self, side: Side) -> SideFigures {
        let Answers { answered, failed } = self.at(side);
        let failed = failed.get();
        SideFigures { requests: answered.get().saturating_add(failed), failed }
    }

    const fn at(&self, side: Side) -> &Answers {
        match side {
            Side::Old => &self.old,
            Side::New => &self.new,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Metrics;

    #[test]
    fn what_each_side_was_asked_is_counted_and_shown() {
        let metrics = Metrics::new();
        let sides = metrics.sides("a");
        for (side, status) in [(Side::Old, 200), (Side::Old, 404), (Side::New, 200), (Side::New, 502)] {
            sides.record(side, status);
        }
        let of = |side| metrics.sides("a").figures(side);
        assert_eq!(of(Side::Old), SideFigures { requests: 2, failed: 0 });
        assert_eq!(of(Side::New), SideFigures { requests: 2, failed: 1 });
        let shown = "banyan_side_requests_total{route=\"a\",side=\"new\",result=\"failed\"} 1\n";
        assert!(metrics.render().contains(shown), "{}", metrics.render());
    }
}
