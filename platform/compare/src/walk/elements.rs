//! Arrays: which way their elements are matched.

use super::hash::scalar;
use super::matching::{Arrays, Matching};
use super::{Side, Walk};
use crate::json::TokenKind;
use crate::rules::{Action, Part};
use std::ops::Range;

/// Members that name an element, in the order in which they are tried.
const IDENTITIES: [&str; 5] = ["id", "_id", "uuid", "guid", "key"];

impl Walk<'_> {
    /// Compares two arrays.
    pub(super) fn elements(&mut self, old: u32, new: u32) {
        let (was, is) = (self.old.elements(old).collect(), self.new.elements(new).collect());
        let arrays = Arrays { old, new, was, is };
        let rule = self.cursor.unordered();
        let matching = match rule.map(|rule| &rule.action) {
            Some(Action::Unordered(Some(key))) => self.by_key(&arrays, key),
            Some(_) => self.as_multiset(&arrays),
            None => self.in_order(&arrays),
        };
        self.elements_matched(&arrays, matching, rule.map(|rule| rule.reference.clone()));
    }

    /// Elements in order: what is equal to the byte at both ends belongs together, the rest is looked at more closely.
    fn in_order(&mut self, arrays: &Arrays) -> Matching {
        let front = self.equal_at_front(arrays);
        let most = arrays.was.len().min(arrays.is.len()) - front;
        let back = self.equal_at_back(arrays, most);
        let was = rest(&arrays.was, front..arrays.was.len() - back);
        let is = rest(&arrays.is, front..arrays.is.len() - back);
        // What is equal needs no pair.
        self.between(was, is, front).shifted(front)
    }

    /// Matches what lies between equal ends. `front` is the index at which it begins.
    fn between(&mut self, was: &[u32], is: &[u32], front: usize) -> Matching {
        if was.is_empty() || is.is_empty() || (was.len() == 1 && is.len() == 1) {
            return Matching::by_index(was.len(), is.len());
        }
        self.by_identity(was, is).unwrap_or_else(|| self.aligned(was, is, front))
    }

    /// Matches objects by a member that names them, if there is one: on every element, once on each side, and with at least
    /// half of the values of the shorter side on both.
    fn by_identity(&mut self, was: &[u32], is: &[u32]) -> Option<Matching> {
        IDENTITIES.iter().find_map(|name| {
            if self.has_rule_at(name) {
                return None;
            }
            let (old, new) = (self.identities(Side::Old, was, name)?, self.identities(Side::New, is, name)?);
            let sorted = sorted_unique(&old)?;
            if old == new {
                return Some(Matching::by_index(was.len(), is.len()));
            }
            let matching = join(&sorted, &sorted_unique(&new)?);
            (matching.pairs.len() * 2 >= was.len().min(is.len())).then_some(matching)
        })
    }

    /// The values of a member, as hashes. `None` unless each element has one.
    fn identities(&mut self, side: Side, elements: &[u32], name: &str) -> Option<Vec<u64>> {
        self.steps = self.steps.saturating_add(elements.len());
        let mut identities = Vec::with_capacity(elements.len());
        for element in elements {
            identities.push(self.identity(side, *element, name)?);
        }
        Some(identities)
    }

    /// The hash of a member's value, if it is a text or a number.
    pub(super) fn identity(&self, side: Side, element: u32, name: &str) -> Option<u64> {
        let tree = self.tree(side);
        if tree.token(element).kind != TokenKind::Object {
            return None;
        }
        let value = tree.names(element).find(|known| tree.is_named(*known, name))? + 1;
        let naming =
            matches!(tree.token(value).kind, TokenKind::Number | TokenKind::Plain | TokenKind::Escaped);
        naming.then(|| scalar(tree, value))
    }

    /// Whether a rule says something about this member of the elements: then it cannot name them.
    fn has_rule_at(&mut self, name: &str) -> bool {
        self.cursor.enter(Part::Index(0));
        self.cursor.enter(Part::Name(name));
        let there = self.cursor.here().next().is_some();
        self.cursor.leave();
        self.cursor.leave();
        there
    }

    fn equal_at_front(&mut self, arrays: &Arrays) -> usize {
        let mut pairs = arrays.was.iter().zip(&arrays.is);
        pairs
            .position(|(&was, &is)| !self.same_bytes(self.old.token(was), self.new.token(is)))
            .unwrap_or_else(|| arrays.was.len().min(arrays.is.len()))
    }

    fn equal_at_back(&self, arrays: &Arrays, most: usize) -> usize {
        let pairs = arrays.was.iter().rev().zip(arrays.is.iter().rev()).take(most);
        pairs.take_while(|(was, is)| self.old.text_of(**was) == self.new.text_of(**is)).count()
    }
}

/// Hashes with their indices, sorted. `None` if two are the same.
fn sorted_unique(hashes: &[u64]) -> Option<Vec<(u64, usize)>> {
    let mut sorted: Vec<_> = hashes.iter().enumerate().map(|(index, hash)| (*hash, index)).collect();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| matches!(pair, [one, other] if one.0 != other.0)).then_some(sorted)
}

/// Joins two lists sorted by their hashes.
pub(super) fn join(old: &[(u64, usize)], new: &[(u64, usize)]) -> Matching {
    let mut matching = Matching::default();
    let (mut was, mut is) = (old.iter().peekable(), new.iter().peekable());
    loop {
        match (was.peek(), is.peek()) {
            (Some((old, index)), Some((new, _))) if old < new => {
                matching.missing.push(*index);
                was.next();
            }
            (Some((old, _)), Some((new, index))) if old > new => {
                matching.extra.push(*index);
                is.next();
            }
            (Some((_, old)), Some((_, new))) => {
                matching.pairs.push((*old, *new));
                was.next();
                is.next();
            }
            (Some((_, index)), None) => {
                matching.missing.push(*index);
                was.next();
            }
            (None, Some((_, index))) => {
                matching.extra.push(*index);
                is.next();
            }
            (None, None) => break,
        }
    }
    matching.missing.sort_unstable();
    matching.extra.sort_unstable();
    matching.pairs.sort_unstable();
    matching.moved = !matching.pairs.is_sorted_by_key(|(_, new)| *new);
    matching
}

fn rest(elements: &[u32], range: Range<usize>) -> &[u32] {
    elements.get(range).unwrap_or_default()
}
