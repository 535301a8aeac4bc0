//! The tokens of a JSON text. A container's token is followed by its parts; `next` steps over a whole value.

use crate::json::{spare, string};
use std::borrow::Cow;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Null,
    False,
    True,
    Number,
    /// A text or a name without an escape: its span is its value, in quotes.
    Plain,
    /// A text or a name with an escape in it.
    Escaped,
    Array,
    /// Its parts are name, value, name, value, …
    Object,
    /// A container below the depth that is looked into: compared by its bytes.
    Deep,
}

/// A value, or a member's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// Offset of its first byte.
    pub(crate) start: u32,
    /// Offset behind its last byte.
    pub(crate) end: u32,
    /// Index of the token behind it and all its parts.
    pub(crate) next: u32,
}

/// Stands for a token that is not there: an index behind the end.
const NONE: Token = Token { kind: TokenKind::Null, start: 0, end: 0, next: u32::MAX };

/// A JSON text with its tokens. The first token is the root.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) tokens: Vec<Token>,
}

impl Drop for Tree<'_> {
    fn drop(&mut self) {
        spare::give(std::mem::take(&mut self.tokens));
    }
}

impl Tree<'_> {
    #[inline]
    pub(crate) fn token(&self, index: u32) -> Token {
        self.tokens.get(index as usize).copied().unwrap_or(NONE)
    }

    /// A value as it is written.
    #[inline]
    pub(crate) fn text_of(&self, index: u32) -> &str {
        let token = self.token(index);
        self.text.get(token.start as usize..token.end as usize).unwrap_or_default()
    }

    /// The bytes of a text or a name without escapes.
    #[inline]
    fn plain(&self, index: u32) -> Option<&[u8]> {
        let token = self.token(index);
        let inner = token.start as usize + 1..(token.end as usize).saturating_sub(1);
        (token.kind == TokenKind::Plain).then(|| self.text.as_bytes().get(inner))?
    }

    /// Whether two texts or names have the same value.
    #[inline]
    pub(crate) fn same_text(&self, index: u32, other: &Self, at: u32) -> bool {
        match (self.plain(index), other.plain(at)) {
            (Some(one), Some(other)) => one == other,
            _ => self.value_of(index) == other.value_of(at),
        }
    }

    /// What tells most names apart at once: equal for equal names.
    #[inline]
    pub(crate) fn name_key(&self, name: u32) -> u64 {
        match self.plain(name) {
            Some(name) => key(name),
            None => key(self.value_of(name).as_bytes()),
        }
    }

    /// The value of a text or a name: without quotes and escapes. Of others, what is written.
    pub(crate) fn value_of(&self, index: u32) -> Cow<'_, str> {
        match self.token(index).kind {
            TokenKind::Plain => Cow::Borrowed(string::inner(self.text_of(index))),
            TokenKind::Escaped => Cow::Owned(string::unescape(self.text_of(index))),
            _ => Cow::Borrowed(self.text_of(index)),
        }
    }

    /// Whether a member has this name.
    #[inline]
    pub(crate) fn is_named(&self, index: u32, name: &str) -> bool {
        match self.plain(index) {
            Some(plain) => plain == name.as_bytes(),
            None => self.value_of(index) == name,
        }
    }

    /// The tokens of an array's elements.
    pub(crate) fn elements(&self, array: u32) -> impl Iterator<Item = u32> {
        let end = self.token(array).next;
        let mut at = array + 1;
        std::iter::from_fn(move || {
            let element = (at < end).then_some(at)?;
            at = self.token(at).next;
            Some(element)
        })
    }

    /// The tokens of an object's names; a name's value is the token behind it.
    pub(crate) fn names(&self, object: u32) -> impl Iterator<Item = u32> {
        let end = self.token(object).next;
        let mut at = object + 1;
        std::iter::from_fn(move || {
            let name = (at < end).then_some(at)?;
            at = self.token(at + 1).next;
            Some(name)
        })
    }
}

/// The first eight bytes of a name, and its length.
#[inline]
pub(super) fn key(name: &[u8]) -> u64 {
    let first = match name.first_chunk::<8>() {
        Some(first) => u64::from_le_bytes(*first),
        None => name.iter().rev().fold(0, |key, byte| key << 8 | u64::from(*byte)),
    };
    first ^ (name.len() as u64).rotate_right(8)
}
