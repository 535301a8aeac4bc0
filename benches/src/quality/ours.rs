//! Our way: a sample of all requests and every request that differed is asked of the serving side again, and a test tells whether
//! the serving side differs from itself.

use super::scenario::{Cause, Outcome};
use statistics::Count;
use statistics::noise::{Seen, Verdict, judge};
use std::collections::{BTreeMap, BTreeSet};

/// How sure a cause must be to be called real, for all causes together.
const CONFIDENCE: f64 = 0.95;

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Ours {
    causes: BTreeMap<Cause, Hits>,
    compared: u64,
    sampled: u64,
    asked_again: u64,
}

#[derive(Debug, Default)]
struct Hits {
    ab: u64,
    aa: u64,
    again: u64,
}

impl Ours {
    /// One request: where the sides differ, where the old side differs from itself, and whether it is in the sample.
    pub(super) fn asked(&mut self, ab: &BTreeSet<Cause>, aa: &BTreeSet<Cause>, sampled: bool) {
        self.compared += 1;
        self.sampled += u64::from(sampled);
        self.asked_again += u64::from(sampled || !ab.is_empty());
        for cause in ab {
            let hits = self.causes.entry(cause.clone()).or_default();
            hits.ab += 1;
            hits.again += u64::from(aa.contains(cause));
        }
        for cause in aa.iter().filter(|_| sampled) {
            self.causes.entry(cause.clone()).or_default().aa += 1;
        }
    }

    /// What is called real.
    pub(super) fn outcome(&self, seeded: &Cause) -> Outcome {
        let real = self.causes.iter().filter(|(_, hits)| {
            let seen = Seen {
                ab: Count::new(hits.ab, self.compared),
                aa: Count::new(hits.aa, self.sampled),
                again: Count::new(hits.again, hits.ab),
            };
            judge(&seen, CONFIDENCE, self.causes.len()).verdict == Verdict::Real
        });
        Outcome::of(real.map(|(cause, _)| cause), seeded, self.asked_again, self.compared)
    }
}

impl Outcome {
    /// Of the causes that a method reports.
    pub(super) fn of<'c>(
        reported: impl Iterator<Item = &'c Cause>,
        seeded: &Cause,
        asked_again: u64,
        compared: u64,
    ) -> Self {
        let mut outcome = Self {
            asked_again_per_1000: asked_again as f64 * 1000.0 / compared.max(1) as f64,
            ..Self::default()
        };
        for cause in reported {
            if cause == seeded {
                outcome.found = true;
            } else {
                outcome.false_alarms += 1;
            }
        }
        outcome
    }
}
