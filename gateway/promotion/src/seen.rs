//! What was seen of a route's two sides: the evidence for and against.

use serde::Serialize;
use statistics::{Count, Histogram};

/// What was seen of a route. As it grows, from the start of the process; [`Seen::since`] makes of it what a step has seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// Compared requests, and those of them whose answers differ, where that is not shown to be noise.
    pub differing: Count,
    /// Compared requests, and those of them whose answers are shown to really differ.
    pub surely_differing: Count,
    /// Requests that were not compared and may differ: no evidence for the new side, and none against it.
    pub unjudged: u64,
    /// Requests that the old side answered, and those of them with a 5xx.
    pub old_errors: Count,
    /// Requests that the new side answered, and those of them with a 5xx.
    pub new_errors: Count,
    /// How long the old side took, in compared requests.
    pub old_took: Histogram,
    /// How long the new side took.
    pub new_took: Histogram,
}

impl Seen {
    /// What was seen after `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            differing: self.differing.since(earlier.differing),
            surely_differing: self.surely_differing.since(earlier.surely_differing),
            unjudged: self.unjudged.saturating_sub(earlier.unjudged),
            old_errors: self.old_errors.since(earlier.old_errors),
            new_errors: self.new_errors.since(earlier.new_errors),
            old_took: self.old_took.since(&earlier.old_took),
            new_took: self.new_took.since(&earlier.new_took),
        }
    }

    /// Requests whose answers differ if all that was not judged does.
    pub(crate) fn at_most(&self) -> Count {
        Count::new(self.differing.hits + self.unjudged, self.differing.of + self.unjudged)
    }

    /// Requests whose answers differ if nothing of what was not judged does.
    pub(crate) fn at_least(&self) -> Count {
        Count::new(self.surely_differing.hits, self.surely_differing.of + self.unjudged)
    }

    /// In figures, for people.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let p99_ms = |took: &Histogram| took.quantile_us(0.99).map(|us| us / 1_000.0);
        Figures {
            compared: self.differing.of,
            differing: self.differing.hits,
            surely_differing: self.surely_differing.hits,
            unjudged: self.unjudged,
            old_requests: self.old_errors.of,
            old_errors: self.old_errors.hits,
            new_requests: self.new_errors.of,
            new_errors: self.new_errors.hits,
            old_p99_ms: p99_ms(&self.old_took),
            new_p99_ms: p99_ms(&self.new_took),
        }
    }
}

/// What a step has seen, in figures.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Figures {
    /// Compared requests.
    pub compared: u64,
    /// Those of them whose answers differ, where that is not shown to be noise.
    pub differing: u64,
    /// Those of them whose answers are shown to really differ.
    pub surely_differing: u64,
    /// Requests that were not compared and may differ.
    pub unjudged: u64,
    /// Requests that the old side answered.
    pub old_requests: u64,
    /// Those of them with a 5xx.
    pub old_errors: u64,
    /// Requests that the new side answered.
    pub new_requests: u64,
    /// Those of them with a 5xx.
    pub new_errors: u64,
    /// What 99 of 100 answers of the old side did not exceed, milliseconds; `null` before the first.
    pub old_p99_ms: Option<f64>,
    /// The same of the new side.
    pub new_p99_ms: Option<f64>,
}
