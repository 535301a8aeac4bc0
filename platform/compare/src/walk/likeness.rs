//! How alike two elements of arrays are, told from the hashes of their parts.

use super::{Side, Walk};
use crate::json::TokenKind;
use crate::limits::LIKENESS_PARTS_MAX;

/// What it costs to leave an element out, on either side. Pairing two elements costs less than leaving out both.
pub(super) const LEFT_OUT: u32 = 1000;
/// What it costs to pair two values of different types.
const OTHER_TYPE: u32 = 1900;
/// What it costs to pair two scalars of one type, or two containers with nothing in common.
const NOTHING_COMMON: u32 = 1200;
/// What it costs at least to pair two elements that are not equal.
const CHANGED: u32 = 100;

/// An element, as far as it is looked at to tell what it is like.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Element {
    pub(super) hash: u64,
    /// Its type: equal for equal types.
    shape: u8,
    /// The hashes of its parts, sorted: the smallest of them.
    parts: Vec<u64>,
}

impl Walk<'_> {
    /// Looks at an element.
    pub(super) fn describe(&mut self, side: Side, index: usize, element: u32) -> Element {
        let tree = self.tree(side);
        self.enter_index(index);
        let hash = self.hash(side, element);
        let mut parts: Vec<u64> = match tree.token(element).kind {
            TokenKind::Object => tree.names(element).map(|name| self.hash_member(side, name)).collect(),
            TokenKind::Array => {
                let elements = tree.elements(element).enumerate();
                elements.map(|(index, element)| self.hash_element(side, index, element)).collect()
            }
            _ => Vec::new(),
        };
        self.leave();
        parts.sort_unstable();
        parts.truncate(LIKENESS_PARTS_MAX);
        Element { hash, shape: shape(tree.token(element).kind), parts }
    }
}

/// What it costs to take one for the other: 0 for equal ones.
pub(super) fn cost(one: &Element, other: &Element) -> u32 {
    if one.hash == other.hash {
        return 0;
    }
    if one.shape != other.shape {
        return OTHER_TYPE;
    }
    let most = one.parts.len().max(other.parts.len()) as u32;
    let differing = most - common(&one.parts, &other.parts);
    CHANGED + (NOTHING_COMMON - CHANGED) * differing.max(u32::from(most == 0)) / most.max(1)
}

/// Whether at least half of the parts are equal.
pub(super) fn is_like(one: &Element, other: &Element) -> bool {
    cost(one, other) <= CHANGED.midpoint(NOTHING_COMMON)
}

/// How many hashes two sorted lists share.
fn common(one: &[u64], other: &[u64]) -> u32 {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut shared = 0;
    while let (Some(left), Some(right)) = (one.peek(), other.peek()) {
        match left.cmp(right) {
            std::cmp::Ordering::Less => drop(one.next()),
            std::cmp::Ordering::Greater => drop(other.next()),
            std::cmp::Ordering::Equal => {
                shared += 1;
                one.next();
                other.next();
            }
        }
    }
    shared
}

const fn shape(kind: TokenKind) -> u8 {
    match kind {
        TokenKind::True => TokenKind::False as u8,
        TokenKind::Escaped => TokenKind::Plain as u8,
        kind => kind as u8,
    }
}
