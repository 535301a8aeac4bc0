//! `application/x-www-form-urlencoded` (the URL standard, section 5): an object of its fields.

use super::text::quoted;

/// The fields as members of an object, in their order; a field that is there twice is a member twice.
pub(super) fn to_json(body: &str) -> String {
    let mut json = String::with_capacity(body.len() * 2);
    json.push('{');
    for (index, field) in body.trim().split('&').filter(|field| !field.is_empty()).enumerate() {
        if index > 0 {
            json.push(',');
        }
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        quoted(&mut json, &decode(name));
        json.push(':');
        quoted(&mut json, &decode(value));
    }
    json.push('}');
    json
}

/// `+` is a space, `%41` is an A. What is no escape means itself.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        let escaped = (byte == b'%').then(|| behind.get(..2)).flatten();
        let escaped = escaped.and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(escaped) => {
                bytes.push(escaped);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => bytes.push(if byte == b'+' { b' ' } else { byte }),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
