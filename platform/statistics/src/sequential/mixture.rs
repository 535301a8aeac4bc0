//! A bet on many rates at once: a beta distribution of them.

use crate::special::{below, ln_beta};
use crate::{Count, Evidence};

/// Limits are kept this far from 0 and 1, where every trial would prove everything.
const LIMIT_MARGIN: f64 = 1e-9;

/// The distribution Beta(`a`, `b`) of the rates that are bet on, and the limit it is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mixture {
    a: f64,
    b: f64,
    limit: f64,
}

impl Mixture {
    /// Jeffreys' distribution: near the best that can be had when nothing is known of the rate.
    pub(crate) const JEFFREYS: Self = Self { a: 0.5, b: 0.5, limit: 0.5 };

    /// A distribution with its mean at `limit`, and half a trial's weight on the rarer outcome: it wins soonest near the limit.
    pub(crate) fn around(limit: f64) -> Self {
        let limit = if limit.is_nan() { 0.5 } else { limit.clamp(LIMIT_MARGIN, 1.0 - LIMIT_MARGIN) };
        let (a, b) =
            if limit < 0.5 { (0.5, 0.5 * (1.0 - limit) / limit) } else { (0.5 * limit / (1.0 - limit), 0.5) };
        Self { a, b, limit }
    }

    /// A distribution of one's own about a limit.
    pub(crate) fn new(a: f64, b: f64, limit: f64) -> Self {
        Self { a, b, limit }
    }

    /// ln of the probability of these trials in their order, if the rate is drawn from the mixture.
    pub(crate) fn ln_marginal(self, count: Count) -> f64 {
        let (hits, misses) = count.parts();
        ln_beta(self.a + hits, self.b + misses) - ln_beta(self.a, self.b)
    }

    /// Evidence against the one rate `rate`.
    pub(crate) fn evidence_against(self, count: Count, rate: f64) -> Evidence {
        Evidence::from_ln(self.ln_marginal(count) - ln_likelihood(count, rate))
    }

    /// Evidence against every rate up to the limit: only rates above it are bet on, which against a smaller rate than the limit
    /// can only lose more.
    pub(crate) fn evidence_above(self, count: Count) -> Evidence {
        // The upper tail is the lower one of the mirrored distribution: precise where it is small.
        let above = |a: f64, b: f64| below(1.0 - self.limit, b, a);
        self.evidence_of_part(count, above)
    }

    /// Evidence against every rate from the limit on.
    pub(crate) fn evidence_below(self, count: Count) -> Evidence {
        self.evidence_of_part(count, |a, b| below(self.limit, a, b))
    }

    /// Evidence against the limit of a bet on those rates only whose share of a distribution is `share`.
    fn evidence_of_part(self, count: Count, share: impl Fn(f64, f64) -> f64) -> Evidence {
        let (hits, misses) = count.parts();
        let part = share(self.a + hits, self.b + misses).ln() - share(self.a, self.b).ln();
        Evidence::from_ln(self.ln_marginal(count) + part - ln_likelihood(count, self.limit))
    }
}

/// ln of the probability of these trials in their order at this rate.
pub(crate) fn ln_likelihood(count: Count, rate: f64) -> f64 {
    let (hits, misses) = count.parts();
    // Nothing seen of a kind says nothing about it: 0 · ln 0 is 0.
    let of_hits = if hits == 0.0 { 0.0 } else { hits * rate.ln() };
    let of_misses = if misses == 0.0 { 0.0 } else { misses * (-rate).ln_1p() };
    of_hits + of_misses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_trials_there_is_no_evidence() {
        for limit in [0.0, 0.001, 0.5, 0.99, 1.0, f64::NAN] {
            let mixture = Mixture::around(limit);
            for evidence in
                [mixture.evidence_above(Count::default()), mixture.evidence_below(Count::default())]
            {
                assert!(evidence.ln().abs() < 1e-9, "{limit}: {evidence:?}");
            }
        }
    }

    #[test]
    fn the_mean_is_the_limit_and_half_a_trial_is_on_the_rarer_outcome() {
        for limit in [0.001, 0.3, 0.5, 0.7, 0.999] {
            let Mixture { a, b, .. } = Mixture::around(limit);
            assert!((a / (a + b) - limit).abs() < 1e-12 && a.min(b) == 0.5, "{limit}: {a} and {b}");
        }
    }

    #[test]
    fn one_trial_pays_what_the_mixture_expects() {
        // Beta(1, 1) above one half: a hit is expected with 3/4, and the limit says 1/2.
        let evidence = Mixture::new(1.0, 1.0, 0.5).evidence_above(Count::new(1, 1));
        assert!((evidence.ln().exp() - 1.5).abs() < 1e-12);
        let evidence = Mixture::new(1.0, 1.0, 0.5).evidence_below(Count::new(1, 1));
        assert!((evidence.ln().exp() - 0.5).abs() < 1e-12);
    }
}
