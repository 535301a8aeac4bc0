//! What is told of one cause.

use crate::class::{Believed, Class, SELF_DIFFERENCES_MIN, Why};
use crate::counts::CauseCounts;
use crate::{Cause, Sample};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use statistics::Count;
use toggles::rfc3339;
use utoipa::ToSchema;

/// One cause, in one class: a cause that is partly explained and partly not is told of twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CauseReport {
    /// Where: `$.messages[*].html`, `status`, `header content-type`.
    pub path: String,
    /// `value`, `type`, `missing`, `extra`, `order`, `length`.
    pub kind: String,
    /// What it is.
    pub class: Class,
    /// Compared requests in which it was found.
    pub count: u64,
    /// Some of them.
    #[schema(value_type = Vec<Object>)]
    pub samples: Vec<Sample>,
    /// `count` as a share of all compared requests.
    pub rate: f64,
    /// Whether the class is shown. A cause of which it is not counts as real for "equivalent" and not for "different".
    pub sure: bool,
    /// How sure the class is, 0 to 1.
    pub confidence: f64,
    /// On what grounds, in words.
    pub why: String,
    /// Requests that the serving side was asked twice, in a sample of all, and in which it differed from itself here.
    pub same: u64,
    /// When it was first found, in what the report covers; RFC 3339.
    pub first: String,
    /// When it was last found.
    pub last: String,
    /// What to write into `[routes.comparison]` where the difference is meant; empty where a rule covers it already.
    pub rule: String,
}

/// What is told of a cause, in each of its classes.
pub(super) fn tell(
    cause: &Cause,
    of: &CauseCounts,
    believed: Option<&Believed>,
    totals: &Totals,
    samples: &[Sample],
) -> Vec<CauseReport> {
    let mut told = Vec::new();
    let row = |class, count: u64| CauseReport {
        path: cause.path.clone(),
        kind: cause.kind.clone(),
        class,
        count,
        samples: Vec::new(),
        rate: Count::new(count, totals.compared).rate(),
        sure: true,
        confidence: 1.0,
        why: String::new(),
        same: of.same,
        first: rfc3339(Timestamp(of.first_ms)),
        last: rfc3339(Timestamp(of.last_ms)),
        rule: String::new(),
    };
    if let Some(believed) = believed {
        let Believed { class, sure, confidence, .. } = *believed;
        let why = why(of, believed, totals);
        let rule = crate::rule::for_cause(cause, samples);
        told.push(CauseReport { sure, confidence, why, rule, ..row(class, of.other) });
    }
    if of.lag > 0 {
        told.push(CauseReport {
            why: "gone when both sides were asked again".into(),
            ..row(Class::Lag, of.lag)
        });
    }
    if of.explained > 0 {
        told.push(CauseReport { why: "a rule covers it".into(), ..row(Class::Explained, of.explained) });
    }
    if let Some(first) = told.first_mut() {
        let told = |sample: &Sample| Sample { curl: crate::format::curl::both(sample), ..sample.clone() };
        first.samples = samples.iter().map(told).collect();
    }
    told
}

/// What a cause is measured by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Totals {
    pub(super) compared: u64,
    pub(super) same_asked: u64,
}

fn why(of: &CauseCounts, believed: &Believed, totals: &Totals) -> String {
    match believed.why {
        Why::NotToldApart => return "too many causes to tell apart: taken as real".into(),
        Why::NeverAskedTwice => return "no request of this route was asked twice: taken as real".into(),
        Why::Asked | Why::TooFew => {}
    }
    let seen = format!(
        "the serving side differs from itself in {} of {} asked twice, and in {} of {} asked again",
        of.same, totals.same_asked, of.again, of.asked_again
    );
    let Believed { class, sure, confidence, .. } = believed;
    if believed.why == Why::TooFew {
        return format!(
            "it may be noise, but {SELF_DIFFERENCES_MIN} differences of a side from itself are needed to say so: {seen}"
        );
    }
    let sureness = crate::verdict::sure(*confidence);
    match (class, sure) {
        (Class::Noise, _) => format!("noise, {sureness}: {seen}"),
        (_, true) => format!("real, {sureness}: {seen}"),
        (_, false) => format!("not sure yet whether it is noise ({sureness}): {seen}"),
    }
}
