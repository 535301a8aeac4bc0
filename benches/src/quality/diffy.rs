//! Diffy's way, as its source publishes it (twitter/diffy: the filter and both formulas in `JoinedDifferences.scala`, the
//! thresholds in `DiffyServiceModule.scala`): each request is asked of the new side, the old side and the old side once more.
//! Differences of old and new are "raw", those of old and old are "noise", counted by place. A place is shown when raw is more
//! than noise, both are more than 20 % of their sum apart, and more than 0.03 % of all requests. Which differences there are is
//! told by our comparison, not by Diffy's: only the judgement is measured.

use super::scenario::{Cause, Outcome};
use std::collections::{BTreeMap, BTreeSet};

/// How far raw and noise must be apart, in percent of their sum.
const RELATIVE_PERCENT: f64 = 20.0;
/// How far raw and noise must be apart, in percent of all requests.
const ABSOLUTE_PERCENT: f64 = 0.03;

/// What was seen so far: raw and noise, by cause.
#[derive(Debug, Default)]
pub(super) struct Diffy {
    causes: BTreeMap<Cause, (u64, u64)>,
    compared: u64,
}

impl Diffy {
    /// One request.
    pub(super) fn asked(&mut self, raw: &BTreeSet<Cause>, noise: &BTreeSet<Cause>) {
        self.compared += 1;
        for cause in raw {
            self.causes.entry(cause.clone()).or_default().0 += 1;
        }
        for cause in noise {
            self.causes.entry(cause.clone()).or_default().1 += 1;
        }
    }

    /// What is shown.
    pub(super) fn outcome(&self, seeded: &Cause) -> Outcome {
        let shown = self.causes.iter().filter(|(_, (raw, noise))| {
            let apart = raw.saturating_sub(*noise) as f64 * 100.0;
            apart / (raw + noise).max(1) as f64 > RELATIVE_PERCENT
                && apart / self.compared.max(1) as f64 > ABSOLUTE_PERCENT
        });
        Outcome::of(shown.map(|(cause, _)| cause), seeded, self.compared, self.compared)
    }
}
