//! Bytes to text: byte order mark, `Content-Type`, `<meta charset>`, else UTF-8 (WHATWG encoding sniffing, shortened).

use encoding_rs::{Encoding, UTF_8};
use std::borrow::Cow;

/// How far into the page a `meta` element may name the encoding (HTML standard, 4.2.5.4).
const META_MAX_BYTES: usize = 1024;

/// The text of an HTML page. What is not valid in its encoding becomes U+FFFD.
pub(crate) fn decode<'a>(body: &'a [u8], content_type: &str) -> Cow<'a, str> {
    let named = label(content_type.as_bytes()).or_else(|| label(body.get(..META_MAX_BYTES).unwrap_or(body)));
    // `decode` lets a byte order mark win over whatever was named.
    named.unwrap_or(UTF_8).decode(body).0
}

/// The encoding behind the first `charset=`.
fn label(text: &[u8]) -> Option<&'static Encoding> {
    const KEY: &[u8] = b"charset=";
    let at = text.windows(KEY.len()).position(|window| window.eq_ignore_ascii_case(KEY))?;
    let value = text.get(at + KEY.len()..)?;
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let end = value.iter().position(|byte| b"\"' ;/>".contains(byte)).unwrap_or(value.len());
    Encoding::for_label(value.get(..end)?)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn the_encoding_is_taken_from_where_it_is_named() {
        assert_eq!(decode(b"\xe4", "text/html; charset=ISO-8859-1"), "\u{e4}");
        assert_eq!(decode(b"\xe4", "text/html;charset=\"latin1\""), "\u{e4}");
        assert_eq!(
            decode(b"<meta charset=windows-1251>\xe4", "text/html"),
            "<meta charset=windows-1251>\u{434}"
        );
        assert_eq!(decode("\u{feff}\u{e4}".as_bytes(), "text/html; charset=latin1"), "\u{e4}");
        assert_eq!(decode("\u{e4}".as_bytes(), "text/html"), "\u{e4}");
        assert_eq!(decode(b"\xe4", "text/html; charset=nonsense"), "\u{fffd}");
    }
}
