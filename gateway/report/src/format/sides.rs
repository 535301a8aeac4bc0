//! Two texts side by side, for a terminal and for Markdown.

use super::inert;
use super::marked::parts;

/// Characters of one side.
const WIDTH: usize = 48;
/// Lines of one pair.
const LINES_MAX: usize = 12;
/// Characters before the differing part that are shown.
const LEAD: usize = 24;

/// Both texts in two columns; `≠` stands between lines that differ.
pub(super) fn side_by_side(old: Option<&str>, new: Option<&str>, indent: &str) -> String {
    let (old_text, new_text) = (old.unwrap_or("(nothing)"), new.unwrap_or("(nothing)"));
    let (old_text, new_text) = from_difference(old_text, new_text);
    let (left, right) = (columns(&old_text), columns(&new_text));
    let rows = left.len().max(right.len()).min(LINES_MAX);
    let mut out = format!("{indent}{:<WIDTH$}   {}\n", "old", "new");
    for row in 0..rows {
        let at = |column: &[String]| column.get(row).cloned().unwrap_or_default();
        let (a, b) = (at(&left), at(&right));
        let sign = if a == b { ' ' } else { '≠' };
        let pad = " ".repeat(WIDTH.saturating_sub(a.chars().count()));
        out.push_str(format!("{indent}{a}{pad} {sign} {b}").trim_end());
        out.push('\n');
    }
    if left.len().max(right.len()) > LINES_MAX {
        out.push_str(&format!("{indent}…\n"));
    }
    out
}

/// Both texts from a little before the first character that differs.
fn from_difference(old: &str, new: &str) -> (String, String) {
    let (before, _) = parts(old, new);
    let skipped = before.before.chars().count().saturating_sub(LEAD);
    if skipped < LEAD {
        return (old.to_owned(), new.to_owned());
    }
    let rest = |text: &str| -> String { std::iter::once('…').chain(text.chars().skip(skipped)).collect() };
    (rest(old), rest(new))
}

fn columns(text: &str) -> Vec<String> {
    let text = inert::block(text);
    let lines = text.split('\n').flat_map(|line| {
        let characters: Vec<char> = line.chars().collect();
        let pieces: Vec<String> = characters.chunks(WIDTH).map(|piece| piece.iter().collect()).collect();
        if pieces.is_empty() { vec![String::new()] } else { pieces }
    });
    lines.take(LINES_MAX + 1).collect()
}
