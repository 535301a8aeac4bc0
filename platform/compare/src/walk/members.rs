//! Objects: members are matched by their names, whatever their order. Of members of one name, the first belongs to the first.

mod few;
mod many;

pub(super) use few::Candidate;

use super::trail::Frame;
use super::{Side, Walk};
use crate::rules::Part;

/// Objects with at most so many members that are in another order are compared without sorting their names.
const FEW_MAX: usize = 24;

impl<'t> Walk<'t> {
    /// Compares two objects. As long as both have their members in one order, nothing is looked up.
    pub(super) fn members(&mut self, old: u32, new: u32) {
        let (old_end, new_end) = (self.old.token(old).next, self.new.token(new).next);
        let (mut was, mut is) = (old + 1, new + 1);
        while was < old_end && is < new_end && self.old.same_text(was, self.new, is) {
            self.member_pair(was, is);
            was = self.old.token(was + 1).next;
            is = self.new.token(is + 1).next;
        }
        if was < old_end || is < new_end {
            self.members_in_any_order((was, old_end), (is, new_end));
        }
    }

    /// Compares the members between these tokens by name.
    fn members_in_any_order(&mut self, old: (u32, u32), new: (u32, u32)) {
        if self.names_between(Side::New, new).nth(FEW_MAX).is_none() {
            self.few_in_any_order(old, new);
        } else {
            self.many_in_any_order(old, new);
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

    fn names_between(&self, side: Side, (start, end): (u32, u32)) -> impl Iterator<Item = u32> + use<'t> {
        let tree = self.tree(side);
        let mut at = start;
        std::iter::from_fn(move || {
            let name = (at < end).then_some(at)?;
            at = tree.token(at + 1).next;
            Some(name)
        })
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
