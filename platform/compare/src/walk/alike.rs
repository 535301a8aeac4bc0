//! Tells whether two stretches of the texts are equal, and looks at hardly any byte twice: how far the texts run equal, at
//! one distance from each other, is remembered, so that the parts of a container profit from what its container has seen.

use crate::json::common;

/// The last run of equal bytes.
#[derive(Debug, Default)]
pub(super) struct Alike {
    /// Where the run began, in the old text and in the new.
    from: (usize, usize),
    /// Its length so far.
    length: usize,
    /// The byte behind it is known to differ.
    ended: bool,
}

impl Alike {
    /// Whether `length` bytes are equal, and how many had to be looked at.
    pub(super) fn same(
        &mut self,
        old: &[u8],
        new: &[u8],
        old_start: usize,
        new_start: usize,
        length: usize,
    ) -> (bool, usize) {
        if !self.covers(old_start, new_start) {
            *self = Self { from: (old_start, new_start), length: 0, ended: false };
        }
        let wanted = old_start - self.from.0 + length;
        if self.length >= wanted || self.ended {
            return (self.length >= wanted, 0);
        }
        let equal = common::front(
            old.get(self.from.0 + self.length..self.from.0 + wanted).unwrap_or_default(),
            new.get(self.from.1 + self.length..self.from.1 + wanted).unwrap_or_default(),
        );
        self.length += equal;
        self.ended = self.length < wanted;
        (!self.ended, equal)
    }

    /// Whether the run says something about these places.
    fn covers(&self, old_start: usize, new_start: usize) -> bool {
        let (old, new) = self.from;
        let behind = |start: usize, from: usize| start.checked_sub(from);
        behind(old_start, old)
            .is_some_and(|offset| behind(new_start, new) == Some(offset) && offset <= self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn says_what_comparing_the_bytes_says(
            old in "[ab]{0,100}",
            new in "[ab]{0,100}",
            asked in proptest::collection::vec((0_usize..100, 0_usize..100, 0_usize..60), 1..20),
        ) {
            let (old, new) = (old.as_bytes(), new.as_bytes());
            let mut alike = Alike::default();
            for (from, at, length) in asked {
                let (Some(was), Some(is)) = (old.get(from..from + length), new.get(at..at + length)) else { continue };
                prop_assert_eq!(alike.same(old, new, from, at, length).0, was == is);
            }
        }
    }

    #[test]
    fn no_byte_of_a_run_is_looked_at_twice() {
        let old = vec![b'x'; 10_000];
        let mut new = old.clone();
        new[9_000] = b'y';
        let mut alike = Alike::default();
        assert_eq!(alike.same(&old, &new, 0, 0, 10_000), (false, 9_000));
        let again: usize = (0..90).map(|part| alike.same(&old, &new, part * 100, part * 100, 100).1).sum();
        assert_eq!(again, 0);
        assert!(!alike.same(&old, &new, 8_990, 8_990, 20).0);
    }
}
