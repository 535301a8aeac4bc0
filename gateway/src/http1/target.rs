//! The request target (RFC 9112 section 3.2) and the host (RFC 9110 section 7.2).

use crate::http1::Refusal;
use crate::http1::reader::reg_name_length;
use std::borrow::Cow;

/// A request target taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target<'a> {
    /// The path as sent, percent-encoded, with its leading slash; `*` for `OPTIONS *`.
    pub path: &'a str,
    /// What follows the question mark.
    pub query: Option<&'a str>,
    /// Host and port of an absolute-form target; they take the place of the `Host` field.
    pub authority: Option<&'a str>,
    /// Path and query in one piece.
    pub(crate) path_and_query: Cow<'a, str>,
}

/// Takes a target apart; `None` if there is a fragment or a byte beyond ASCII in it.
///
/// # Errors
/// [`Refusal::Connect`] for CONNECT, [`Refusal::Target`] for what is neither origin-form, absolute-form with `http`
/// or `https`, nor `*` with OPTIONS.
pub(crate) fn parse<'a>(method: &str, raw: Option<&'a str>) -> Result<Target<'a>, Refusal> {
    if method == "CONNECT" {
        return Err(Refusal::Connect);
    }
    let raw = raw.ok_or(Refusal::Target)?;
    if raw.starts_with('/') {
        return Ok(origin(raw));
    }
    if raw == "*" && method == "OPTIONS" {
        return Ok(origin(raw));
    }
    absolute(raw)
}

fn origin(raw: &str) -> Target<'_> {
    let (path, query) = split_query(raw);
    Target { path, query, authority: None, path_and_query: Cow::Borrowed(raw) }
}

fn absolute(raw: &str) -> Result<Target<'_>, Refusal> {
    let (scheme, rest) = raw.split_once("://").ok_or(Refusal::Target)?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Err(Refusal::Target);
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end).ok_or(Refusal::Target)?;
    if !is_host(authority.as_bytes()) {
        return Err(Refusal::Target);
    }
    let target = if tail.starts_with('/') {
        origin(tail)
    } else {
        let query = tail.strip_prefix('?');
        Target { path: "/", query, authority: None, path_and_query: Cow::Owned(format!("/{tail}")) }
    };
    Ok(Target { authority: Some(authority), ..target })
}

fn split_query(raw: &str) -> (&str, Option<&str>) {
    match raw.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (raw, None),
    }
}

/// Whether the bytes are `uri-host [":" port]` (RFC 3986 section 3.2) and not empty. User information is no part of it.
pub(crate) fn is_host(value: &[u8]) -> bool {
    let (host, port) = match value.strip_prefix(b"[") {
        Some(rest) => {
            let Some(end) = memchr::memchr(b']', rest) else { return false };
            let (address, after) = rest.split_at_checked(end).unwrap_or_default();
            if address.is_empty()
                || !address.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
            {
                return false;
            }
            (address, after.get(1..).unwrap_or_default())
        }
        None => value.split_at_checked(reg_name_length(value)).unwrap_or_default(),
    };
    !host.is_empty() && is_port(port)
}

fn is_port(after_host: &[u8]) -> bool {
    match after_host.split_first() {
        None => true,
        Some((b':', digits)) => digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_forms() {
        let origin = parse("GET", Some("/a/b?c=d?e")).unwrap();
        assert_eq!((origin.path, origin.query, origin.authority), ("/a/b", Some("c=d?e"), None));
        let absolute = parse("GET", Some("HTTP://example.com:80/a?b")).unwrap();
        assert_eq!(
            (absolute.path, absolute.query, absolute.authority),
            ("/a", Some("b"), Some("example.com:80"))
        );
        assert_eq!(absolute.path_and_query, "/a?b");
        let no_path = parse("GET", Some("http://example.com?x")).unwrap();
        assert_eq!((no_path.path, no_path.query), ("/", Some("x")));
        assert_eq!(no_path.path_and_query, "/?x");
        assert_eq!(parse("GET", Some("http://example.com")).unwrap().path_and_query, "/");
        assert_eq!(parse("OPTIONS", Some("*")).unwrap().path, "*");
        assert_eq!(parse("CONNECT", Some("example.com:443")), Err(Refusal::Connect));
    }

    #[test]
    fn other_targets_are_refused() {
        for raw in ["*", "a", "", "example.com:443", "ftp://a/", "http:///a", "http://a b/", "http://u@h/"] {
            assert_eq!(parse("GET", Some(raw)), Err(Refusal::Target), "{raw}");
        }
        assert_eq!(parse("GET", None), Err(Refusal::Target));
    }

    #[test]
    fn hosts() {
        for good in ["a", "example.com", "a:", "a:80", "127.0.0.1:8080", "[::1]", "[::1]:80", "x_y", "%41"] {
            assert!(is_host(good.as_bytes()), "{good}");
        }
        for bad in [
            "", ":80", "a:b", "a:123456", "u@h", "a/b", "a,b c", "[]", "[::1", "[::1]x", "a b", "[zz]",
            "a\\b",
        ] {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
    }
}
