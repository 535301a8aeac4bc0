//! What was counted of one route in one stretch of time. Counts of two stretches, or of two gateways, add up.

use crate::tally::Equal;
use crate::{Asked, Cause, DropCause, Observed};
use kernel::Timestamp;
use statistics::Histogram;
use std::collections::{BTreeMap, BTreeSet};

/// Causes that are told apart; what else differs counts as [`Cause::rest`].
pub(crate) const CAUSES_MAX: usize = 512;
/// Sets of causes that are told apart; a request beyond counts under its most suspicious cause alone.
pub(crate) const SIGNATURES_MAX: usize = 256;
/// Causes in one such set.
pub(crate) const SIGNATURE_CAUSES_MAX: usize = 32;

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Counts {
    /// Requests whose answers of both sides were compared (A/B).
    pub(crate) compared: u64,
    /// Requests that one side was asked twice (A/A).
    pub(crate) same_asked: u64,
    /// Compared requests that the new side answered to the client.
    pub(crate) served_by_new: u64,
    /// Compared requests whose differences were gone when asked again.
    pub(crate) lagged: u64,
    /// Compared requests that the old side answered with a 5xx, where the answers differ.
    pub(crate) old_errors: u64,
    /// Compared requests that the new side answered with a 5xx, where the answers differ.
    pub(crate) new_errors: u64,
    /// Exchanges that were not compared, by [`DropCause::name`].
    pub(crate) dropped: BTreeMap<String, u64>,
    /// What differed.
    pub(crate) causes: BTreeMap<Cause, CauseCounts>,
    /// Compared requests by the set of causes that nothing explains.
    pub(crate) signatures: BTreeMap<BTreeSet<Cause>, u64>,
    /// What the old side took.
    pub(crate) old: Histogram,
    /// What the new side took.
    pub(crate) new: Histogram,
}

/// Requests in which a cause was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct CauseCounts {
    /// A/B, not explained, not gone.
    pub(crate) other: u64,
    /// A/A.
    pub(crate) same: u64,
    /// A/B, gone when asked again.
    pub(crate) lag: u64,
    /// A/B, covered by a rule.
    pub(crate) explained: u64,
    /// A/B, gone or not, whose serving side was asked again.
    pub(crate) asked_again: u64,
    /// Those of them whose serving side differed from itself at this cause.
    pub(crate) again: u64,
    /// When it was first found; epoch milliseconds.
    pub(crate) first_ms: i64,
    /// When it was last found.
    pub(crate) last_ms: i64,
}

/// How often a cause was found in A/B and in A/A since the process began: tells which one is the most suspicious.
pub(crate) type Suspicion = BTreeMap<Cause, (u64, u64)>;

impl Counts {
    /// Counts what a worker counted.
    pub(crate) fn add_equal(&mut self, equal: &Equal) {
        self.compared += equal.other;
        self.same_asked += equal.same;
        self.served_by_new += equal.served_by_new;
        self.old.merge(&equal.old);
        self.new.merge(&equal.new);
        for (cause, count) in DropCause::ALL.iter().zip(equal.dropped).filter(|(_, count)| *count > 0) {
            *self.dropped.entry(cause.name().to_owned()).or_default() += count;
        }
    }

    /// Counts two answers that differ.
    pub(crate) fn add_observed(&mut self, observed: &Observed, now: Timestamp, suspicion: &Suspicion) {
        match observed.asked {
            Asked::Same => self.same_asked += 1,
            Asked::Other => {
                self.compared += 1;
                self.served_by_new += u64::from(observed.serving == crate::Serving::New);
                self.lagged += u64::from(observed.lag);
                self.old_errors += u64::from(observed.old.status >= 500);
                self.new_errors += u64::from(observed.new.status >= 500);
                self.old.record(observed.old.duration);
                self.new.record(observed.new.duration);
            }
        }
        // A cause counts once a request, however many elements of an array it was found in.
        let (explained, open): (Vec<_>, Vec<_>) =
            observed.findings.iter().partition(|finding| finding.explained.is_some());
        let explained: BTreeSet<Cause> = explained.iter().map(|f| self.room(&f.cause)).collect();
        let open: BTreeSet<Cause> = open.iter().map(|finding| self.room(&finding.cause)).collect();
        for cause in &explained {
            self.cause(cause, now).explained += u64::from(observed.asked == Asked::Other);
        }
        for cause in &open {
            let counts = self.cause(cause, now);
            match observed.asked {
                Asked::Same => counts.same += 1,
                Asked::Other if observed.lag => counts.lag += 1,
                Asked::Other => counts.other += 1,
            }
            if let Some(again) = observed.again.as_ref().filter(|_| observed.asked == Asked::Other) {
                counts.asked_again += 1;
                counts.again += u64::from(again.iter().any(|finding| finding.cause == *cause));
            }
        }
        if observed.asked == Asked::Other && !observed.lag && !open.is_empty() {
            self.sign(open, 1, suspicion);
        }
    }

