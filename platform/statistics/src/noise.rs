//! Whether a difference is noise: whether the serving side differs from itself at the same place.
//!
//! Three counts speak of a cause. How often it was seen between the two sides (A/B), how often between two answers of the serving
//! side to a *sampled* request (A/A), and, of the requests that *did* differ and whose serving side was asked again, how often
//! its own two answers differed there too. The last is the sharpest: if both sides answer by the same chances, then of any three
//! answers the two sides' ones are not special, so that once A and B differ, a second A differs from the first with a
//! probability of at least one half, whatever the chances are (equality is transitive: of three answers, two of which differ, the
//! third differs from at least one). Twenty differences with twenty times the same second A refute noise at a million to one, where a
//! sample of 5 % of 2,000 requests cannot tell a rate of 1 % from one of 0.

use crate::sequential::{Mixture, greater};
use crate::{Count, Evidence, Interval, difference};

/// The least share of differing requests whose serving side differs from itself, if the cause is noise.
const NOISE_SHARE: f64 = 0.5;
/// The largest such share, if the cause is real: the data may have changed between two askings.
const DRIFT_SHARE: f64 = 0.05;
/// How much of the bet is on the requests that were asked again; the rest is on the two rates.
const WEIGHT_AGAIN: f64 = 0.75;

/// What was seen of one cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// A/B: compared requests, and those of them with this cause.
    pub ab: Count,
    /// A/A of a sample of all requests: those asked of the serving side twice, and those of them with this cause.
    pub aa: Count,
    /// A/A of requests that differed: those with this cause in A/B whose serving side was asked again, and those of them whose two
    /// answers of the serving side had this cause.
    pub again: Count,
}

/// What a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The serving side differs from itself as well.
    Noise,
    /// The sides differ, and the serving side does not do it by itself.
    Real,
    /// Not enough was asked to tell. Where nothing can be asked twice (writes), it never will be.
    Unsure,
}

/// The judgement of one cause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// What it is.
    pub verdict: Verdict,
    /// How sure that is, 0 to 1, for all the causes together and however often it was looked at. Of [`Verdict::Unsure`]: how sure the
    /// likelier one of the others would be.
    pub confidence: f64,
    /// The rate of A/B less that of A/A, at 95 % for one look: what noise does not account for.
    pub excess: Interval,
}

/// Judges one of `causes` causes at this confidence (0 to 1): with it, *no* noisy cause among them is called real, ever.
#[must_use]
pub fn judge(seen: &Seen, confidence: f64, causes: usize) -> Noise {
    let real = against_noise(seen).confidence_among(causes);
    let noise = against_real(seen).confidence();
    let (verdict, sure) = if real >= confidence {
        (Verdict::Real, real)
    } else if noise >= confidence {
        (Verdict::Noise, noise)
    } else {
        (Verdict::Unsure, real.max(noise))
    };
    Noise { verdict, confidence: sure, excess: difference(seen.ab, seen.aa, 0.95) }
}

/// Evidence against: of differing requests at least half differ from themselves, and so the rate of A/B is at most twice that of A/A.
fn against_noise(seen: &Seen) -> Evidence {
    // A real difference repeats itself: the bet is on shares near 0.
    let again = Mixture::new(0.5, 4.0, NOISE_SHARE).evidence_below(seen.again);
    again.shared(WEIGHT_AGAIN, greater(seen.ab, seen.aa, 1.0 / NOISE_SHARE))
}

/// Evidence against: the serving side differs from itself only now and then, because the data changed.
fn against_real(seen: &Seen) -> Evidence {
    let again = Mixture::new(1.0, 1.0, DRIFT_SHARE).evidence_above(seen.again);
    again.shared(WEIGHT_AGAIN, greater(seen.aa, seen.ab, DRIFT_SHARE))
}

#[cfg(test)]
mod tests;
