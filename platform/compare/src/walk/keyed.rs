//! Arrays whose elements a rule matches by a member.

use super::elements::join;
use super::matching::{Arrays, Matching};
use super::{Side, Walk};

impl Walk<'_> {
    /// Matches elements by a member. Of elements with one value the first belongs to the first; those without the member are
    /// matched by their value as a whole.
    pub(super) fn by_key(&mut self, arrays: &Arrays, key: &str) -> Matching {
        let (old, new) = (self.keys(Side::Old, &arrays.was, key), self.keys(Side::New, &arrays.is, key));
        join(&old, &new)
    }

    fn keys(&mut self, side: Side, elements: &[u32], key: &str) -> Vec<(u64, usize)> {
        self.steps = self.steps.saturating_add(elements.len());
        let mut keys = Vec::with_capacity(elements.len());
        for (index, &element) in elements.iter().enumerate() {
            let named = self.identity(side, element, key);
            keys.push((named.unwrap_or_else(|| self.hash_element(side, index, element)), index));
        }
        keys.sort_unstable();
        keys
    }
}
