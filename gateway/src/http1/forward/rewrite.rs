//! Takes the upstream's own address out of an answer's fields: where an application names itself by the address that
//! only the gateway knows, the client reads the address that it asked.

/// Both addresses of what is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places<'a> {
    /// Host and port of the instance.
    pub(crate) authority: &'a str,
    /// What stands before every path at the instance; empty or `/path`.
    pub(crate) base_path: &'a str,
    /// Host and port as the client knows them.
    pub(crate) host: Option<&'a [u8]>,
    /// Whether the client speaks HTTPS.
    pub(crate) https: bool,
}

/// Writes a URI reference (`Location`, `Content-Location`).
pub(crate) fn put_reference(out: &mut Vec<u8>, value: &[u8], places: &Places<'_>) {
    if let Some((scheme_is_https, authority, rest)) = split(value) {
        if !is_own(authority, scheme_is_https, places) {
            return out.extend_from_slice(value);
        }
        let rest = without_base(rest, places.base_path);
        if let Some(host) = places.host {
            out.extend_from_slice(if places.https { b"https://" } else { b"http://" });
            out.extend_from_slice(host);
        } else if rest.is_empty() {
            out.push(b'/');
        }
        return out.extend_from_slice(rest);
    }
    let absolute_path = value.starts_with(b"/") && !value.starts_with(b"//");
    out.extend_from_slice(if absolute_path { without_base(value, places.base_path) } else { value });
}

/// Takes `scheme://authority/rest` or `//authority/rest` apart; the scheme counts as `http` where it is left out.
fn split(value: &[u8]) -> Option<(bool, &[u8], &[u8])> {
    let (https, behind) = if let Some(behind) = strip_ignoring_case(value, b"http://") {
        (false, behind)
    } else if let Some(behind) = strip_ignoring_case(value, b"https://") {
        (true, behind)
    } else {
        (false, value.strip_prefix(b"//")?)
    };
    let end = behind.iter().position(|b| matches!(b, b'/' | b'?' | b'#' | b'\\')).unwrap_or(behind.len());
    let (authority, rest) = behind.split_at_checked(end)?;
    // Whatever stands before the `@` is no host.
    let host = authority.rsplit(|&b| b == b'@').next()?;
    Some((https, host, rest))
}

fn strip_ignoring_case<'v>(value: &'v [u8], prefix: &[u8]) -> Option<&'v [u8]> {
    let (start, rest) = value.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn is_own(authority: &[u8], https: bool, places: &Places<'_>) -> bool {
    let (host, port) = host_and_port(authority);
    let (own_host, own_port) = host_and_port(places.authority.as_bytes());
    let default: &[u8] = if https { b"443" } else { b"80" };
    let same_port = port == own_port || port.unwrap_or(default) == own_port.unwrap_or(b"80");
    host.eq_ignore_ascii_case(own_host) && same_port
}

fn host_and_port(authority: &[u8]) -> (&[u8], Option<&[u8]>) {
    match authority.iter().rposition(|&b| b == b':') {
        // The colons of an IPv6 address stand within brackets.
        Some(at) if !authority.ends_with(b"]") => {
            let (host, port) = authority.split_at_checked(at).unwrap_or_default();
            (host, port.get(1..).filter(|port| !port.is_empty()))
        }
        _ => (authority, None),
    }
}

fn without_base<'v>(path: &'v [u8], base_path: &str) -> &'v [u8] {
    match path.strip_prefix(base_path.as_bytes()) {
        Some(b"") if !base_path.is_empty() => b"/",
        Some(rest) if rest.is_empty() || rest.starts_with(b"/") => rest,
        // `/base?query` has no path that could be kept.
        _ => path,
    }
}

/// Writes a `Refresh` value: `5; url=http://…`.
pub(crate) fn put_refresh(out: &mut Vec<u8>, value: &[u8], places: &Places<'_>) {
    let Some(at) = value.windows(4).position(|window| window.eq_ignore_ascii_case(b"url=")) else {
        return out.extend_from_slice(value);
    };
    let (before, reference) = value.split_at_checked(at + 4).unwrap_or((value, b""));
    out.extend_from_slice(before);
    match reference.split_first() {
        Some((quote @ (b'"' | b'\''), rest)) => {
            out.push(*quote);
            let end = rest.iter().position(|b| b == quote).unwrap_or(rest.len());
            let (reference, behind) = rest.split_at_checked(end).unwrap_or((rest, b""));
            put_reference(out, reference, places);
            out.extend_from_slice(behind);
        }
        _ => put_reference(out, reference, places),
    }
}

