//! What a worker counts by itself: equal answers, and exchanges that were not compared. Its lock is shared with nobody
//! but the thread that collects once a second.

use crate::{Asked, DropCause, Serving};
use statistics::Histogram;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Routes that a worker counts between two collections; more than a features file may hold. Beyond it nothing of a
/// route is counted but that it was lost.
const ROUTES_MAX: usize = 4096;

/// A worker's own counts. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct WorkerTally(Arc<Mutex<Tally>>);

/// What was counted since the last collection.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) routes: HashMap<Arc<str>, Equal>,
    /// Exchanges of routes that found no room.
    pub(crate) lost: u64,
}

/// What was counted of one route.
#[derive(Debug, Default)]
pub(crate) struct Equal {
    pub(crate) other: u64,
    pub(crate) same: u64,
    pub(crate) served_by_new: u64,
    pub(crate) old: Histogram,
    pub(crate) new: Histogram,
    pub(crate) dropped: [u64; DropCause::ALL.len()],
}

impl WorkerTally {
    /// Counts two answers that are equal. `old` and `new` are what the sides took; for [`Asked::Same`] the first and the
    /// second answer of one side, which are in no histogram.
    pub fn equal(&self, route: &Arc<str>, serving: Serving, old: Duration, new: Duration, asked: Asked) {
        self.with(route, |equal| match asked {
            Asked::Same => equal.same += 1,
            Asked::Other => {
                equal.other += 1;
                equal.served_by_new += u64::from(serving == Serving::New);
                equal.old.record(old);
                equal.new.record(new);
            }
        });
    }

    /// Counts an exchange that was to be compared and was not.
    pub fn dropped(&self, route: &Arc<str>, cause: DropCause) {
        self.with(route, |equal| {
            let place = DropCause::ALL.iter().position(|one| *one == cause);
            if let Some(count) = place.and_then(|place| equal.dropped.get_mut(place)) {
                *count += 1;
            }
        });
    }

    /// What was counted since the last time.
    pub(crate) fn take(&self) -> Tally {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether nobody counts with it any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    fn with(&self, route: &Arc<str>, count: impl FnOnce(&mut Equal)) {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(equal) = tally.routes.get_mut(route) {
            count(equal);
        } else if tally.routes.len() < ROUTES_MAX {
            count(tally.routes.entry(Arc::clone(route)).or_default());
        } else {
            tally.lost += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_not_counted_again() {
        let (tally, route) = (WorkerTally::default(), Arc::from("a"));
        let ms = Duration::from_millis;
        tally.equal(&route, Serving::New, ms(1), ms(2), Asked::Other);
        tally.equal(&route, Serving::Old, ms(1), ms(2), Asked::Same);
        tally.dropped(&route, DropCause::Deadline);
        let taken = tally.take();
        let equal = &taken.routes["a"];
        assert_eq!((equal.other, equal.same, equal.served_by_new), (1, 1, 1));
        assert_eq!((equal.old.count(), equal.new.count()), (1, 1));
        assert_eq!(equal.dropped.iter().sum::<u64>(), 1);
        assert!(tally.take().routes.is_empty());
    }

    #[test]
    fn routes_without_room_are_counted_as_lost() {
        let tally = WorkerTally::default();
        for number in 0..=ROUTES_MAX {
            tally.dropped(&Arc::from(number.to_string()), DropCause::Closed);
        }
        let taken = tally.take();
        assert_eq!((taken.routes.len(), taken.lost), (ROUTES_MAX, 1));
    }
}