    /// Adds what was counted in another stretch of time, or by another gateway.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.compared += other.compared;
        self.same_asked += other.same_asked;
        self.served_by_new += other.served_by_new;
        self.lagged += other.lagged;
        self.old_errors += other.old_errors;
        self.new_errors += other.new_errors;
        for (cause, count) in &other.dropped {
            *self.dropped.entry(cause.clone()).or_default() += count;
        }
        for (cause, counts) in &other.causes {
            let cause = self.room(cause);
            self.causes.entry(cause).or_default().merge(counts);
        }
        let suspicion: Suspicion = if self.signatures.len() + other.signatures.len() > SIGNATURES_MAX {
            self.causes.iter().map(|(cause, counts)| (cause.clone(), (counts.other, counts.same))).collect()
        } else {
            Suspicion::new()
        };
        for (signature, count) in &other.signatures {
            self.sign(signature.clone(), *count, &suspicion);
        }
        self.old.merge(&other.old);
        self.new.merge(&other.new);
    }

    /// Compared requests in which one of the causes was found that `is` says yes to.
    pub(crate) fn requests_with(&self, is: impl Fn(&Cause) -> bool) -> u64 {
        let with = self.signatures.iter().filter(|(signature, _)| signature.iter().any(&is));
        with.map(|(_, count)| count).sum()
    }

    /// The cause, if it has room or gets it.
    fn room(&self, cause: &Cause) -> Cause {
        if self.causes.len() < CAUSES_MAX || self.causes.contains_key(cause) {
            return cause.clone();
        }
        Cause::rest()
    }

    fn cause(&mut self, cause: &Cause, now: Timestamp) -> &mut CauseCounts {
        let counts = self.causes.entry(cause.clone()).or_default();
        counts.merge(&CauseCounts { first_ms: now.0, last_ms: now.0, ..CauseCounts::default() });
        counts
    }

    fn sign(&mut self, mut signature: BTreeSet<Cause>, count: u64, suspicion: &Suspicion) {
        let known = self.signatures.contains_key(&signature);
        if !known && (self.signatures.len() >= SIGNATURES_MAX || signature.len() > SIGNATURE_CAUSES_MAX) {
            signature = most_suspicious(signature, suspicion).into_iter().collect();
            // One each of all causes has room beside the sets; there are no more causes than that.
        }
        *self.signatures.entry(signature).or_default() += count;
    }
}

impl CauseCounts {
    fn merge(&mut self, other: &Self) {
        self.other += other.other;
        self.same += other.same;
        self.lag += other.lag;
        self.explained += other.explained;
        self.asked_again += other.asked_again;
        self.again += other.again;
        let first = if self.first_ms == 0 { other.first_ms } else { self.first_ms.min(other.first_ms) };
        self.first_ms = first;
        self.last_ms = self.last_ms.max(other.last_ms);
    }
}

/// The cause that differs least from itself, as far as is known: one that is not noise, if there is one.
fn most_suspicious(signature: BTreeSet<Cause>, suspicion: &Suspicion) -> Option<Cause> {
    // Compared as fractions, without dividing: same / other, the smaller the more suspicious.
    let fraction = |cause: &Cause| suspicion.get(cause).copied().unwrap_or((1, 0));
    signature.into_iter().min_by(|a, b| {
        let ((a_other, a_same), (b_other, b_same)) = (fraction(a), fraction(b));
        let (left, right) =
            (u128::from(a_same) * u128::from(b_other), u128::from(b_same) * u128::from(a_other));
        left.cmp(&right)
    })
}

#[cfg(test)]
mod tests;
