//! What kind of difference it was: where, and how the two answers differ there.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The most bytes of a cause's path; longer ones are cut, and what differs behind counts together.
pub const PATH_MAX_BYTES: usize = 256;
/// The path under which everything is counted that found no room of its own.
const REST: &str = "(more)";

/// A place, with the numbers of array elements left out, and the kind of difference that was found there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cause {
    /// `$.messages[*].html`, `status`, `header content-type`, `trailer x`.
    pub path: String,
    /// `value`, `type`, `missing`, `extra`, `order`, `length`.
    pub kind: String,
}

impl Cause {
    /// A cause whose path is fit to be printed: without control characters, at most [`PATH_MAX_BYTES`].
    #[must_use]
    pub fn new(path: &str, kind: &str) -> Self {
        Self { path: clean(path), kind: clean(kind) }
    }

    /// What differs where nobody kept apart any more what it was. Always counts as real.
    #[must_use]
    pub fn rest() -> Self {
        Self { path: REST.to_owned(), kind: "value".to_owned() }
    }

    /// Whether this is [`Cause::rest`].
    #[must_use]
    pub fn is_rest(&self) -> bool {
        self.path == REST
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path, self.kind)
    }
}

fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len().min(PATH_MAX_BYTES));
    for character in text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }) {
        if clean.len() + character.len_utf8() > PATH_MAX_BYTES {
            break;
        }
        clean.push(character);
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_short_and_without_control_characters() {
        let cause = Cause::new(&format!("$['\u{1b}[31m\n{}']", "ä".repeat(300)), "value");
        assert!(cause.path.len() <= PATH_MAX_BYTES);
        assert!(!cause.path.chars().any(char::is_control));
        assert!(cause.path.starts_with("$['\u{fffd}[31m\u{fffd}ä"));
    }
}
