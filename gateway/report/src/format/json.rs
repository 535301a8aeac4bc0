//! JSON, pretty, of characters that neither a terminal nor a page takes for anything else.

use super::inert::is_live;
use crate::Report;
use std::fmt::Write as _;

pub(super) fn render(report: &Report) -> String {
    let text = serde_json::to_string_pretty(report).unwrap_or_default();
    let mut out = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        // Outside of texts JSON has none of these but line feeds, and inside of them it has those escaped.
        if character != '\n' && (is_live(character) || matches!(character, '<' | '>' | '&')) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out.push('\n');
    out
}
