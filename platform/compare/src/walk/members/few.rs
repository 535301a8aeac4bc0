//! Few members in another order, as in most objects: each name is looked for among those of the other side. Nothing is
//! allocated, unless objects lie deeper in each other than before.

use crate::bound::Bound;
use crate::walk::{Side, Walk};

/// A member of the new side.
#[derive(Clone, Copy)]
pub(in crate::walk) struct Candidate {
    /// Of its name.
    key: u64,
    token: u32,
    /// It has been compared.
    taken: bool,
}

impl Walk<'_> {
    /// Compares the members between these tokens by name.
    pub(super) fn few_in_any_order(&mut self, old: (u32, u32), new: (u32, u32)) {
        // Objects inside of this one put theirs behind, and take them away again.
        let start = self.candidates.len();
        for token in self.names_between(Side::New, new) {
            let key = self.new.name_key(token);
            self.note_duplicate(start, key, token);
            self.candidates.push(Candidate { key, token, taken: false });
        }
        self.steps = self.steps.saturating_add(self.candidates.len() - start);
        for was in self.names_between(Side::Old, old) {
            match self.take_candidate(start, was) {
                Some(is) => self.member_pair(was, is),
                None => self.member_alone(Side::Old, was),
            }
        }
        for index in start..self.candidates.len() {
            let left = self.candidates.get(index).filter(|candidate| !candidate.taken);
            if let Some(token) = left.map(|candidate| candidate.token) {
                self.member_alone(Side::New, token);
            }
        }
        self.candidates.truncate(start);
    }

    /// The first member of the new side with the name of this one of the old side; it is taken.
    fn take_candidate(&mut self, start: usize, was: u32) -> Option<u32> {
        let (old, new, key) = (self.old, self.new, self.old.name_key(was));
        let mut candidates = self.candidates.get_mut(start..)?.iter_mut();
        let found = candidates.find(|candidate| {
            !candidate.taken && candidate.key == key && old.same_text(was, new, candidate.token)
        })?;
        found.taken = true;
        Some(found.token)
    }

    fn note_duplicate(&mut self, start: usize, key: u64, token: u32) {
        let tree = self.tree(Side::New);
        let before = self.candidates.get(start..).unwrap_or_default();
        let same = |one: &Candidate| one.key == key && tree.same_text(one.token, tree, token);
        if before.iter().any(same) {
            self.found.met(Bound::DuplicateNames);
        }
    }
}
