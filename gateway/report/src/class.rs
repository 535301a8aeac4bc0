//! Whether a cause is noise or real, and how sure that is.

use crate::Cause;
use crate::counts::{CauseCounts, Counts};
use serde::{Deserialize, Serialize};
use statistics::Count;
use statistics::noise::{Seen, Verdict as Judgement, judge};
use std::collections::BTreeMap;

/// How sure it must be, 0 to 1, before a cause is called one thing or the other; for all causes of a route together.
pub(crate) const CONFIDENCE: f64 = 0.95;

/// The fewest times that one side must have differed from itself at a place before that is called noise: of a few, all may be of one
/// moment in which the data changed.
pub(crate) const SELF_DIFFERENCES_MIN: u64 = 5;

/// What a difference is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// The sides differ.
    Real,
    /// The serving side differs from itself as well.
    Noise,
    /// Gone when asked again.
    Lag,
    /// A rule covers it.
    Explained,
}

impl Class {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Noise => "noise",
            Self::Lag => "lag",
            Self::Explained => "explained",
        }
    }
}

/// What is believed of a cause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Believed {
    /// [`Class::Real`] or [`Class::Noise`].
    pub(crate) class: Class,
    /// Whether that is shown. What is not counts as real for "equivalent" and as nothing for "different".
    pub(crate) sure: bool,
    /// 0 to 1.
    pub(crate) confidence: f64,
    pub(crate) why: Why,
}

/// On what grounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// By A/A.
    Asked,
    /// By A/A it would be noise, but that was seen fewer than [`SELF_DIFFERENCES_MIN`] times.
    TooFew,
    /// Nothing of the route was asked twice, so nothing speaks for noise.
    NeverAskedTwice,
    /// Nobody kept apart what it was.
    NotToldApart,
}

/// Judges every cause that differed between the sides.
pub(crate) fn believe(counts: &Counts) -> BTreeMap<&Cause, Believed> {
    let open: Vec<_> = counts.causes.iter().filter(|(_, of)| of.other > 0).collect();
    let asked_twice = counts.same_asked > 0 || counts.causes.values().any(|of| of.asked_again > 0);
    let causes = open.len();
    open.into_iter().map(|(cause, of)| (cause, believe_one(counts, cause, of, asked_twice, causes))).collect()
}

fn believe_one(
    counts: &Counts,
    cause: &Cause,
    of: &CauseCounts,
    asked_twice: bool,
    causes: usize,
) -> Believed {
    let real = |why| Believed { class: Class::Real, sure: true, confidence: 1.0, why };
    if cause.is_rest() {
        return real(Why::NotToldApart);
    }
    if !asked_twice {
        return real(Why::NeverAskedTwice);
    }
    let seen = Seen {
        ab: Count::new(of.other, counts.compared),
        aa: Count::new(of.same, counts.same_asked),
        again: Count::new(of.again, of.asked_again),
    };
    let judged = judge(&seen, CONFIDENCE, causes);
    if judged.verdict == Judgement::Noise && of.same.saturating_add(of.again) < SELF_DIFFERENCES_MIN {
        return Believed { class: Class::Real, sure: false, confidence: judged.confidence, why: Why::TooFew };
    }
    let class = if judged.verdict == Judgement::Noise { Class::Noise } else { Class::Real };
    let sure = judged.verdict != Judgement::Unsure;
    Believed { class, sure, confidence: judged.confidence, why: Why::Asked }
}
