//! Which link targets may come out.

use std::borrow::Cow;

/// The only schemes that come out; a target without a scheme is relative and may.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// The target as it may be written, or `None` when its scheme is not one of ours.
///
/// Browsers drop tabs and newlines anywhere in a URL and control characters and spaces before it (WHATWG URL, 4.4),
/// so they are dropped before the scheme is looked at, and what was looked at is what is written.
pub(crate) fn safe(href: &str) -> Option<Cow<'_, str>> {
    let href = cleaned(href);
    if href.is_empty() {
        return None;
    }
    match scheme(&href) {
        Some(scheme) if !SCHEMES.iter().any(|ours| ours.eq_ignore_ascii_case(scheme)) => None,
        _ => Some(href),
    }
}

/// Whether a target that [`safe`] gave is an e-mail address.
pub(crate) fn is_mail(href: &str) -> bool {
    scheme(href).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto"))
}

/// Everything before the first colon, if that comes before path, query and fragment. More than RFC 3986 calls a scheme:
/// what looks strange here is refused rather than taken for a relative path.
fn scheme(href: &str) -> Option<&str> {
    let at = href.find([':', '/', '?', '#'])?;
    let (before, after) = href.split_at_checked(at)?;
    after.starts_with(':').then_some(before)
}

fn cleaned(href: &str) -> Cow<'_, str> {
    let trimmed = href.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if trimmed.contains(char::is_control) {
        Cow::Owned(trimmed.chars().filter(|c| !c.is_control()).collect())
    } else {
        Cow::Borrowed(trimmed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_schemes_never_pass_whatever_their_spelling() {
        for href in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " \u{1}javascript:alert(1)",
            "java\nscript:alert(1)",
            "java\tscript\r:alert(1)",
            "\u{feff}javascript:x",
            "java\u{200b}script:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "javascript&colon;x:",
            ":x",
            "",
            "\u{0}",
        ] {
            assert_eq!(safe(href), None, "{href:?}");
        }
    }

    #[test]
    fn safe_targets_pass_as_they_are() {
        for href in
            ["http://a.b/c?d=e:f#g", "HTTPS://a.b", "mailto:a@b.c", "/a:b", "a/b", "#a:b", "?a:b", "//a.b/"]
        {
            assert_eq!(safe(href).as_deref(), Some(href));
        }
        assert_eq!(safe(" ht\ntp://a.b ").as_deref(), Some("http://a.b"));
    }
}
