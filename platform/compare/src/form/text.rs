//! Text: an array of its lines.

use crate::comparison::Form;
use crate::json::{Refused, Tree, scan};
use std::borrow::Cow;

/// Reads a text line by line.
pub(super) fn read<'a>(body: Cow<'_, str>) -> Result<(Form, Tree<'a>), Refused> {
    let mut json = String::with_capacity(body.len() + body.len() / 8 + 2);
    lines(&mut json, &body);
    scan(Cow::Owned(json)).map(|tree| (Form::Text, tree))
}

/// Adds an array of lines. Line feeds, with or without a carriage return, end a line; the last one may lack it.
pub(super) fn lines(json: &mut String, text: &str) {
    json.push('[');
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            json.push(',');
        }
        quoted(json, line);
    }
    json.push(']');
}

/// JSON texts, one a line, as an array.
pub(super) fn json_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    format!("[{}]", lines.join(","))
}

/// Adds a text of JSON.
pub(super) fn quoted(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", control as u32)),
            plain => json.push(plain),
        }
    }
    json.push('"');
}