/// Writes a `Set-Cookie` value. A `Domain` that names the upstream is left out: such a cookie belongs to exactly the
/// host that the client asked. A `Path` loses the base path.
pub(crate) fn put_cookie(out: &mut Vec<u8>, value: &[u8], places: &Places<'_>) {
    let (own_host, _) = host_and_port(places.authority.as_bytes());
    let asked = places.host.map(|host| host_and_port(host).0);
    for (index, part) in value.split(|&b| b == b';').enumerate() {
        let (name, attribute) = match part.iter().position(|&b| b == b'=') {
            Some(at) if index > 0 => part.split_at_checked(at + 1).unwrap_or((part, b"")),
            _ => (part, [].as_slice()),
        };
        let named = name.trim_ascii();
        if named.eq_ignore_ascii_case(b"domain=") {
            let domain = attribute.trim_ascii();
            let domain = domain.strip_prefix(b".").unwrap_or(domain);
            let clients = asked.is_some_and(|asked| asked.eq_ignore_ascii_case(domain));
            if domain.eq_ignore_ascii_case(own_host) && !clients {
                continue;
            }
        }
        if index > 0 {
            out.push(b';');
        }
        out.extend_from_slice(name);
        let is_path = named.eq_ignore_ascii_case(b"path=");
        out.extend_from_slice(if is_path {
            without_base(attribute.trim_ascii(), places.base_path)
        } else {
            attribute
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: Places<'static> = Places {
        authority: "legacy.internal:5000",
        base_path: "/app",
        host: Some(b"shop.example"),
        https: false,
    };

    fn with(write: fn(&mut Vec<u8>, &[u8], &Places<'_>), value: &str, places: &Places<'_>) -> String {
        let mut out = Vec::new();
        write(&mut out, value.as_bytes(), places);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn references_to_the_upstream_become_the_clients() {
        for (value, expected) in [
            ("http://legacy.internal:5000/app/login?next=/", "http://shop.example/login?next=/"),
            ("HTTP://LEGACY.internal:5000/app", "http://shop.example/"),
            ("http://legacy.internal:5000", "http://shop.example"),
            ("http://legacy.internal:5000/other", "http://shop.example/other"),
            ("http://u@legacy.internal:5000/x", "http://shop.example/x"),
            ("//legacy.internal:5000/x", "http://shop.example/x"),
            ("https://legacy.internal:5000/x", "http://shop.example/x"),
            ("/app/x", "/x"),
            ("/application", "/application"),
            ("x/y", "x/y"),
            ("http://legacy.internal/x", "http://legacy.internal/x"),
            ("http://legacy.internal:5000.evil.example/", "http://legacy.internal:5000.evil.example/"),
            ("https://elsewhere.example/app/x", "https://elsewhere.example/app/x"),
        ] {
            assert_eq!(with(put_reference, value, &PLACES), expected, "{value}");
        }
        let https = Places { https: true, authority: "legacy", base_path: "", ..PLACES };
        assert_eq!(with(put_reference, "http://legacy:80/x", &https), "https://shop.example/x");
        assert_eq!(with(put_reference, "https://legacy/x", &https), "https://shop.example/x");
        let nameless = Places { host: None, authority: "[::1]:5000", base_path: "", https: false };
        assert_eq!(with(put_reference, "http://[::1]:5000", &nameless), "/");
        assert_eq!(with(put_reference, "http://[::1]:5000/x", &nameless), "/x");
    }

    #[test]
    fn a_refresh_is_a_reference_behind_a_number() {
        for (value, expected) in [
            ("5", "5"),
            ("5; url=http://legacy.internal:5000/app/x", "5; url=http://shop.example/x"),
            ("0;URL='http://legacy.internal:5000/x'", "0;URL='http://shop.example/x'"),
            ("0;url=https://elsewhere/", "0;url=https://elsewhere/"),
        ] {
            assert_eq!(with(put_refresh, value, &PLACES), expected, "{value}");
        }
    }

    #[test]
    fn cookies_lose_the_upstreams_domain_and_base_path() {
        for (value, expected) in [
            ("a=b; Domain=legacy.internal; Path=/app; HttpOnly", "a=b; Path=/; HttpOnly"),
            ("a=b; domain=.LEGACY.internal", "a=b"),
            ("a=b; Domain=shop.example; Secure", "a=b; Domain=shop.example; Secure"),
            ("domain=legacy.internal; Path=/app/x", "domain=legacy.internal; Path=/x"),
            ("a=b; Path=/apple; Domain=internal", "a=b; Path=/apple; Domain=internal"),
            ("", ""),
        ] {
            assert_eq!(with(put_cookie, value, &PLACES), expected, "{value}");
        }
        let same = Places { host: Some(b"legacy.internal:80"), ..PLACES };
        assert_eq!(with(put_cookie, "a=b; Domain=legacy.internal", &same), "a=b; Domain=legacy.internal");
    }
}
