//! One more element at the end of a list, written as those before it.

use toml_edit::{Array, RawString, Value};

/// Appends a value. In a list with an element a line it gets a line of its own; comments stay beside what they are about.
pub(super) fn push(list: &mut Array, mut value: Value) {
    let Some(last) = list.iter().last() else {
        list.push(value);
        return;
    };
    let prefix = text(last.decor().prefix()).to_owned();
    if !prefix.contains('\n') {
        value.decor_mut().set_prefix(" ");
        list.push_formatted(value);
        return;
    }
    let indent = prefix.rsplit('\n').next().unwrap_or_default().to_owned();
    if list.trailing_comma() {
        // A comment behind the last comma is about the element before it.
        let (comment, end) = split(text(Some(list.trailing())));
        value.decor_mut().set_prefix(format!("{comment}\n{indent}"));
        list.set_trailing(end);
    } else {
        let suffix = text(last.decor().suffix()).to_owned();
        value.decor_mut().set_prefix(format!("\n{indent}"));
        if !suffix.contains('#') {
            if let Some(last) = list.iter_mut().last() {
                last.decor_mut().set_suffix("");
            }
            value.decor_mut().set_suffix(suffix);
        } else {
            value.decor_mut().set_suffix("\n");
        }
    }
    list.push_formatted(value);
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
