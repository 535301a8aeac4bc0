//! What a step's evidence says: raise, wait, or breach. Pure. Every test holds at all times, so it may be asked each second.

use crate::{Policy, Seen};
use statistics::{Histogram, latency, proportion, sequential};
use std::fmt;
use std::time::Duration;

/// How sure it must be that the difference rate is within what is allowed, to raise.
const RAISE_CONFIDENCE: f64 = 0.95;
/// How sure a breach must be. Three things are tested, each at this confidence.
const BREACH_CONFIDENCE: f64 = 0.99;
/// The quantile whose ratio is judged.
const QUANTILE: f64 = 0.99;
/// Durations below this are all alike: a service that answers in 2 ms instead of 0.5 ms is not slow.
const ALIKE_BELOW_US: f64 = 5_000.0;
/// Answers that the new side must have given to clients, where it may give any: nothing is raised while its toggle is off.
const SERVED_MIN: u64 = 10;

/// What the evidence says.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// Something is missing for the next step.
    Wait(Missing),
    /// All is well: the next step, percent; `None` on the last one.
    Raise(Option<u8>),
    /// Something is wrong.
    Breach(Breach),
}

/// What is missing for the next step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Missing {
    /// Time.
    Time {
        /// Of the step that is still to pass.
        left: Duration,
    },
    /// Compared requests.
    Compared {
        /// That are there.
        there: u64,
        /// That are needed, at least.
        needed: u64,
    },
    /// Requests that the new side answered.
    Served {
        /// That are there.
        there: u64,
    },
    /// The difference rate is not shown to be within what is allowed.
    DifferenceRate {
        /// It may be as high as this, at 95 %.
        upper: f64,
        /// Requests that count as differing since nobody could judge them.
        unjudged: u64,
    },
    /// The new side fails more often than it may, though that may be chance.
    Errors,
    /// The new side is slower than it may be, though that may be chance.
    Latency,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Breach {
    /// Answers differ too often.
    DifferenceRate {
        /// Requests whose answers differ.
        differing: u64,
        /// Compared requests.
        compared: u64,
        /// The allowed share.
        allowed: f64,
    },
    /// The new side fails too often.
    Errors {
        /// Its rate.
        new: f64,
        /// That of the old side.
        old: f64,
        /// The allowed ratio.
        allowed: f64,
    },
    /// The new side is too slow.
    Latency {
        /// The ratio is at least this.
        at_least: f64,
        /// The allowed ratio.
        allowed: f64,
    },
}

/// Judges a share, percent, by what was seen `since` it was set.
#[must_use]
pub fn judge(policy: &Policy, percent: u8, seen: &Seen, on_step: Duration) -> Judgement {
    if let Some(breach) = breach(policy, seen) {
        return Judgement::Breach(breach);
    }
    match missing(policy, percent, seen, on_step) {
        Some(missing) => Judgement::Wait(missing),
        None => Judgement::Raise(policy.after(percent)),
    }
}

/// What is wrong, if it is sure.
fn breach(policy: &Policy, seen: &Seen) -> Option<Breach> {
    if sequential::above(seen.at_least(), policy.allowed_difference).refutes(BREACH_CONFIDENCE) {
        let (differing, compared) = (seen.surely_differing.hits, seen.surely_differing.of);
        return Some(Breach::DifferenceRate { differing, compared, allowed: policy.allowed_difference });
    }
    if sequential::greater(seen.new_errors, seen.old_errors, policy.error_ratio).refutes(BREACH_CONFIDENCE) {
        let (new, old) = (seen.new_errors.rate(), seen.old_errors.rate());
        return Some(Breach::Errors { new, old, allowed: policy.error_ratio });
    }
    let each = 1.0 - (1.0 - BREACH_CONFIDENCE) / 2.0;
    let bounds = |took: &Histogram| latency::quantile_interval(took, QUANTILE, each);
    let at_least =
        bounds(&seen.new_took).lower.max(ALIKE_BELOW_US) / bounds(&seen.old_took).upper.max(ALIKE_BELOW_US);
    (at_least > policy.latency_ratio).then_some(Breach::Latency { at_least, allowed: policy.latency_ratio })
}

/// What is missing for the next step, the first thing of it.
fn missing(policy: &Policy, percent: u8, seen: &Seen, on_step: Duration) -> Option<Missing> {
    let compared = seen.differing.of;
    if compared < policy.enough {
        return Some(Missing::Compared { there: compared, needed: policy.enough });
    }
    if percent > 0 && seen.new_errors.of < SERVED_MIN {
        return Some(Missing::Served { there: seen.new_errors.of });
    }
    if !sequential::below(seen.at_most(), policy.allowed_difference).refutes(RAISE_CONFIDENCE) {
        let upper = sequential::interval(seen.at_most(), 0.9).upper;
        return Some(Missing::DifferenceRate { upper, unjudged: seen.unjudged });
    }
    // What looks like too many errors is a reason to look longer.
    let old_at_most = proportion::upper_bound(seen.old_errors, RAISE_CONFIDENCE);
    if seen.new_errors.rate() > policy.error_ratio * old_at_most {
        return Some(Missing::Errors);
    }
    if ratio(&seen.new_took, &seen.old_took).is_some_and(|ratio| ratio > policy.latency_ratio) {
        return Some(Missing::Latency);
    }
    let left = policy.every.saturating_sub(on_step);
    (!left.is_zero()).then_some(Missing::Time { left })
}

/// The observed ratio of the p99s.
fn ratio(new: &Histogram, old: &Histogram) -> Option<f64> {
    let at = |took: &Histogram| took.quantile_us(QUANTILE).map(|us| us.max(ALIKE_BELOW_US));
    Some(at(new)? / at(old)?)
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time { left } => write!(f, "{} s of the step are left", left.as_secs()),
            Self::Compared { there, needed } => write!(f, "{there} of {needed} requests are compared"),
            Self::Served { there } => {
                write!(f, "the new side answered {there} of {SERVED_MIN} requests: is its toggle on?")
            }
            Self::DifferenceRate { upper, unjudged: 0 } => {
                write!(
                    f,
                    "answers may differ in up to {:.3} % of requests: more must be compared",
                    upper * 100.0
                )
            }
            Self::DifferenceRate { upper, unjudged } => {
                write!(
                    f,
                    "answers may differ in up to {:.3} % of requests, as {unjudged} got no answer of the other side that could \
                     be compared",
                    upper * 100.0
                )
            }
            Self::Errors => write!(f, "the new side seems to fail more often"),
            Self::Latency => write!(f, "the new side seems to be slower"),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DifferenceRate { differing, compared, allowed } => {
                let allowed = allowed * 100.0;
                write!(f, "{differing} of {compared} answers differ; {allowed} % may")
            }
            Self::Errors { new, old, allowed } => {
                let (new, old) = (new * 100.0, old * 100.0);
                write!(
                    f,
                    "the new side fails in {new:.2} % of requests, the old one in {old:.2} %; {allowed} times as often is allowed"
                )
            }
            Self::Latency { at_least, allowed } => {
                write!(
                    f,
                    "the new side's p99 is at least {at_least:.2} times the old one's; {allowed} times is allowed"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests;
