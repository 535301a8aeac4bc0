//! Hashes of values: equal for values that are equal under the rules, whatever their spelling. They find what may belong
//! together; whether it is equal, the walk decides.

use super::{Side, Walk};
use crate::json::number::Decimal;
use crate::json::{TokenKind, Tree};
use crate::rules::Action;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Hashes known so far, by token. 0: not known.
#[derive(Default)]
pub(super) struct Hashes {
    old: Vec<u64>,
    new: Vec<u64>,
}

/// Stands for what a rule takes out of the comparison.
const IGNORED: u64 = 0x9E37_79B9_7F4A_7C15;

impl<'t> Walk<'t> {
    /// The hash of the value at the place where the walk is.
    pub(super) fn hash(&mut self, side: Side, value: u32) -> u64 {
        let known = match side {
            Side::Old => &self.hashes.old,
            Side::New => &self.hashes.new,
        };
        if let Some(hash) = known.get(value as usize).copied().filter(|hash| *hash != 0) {
            return hash;
        }
        let hash = self.hash_under_rules(side, value).max(1);
        let tokens = self.tree(side).tokens.len();
        let known = match side {
            Side::Old => &mut self.hashes.old,
            Side::New => &mut self.hashes.new,
        };
        known.resize(tokens, 0);
        if let Some(known) = known.get_mut(value as usize) {
            *known = hash;
        }
        hash
    }

    /// Whether two values are equal below this place, rules about this very place aside.
    pub(super) fn same_value(&mut self, old: u32, new: u32) -> bool {
        self.hash_value(Side::Old, old) == self.hash_value(Side::New, new)
    }

    fn hash_under_rules(&mut self, side: Side, value: u32) -> u64 {
        let tree = self.tree(side);
        for rule in self.cursor.here() {
            match &rule.action {
                Action::Ignore => return IGNORED,
                Action::Generated(_) | Action::Tolerance(_) => return shape(tree, value),
                Action::Normalise(pattern, by) => {
                    return xxh3_64(pattern.replace_all(&tree.value_of(value), by.as_ref()).as_bytes());
                }
                Action::Unordered(_) => {}
            }
        }
        self.hash_value(side, value)
    }

    fn hash_value(&mut self, side: Side, value: u32) -> u64 {
        let tree = self.tree(side);
        if !self.step(1) {
            return xxh3_64(tree.text_of(value).as_bytes());
        }
        match tree.token(value).kind {
            TokenKind::Object => {
                let mut sum = 0_u64;
                for name in tree.names(value) {
                    sum = sum.wrapping_add(self.hash_member(side, name));
                }
                mix(sum, shape(tree, value))
            }
            TokenKind::Array => self.hash_array(side, value),
            _ => scalar(tree, value),
        }
    }

    /// The hash of a member: of its name and its value.
    pub(super) fn hash_member(&mut self, side: Side, name: u32) -> u64 {
        self.enter_name(side, name);
        let value = self.hash(side, name + 1);
        self.leave();
        xxh3_64_with_seed(self.tree(side).value_of(name).as_bytes(), value)
    }

    /// The hash of an element.
    pub(super) fn hash_element(&mut self, side: Side, index: usize, element: u32) -> u64 {
        self.enter_index(index);
        let hash = self.hash(side, element);
        self.leave();
        hash
    }

    fn hash_array(&mut self, side: Side, array: u32) -> u64 {
        let tree = self.tree(side);
        let unordered = self.cursor.unordered().is_some();
        let mut all = shape(tree, array);
        for (index, element) in tree.elements(array).enumerate() {
            let hash = self.hash_element(side, index, element);
            all = if unordered { all.wrapping_add(mix(hash, 1)) } else { mix(hash, all) };
        }
        all
    }
}

/// The hash of a value without regard to rules, if it is no container.
pub(super) fn scalar(tree: &Tree<'_>, value: u32) -> u64 {
    let shape = shape(tree, value);
    match tree.token(value).kind {
        TokenKind::Number => match Decimal::parse(tree.text_of(value)) {
            Some(decimal) => decimal.hash(shape),
            None => xxh3_64_with_seed(tree.text_of(value).as_bytes(), shape),
        },
        TokenKind::Plain | TokenKind::Escaped => xxh3_64_with_seed(tree.value_of(value).as_bytes(), shape),
        TokenKind::True | TokenKind::False | TokenKind::Null => mix(shape, tree.token(value).kind as u64),
        _ => xxh3_64_with_seed(tree.text_of(value).as_bytes(), shape),
    }
}

/// The hash of a value's type alone.
fn shape(tree: &Tree<'_>, value: u32) -> u64 {
    match tree.token(value).kind {
        TokenKind::Null => 11,
        TokenKind::False | TokenKind::True => 12,
        TokenKind::Number => 13,
        TokenKind::Plain | TokenKind::Escaped => 14,
        TokenKind::Array => 15,
        TokenKind::Object => 16,
        TokenKind::Deep => 17,
    }
}

/// Joins two hashes; their order matters.
fn mix(one: u64, other: u64) -> u64 {
    xxh3_64_with_seed(&one.to_le_bytes(), other)
}
