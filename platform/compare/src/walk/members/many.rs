//! Many members in another order: the names of one side are sorted.

use crate::bound::Bound;
use crate::walk::{Side, Walk};
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
    /// Compares the members between these tokens by name.
    pub(super) fn many_in_any_order(&mut self, old: (u32, u32), new: (u32, u32)) {
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
}
