//! Fields: of headers, cookies, query strings, forms and multipart bodies.

use super::Redactor;

/// The value of a header field.
pub(super) fn header(name: &str, value: &str, by: &Redactor) -> String {
    match name.to_ascii_lowercase().as_str() {
        "authorization" | "proxy-authorization" | "authentication-info" => credentials(value, by),
        "cookie" => value.split(';').map(|pair| cookie(pair, by)).collect::<Vec<_>>().join("; "),
        "set-cookie" => {
            let (pair, attributes) = value.split_once(';').map_or((value, ""), |(pair, rest)| (pair, rest));
            let redacted = cookie(pair, by);
            if attributes.is_empty() { redacted } else { format!("{redacted};{attributes}") }
        }
        name if by.hides(name) => by.hashed(value),
        "location" | "referer" | "content-location" => super::tokens::redact(&target(value, by), by),
        _ => super::tokens::redact(value, by),
    }
}

/// `Bearer …`: the scheme is no secret.
fn credentials(value: &str, by: &Redactor) -> String {
    match value.split_once(' ') {
        Some((scheme, secret)) => format!("{scheme} {}", by.hashed(secret.trim())),
        None => by.hashed(value),
    }
}

fn cookie(pair: &str, by: &Redactor) -> String {
    match pair.trim().split_once('=') {
        Some((name, value)) => format!("{name}={}", by.hashed(value)),
        None => by.hashed(pair.trim()),
    }
}

/// A path with its query, or a URL.
pub(super) fn target(target: &str, by: &Redactor) -> String {
    match target.split_once('?') {
        Some((path, query)) => {
            let (query, fragment) = query.split_once('#').map_or((query, None), |(q, f)| (q, Some(f)));
            let fragment = fragment.map(|fragment| format!("#{}", form(fragment, by))).unwrap_or_default();
            format!("{path}?{}{fragment}", form(query, by))
        }
        None => target.to_owned(),
    }
}

/// Whether a text looks like `application/x-www-form-urlencoded`: one line of pairs.
pub(super) fn is_form(text: &str) -> bool {
    let start = text.get(..text.floor_char_boundary(256)).unwrap_or(text);
    start.contains('=') && !start.contains(['"', '{', '<', ' ', '\n', '\r'])
}

/// Pairs of `application/x-www-form-urlencoded`.
pub(super) fn form(text: &str, by: &Redactor) -> String {
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if by.hides(&decoded(name)) => format!("{name}={}", by.hashed(&decoded(value))),
        _ => pair.to_owned(),
    };
    text.split('&').map(pair).collect::<Vec<_>>().join("&")
}

fn decoded(text: &str) -> String {
    let spaces = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaces).decode_utf8_lossy().into_owned()
}

/// Whether a text looks like multipart (RFC 2046).
pub(super) fn is_multipart(text: &str) -> bool {
    text.starts_with("--") && text.to_ascii_lowercase().contains("content-disposition:")
}

/// Parts of multipart (RFC 7578): the content of those whose name hides it.
pub(super) fn multipart(text: &str, by: &Redactor) -> String {
    let boundary = text.lines().next().unwrap_or_default();
    let parts: Vec<String> = text.split(boundary).map(|part| one_part(part, by)).collect();
    parts.join(boundary)
}

fn one_part(part: &str, by: &Redactor) -> String {
    let Some((head, content)) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n")) else {
        return part.to_owned();
    };
    let named = head.split("name=").skip(1).filter_map(|rest| rest.split([';', '\r', '\n']).next());
    let hidden = named.map(|name| name.trim().trim_matches('"')).any(|name| by.hides(name));
    let content = if hidden { format!("{}\r\n", by.hashed(content.trim_end())) } else { by.text(content) };
    format!("{head}\r\n\r\n{content}")
}
