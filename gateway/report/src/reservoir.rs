//! A fair choice of samples among all that could be kept, without knowing how many will come.
//! Source: Vitter, "Random Sampling with a Reservoir", ACM TOMS 11 (1985), algorithm R.

use crate::Cause;
use crate::sample::Sample;
use kernel::Random;
use std::collections::BTreeMap;

/// Causes of one hour of one route of which samples are kept.
const CAUSES_MAX: usize = 128;

/// The samples of a route, by the beginning of the hour (epoch milliseconds) and the cause.
#[derive(Debug, Default)]
pub(crate) struct Reservoirs(pub(crate) BTreeMap<(i64, Cause), Reservoir>);

/// The samples of one cause in one hour.
#[derive(Debug, Default)]
pub(crate) struct Reservoir {
    seen: u64,
    pub(crate) slots: Vec<Slot>,
}

/// A sample that is kept.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) sample: std::sync::Arc<Sample>,
    /// Whether the store does not have it.
    pub(crate) unsaved: bool,
}

impl Reservoirs {
    /// Where the next sample of a cause goes, if it is to be kept: makes samples only when they are.
    pub(crate) fn place(
        &mut self,
        hour: i64,
        cause: &Cause,
        max: usize,
        random: &dyn Random,
    ) -> Option<usize> {
        let key = (hour, cause.clone());
        if !self.0.contains_key(&key) {
            let of_hour = self.0.keys().filter(|(of, _)| *of == hour).count();
            if of_hour >= CAUSES_MAX {
                return None;
            }
        }
        self.0.entry(key).or_default().place(max, random)
    }

    /// Keeps a sample at the place that [`Reservoirs::place`] gave.
    pub(crate) fn put(&mut self, hour: i64, cause: &Cause, place: usize, sample: std::sync::Arc<Sample>) {
        let Some(reservoir) = self.0.get_mut(&(hour, cause.clone())) else { return };
        let slot = Slot { sample, unsaved: true };
        match reservoir.slots.get_mut(place) {
            Some(taken) => *taken = slot,
            None => reservoir.slots.push(slot),
        }
    }

    /// Forgets the samples of hours that are over, once the store has them.
    pub(crate) fn forget_saved_before(&mut self, hour: i64) {
        self.0.retain(|(of, _), reservoir| *of >= hour || reservoir.slots.iter().any(|slot| slot.unsaved));
    }

    /// Forgets the samples of hours before.
    pub(crate) fn forget_before(&mut self, hour: i64) {
        self.0.retain(|(of, _), _| *of >= hour);
    }
}

impl Reservoir {
    fn place(&mut self, max: usize, random: &dyn Random) -> Option<usize> {
        self.seen += 1;
        if self.slots.len() < max {
            return Some(self.slots.len());
        }
        // The bias of the remainder is below 2^-32 for any number that will ever be seen.
        let place = usize::try_from(random.next_u64() % self.seen).unwrap_or(usize::MAX);
        (place < max).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SeededRandom;
    use std::sync::Arc;

    #[test]
    fn every_sample_is_as_likely_as_any_other() {
        let (random, cause) = (SeededRandom::new(1), Cause::new("$.a", "value"));
        let mut kept = [0_u32; 10];
        for _ in 0..4000 {
            let mut reservoirs = Reservoirs::default();
            for number in 0..10_i64 {
                if let Some(place) = reservoirs.place(0, &cause, 3, &random) {
                    let sample = Sample { at_ms: number, ..Sample::default() };
                    reservoirs.put(0, &cause, place, Arc::new(sample));
                }
            }
            let slots = &reservoirs.0[&(0, cause.clone())].slots;
            assert_eq!(slots.len(), 3);
            for slot in slots {
                kept[usize::try_from(slot.sample.at_ms).unwrap()] += 1;
            }
        }
        // 1,200 expected of each, with a standard deviation of 29.
        assert!(kept.iter().all(|count| (1050..1350).contains(count)), "{kept:?}");
    }

    #[test]
    fn causes_beyond_the_bound_have_no_samples() {
        let random = SeededRandom::new(1);
        let mut reservoirs = Reservoirs::default();
        for number in 0..CAUSES_MAX {
            let cause = Cause::new(&format!("$.a{number}"), "value");
            assert_eq!(reservoirs.place(0, &cause, 3, &random), Some(0));
        }
        assert_eq!(reservoirs.place(0, &Cause::new("$.b", "value"), 3, &random), None);
        assert_eq!(reservoirs.place(1, &Cause::new("$.b", "value"), 3, &random), Some(0));
    }
}
