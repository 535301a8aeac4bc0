//! Elements that long arrays have in common, in one order: between them the arrays are aligned piece by piece.
//!
//! The longest increasing run of positions by patience sorting (as in the "patience diff" of Bram Cohen), over all elements that
//! both have, told apart by how often they came before.

use super::likeness::Element;
use std::collections::HashMap;

/// Pairs of indices, increasing on both sides.
pub(super) fn anchors(old: &[Element], new: &[Element]) -> Vec<(usize, usize)> {
    let places: HashMap<_, _> = occurrences(new).enumerate().map(|(index, key)| (key, index)).collect();
    let common: Vec<(usize, usize)> =
        occurrences(old).enumerate().filter_map(|(was, key)| Some((was, *places.get(&key)?))).collect();
    longest_increasing(&common)
}

/// Each element's hash, and how many equal ones came before.
fn occurrences(elements: &[Element]) -> impl Iterator<Item = (u64, usize)> {
    let mut seen: HashMap<u64, usize> = HashMap::with_capacity(elements.len());
    elements.iter().map(move |element| {
        let before = seen.entry(element.hash).or_default();
        *before += 1;
        (element.hash, *before)
    })
}

/// The longest selection of pairs whose second indices increase; the first ones do already.
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The pair on top of each pile, and for each pair the one below it on the pile to the left.
    let mut tops: Vec<usize> = Vec::new();
    let mut below: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let second = |index: usize| pairs.get(index).map_or(usize::MAX, |(_, new)| *new);
    for index in 0..pairs.len() {
        let pile = tops.partition_point(|&top| second(top) < second(index));
        below.push(pile.checked_sub(1).and_then(|left| tops.get(left).copied()));
        match tops.get_mut(pile) {
            Some(top) => *top = index,
            None => tops.push(index),
        }
    }
    let mut chain = Vec::with_capacity(tops.len());
    let mut at = tops.last().copied();
    while let Some(index) = at {
        chain.extend(pairs.get(index).copied());
        at = below.get(index).copied().flatten();
    }
    chain.reverse();
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_run_is_found() {
        let pairs = [(0, 5), (1, 1), (2, 2), (3, 0), (4, 3), (5, 9), (6, 4)];
        assert_eq!(longest_increasing(&pairs), [(1, 1), (2, 2), (4, 3), (6, 4)]);
        assert!(longest_increasing(&[]).is_empty());
    }
}
