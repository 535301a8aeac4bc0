//! Evidence against a hypothesis that may be looked at after every trial.

use std::fmt;

/// An e-value: what somebody would own who bet 1 against the hypothesis, at fair odds, trial by trial. If the hypothesis holds,
/// it *ever* reaches 20 with a probability of at most 1 in 20, however often one looks (Ville 1939; Ramdas, Grünwald, Vovk and
/// Shafer, "Game-theoretic statistics and safe anytime-valid inference", Statistical Science 38, 2023). Kept as its logarithm.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Evidence {
    ln: f64,
}

impl Evidence {
    /// No evidence at all.
    pub const NONE: Self = Self { ln: 0.0 };

    pub(crate) fn from_ln(ln: f64) -> Self {
        // What cannot be computed proves nothing.
        Self { ln: if ln.is_nan() { f64::NEG_INFINITY } else { ln } }
    }

    /// The natural logarithm of the e-value.
    #[must_use]
    pub fn ln(self) -> f64 {
        self.ln
    }

    /// At which confidence (0 to 1) the hypothesis is refuted, when `hypotheses` are tested and none may be refuted in error
    /// (Bonferroni).
    #[must_use]
    pub fn confidence_among(self, hypotheses: usize) -> f64 {
        (1.0 - hypotheses.max(1) as f64 * (-self.ln).exp()).max(0.0)
    }

    /// At which confidence (0 to 1) the hypothesis is refuted.
    #[must_use]
    pub fn confidence(self) -> f64 {
        self.confidence_among(1)
    }

    /// Whether the hypothesis is refuted at this confidence (0 to 1).
    #[must_use]
    pub fn refutes(self, confidence: f64) -> bool {
        self.ln >= -(1.0 - confidence).ln()
    }

    /// What a bet owns that put this share (0 to 1) on `self` and the rest on `other`: again evidence against what both
    /// are evidence against.
    #[must_use]
    pub fn shared(self, share: f64, other: Self) -> Self {
        let (a, b) = (self.ln + share.ln(), other.ln + (1.0 - share).ln());
        let larger = a.max(b);
        if larger.is_infinite() {
            return Self { ln: larger };
        }
        Self::from_ln(larger + ((a - larger).exp() + (b - larger).exp()).ln())
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Evidence(e^{:.3})", self.ln)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_to_one_is_95_percent() {
        let evidence = Evidence::from_ln(20.1_f64.ln());
        assert!(evidence.refutes(0.95) && !evidence.refutes(0.96));
        assert!((evidence.confidence() - (1.0 - 1.0 / 20.1)).abs() < 1e-12);
        assert!((evidence.confidence_among(2) - (1.0 - 2.0 / 20.1)).abs() < 1e-12);
        assert_eq!(evidence.confidence_among(0), evidence.confidence(), "one is tested at least");
        assert_eq!((Evidence::NONE.confidence(), Evidence::from_ln(f64::NAN).confidence()), (0.0, 0.0));
    }

    #[test]
    fn a_shared_bet_owns_the_mean() {
        let shared = Evidence::from_ln(8_f64.ln()).shared(0.75, Evidence::from_ln(4_f64.ln()));
        assert!((shared.ln().exp() - 7.0).abs() < 1e-12);
        let nothing = Evidence::from_ln(f64::NEG_INFINITY);
        assert_eq!(nothing.shared(0.5, nothing).ln(), f64::NEG_INFINITY);
        assert!((nothing.shared(0.5, Evidence::NONE).ln().exp() - 0.5).abs() < 1e-12);
        assert_eq!(Evidence::from_ln(f64::INFINITY).shared(0.5, nothing).ln(), f64::INFINITY);
    }
}
