//! A head read line by line and without any leniency: what a reader sees that knows nothing of ours.

/// Name and value of a field.
pub type Field<'a> = (&'a [u8], &'a [u8]);

/// First line, and name and value of each field line, without the whitespace around the value. `None` where the bytes
/// are no head of CRLF lines that ends with an empty one.
pub fn read(head: &[u8]) -> Option<(&[u8], Vec<Field<'_>>)> {
    let mut lines = head.strip_suffix(b"\r\n\r\n")?.split(|&byte| byte == b'\n');
    let first = lines.next()?;
    let first = first.strip_suffix(b"\r").unwrap_or(first);
    let fields = lines.map(|line| field(line.strip_suffix(b"\r").unwrap_or(line)));
    Some((first, fields.collect::<Option<_>>()?))
}

fn field(line: &[u8]) -> Option<Field<'_>> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let (name, value) = line.split_at(colon);
    Some((name, trim(&value[1..])))
}

/// Without the optional whitespace of RFC 9110 section 5.6.3.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Asserts that a field can be written again and is read by everybody as one field of that name.
pub fn assert_field(name: &str, value: &[u8]) {
    assert!(!name.is_empty() && name.bytes().all(is_token), "{name:?}");
    assert!(value.iter().all(|&byte| byte == b'\t' || !byte.is_ascii_control()), "{}", value.escape_ascii());
    assert_eq!(trim(value), value, "{}", value.escape_ascii());
}

/// How many fields have this name.
pub fn count(fields: &[Field<'_>], name: &str) -> usize {
    fields.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes())).count()
}

/// The value of the first field of this name.
pub fn value<'a>(fields: &[Field<'a>], name: &str) -> Option<&'a [u8]> {
    fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| *value)
}

/// A token character (RFC 9110 section 5.6.2).
pub fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
