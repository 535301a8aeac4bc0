//! Gathers differences within the limits: so many in all, so many of one cause.

use crate::bound::Bound;
use crate::comparison::{Comparison, Difference};
use crate::limits::{DIFFERENCES_MAX, DIFFERENCES_PER_CAUSE_MAX};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What was found so far.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) comparison: Comparison,
    /// How many of each cause are listed, explained ones apart.
    causes: HashMap<(u64, bool), usize, BuildHasherDefault<AlreadyHashed>>,
    /// How many are listed: unexplained, explained.
    listed: [usize; 2],
}

impl Found {
    /// Adds a difference; `make` is asked only if it will be listed. `cause` tells causes apart.
    pub(crate) fn add(&mut self, cause: u64, explained: bool, make: impl FnOnce() -> Difference) {
        let of_cause = self.causes.entry((cause, explained)).or_default();
        let [unexplained, by_rule] = &mut self.listed;
        let listed = if explained { by_rule } else { unexplained };
        if *of_cause < DIFFERENCES_PER_CAUSE_MAX && *listed < DIFFERENCES_MAX {
            *of_cause += 1;
            *listed += 1;
            self.comparison.differences.push(make());
        } else if !explained {
            self.comparison.unlisted = self.comparison.unlisted.saturating_add(1);
            if *of_cause == 0 {
                self.comparison.unlisted_causes = self.comparison.unlisted_causes.saturating_add(1);
            }
            self.met(Bound::Differences);
        }
        // What is known of causes is bounded, too: with this many, nothing more is listed anyway.
        if self.causes.len() > 4 * DIFFERENCES_MAX {
            self.causes.clear();
        }
    }

    pub(crate) fn met(&mut self, bound: Bound) {
        self.comparison.bounds_met.insert(bound);
    }
}

/// Takes keys that are hashes for what they are. They are few (see [`Found::add`]), so that who makes up colliding ones gains
/// nothing.
#[derive(Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 ^= hash;
    }

    fn write_u8(&mut self, byte: u8) {
        self.0 = self.0.rotate_left(1) ^ u64::from(byte);
    }
}
