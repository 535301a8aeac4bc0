//! Lists of tokens that a thread keeps for its next pair of bodies: of middling bodies they are so large that the allocator
//! would hand them back to the system, and ask for them again, at each comparison.

use super::Token;
use std::cell::RefCell;

/// Lists kept: those of one pair of bodies.
const LISTS_MAX: usize = 2;
/// Tokens that a list may have room for and still be kept: 1 MiB.
const TOKENS_KEPT_MAX: usize = 65_536;

thread_local! {
    static SPARE: RefCell<Vec<Vec<Token>>> = const { RefCell::new(Vec::new()) };
}

/// An empty list with room for so many tokens.
pub(super) fn take(tokens: usize) -> Vec<Token> {
    let kept = (tokens <= TOKENS_KEPT_MAX).then(|| SPARE.with_borrow_mut(Vec::pop)).flatten();
    let mut list = kept.unwrap_or_default();
    list.clear();
    list.reserve(tokens);
    list
}

/// Keeps a list for later, unless it is large or there are enough.
pub(super) fn give(list: Vec<Token>) {
    if list.capacity() <= TOKENS_KEPT_MAX {
        SPARE.with_borrow_mut(|spare| {
            if spare.len() < LISTS_MAX {
                spare.push(list);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_used_again_and_neither_many_nor_large_ones_are_kept() {
        let kept = || SPARE.with_borrow(Vec::len);
        let list = take(100);
        let place = list.as_ptr();
        give(list);
        assert_eq!(kept(), 1);
        let again = take(50);
        assert_eq!((again.as_ptr(), again.len(), kept()), (place, 0, 0));
        give(Vec::with_capacity(TOKENS_KEPT_MAX + 1));
        assert_eq!(kept(), 0);
        (0..5).for_each(|_| give(Vec::with_capacity(10)));
        assert_eq!(kept(), LISTS_MAX);
    }
}
