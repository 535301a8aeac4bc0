//! A value cut to what a report shows.

use crate::limits::SHOWN_MAX_BYTES;
use serde::Serialize;

/// A value of an answer, cut to [`SHOWN_MAX_BYTES`]. As written in the answer: JSON text for JSON, never escaped for
/// any output format, so whoever prints it has to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The value's beginning; bytes that are no UTF-8 are replaced. For opaque bodies their hash (XXH3, hexadecimal).
    pub text: String,
    /// Length of the whole value, in bytes.
    pub bytes: usize,
    /// Whether `text` is not the whole value.
    pub cut: bool,
}

impl Shown {
    /// The beginning of a value.
    #[must_use]
    pub fn of(value: &[u8]) -> Self {
        let head = value.get(..SHOWN_MAX_BYTES).unwrap_or(value);
        let head = if head.len() < value.len() { whole_characters(head) } else { head };
        Self {
            text: String::from_utf8_lossy(head).into_owned(),
            bytes: value.len(),
            cut: head.len() < value.len(),
        }
    }

    /// An opaque body: its hash, and its length.
    #[must_use]
    pub fn hash_of(body: &[u8]) -> Self {
        let hash = xxhash_rust::xxh3::xxh3_64(body);
        Self { text: format!("xxh3:{hash:016x}"), bytes: body.len(), cut: true }
    }
}

/// Without the first bytes of a character that was cut.
fn whole_characters(head: &[u8]) -> &[u8] {
    let behind = head.iter().rev().take(3).position(|&byte| byte >= 0xC0);
    behind.and_then(|behind| head.get(..head.len() - behind - 1)).unwrap_or(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_cut_between_characters() {
        let long = "ä".repeat(SHOWN_MAX_BYTES);
        let shown = Shown::of(&long.as_bytes()[1..]);
        assert!(shown.cut);
        assert_eq!(shown.bytes, long.len() - 1);
        assert!(shown.text.chars().skip(1).all(|character| character == 'ä'), "{}", shown.text);
        assert_eq!(Shown::of(b"short"), Shown { text: "short".into(), bytes: 5, cut: false });
    }
}
