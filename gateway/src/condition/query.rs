//! Looks for a parameter in a query, without a copy.

use super::Wanted;

/// Whether the first parameter of that name is there and has the value. A parameter without `=` has an empty value.
pub(super) fn has(query: &str, wanted: &Wanted) -> bool {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut named = pairs.filter(|(name, _)| !name.is_empty() && decoded(name).eq(wanted.name.bytes()));
    match (named.next(), &wanted.value) {
        (Some((_, given)), Some(value)) => decoded(given).eq(value.bytes()),
        (found, None) => found.is_some(),
        (None, Some(_)) => false,
    }
}

/// The bytes of a name or value of `application/x-www-form-urlencoded` (WHATWG URL section 5.1). What is no whole
/// escape stands for itself.
fn decoded(text: &str) -> impl Iterator<Item = u8> {
    let mut rest = text.as_bytes();
    std::iter::from_fn(move || {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'+' => Some(b' '),
            b'%' => match crate::path::escape(after) {
                Some((value, after)) => {
                    rest = after;
                    Some(value)
                }
                None => Some(byte),
            },
            _ => Some(byte),
        }
    })
}
