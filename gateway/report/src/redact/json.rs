//! Members of JSON, whole or cut: the value behind a name that hides its value is replaced, whatever it is.

use super::Redactor;

/// JSON in texts in JSON that is looked into.
const DEPTH_MAX: usize = 3;

pub(super) fn redact(text: &str, by: &Redactor) -> String {
    redact_at(text, by, 0)
}

fn redact_at(text: &str, by: &Redactor, depth: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let (before, string) = rest.split_at_checked(start).unwrap_or((rest, ""));
        out.push_str(before);
        let (token, behind) = split_string(string);
        let gap = behind.len() - behind.trim_start().len();
        let (space, next) = behind.split_at_checked(gap).unwrap_or(("", behind));
        if let Some(value) = next.strip_prefix(':').filter(|_| by.hides(&plain(token))) {
            let value = value.trim_start();
            let (value, after) = value.split_at_checked(value_len(value)).unwrap_or((value, ""));
            out.extend([token, space, ":\"", &by.hashed(&plain(value)), "\""]);
            rest = after;
        } else {
            out.push_str(&inner(token, by, depth));
            rest = behind;
        }
    }
    out.push_str(rest);
    out
}

/// A text in quotes, with the JSON in it redacted.
fn inner(token: &str, by: &Redactor, depth: usize) -> String {
    if depth >= DEPTH_MAX || !token.contains("\\\"") {
        return token.to_owned();
    }
    let text = plain(token);
    let redacted = redact_at(&text, by, depth + 1);
    if redacted == text {
        return token.to_owned();
    }
    serde_json::to_string(&redacted).unwrap_or_default()
}

/// The text in quotes at the beginning, quotes included, and what is behind it.
fn split_string(text: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = text.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    let end = end.map_or(text.len(), |(at, _)| at + 1);
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Length of the value at the beginning; all of what is left where it does not end.
fn value_len(text: &str) -> usize {
    match text.bytes().next() {
        Some(b'"') => split_string(text).0.len(),
        Some(b'{' | b'[') => container_len(text),
        _ => text.find([',', '}', ']', '\n', ' ']).unwrap_or(text.len()),
    }
}

fn container_len(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => {
                at += text.get(at..).map_or(1, |rest| split_string(rest).0.len());
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at.min(text.len())
}

/// A text without its quotes and escapes; anything else as it is.
fn plain(token: &str) -> String {
    let quoted = serde_json::from_str::<String>(token).ok();
    quoted.unwrap_or_else(|| token.trim_matches('"').to_owned())
}
