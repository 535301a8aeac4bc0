//! Whether a route may be switched over.

use crate::class::{Believed, Class};
use crate::counts::Counts;
use crate::dropped::unjudged;
use crate::{Cause, Limits};
use serde::{Deserialize, Serialize};
use statistics::Count;
use statistics::proportion::{lower_bound, trials_needed, upper_bound};
use std::collections::BTreeMap;

/// How sure a verdict is, 0 to 1, for one look at a number of requests that was set before.
pub const CONFIDENCE: f64 = 0.95;

/// The verdict on a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// At most the allowed share of requests really differs.
    Equivalent,
    /// More than the allowed share really differs.
    Different,
    /// Neither is shown yet.
    NotEnough,
}

impl Verdict {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Different => "different",
            Self::NotEnough => "not_enough",
        }
    }

    /// The verdict on all routes together: different when one is, else not enough when one is, or there is none.
    pub fn of_all(all: impl IntoIterator<Item = Self>) -> Self {
        let mut verdict = None;
        for one in all {
            verdict = match (verdict, one) {
                (Some(Self::Different), _) | (_, Self::Different) => Some(Self::Different),
                (Some(Self::NotEnough), _) | (_, Self::NotEnough) => Some(Self::NotEnough),
                _ => Some(Self::Equivalent),
            };
        }
        verdict.unwrap_or(Self::NotEnough)
    }
}

/// A verdict and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    /// Requests that really differ, those among them of which it is not sure.
    pub(crate) different: u64,
    /// Requests that differ in nothing but what is not sure yet.
    pub(crate) unsure: u64,
    /// Requests that were not compared and may differ: all of them do for the upper bound, none does for the lower one.
    pub(crate) unjudged: u64,
    pub(crate) estimate: f64,
    /// One-sided bounds at 95 %: the lower one of what is sure, the upper one of all that may be.
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    /// Requests without which nothing can be said: `enough`, or what the allowed share needs.
    pub(crate) needed: u64,
    /// In words.
    pub(crate) reason: String,
}

/// Judges a route.
///
/// The upper bound of 1,000 requests without a difference is 0.003. Where 0.001 is allowed it takes 2,995, whatever
/// `enough` says: the larger of the two is needed for "equivalent"; `enough` is, for "different".
pub(crate) fn judge(counts: &Counts, believed: &BTreeMap<&Cause, Believed>, limits: Limits) -> Judged {
    let real = |cause: &Cause| believed.get(cause).is_none_or(|one| one.class == Class::Real);
    let sure = |cause: &Cause| believed.get(cause).is_none_or(|one| one.class == Class::Real && one.sure);
    let (different, certain) = (counts.requests_with(real), counts.requests_with(sure));
    let (compared, unjudged) = (counts.compared, unjudged(&counts.dropped));
    let (lower, upper) = bounds(certain, different, compared, unjudged);
    let needed = limits.enough.max(trials_needed(limits.allowed_difference, CONFIDENCE));
    let allowed = limits.allowed_difference;
    let decide = |(lower, upper): (f64, f64)| {
        if compared < limits.enough {
            Verdict::NotEnough
        } else if lower > allowed {
            Verdict::Different
        } else if upper <= allowed {
            Verdict::Equivalent
        } else {
            Verdict::NotEnough
        }
    };
    let verdict = decide((lower, upper));
    let mut judged = Judged {
        verdict,
        different,
        unsure: different.saturating_sub(certain),
        unjudged,
        estimate: Count::new(different, compared).rate(),
        lower,
        upper,
        needed,
        reason: String::new(),
    };
    let keeps = verdict == Verdict::NotEnough && decide(bounds(certain, different, compared, 0)) != verdict;
    judged.reason = if keeps { doubt(&judged, allowed) } else { reason(&judged, compared, limits) };
    judged
}

/// One-sided bounds of the difference rate, whatever the requests were that nobody judged.
fn bounds(certain: u64, different: u64, compared: u64, unjudged: u64) -> (f64, f64) {
    let all = compared.saturating_add(unjudged);
    let upper = upper_bound(Count::new(different.saturating_add(unjudged), all), CONFIDENCE);
    (lower_bound(Count::new(certain, all), CONFIDENCE), upper)
}

/// Why there is no verdict where there would be one without the requests that nobody judged.
fn doubt(judged: &Judged, allowed: f64) -> String {
    let (unjudged, lower, upper) = (judged.unjudged, percent(judged.lower), percent(judged.upper));
    format!(
        "{unjudged} requests got no answer of the other side that could be compared: depending on them between {lower} \
         and {upper} differ, of {} allowed",
        percent(allowed)
    )
}

fn reason(judged: &Judged, compared: u64, limits: Limits) -> String {
    let Judged { verdict, different, unsure, unjudged, lower, upper, needed, .. } = judged;
    let allowed = percent(limits.allowed_difference);
    match verdict {
        Verdict::Equivalent => {
            let upper = percent(*upper);
            format!(
                "{different} of {compared} requests really differ: at most {upper} do, of {allowed} allowed"
            )
        }
        Verdict::Different => {
            let lower = percent(*lower);
            format!(
                "{different} of {compared} requests really differ: at least {lower} do, of {allowed} allowed"
            )
        }
        Verdict::NotEnough if compared < *needed => {
            let more = match unjudged {
                0 => String::new(),
                more => format!("; {more} more got no answer of the other side that could be compared"),
            };
            format!("{compared} of {needed} requests that it takes to show at most {allowed}{more}")
        }
        Verdict::NotEnough if *unsure > 0 => {
            format!("{unsure} of {compared} requests differ in what may be noise: more must be asked twice")
        }
        Verdict::NotEnough => {
            let (lower, upper) = (percent(*lower), percent(*upper));
            format!("between {lower} and {upper} of {compared} requests really differ, of {allowed} allowed")
        }
    }
}

/// A share as people read it.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent == 0.0 || percent >= 10.0 {
        format!("{percent:.0} %")
    } else if percent >= 1.0 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.2} %")
    }
}

/// How sure something is, as people read it: never rounded up to a certainty that nobody has.
pub(crate) fn sure(confidence: f64) -> String {
    if confidence > 0.999 {
        "over 99.9 % sure".to_owned()
    } else {
        format!("{:.1} % sure", (confidence * 1_000.0).floor() / 10.0)
    }
}

#[cfg(test)]
mod tests;
