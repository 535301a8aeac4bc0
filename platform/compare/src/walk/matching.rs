//! Which elements of two arrays belong together, and the report of what that leaves.

use super::trail::Frame;
use super::{Side, Walk};
use crate::bound::Bound;
use crate::comparison::Kind;
use crate::limits::SURPLUS_MAX;
use crate::rules::{Part, RuleRef};

/// Which elements belong together, by their indices.
#[derive(Debug, Default)]
pub(super) struct Matching {
    pub(super) pairs: Vec<(usize, usize)>,
    /// Only the old array has them.
    pub(super) missing: Vec<usize>,
    /// Only the new array has them.
    pub(super) extra: Vec<usize>,
    /// Elements that belong together stand in another order.
    pub(super) moved: bool,
    /// A limit was met: elements were paired by index.
    pub(super) coarse: bool,
}

impl Matching {
    /// The same, seen from the other side.
    pub(super) fn swapped(self) -> Self {
        let pairs = self.pairs.into_iter().map(|(old, new)| (new, old)).collect();
        Self { pairs, missing: self.extra, extra: self.missing, ..self }
    }

    /// The same of the parts of arrays that begin at this index.
    pub(super) fn shifted(mut self, by: usize) -> Self {
        self.pairs.iter_mut().for_each(|(old, new)| (*old, *new) = (*old + by, *new + by));
        self.missing.iter_mut().chain(&mut self.extra).for_each(|index| *index += by);
        self
    }

    /// Elements at the same indices belong together; the longer array has the rest.
    pub(super) fn by_index(old: usize, new: usize) -> Self {
        let both = old.min(new);
        let pairs = (0..both).map(|index| (index, index)).collect();
        Self { pairs, missing: (both..old).collect(), extra: (both..new).collect(), ..Self::default() }
    }
}

/// The arrays that are compared, with their elements.
pub(super) struct Arrays {
    pub(super) old: u32,
    pub(super) new: u32,
    pub(super) was: Vec<u32>,
    pub(super) is: Vec<u32>,
}

impl Walk<'_> {
    /// Compares the elements that belong together, and reports the others. `unordered` explains another order.
    pub(super) fn elements_matched(
        &mut self,
        arrays: &Arrays,
        mut matching: Matching,
        unordered: Option<RuleRef>,
    ) {
        if matching.coarse {
            self.found.met(Bound::Alignment);
        }
        if matching.moved {
            self.differ(Kind::Order, arrays.old, arrays.new, unordered);
        }
        matching.pairs.sort_unstable();
        for (was, is) in matching.pairs {
            if let (Some(&old), Some(&new)) = (arrays.was.get(was), arrays.is.get(is)) {
                self.enter_pair(was, is);
                self.pair(old, new);
                self.leave();
            }
        }
        self.surplus(arrays, &matching.missing, &matching.extra);
    }

    /// Reports elements that only one side has: one by one, or, if they are many, as one difference of length.
    fn surplus(&mut self, arrays: &Arrays, missing: &[usize], extra: &[usize]) {
        if missing.len() + extra.len() > SURPLUS_MAX {
            let first =
                |one: &[usize], other: &[usize]| one.first().or(other.first()).copied().unwrap_or_default();
            self.enter_pair(first(missing, extra), first(extra, missing));
            let explained = self.cursor.ignored();
            self.leave();
            let told = |count: usize| format!("{count} elements");
            let (old, new) = (told(arrays.was.len()), told(arrays.is.len()));
            return self.report(Kind::Length, Some(&old), Some(&new), explained);
        }
        for (side, elements, alone) in [(Side::Old, &arrays.was, missing), (Side::New, &arrays.is, extra)] {
            for &index in alone {
                self.enter_index(index);
                self.one_sided(side, elements.get(index).copied().unwrap_or(u32::MAX));
                self.leave();
            }
        }
    }

    /// Goes down to an element.
    pub(super) fn enter_index(&mut self, index: usize) {
        self.trail.push(Frame::Index(index));
        self.cursor.enter(Part::Index(index));
    }

    /// Goes down to two elements that belong together. The place is told by the old side's.
    fn enter_pair(&mut self, was: usize, is: usize) {
        self.trail.push(Frame::Index(was));
        self.cursor.enter(if was == is { Part::Index(was) } else { Part::Pair(was, is) });
    }
}
