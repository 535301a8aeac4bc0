//! JSON as a flat list of tokens over its text: nothing is copied, numbers stay as they are written.

pub(crate) mod number;
mod scan;
mod spare;
pub(crate) mod string;
pub(crate) mod tree;

pub(crate) use scan::{Refused, scan};
pub(crate) use tree::{Token, TokenKind, Tree};
