//! Arrays whose order means nothing: equal elements belong together, then those that are most alike.

use super::elements::join;
use super::likeness::{Element, cost};
use super::matching::{Arrays, Matching};
use super::{Side, Walk};
use crate::limits::ALIGNMENT_CELLS_MAX;

impl Walk<'_> {
    /// Matches elements as those of two multisets.
    pub(super) fn as_multiset(&mut self, arrays: &Arrays) -> Matching {
        let old = self.element_hashes(Side::Old, &arrays.was);
        let new = self.element_hashes(Side::New, &arrays.is);
        let mut matching = join(&old, &new);
        let (missing, extra) = (std::mem::take(&mut matching.missing), std::mem::take(&mut matching.extra));
        self.by_likeness(arrays, &missing, &extra, &mut matching);
        matching
    }

    /// The elements' hashes, sorted, with their indices.
    pub(super) fn element_hashes(&mut self, side: Side, elements: &[u32]) -> Vec<(u64, usize)> {
        let mut hashes = Vec::with_capacity(elements.len());
        for (index, &element) in elements.iter().enumerate() {
            hashes.push((self.hash_element(side, index, element), index));
        }
        hashes.sort_unstable();
        hashes
    }

    /// Pairs what is left, the most alike first. Beyond the limit: in order.
    fn by_likeness(&mut self, arrays: &Arrays, missing: &[usize], extra: &[usize], matching: &mut Matching) {
        let old = self.described(Side::Old, &arrays.was, missing);
        let new = self.described(Side::New, &arrays.is, extra);
        let cells = old.len() * new.len();
        let mut costs: Vec<(u32, usize, usize)> = Vec::new();
        if cells > ALIGNMENT_CELLS_MAX || !self.step(cells) {
            matching.coarse = true;
            costs.extend((0..old.len().min(new.len())).map(|index| (0, index, index)));
        } else {
            for (was, one) in old.iter().enumerate() {
                costs.extend(new.iter().enumerate().map(|(is, other)| (cost(one, other), was, is)));
            }
            costs.sort_unstable();
        }
        let (mut old_free, mut new_free) = (vec![true; old.len()], vec![true; new.len()]);
        for (_, was, is) in costs {
            if let (Some(one @ true), Some(other @ true)) = (old_free.get_mut(was), new_free.get_mut(is)) {
                (*one, *other) = (false, false);
                matching.pairs.extend(missing.get(was).copied().zip(extra.get(is).copied()));
            }
        }
        matching.missing = left(missing, &old_free);
        matching.extra = left(extra, &new_free);
    }

    fn described(&mut self, side: Side, elements: &[u32], indices: &[usize]) -> Vec<Element> {
        let chosen = indices.iter().filter_map(|index| Some((*index, *elements.get(*index)?)));
        chosen.map(|(index, element)| self.describe(side, index, element)).collect()
    }
}

fn left(indices: &[usize], free: &[bool]) -> Vec<usize> {
    indices.iter().zip(free).filter(|(_, free)| **free).map(|(index, _)| *index).collect()
}
