//! Makes inert what strangers wrote: in a terminal no character drives it, in a page none is markup.

use std::fmt::Write as _;

/// Whether a character would not be seen as itself: controls (C0, DEL, C1: terminals take them for orders), those that
/// turn the direction of writing or cannot be seen, and separators of lines (Unicode TR 36, section 3.2).
pub(crate) fn is_live(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// On one line: every live character as its number, `\u{1b}`.
pub(crate) fn line(text: &str) -> String {
    escaped(text, |_| false)
}

/// On several lines: line feeds stay.
pub(crate) fn block(text: &str) -> String {
    escaped(text, |character| character == '\n')
}

fn escaped(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' if !stays('\t') => out.push_str("    "),
            '\r' => {}
            live if is_live(live) && !stays(live) => {
                // Writing to a text never fails.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(live));
            }
            plain => out.push(plain),
        }
    }
    out
}

/// In HTML and XML, between tags and in quoted attributes.
pub(crate) fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in block(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Neither is a character of XML 1.0 (section 2.2).
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            plain => out.push(plain),
        }
    }
    out
}

/// In Markdown, as a code span on one line (CommonMark 6.1), fit for a cell of a table.
pub(crate) fn code(text: &str) -> String {
    // A bar ends the cell even in a code span (GFM 4.10), and no escape of it is the same everywhere.
    let text = line(text).replace('|', "\u{2502}");
    let fence = "`".repeat(longest_run(&text) + 1);
    format!("{fence} {text} {fence}")
}

/// In Markdown, as a fenced block (CommonMark 4.5).
pub(crate) fn fenced(text: &str) -> String {
    let text = block(text);
    let fence = "`".repeat((longest_run(&text) + 1).max(3));
    format!("{fence}text\n{text}\n{fence}\n")
}

/// The longest run of back ticks.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or_default()
}

/// At most `max` characters.
pub(crate) fn short(text: &str, max: usize) -> String {
    let mut characters = text.chars();
    let mut short: String = characters.by_ref().take(max).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}
