//! Objects: members are matched by their names, whatever their order.

use super::trail::Frame;
use super::{Side, Walk};
use crate::bound::Bound;
use crate::json::{Token, TokenKind};
use crate::rules::Part;
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_64;

/// A member's name, to be sorted: by its hash, because most names are told apart by it at once.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Named<'t> {
    hash: u64,
    name: Cow<'t, str>,
    /// Of one name, the first comes first.
    token: u32,
}

impl<'t> Walk<'t> {
    /// Compares two objects. As long as both have their members in one order, nothing is looked up.
    pub(super) fn members(&mut self, old: u32, new: u32) {
        let (old_end, new_end) = (self.old.token(old).next, self.new.token(new).next);
        let (mut was, mut is) = (old + 1, new + 1);
        while was < old_end && is < new_end && self.same_name(was, is) {
            self.member_pair(was, is);
            was = self.old.token(was + 1).next;
            is = self.new.token(is + 1).next;
        }
        if was < old_end || is < new_end {
            self.members_in_any_order((was, old_end), (is, new_end));
        }
    }

    /// Compares the members between these tokens by name. Of members of one name, the first belongs to the first.
    fn members_in_any_order(&mut self, old: (u32, u32), new: (u32, u32)) {
        let names = self.sorted_names(Side::New, new);
        let mut taken = vec![0_usize; names.len()];
        for was in self.names_between(Side::Old, old) {
            let name = self.old.value_of(was);
            let hash = xxh3_64(name.as_bytes());
            let first = names.partition_point(|known| (known.hash, &known.name) < (hash, &name));
            let found = taken.get_mut(first).and_then(|taken| {
                let is = names.get(first + *taken).filter(|known| known.name == name)?;
                *taken += 1;
                Some(is.token)
            });
            match found {
                Some(is) => self.member_pair(was, is),
                None => self.member_alone(Side::Old, was),
            }
        }
        self.members_left(&names, &taken);
    }

    /// Reports what only the new side has, in its order.
    fn members_left(&mut self, names: &[Named<'t>], taken: &[usize]) {
        let mut left = Vec::new();
        let mut first = 0;
        for group in names.chunk_by(|one, other| one.hash == other.hash && one.name == other.name) {
            if group.len() > 1 {
                self.found.met(Bound::DuplicateNames);
            }
            let matched = taken.get(first).copied().unwrap_or_default();
            left.extend(group.iter().skip(matched).map(|is| is.token));
            first += group.len();
        }
        left.sort_unstable();
        for is in left {
            self.member_alone(Side::New, is);
        }
    }

    fn member_pair(&mut self, was: u32, is: u32) {
        self.enter_name(Side::Old, was);
        self.pair(was + 1, is + 1);
        self.leave();
    }

    fn member_alone(&mut self, side: Side, name: u32) {
        self.enter_name(side, name);
        self.one_sided(side, name + 1);
        self.leave();
    }

    fn sorted_names(&mut self, side: Side, between: (u32, u32)) -> Vec<Named<'t>> {
        let tree = self.tree(side);
        let named = |token| {
            let name = tree.value_of(token);
            Named { hash: xxh3_64(name.as_bytes()), name, token }
        };
        let mut names: Vec<_> = self.names_between(side, between).map(named).collect();
        names.sort_unstable();
        self.steps = self.steps.saturating_add(names.len());
        names
    }

    fn names_between(&self, side: Side, (start, end): (u32, u32)) -> impl Iterator<Item = u32> + use<'t> {
        let tree = self.tree(side);
        let mut at = start;
        std::iter::from_fn(move || {
            let name = (at < end).then_some(at)?;
            at = tree.token(at + 1).next;
            Some(name)
        })
    }

    fn same_name(&self, was: u32, is: u32) -> bool {
        let escaped = |token: Token| token.kind == TokenKind::Escaped;
        if escaped(self.old.token(was)) || escaped(self.new.token(is)) {
            return self.old.value_of(was) == self.new.value_of(is);
        }
        self.old.text_of(was) == self.new.text_of(is)
    }

    /// Goes down to a member.
    pub(super) fn enter_name(&mut self, side: Side, name: u32) {
        let tree = self.tree(side);
        self.trail.push(Frame::Name(tree, name));
        if self.cursor.is_idle() {
            self.cursor.enter(Part::Index(0));
        } else {
            self.cursor.enter(Part::Name(&tree.value_of(name)));
        }
    }

    /// Goes up again.
    pub(super) fn leave(&mut self) {
        self.trail.pop();
        self.cursor.leave();
    }
}
