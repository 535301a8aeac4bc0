//! What names look like, and that each belongs to one thing.

use crate::features::NAME_MAX_BYTES;
use crate::features::reader::{At, Reader, Span};
use std::collections::HashMap;

/// Notes a name that is empty, long, or has other characters than a name may have.
pub(super) fn is_good(reader: &mut Reader<'_>, name: &At<&str>, what: &str) {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let text = name.get_ref();
    if text.is_empty() || text.len() > NAME_MAX_BYTES || !text.bytes().all(good) {
        let rule = "letters, digits, `.`, `_` and `-`";
        reader.error(name.span(), format!("the name of {what} has 1 to {NAME_MAX_BYTES} {rule}"));
    }
}

/// Notes every name that was there before.
pub(super) fn are_unique<'t, 'd>(
    reader: &mut Reader<'_>,
    what: &str,
    names: impl Iterator<Item = &'d At<&'t str>>,
) where
    't: 'd,
{
    let mut first: HashMap<&str, Span> = HashMap::new();
    for name in names {
        match first.get(name.get_ref()) {
            Some(at) => {
                let line = reader.line(at);
                reader.error(name.span(), format!("{what} `{}` is already on line {line}", name.get_ref()));
            }
            None => drop(first.insert(name.get_ref(), name.span())),
        }
    }
}

/// Whether the text is a token: the name of a field or of a cookie (RFC 9110 section 5.6.2).
pub(super) fn is_token(text: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.len() <= NAME_MAX_BYTES && text.bytes().all(good)
}
