//! Two histograms as a whole: which side's answers tend to be later.

use crate::Histogram;
use crate::special::cdf;

/// The result of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannWhitney {
    /// The probability that a duration of the new side is longer than one of the old side, equal ones counted half: 0.5 where they are
    /// alike. Says whether a difference is worth a word; with many requests the smallest one is certain.
    pub slower: f64,
    /// How sure it is that this is not exactly 0.5, 0 to 1, for one look.
    pub confidence: f64,
}

/// The rank test of Mann and Whitney ("On a test of whether one of two random variables is stochastically larger than the other",
/// Annals of Mathematical Statistics 18, 1947) on the buckets, with the normal approximation and the correction for equal ones
/// (Lehmann, Nonparametrics, 1975, section 1.4). `None` while one side is empty.
#[must_use]
pub fn mann_whitney(new: &Histogram, old: &Histogram) -> Option<MannWhitney> {
    let (n, m) = (new.count() as f64, old.count() as f64);
    if n == 0.0 || m == 0.0 {
        return None;
    }
    let (mut wins, mut ties, mut old_below) = (0.0, 0.0, 0.0);
    for (count_new, count_old) in side_by_side(new, old) {
        wins += count_new * (old_below + count_old / 2.0);
        old_below += count_old;
        let together = count_new + count_old;
        ties += together * together * together - together;
    }
    let all = n + m;
    let variance = n * m / 12.0 * ((all + 1.0) - ties / (all * (all - 1.0).max(1.0)));
    // Where all are equal there is nothing to be sure of.
    let deviations = if variance > 0.0 { (wins - n * m / 2.0).abs() / variance.sqrt() } else { 0.0 };
    Some(MannWhitney { slower: wins / (n * m), confidence: 1.0 - 2.0 * cdf(-deviations) })
}

/// The counts of both, bucket by bucket.
fn side_by_side(new: &Histogram, old: &Histogram) -> impl Iterator<Item = (f64, f64)> {
    let longer = new.counts().len().max(old.counts().len());
    let at = |counts: &[u64], index: usize| counts.get(index).copied().unwrap_or_default() as f64;
    (0..longer).map(move |index| (at(new.counts(), index), at(old.counts(), index)))
}
