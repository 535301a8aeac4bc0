//! Tokens whose signature this thread has checked already: no lock, no sharing between workers, bounded.

use crate::Claims;
use std::cell::RefCell;
use std::collections::HashMap;

/// Tokens a thread remembers: two generations of this many, some 700 KiB when full of ordinary tokens.
const GENERATION_MAX_TOKENS: usize = 1024;

thread_local! {
    static CACHE: RefCell<Cache<Claims>> = RefCell::new(Cache::new(GENERATION_MAX_TOKENS));
}

/// Remembers by the token's exact bytes, so that no two tokens can be taken for each other. What was not used during
/// a whole generation is forgotten.
pub(crate) struct Cache<T> {
    generation_max: usize,
    keys_version: u64,
    young: HashMap<Box<str>, T>,
    old: HashMap<Box<str>, T>,
}

impl<T: Clone> Cache<T> {
    /// Two generations of so many tokens.
    pub(crate) fn new(generation_max: usize) -> Self {
        Self { generation_max, keys_version: 0, young: HashMap::new(), old: HashMap::new() }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        (self.young, self.old) = (HashMap::new(), HashMap::new());
    }

    /// A signature counts only for the keys it was checked with.
    pub(crate) fn turn_to(&mut self, keys_version: u64) {
        if self.keys_version != keys_version {
            self.clear();
            self.keys_version = keys_version;
        }
    }

    pub(crate) fn recall(&mut self, token: &str) -> Option<T> {
        if let Some(known) = self.young.get(token) {
            return Some(known.clone());
        }
        let (token, known) = self.old.remove_entry(token)?;
        self.insert(token, known.clone());
        Some(known)
    }

    pub(crate) fn insert(&mut self, token: Box<str>, known: T) {
        if self.young.len() >= self.generation_max {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(token, known);
    }
}

/// The claims of a token that was checked with the keys of this version.
pub(crate) fn recall(keys_version: u64, token: &str) -> Option<Claims> {
    CACHE.with_borrow_mut(|cache| {
        cache.turn_to(keys_version);
        cache.recall(token)
    })
}

/// Remembers that the token's signature was checked with the keys of this version.
pub(crate) fn remember(keys_version: u64, token: &str, claims: Claims) {
    CACHE.with_borrow_mut(|cache| {
        cache.turn_to(keys_version);
        cache.insert(token.into(), claims);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn claims(user_id: i64) -> Claims {
        Claims { user_id, token_id: Uuid::nil(), issued_at: 0, expires_at: 1, generation: 0 }
    }

    #[test]
    fn other_keys_empty_it() {
        remember(1, "token", claims(1));
        assert_eq!(recall(1, "token"), Some(claims(1)));
        assert_eq!(recall(2, "token"), None);
        assert_eq!(recall(1, "token"), None);
    }

    #[test]
    fn it_never_grows_beyond_two_generations_and_keeps_what_is_used() {
        remember(1, "used", claims(7));
        for n in 0..10 * GENERATION_MAX_TOKENS {
            remember(1, &format!("token {n}"), claims(1));
            assert_eq!(recall(1, "used"), Some(claims(7)), "after {n}");
        }
        let size = CACHE.with_borrow(|cache| cache.young.len() + cache.old.len());
        assert!(size <= 2 * GENERATION_MAX_TOKENS, "{size}");
        assert_eq!(recall(1, "token 0"), None);
    }
}
