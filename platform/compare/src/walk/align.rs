//! Aligns two arrays so that as little as possible is missing, extra or changed: one inserted element is one difference.
//!
//! Global alignment by dynamic programming (Needleman and Wunsch, "A general method applicable to the search for similarities
//! in the amino acid sequence of two proteins", 1970), between anchors where the arrays are long.

use super::anchors::anchors;
use super::likeness::{Element, LEFT_OUT, cost, is_like};
use super::matching::Matching;
use super::{Side, Walk};
use crate::limits::ALIGNMENT_CELLS_MAX;
use std::collections::{HashMap, HashSet};

impl Walk<'_> {
    /// Aligns elements in order; `front` is the index at which both begin.
    pub(super) fn aligned(&mut self, was: &[u32], is: &[u32], front: usize) -> Matching {
        let old = self.all_described(Side::Old, was, front);
        let new = self.all_described(Side::New, is, front);
        if let Some(matching) = reordered(&old, &new) {
            return matching;
        }
        if old.len() == new.len() && old.iter().zip(&new).all(|(one, other)| is_like(one, other)) {
            return Matching::by_index(old.len(), new.len());
        }
        // From one side always, so that old and new may change places.
        let mut matching = if old <= new { self.align(&old, &new) } else { self.align(&new, &old).swapped() };
        find_moved(&old, &new, &mut matching);
        matching
    }

    fn all_described(&mut self, side: Side, elements: &[u32], front: usize) -> Vec<Element> {
        let all = elements.iter().enumerate();
        all.map(|(index, &element)| self.describe(side, front + index, element)).collect()
    }

    fn align(&mut self, old: &[Element], new: &[Element]) -> Matching {
        if cells(old, new) <= ALIGNMENT_CELLS_MAX {
            let mut whole = Matching::default();
            self.gap(old, new, (0, 0), &mut whole);
            return whole;
        }
        let mut matching = Matching::default();
        let mut from = (0, 0);
        for anchor in anchors(old, new).into_iter().chain([(old.len(), new.len())]) {
            let (one, other) = (old.get(from.0..anchor.0), new.get(from.1..anchor.1));
            self.gap(one.unwrap_or_default(), other.unwrap_or_default(), from, &mut matching);
            if anchor.0 < old.len() {
                matching.pairs.push(anchor);
            }
            from = (anchor.0 + 1, anchor.1 + 1);
        }
        matching
    }

    /// Aligns what lies between two anchors.
    fn gap(&mut self, old: &[Element], new: &[Element], from: (usize, usize), matching: &mut Matching) {
        let fits = cells(old, new) <= ALIGNMENT_CELLS_MAX && self.step(cells(old, new));
        let moves = if fits { shortest(old, new) } else { Vec::new() };
        if !fits {
            matching.coarse = true;
            let paired = Matching::by_index(old.len(), new.len());
            matching.pairs.extend(paired.pairs.iter().map(|(was, is)| (from.0 + was, from.1 + is)));
            matching.missing.extend(paired.missing.iter().map(|was| from.0 + was));
            matching.extra.extend(paired.extra.iter().map(|is| from.1 + is));
        }
        let (mut was, mut is) = from;
        for step in moves {
            match step {
                Move::Pair => matching.pairs.push((was, is)),
                Move::Missing => matching.missing.push(was),
                Move::Extra => matching.extra.push(is),
            }
            was += usize::from(step != Move::Extra);
            is += usize::from(step != Move::Missing);
        }
    }
}

/// A step through the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Pair,
    Missing,
    Extra,
}

fn cells(old: &[Element], new: &[Element]) -> usize {
    (old.len() + 1).saturating_mul(new.len() + 1)
}

/// The cheapest way from the front to the back.
fn shortest(old: &[Element], new: &[Element]) -> Vec<Move> {
    let width = new.len() + 1;
    // What is left to pay from each cell on.
    let mut table = vec![0_u32; cells(old, new)];
    let mut moves = vec![Move::Pair; cells(old, new)];
    let left =
        |table: &[u32], was: usize, is: usize| table.get(was * width + is).copied().unwrap_or(u32::MAX / 2);
    for was in (0..=old.len()).rev() {
        for is in (0..=new.len()).rev() {
            let pair = old.get(was).zip(new.get(is)).map(|(one, other)| cost(one, other));
            let missing = (was < old.len()).then(|| (left(&table, was + 1, is) + LEFT_OUT, Move::Missing));
            let extra = (is < new.len()).then(|| (left(&table, was, is + 1) + LEFT_OUT, Move::Extra));
            let pair = pair.map(|cost| (left(&table, was + 1, is + 1) + cost, Move::Pair));
            let best = [pair, missing, extra].into_iter().flatten().min_by_key(|(cost, _)| *cost);
            let cell = was * width + is;
            if let (Some((cost, step)), Some(left), Some(way)) =
                (best, table.get_mut(cell), moves.get_mut(cell))
            {
                (*left, *way) = (cost, step);
            }
        }
    }
    walk_back(&moves, width, (old.len(), new.len()))
}

fn walk_back(moves: &[Move], width: usize, (old, new): (usize, usize)) -> Vec<Move> {
    let (mut was, mut is) = (0, 0);
    let mut way = Vec::with_capacity(old + new);
    while was < old || is < new {
        let Some(&step) = moves.get(was * width + is) else { break };
        way.push(step);
        was += usize::from(step != Move::Extra);
        is += usize::from(step != Move::Missing);
    }
    way
}

/// The matching of two arrays with the same elements in another order.
fn reordered(old: &[Element], new: &[Element]) -> Option<Matching> {
    let sorted = |elements: &[Element]| {
        let mut hashes: Vec<_> = elements.iter().enumerate().map(|(index, one)| (one.hash, index)).collect();
        hashes.sort_unstable();
        hashes
    };
    let matching = (old.len() == new.len()).then(|| super::elements::join(&sorted(old), &sorted(new)))?;
    (matching.missing.is_empty() && matching.extra.is_empty()).then_some(matching)
}

/// Takes an element that is missing here and extra there for one that moved.
fn find_moved(old: &[Element], new: &[Element], matching: &mut Matching) {
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for &is in matching.extra.iter().rev() {
        places.entry(new.get(is).map_or(0, |one| one.hash)).or_default().push(is);
    }
    let mut moved = Vec::new();
    matching.missing.retain(|&was| {
        let hash = old.get(was).map_or(0, |one| one.hash);
        let Some(is) = places.get_mut(&hash).and_then(Vec::pop) else { return true };
        moved.push((was, is));
        false
    });
    let there: HashSet<usize> = moved.iter().map(|(_, is)| *is).collect();
    matching.extra.retain(|is| !there.contains(is));
    matching.moved |= !moved.is_empty();
    matching.pairs.extend(moved);
}
