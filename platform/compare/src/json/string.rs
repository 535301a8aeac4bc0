//! Texts of JSON: what is between the quotes, with and without escapes (RFC 8259 section 7).

/// What is between the quotes.
#[inline]
pub(crate) fn inner(quoted: &str) -> &str {
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default()
}

/// The value of a text with escapes. Half of a surrogate pair becomes U+FFFD followed by its digits, so that two different
/// ones stay different.
pub(crate) fn unescape(quoted: &str) -> String {
    let mut rest = inner(quoted);
    let mut value = String::with_capacity(rest.len());
    while let Some((plain, behind)) = rest.split_once('\\') {
        value.push_str(plain);
        rest = escape(behind, &mut value);
    }
    value.push_str(rest);
    value
}

/// Adds what an escape stands for; gives what is behind it.
fn escape<'a>(escape: &'a str, value: &mut String) -> &'a str {
    let mut characters = escape.chars();
    match characters.next() {
        Some('b') => value.push('\u{8}'),
        Some('f') => value.push('\u{c}'),
        Some('n') => value.push('\n'),
        Some('r') => value.push('\r'),
        Some('t') => value.push('\t'),
        Some('u') => return unicode(characters.as_str(), value),
        Some(itself) => value.push(itself),
        None => {}
    }
    characters.as_str()
}

fn unicode<'a>(digits: &'a str, value: &mut String) -> &'a str {
    let (high, rest) = unit(digits);
    if let Some(character) = char::from_u32(high) {
        value.push(character);
        return rest;
    }
    if let Some((low, behind)) = rest.strip_prefix("\\u").map(unit)
        && let Some(Ok(character)) = char::decode_utf16([high as u16, low as u16]).next()
        && low <= 0xFFFF
    {
        value.push(character);
        return behind;
    }
    value.push('\u{FFFD}');
    value.push_str(&format!("{high:04x}"));
    rest
}

/// Four hexadecimal digits, and what is behind them. The scanner has seen that they are there.
fn unit(digits: &str) -> (u32, &str) {
    let (unit, rest) = digits.split_at_checked(4).unwrap_or((digits, ""));
    (u32::from_str_radix(unit, 16).unwrap_or(0xFFFD), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_as_serde_json_reads_them() {
        for text in [r#""a\"b\\\/\b\f\n\r\t""#, r#""\u00e4\ud83d\ude00\u0000""#, r#""ä\u20AC""#, r#""""#] {
            assert_eq!(unescape(text), serde_json::from_str::<String>(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn halves_of_pairs_stay_different() {
        assert_ne!(unescape(r#""\ud800""#), unescape(r#""\ud801""#));
        assert_eq!(unescape(r#""\ud800x""#), "\u{FFFD}d800x");
        assert_eq!(unescape(r#""\ud800\u0041""#), "\u{FFFD}d800A");
    }
}
