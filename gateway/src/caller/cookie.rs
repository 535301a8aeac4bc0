//! Looks for a cookie in a request (RFC 6265 section 4.2), without a copy.

use crate::http1::RequestHead;

/// The value of the first cookie of that name; its case matters. Quotes around the value are no part of it.
pub(super) fn find<'a>(head: &RequestHead<'a>, name: &str) -> Option<&'a [u8]> {
    let fields = head.headers().filter(|(field, _)| field.eq_ignore_ascii_case("cookie"));
    fields.flat_map(|(_, value)| value.split(|&byte| byte == b';')).find_map(|pair| value_of(pair, name))
}

fn value_of<'a>(pair: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let value = pair.trim_ascii_start().strip_prefix(name.as_bytes())?.strip_prefix(b"=")?.trim_ascii();
    Some(value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value))
}
