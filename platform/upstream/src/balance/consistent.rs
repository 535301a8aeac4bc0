//! The same instance for the same key.

use crate::rng::mix;

/// 2⁵³: as many steps lie between 0 and 1 in a double.
const STEPS: f64 = 9_007_199_254_740_992.0;

/// Weighted rendezvous hashing: each instance draws a number from its id and the key, scaled so that it wins as often as
/// its weight says, and the highest wins (score −w/ln u: Schindelhauer and Schomaker 2005). When an instance goes,
/// only its own keys move; when one comes or gains weight, keys move only to it. The result depends on ids, weights
/// and key alone, so every worker and every gateway agrees.
pub(super) fn choose(id_hashes: impl Iterator<Item = u64>, weights: &[u64], key: u64) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (index, (id_hash, weight)) in id_hashes.zip(weights).enumerate() {
        if *weight == 0 {
            continue;
        }
        let score = score(mix(id_hash ^ mix(key)), *weight);
        if best.is_none_or(|(_, highest)| score > highest) {
            best = Some((index, score));
        }
    }
    best.map(|(index, _)| index)
}

#[expect(clippy::cast_precision_loss, reason = "53 bits of the hash and weights below 2^27 are exact")]
fn score(hash: u64, weight: u64) -> f64 {
    // Strictly between 0 and 1.
    let drawn = ((hash >> 11) as f64 + 0.5) / STEPS;
    -(weight as f64) / drawn.ln()
}
