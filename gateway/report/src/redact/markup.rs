//! HTML and XML: the text of elements and the values of attributes whose names hide them, and the value of an `input`
//! or `meta` that is named so.

use super::Redactor;

/// Attributes that give a thing its name.
const NAMING: [&str; 4] = ["name", "id", "property", "autocomplete"];
/// Attributes that carry the value of a thing so named.
const CARRYING: [&str; 2] = ["value", "content"];

pub(super) fn redact(text: &str, by: &Redactor) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at_checked(start).unwrap_or((rest, ""));
        // Scripts carry JSON.
        out.push_str(&super::json::redact(before, by));
        let (tag, behind) = tag.split_at_checked(tag_len(tag)).unwrap_or((tag, ""));
        out.push_str(&in_tag(tag, by));
        let name =
            tag.trim_start_matches('<').split(|c: char| c.is_whitespace() || c == '>' || c == '/').next();
        let content = behind.find('<').unwrap_or(behind.len());
        let (content, after) = behind.split_at_checked(content).unwrap_or((behind, ""));
        if name.is_some_and(|name| by.hides(name)) && !content.trim().is_empty() {
            out.push_str(&by.hashed(content.trim()));
            rest = after;
        } else {
            rest = behind;
        }
    }
    out.push_str(&super::json::redact(rest, by));
    out
}

/// Length of the tag at the beginning, up to its `>`; quotes may hold one.
fn tag_len(tag: &str) -> usize {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// A tag's attributes, each `(start, end)` of its value without quotes, and its name.
fn attributes(tag: &str) -> Vec<(&str, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(equals) = tag.get(at..).and_then(|rest| rest.find('=')).map(|offset| at + offset) {
        let name = tag.get(at..equals).unwrap_or_default().trim_end();
        let name = name.rsplit(|c: char| c.is_whitespace() || c == '<' || c == '/').next().unwrap_or(name);
        let value = tag.get(equals + 1..).unwrap_or_default();
        let start = equals + 1 + (value.len() - value.trim_start().len());
        let quote = tag.get(start..).and_then(|rest| rest.chars().next()).filter(|c| matches!(c, '"' | '\''));
        let start = start + usize::from(quote.is_some());
        let rest = tag.get(start..).unwrap_or_default();
        let len = match quote {
            Some(quote) => rest.find(quote),
            None => rest.find(|c: char| c.is_whitespace() || c == '>'),
        };
        let end = start + len.unwrap_or(rest.len());
        found.push((name, start, end));
        at = (end + usize::from(quote.is_some())).min(tag.len());
    }
    found
}

fn in_tag(tag: &str, by: &Redactor) -> String {
    let attributes = attributes(tag);
    let value = |start: usize, end: usize| tag.get(start..end).unwrap_or_default();
    let named = attributes.iter().any(|(name, start, end)| {
        NAMING.iter().any(|naming| name.eq_ignore_ascii_case(naming)) && by.hides(value(*start, *end))
    });
    let mut out = String::with_capacity(tag.len());
    let mut written = 0;
    for (name, start, end) in attributes {
        let carries = named && CARRYING.iter().any(|carrying| name.eq_ignore_ascii_case(carrying));
        if (carries || by.hides(name)) && start < end {
            out.push_str(tag.get(written..start).unwrap_or_default());
            out.push_str(&by.hashed(value(start, end)));
            written = end;
        }
    }
    out.push_str(tag.get(written..).unwrap_or_default());
    out
}
