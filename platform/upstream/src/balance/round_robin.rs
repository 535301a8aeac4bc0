//! In turn, smoothly by weight.

use super::at_point;
use crate::rng::Rng;

/// Smooth weighted round robin (as in nginx): everybody gains its weight, who has gained most is taken and pays the sum
/// of all. Over as many choices as the weights sum up to, each is taken exactly as often as its weight says, and
/// the choices of one are spread. Each worker has its own turns.
#[derive(Debug, Default)]
pub(super) struct RoundRobin {
    version: Option<u64>,
    gained: Vec<i64>,
}

impl RoundRobin {
    /// Starts anew when the instances have changed, at a drawn place: workers that begin together do not all begin with
    /// the same instance.
    pub(super) fn follow(&mut self, version: u64, count: usize, weights: &[u64], rng: &Rng) {
        if self.version == Some(version) && self.gained.len() == count {
            return;
        }
        self.version = Some(version);
        self.gained.clear();
        self.gained.resize(count, 0);
        let first = at_point(weights, rng.below(weights.iter().sum()));
        if let Some(gained) = first.and_then(|first| self.gained.get_mut(first)) {
            // Less than any weight: it decides the first tie only.
            *gained = 1;
        }
    }

    /// Who is next; `None` if nobody has a weight.
    pub(super) fn next(&mut self, weights: &[u64]) -> Option<usize> {
        let mut sum: i64 = 0;
        let mut best: Option<(usize, i64)> = None;
        for (index, (gained, weight)) in self.gained.iter_mut().zip(weights).enumerate() {
            if *weight == 0 {
                continue;
            }
            let weight = i64::try_from(*weight).unwrap_or(i64::MAX);
            sum = sum.saturating_add(weight);
            *gained = gained.saturating_add(weight);
            if best.is_none_or(|(_, most)| *gained > most) {
                best = Some((index, *gained));
            }
        }
        let (index, _) = best?;
        if let Some(gained) = self.gained.get_mut(index) {
            *gained = gained.saturating_sub(sum);
        }
        Some(index)
    }
}
