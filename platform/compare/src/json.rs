//! JSON as a flat list of tokens over its text: nothing is copied, numbers stay as they are written.

pub(crate) mod common;
pub(crate) mod number;
mod reader;
mod same;
mod scan;
mod spare;
pub(crate) mod string;
pub(crate) mod tree;

pub(crate) use same::same;
pub(crate) use scan::{Refused, scan, scan_beside};
pub(crate) use tree::{Token, TokenKind, Tree};
