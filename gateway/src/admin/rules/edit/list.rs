//! One more element at the end of a list, written as those before it.

use toml_edit::{Array, RawString, Value};

/// Appends a value. In a list with an element a line it gets a line of its own; comments stay beside what they are about.
pub(super) fn push(list: &mut Array, mut value: Value) {
    let Some(last) = list.iter().last() else { return list.push(value) };
    let prefix = text(last.decor().prefix()).to_owned();
    let indent = match prefix.rsplit_once('\n') {
        Some((_, indent)) => format!("\n{indent}"),
        None => " ".to_owned(),
    };
    let (comment, end) = split(text(Some(list.trailing())));
    if list.trailing_comma() && prefix.contains('\n') {
        // A comment behind the last comma is about the element before it.
        value.decor_mut().set_prefix(format!("{comment}{indent}"));
        list.set_trailing(end);
    } else {
        value.decor_mut().set_prefix(indent);
        value.decor_mut().set_suffix(end_of_last(list));
    }
    list.push_formatted(value);
}

/// What stands between the last element and the bracket, which goes behind the new one; a comment stays.
fn end_of_last(list: &mut Array) -> String {
    let Some(last) = list.iter_mut().last() else { return String::new() };
    let suffix = text(last.decor().suffix()).to_owned();
    if suffix.contains('#') {
        return "\n".to_owned();
    }
    last.decor_mut().set_suffix("");
    suffix
}

/// What stands before the last line break, and from it on.
fn split(trailing: &str) -> (String, String) {
    match trailing.rfind('\n') {
        Some(at) => {
            let (comment, end) = trailing.split_at(at);
            (comment.to_owned(), end.to_owned())
        }
        None => (String::new(), trailing.to_owned()),
    }
}

fn text(raw: Option<&RawString>) -> &str {
    raw.and_then(RawString::as_str).unwrap_or_default()
}
