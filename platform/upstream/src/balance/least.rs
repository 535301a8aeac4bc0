//! The less loaded of two.

use super::at_point;
use crate::rng::Rng;

/// Draws two by weight and takes the one with fewer requests in flight for its weight; on a tie the first drawn, so
/// that without load the weights alone decide.
pub(super) fn choose(weights: &[u64], load: impl Fn(usize) -> u32, rng: &Rng) -> Option<usize> {
    let sum: u64 = weights.iter().sum();
    let first = at_point(weights, rng.below(sum))?;
    let Some(second) = draw_other(weights, first, sum, rng) else { return Some(first) };
    let weight = |index: usize| u128::from(weights.get(index).copied().unwrap_or(1));
    let first_is_heavier =
        u128::from(load(first)) * weight(second) > u128::from(load(second)) * weight(first);
    Some(if first_is_heavier { second } else { first })
}

/// Draws by weight among all but `first`; `None` if it is the only one.
fn draw_other(weights: &[u64], first: usize, sum: u64, rng: &Rng) -> Option<usize> {
    let left_out = weights.get(first).copied()?;
    let before: u64 = weights.iter().take(first).sum();
    let point = rng.below(sum - left_out);
    // Points from `first` on are moved past it.
    let point = if point < before { point } else { point + left_out };
    (sum > left_out).then(|| at_point(weights, point)).flatten()
}
