//! Tests and intervals that hold at every moment at once, so that figures may be watched while they grow and acted upon at any
//! time. Each is a bet on a mixture of rates (Robbins, "Statistical methods related to the law of the iterated logarithm", Annals
//! of Mathematical Statistics 41, 1970; Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic
//! confidence sequences", Annals of Statistics 49, 2021, section 3 and proposition 7). Trials may come one by one or in heaps.

mod mixture;
mod two_rates;

pub(crate) use mixture::Mixture;
pub use two_rates::greater;

use crate::special::bisect;
use crate::{Count, Evidence, Interval};

/// Evidence that the true rate is above `limit` (0 to 1), against the hypothesis that it is at most that.
#[must_use]
pub fn above(count: Count, limit: f64) -> Evidence {
    Mixture::around(limit).evidence_above(count)
}

/// Evidence that the true rate is below `limit` (0 to 1), against the hypothesis that it is at least that.
#[must_use]
pub fn below(count: Count, limit: f64) -> Evidence {
    Mixture::around(limit).evidence_below(count)
}

/// Where the true rate lies, at this confidence (0 to 1) for all moments together: the confidence sequence of the beta-binomial
/// mixture.
#[must_use]
pub fn interval(count: Count, confidence: f64) -> Interval {
    let mixture = Mixture::JEFFREYS;
    let refuted = |rate: f64| mixture.evidence_against(count, rate).refutes(confidence);
    Interval {
        lower: if count.hits == 0 { 0.0 } else { bisect(0.0, count.rate(), refuted) },
        upper: if count.misses() == 0 { 1.0 } else { bisect(count.rate(), 1.0, |rate| !refuted(rate)) },
    }
}

#[cfg(test)]
mod tests;
